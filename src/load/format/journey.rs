//! Journeys: several steps, one after the other, as a user goes through them.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Entry, KeyDeed};
use crate::document::{Millis, Name};

/// What a virtual user does, over and over: its steps in order, the next when the answer to the last has come and a while
/// of thinking is over.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Journey {
    /// What it is called in reports.
    pub name: Name,
    /// How many users go through it, compared with the other journeys.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub weight: u32,
    /// How long a user thinks before the next step; not at all, where nothing is said.
    #[serde(default)]
    pub think: Option<Think>,
    /// What is done. An answer that is wrong ends the journey: what follows builds upon it.
    #[schemars(length(min = 1))]
    pub steps: Vec<JourneyStep>,
}

fn one() -> u32 {
    1
}

/// How long a user thinks: each time another while between the two, all of them as likely.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Think {
    /// So long at least.
    pub from: Millis,
    /// So long at the most.
    pub to: Millis,
}

/// One step of a journey.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum JourneyStep {
    /// Something that is done to a key of this user's own; taken back at the end of the journey.
    Control(KeyDeed),
    /// A request. What it is called stands behind the journey's name in reports and thresholds.
    Send(Box<Entry>),
}

impl JourneyStep {
    /// The request, where it is one.
    pub fn entry(&self) -> Option<&Entry> {
        if let Self::Send(entry) = self { Some(entry) } else { None }
    }

    /// The deed, where it is one.
    pub fn deed(&self) -> Option<&KeyDeed> {
        if let Self::Control(deed) = self { Some(deed) } else { None }
    }
}
