//! What is done to the target while a plan is sent, and how long a connection lives.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{Millis, Name, Rate};
use crate::scenario::{ControlStep, NewKey};

/// Something that is done to the target at an instant of the run, by what the contract's `control` says. Whatever it
/// changes is taken back at the end, however that comes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// When, counted from the end of the warm-up; without this, before anything is sent.
    #[serde(default)]
    pub at: Option<Millis>,
    /// What.
    pub control: KeyDeed,
}

/// What is done to a key that the plan makes.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum KeyDeed {
    /// Issues a key, for `credential: { created: name }` in the mix. It may do what its model may.
    Create(NewKey),
    /// Revokes a created key. It may be accepted until `policy.max_revocation_lag` of the contract is over, and must be
    /// refused as a revoked key from then on.
    Revoke(Name),
    /// Deletes a created key. It may be accepted as long as a revoked one, and must be refused as an unknown key from
    /// then on.
    Delete(Name),
}

impl KeyDeed {
    /// The key that it is about.
    pub fn of(&self) -> &Name {
        match self {
            Self::Create(new) => &new.name,
            Self::Revoke(name) | Self::Delete(name) => name,
        }
    }

    /// The same, as a step of a check has it.
    pub fn step(&self) -> ControlStep {
        match self {
            Self::Create(new) => ControlStep::Create(new.clone()),
            Self::Revoke(name) => ControlStep::Revoke(name.clone()),
            Self::Delete(name) => ControlStep::Delete(name.clone()),
        }
    }

    /// Whether the key is good for nothing from then on.
    pub fn ends_a_key(&self) -> bool {
        !matches!(self, Self::Create(_))
    }
}

/// How long a connection is used before another takes its place.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Life {
    /// For so many requests.
    #[serde(default)]
    #[schemars(range(min = 1))]
    pub requests: Option<u32>,
    /// For so long; a request that is under way is finished first.
    #[serde(default)]
    pub time: Option<Millis>,
}

/// A search for the highest rate at which all thresholds hold.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// The rate that it begins with.
    pub from: Rate,
}
