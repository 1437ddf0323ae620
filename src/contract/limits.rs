//! How often an operation may be called.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::Millis;

/// How often an operation may be called. A limit of the whole API can be declared on any operation: one is enough to
/// try it.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How many requests one key has; what is beyond is answered with 429 (RFC 6585 section 4).
    #[serde(default)]
    pub key: Option<Limit>,
    /// How many wrong keys one client may try; what is beyond is answered with 429, or more and more slowly.
    #[serde(default)]
    pub guesses: Option<Limit>,
}

impl Limits {
    /// The limit of a name, or nothing where there is none.
    pub fn named(&self, name: &str) -> Option<&Limit> {
        match name {
            "key" => self.key.as_ref(),
            "guesses" => self.guesses.as_ref(),
            _ => None,
        }
    }
}

/// So many requests in so long a time.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How many.
    #[schemars(range(min = 1, max = 10_000))]
    pub requests: u32,
    /// In which time.
    pub within: Millis,
}

impl Limit {
    /// The time in which they are counted.
    pub fn window(&self) -> Duration {
        self.within.duration()
    }
}
