//! The load plan as a file: what is sent, how often, for how long, and what must come of it.
//!
//! The model here is the file format itself. A plan names operations and credentials by their properties or by the
//! contract's names; it cannot name a host, and it holds no key.

mod check;
mod journey;
mod keys;
mod read;
pub(super) mod shape;
mod timeline;
mod users;

use schemars::JsonSchema;
use serde::Deserialize;

pub use journey::{Journey, JourneyStep, Think};
pub use read::{builtin, read};
pub use shape::{Ramp, Shape, Sine, Spike, Stage, Steps};
pub use timeline::{Act, Capacity, KeyDeed, Life};

use super::threshold::Threshold;
use crate::contract::RefusalKind;
use crate::document::{Millis, Name, Rate};
use crate::scenario::{OperationSelector, Twist};

/// A Lockproof load plan: what is sent, how often, for how long, and what must come of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoadPlan {
    /// The version of this format.
    #[schemars(range(min = 1, max = 1))]
    pub load: u32,
    /// What the plan finds out, in one sentence.
    #[schemars(extend("format" = "one-line"))]
    pub title: String,
    /// The contract's environment that is asked; without this, the first that may be.
    #[serde(default)]
    pub environment: Option<Name>,
    /// Whether requests come by the clock, or when an answer has come.
    #[serde(default)]
    pub model: Model,
    /// A constant rate, as `500/s`; before `stages`, the rate that they begin with.
    #[serde(default)]
    pub rate: Option<Rate>,
    /// A rate that changes over the duration.
    #[serde(default)]
    pub schedule: Option<Shape>,
    /// A rate that goes from one target to the next; the duration is the sum of theirs.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub stages: Vec<Stage>,
    /// How requests are spread under the rate.
    #[serde(default)]
    pub arrivals: Spread,
    /// How long it takes, without warm-up; 10 s where nothing is said.
    #[serde(default)]
    pub duration: Option<Millis>,
    /// How long the rate that it begins with is sent before anything is measured; wrong verdicts count all the same.
    #[serde(default)]
    pub warm_up: Option<Millis>,
    /// How many requests are sent at the most, warm-up included.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub requests: Option<u64>,
    /// How many connections are kept open; 64 where nothing is said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 100_000))]
    pub connections: Option<u32>,
    /// How long each of them is used before another takes its place; as long as the target keeps it, where nothing is
    /// said.
    #[serde(default)]
    pub connection_life: Option<Life>,
    /// How long an answer may take; 5 s where nothing is said.
    #[serde(default)]
    pub timeout: Option<Millis>,
    /// How many requests that are due may wait for a free connection; what is due beyond that is dropped and counted.
    #[serde(default)]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub backlog: Option<u32>,
    /// The statuses by which the target says that it is too busy; 429 and 503 where nothing is said.
    #[serde(default)]
    pub shed: Option<Vec<u16>>,
    /// Sends the plan at one rate after the other until the highest is known at which its thresholds hold.
    #[serde(default)]
    pub find_capacity: Option<Capacity>,
    /// What is done to the target meanwhile, in this order.
    #[serde(default)]
    pub timeline: Vec<Act>,
    /// What is sent, each by its weight.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub mix: Vec<Entry>,
    /// What virtual users do instead, each for itself: where it matters more how an API is used than how fast.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub journeys: Vec<Journey>,
    /// How many virtual users there are; 10 where nothing is said.
    #[serde(default)]
    #[schemars(range(min = 1, max = 10_000))]
    pub users: Option<u32>,
    /// What is sent by itself first, so that thresholds can compare: with `entries: [good]`, `good-alone` is `good` alone.
    #[serde(default)]
    pub alone: Option<Alone>,
    /// What must hold when it is over, such as `p99(accepted, response) < 20ms`, `rate(shed) < 1%` or
    /// `p99(good) < 2 * p99(good-alone) + 5ms`; with `abort_on_fail 5s` at its end, what must hold from then on.
    #[serde(default)]
    pub thresholds: Vec<Threshold>,
    /// The defects of the reference server that the plan is there to find.
    #[serde(default)]
    pub catches: Vec<Name>,
}

/// What is sent by itself, behind the warm-up and before everything else, at the rate that it has later.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alone {
    /// The parts of the mix, by their names. In reports and thresholds each is called so with `-alone` behind it.
    #[schemars(length(min = 1))]
    pub entries: Vec<Name>,
    /// How long; at the most as long as the operator says that everything takes.
    pub r#for: Millis,
}

impl Alone {
    /// What a part of the mix is called where it is alone.
    pub fn name(entry: &str) -> String {
        format!("{entry}-alone")
    }

    /// Whether a part of the mix is among those.
    pub fn has(&self, entry: &Entry) -> bool {
        self.entries.iter().any(|name| name.as_str() == entry.name.as_str())
    }
}

/// When the next request is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// When it is due, whatever became of those before it: as independent users come.
    #[default]
    Open,
    /// When the answer to the one before it on the same connection has come: as fast as the target lets us.
    Closed,
}

/// How requests are spread under the rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Spread {
    /// Evenly.
    #[default]
    Even,
    /// At random, independently of each other (a Poisson process).
    Poisson,
}

/// One part of what is sent.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is called in reports and thresholds.
    pub name: Name,
    /// How often it is sent, compared with the others.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub weight: u32,
    /// From when on it is sent, counted from the end of the warm-up; from the beginning, where nothing is said.
    #[serde(default)]
    pub from: Option<Millis>,
    /// Until when it is sent, counted from the end of the warm-up; to the end, where nothing is said.
    #[serde(default)]
    pub until: Option<Millis>,
    /// The operations, which share its weight: `all`, a list of full names, or a mapping of what they must be like.
    #[serde(default)]
    pub operations: OperationSelector,
    /// Whose key is sent, and what else makes the request differ from a sound one.
    #[serde(default)]
    pub request: Twist,
    /// What is right. Where only the credential or the key is another, the contract implies it.
    #[serde(default)]
    pub expect: Option<Expected>,
    /// What is right too: declared, and so no finding.
    #[serde(default)]
    pub also: Vec<Expected>,
}

fn one() -> u32 {
    1
}

/// What an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    /// An acceptance.
    Acceptance,
    /// Any refusal that the contract declares.
    Refusal,
    /// The refusal of a request without a key.
    Missing,
    /// The refusal of a key that was never issued.
    Invalid,
    /// The refusal of a key that has expired.
    Expired,
    /// The refusal of a key that was revoked.
    Revoked,
    /// The refusal of a key whose application is switched off.
    Disabled,
    /// The refusal of a key that is not valid yet.
    NotYetValid,
    /// The refusal of a key that may not use the operation.
    Insufficient,
    /// The refusal of a key that may not be used in the environment.
    WrongEnvironment,
}

impl Expected {
    /// The kind of refusal, where it is a certain one.
    pub fn kind(self) -> Option<RefusalKind> {
        match self {
            Self::Acceptance | Self::Refusal => None,
            Self::Missing => Some(RefusalKind::Missing),
            Self::Invalid => Some(RefusalKind::Invalid),
            Self::Expired => Some(RefusalKind::Expired),
            Self::Revoked => Some(RefusalKind::Revoked),
            Self::Disabled => Some(RefusalKind::Disabled),
            Self::NotYetValid => Some(RefusalKind::NotYetValid),
            Self::Insufficient => Some(RefusalKind::Insufficient),
            Self::WrongEnvironment => Some(RefusalKind::WrongEnvironment),
        }
    }
}
