//! What is done to the target between requests.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde_json::Value;

use crate::contract::Action;
use crate::document::HeaderName;
use crate::scenario::{Owner, Reading, SeenRule, TargetTime};

/// Something that is done to the target, and what is right about what it tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Deed {
    /// The action of the contract; nothing where the target is not asked.
    pub action: Option<Action>,
    /// The created key that it is about.
    pub key: Option<String>,
    /// What is filled in, as far as it is known.
    pub arguments: BTreeMap<String, Value>,
    /// What comes of it.
    pub rule: Rule,
}

/// What comes of a deed.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// It is done.
    Done,
    /// A key like that of a credential.
    Key {
        /// The credential.
        model: String,
        /// Whose it is.
        owner: Owner,
    },
    /// It is done at, or for, an instant.
    At(TargetTime),
    /// Something is told that is remembered or compared.
    Reading(Reading),
    /// A log in which no key may stand.
    Log,
    /// Header fields.
    Seen {
        /// What is right about them.
        seen: SeenRule,
        /// The field that tells whose request it is.
        field: Option<HeaderName>,
    },
}

/// How long a step is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedUntil {
    /// How long at the most.
    pub within: Duration,
    /// The pause between two requests.
    pub every: Duration,
}

impl PlannedUntil {
    /// How often it can be sent in that time.
    pub fn times(self) -> u32 {
        u32::try_from(self.within.as_millis() / self.every.as_millis().max(1))
            .unwrap_or(u32::MAX)
            .saturating_add(2)
    }
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            Some(action) => write!(f, "{action}")?,
            None => f.write_str("a key that is not issued")?,
        }
        self.key.as_ref().map_or(Ok(()), |key| write!(f, " of {key}"))
    }
}
