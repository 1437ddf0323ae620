//! The contract: how this API carries its key, what it offers, which credentials we hold and what each may
//! do, and what each refusal must look like.
//!
//! The model here is the file format itself: its doc comments are the descriptions in the published schema.
//! It is read once, checked whole, and never changed. It holds no key: a credential names where its key comes
//! from, and [`Keyring`] is the only thing that ever holds the keys.

mod acceptance;
mod backend;
mod check;
mod control;
mod cors;
mod credential;
mod documents;
mod environment;
mod idempotency;
mod keyring;
mod limits;
mod load;
mod matcher;
mod operation;
mod query;
mod refusal;
mod secret;
mod snapshots;
pub mod starter;
mod tokens;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use acceptance::Acceptance;
pub use backend::{Backend, Behind, Route};
pub use check::is_remote;
pub use control::{Action, Answers, Call, Control, Filling, HttpCall, fillings};
pub use cors::{Cors, PageOrigin};
pub use credential::{Carrier, Credential, Grant, KeySource, KeyState};
pub use documents::{Documents, Published};
pub use environment::{Environment, Tls};
pub use idempotency::{Idempotency, UNIQUE};
pub use keyring::{KeyError, KeySupply, Keyring, SHORTEST_KEY};
pub use limits::{Limit, Limits};
pub use load::load;
pub use matcher::{JsonType, Matcher, Rule};
pub use operation::{Body, Effect, Operation, Parameter, ParameterSource, PublicOperation, Service};
pub use query::{OperationId, PUBLIC};
pub use refusal::{Refusal, RefusalKind};
pub use secret::Secret;
pub use snapshots::{SnapshotParts, Snapshots};
pub use tokens::{Jwt, SIGNING_KEY, TokenRevocation, Tokens};

use crate::document::{HeaderName, JsonPath, Millis, Name};

/// A Lockproof contract: one API, the keys that guard it, and how it refuses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    /// The version of this format.
    #[schemars(range(min = 1, max = 1))]
    pub lockproof: u32,
    /// What the API is called, for people.
    #[schemars(extend("format" = "one-line"))]
    pub api: String,
    /// Where the API runs: each environment has its own keys and its own data.
    #[schemars(extend("minProperties" = 1))]
    pub environments: IndexMap<Name, Environment>,
    /// How a request carries its key.
    pub authentication: Authentication,
    /// What the API offers, grouped as permissions are granted.
    #[schemars(extend("minProperties" = 1))]
    pub services: IndexMap<Name, Service>,
    /// The keys that we hold, and what each may do.
    #[schemars(extend("minProperties" = 1))]
    pub credentials: IndexMap<Name, Credential>,
    /// How each kind of refusal is recognised.
    #[schemars(extend("propertyNames" = { "$ref": "#/$defs/RefusalKind" }))]
    pub refusals: IndexMap<RefusalKind, Refusal>,
    /// Where good edges differ: declared, not guessed.
    #[serde(default)]
    pub policy: Policy,
    /// What anybody may call without a key.
    #[serde(default)]
    pub public: Vec<PublicOperation>,
    /// Parts of an answer that differ between two equal refusals.
    #[serde(default)]
    pub volatile: Volatile,
    /// What a snapshot keeps of a refusal.
    #[serde(default)]
    pub snapshots: Snapshots,
    /// Which pages may call the API from a browser; without it, none.
    #[serde(default)]
    pub cors: Option<Cors>,
    /// What the API publishes about itself.
    #[serde(default)]
    pub documents: Documents,
    /// Tokens that keys are exchanged for.
    #[serde(default)]
    pub tokens: Option<Tokens>,
    /// A backend that stands between clients and the API, and holds the key for them: `lockproof between` tries it.
    #[serde(default)]
    pub backend: Option<Box<Backend>>,
    /// How a test may steer the target; without it the checks that need it are skipped.
    #[serde(default)]
    pub control: Box<Control>,
    /// What is behind, where this is what clients see of a backend.
    #[serde(skip)]
    pub behind: Option<std::sync::Arc<Behind>>,
}

/// How a request carries its key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// The one place in a request where a key counts.
    pub carrier: Carrier,
    /// What a key of this API looks like, as a regular expression.
    #[serde(default)]
    pub key_pattern: Option<crate::document::Pattern>,
    /// Where a key holds its own public identifier, as a regular expression: what its first group matches, or all that
    /// it matches where it has none.
    #[serde(default)]
    pub key_id: Option<crate::document::Pattern>,
}

/// Where good edges differ.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The status of a request without a key to a path that does not exist: 401 hides which paths do.
    #[serde(default)]
    #[schemars(range(min = 100, max = 599))]
    pub unknown_path_without_key: Option<u16>,
    /// The status of a request without a key whose method the path does not offer.
    #[serde(default)]
    #[schemars(range(min = 100, max = 599))]
    pub wrong_method_without_key: Option<u16>,
    /// How long after its revocation a key may still be accepted.
    #[serde(default)]
    pub max_revocation_lag: Option<Millis>,
    /// Refusals are problem details (RFC 9457).
    #[serde(default)]
    pub problem_details: Option<bool>,
}

impl Policy {
    /// The lines that are status codes: what a check can expect.
    pub const STATUSES: [&'static str; 2] = ["unknown_path_without_key", "wrong_method_without_key"];

    /// The status code that a line of the policy sets.
    pub fn status(&self, name: &str) -> Option<u16> {
        match name {
            "unknown_path_without_key" => self.unknown_path_without_key,
            "wrong_method_without_key" => self.wrong_method_without_key,
            _ => None,
        }
    }

    /// The length of time that a line of the policy sets.
    pub fn time(&self, name: &str) -> Option<std::time::Duration> {
        match name {
            "max_revocation_lag" => self.max_revocation_lag.as_ref().map(Millis::duration),
            _ => None,
        }
    }
}

/// Parts of an answer that differ between two equal refusals, left out when answers are compared.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Volatile {
    /// Header fields; `Date` is always left out.
    #[serde(default)]
    pub headers: Vec<HeaderName>,
    /// Members of a JSON body.
    #[serde(default)]
    pub body: Vec<JsonPath>,
}
