//! A backend between clients and the platform: what the platform does when it is asked, and what must arrive there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::RefusalKind;
use crate::document::Pattern;

/// What stands in every answer that the platform gives under a check, and is nobody's business: a client that gets to
/// see it was handed the inside of the platform.
pub const INTERNAL: &str = "lockproof-platform-internal";

/// Which lock a check tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The API's own edge: `lockproof run`.
    #[default]
    Platform,
    /// A backend that stands between clients and the API: `lockproof between`.
    Backend,
}

/// What the platform does when the backend asks it, where it does not answer as the reference server does.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlatformTwist {
    /// It refuses the backend's key, as the contract declares this kind of refusal.
    Refuses(RefusalKind),
    /// It answers with this status code, and tells of its inside.
    Answers(#[schemars(range(min = 200, max = 599))] u16),
    /// It fails in this way.
    Fails(Failing),
    /// It sends the backend to another origin, with this status code.
    Redirects(#[schemars(range(min = 300, max = 399))] u16),
}

/// How a platform fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Failing {
    /// It takes the request, and never answers.
    Silent,
    /// It takes the request, and resets the connection.
    Reset,
    /// It answers with something that is not HTTP.
    Malformed,
    /// Its answer ends in the middle.
    Torn,
    /// Its answer does not end, until many megabytes were sent.
    Endless,
}

/// What must be so of what arrives at the platform because of a request to the backend.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UpstreamRule {
    /// How many requests arrive.
    #[serde(default)]
    pub arrives: Option<Arrives>,
    /// Each carries the backend's key exactly once, in the place that the contract declares, and no other key of the
    /// platform anywhere.
    #[serde(default)]
    pub key: Option<bool>,
    /// Each is a request of the operation that the route is for: its method, and a path of its shape.
    #[serde(default)]
    pub operation: Option<bool>,
    /// Each arrives at the declared origin and asks for no other one, and nothing arrives anywhere else.
    #[serde(default)]
    pub origin: Option<bool>,
    /// None carries what a client proves itself with to the backend.
    #[serde(default)]
    pub no_proof: Option<bool>,
    /// None of these patterns is found anywhere in what arrives.
    #[serde(default)]
    pub nowhere: Vec<Pattern>,
}

/// How many requests arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arrives {
    /// None.
    Nothing,
    /// One.
    Once,
    /// None or one.
    AtMostOnce,
}

impl UpstreamRule {
    /// This rule with another laid over it.
    #[must_use]
    pub fn overlaid(self, over: Self) -> Self {
        let nowhere = self.nowhere.into_iter().chain(over.nowhere).collect();
        Self {
            arrives: over.arrives.or(self.arrives),
            key: over.key.or(self.key),
            operation: over.operation.or(self.operation),
            origin: over.origin.or(self.origin),
            no_proof: over.no_proof.or(self.no_proof),
            nowhere,
        }
    }
}
