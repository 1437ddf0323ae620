//! What makes a request the repetition of another, or keeps it from being one.

use schemars::JsonSchema;
use serde::Deserialize;

/// What stands for a value that was never sent before: the same in all requests of one attempt at a case.
pub const UNIQUE: &str = "unique";
/// What stands for another such value.
pub const OTHER_UNIQUE: &str = "other-unique";

/// Which idempotency key a request carries, in the field that the contract declares for the operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdempotencyKey {
    /// A new one, the same in all requests of one attempt at a case.
    One,
    /// Another new one.
    Another,
}

/// From which earlier answer this one must differ.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiffersFrom {
    /// The earlier step's number, from 1.
    #[schemars(range(min = 1))]
    pub step: usize,
    /// Another earlier step, whose answer must differ from that one in any case: where even they are the same, nothing
    /// can be said.
    #[schemars(range(min = 1))]
    pub like: usize,
}
