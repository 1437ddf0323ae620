//! What the API offers.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Acceptance, Grant, Idempotency, Limits};
use crate::document::{JsonPath, Method, Name};

/// A group of operations that permissions can be granted on as a whole.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its operations.
    #[schemars(extend("minProperties" = 1))]
    pub operations: IndexMap<Name, Operation>,
}

/// One thing that the API does.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The request method.
    pub method: Method,
    /// The path behind the base URL; `{name}` stands for a parameter.
    #[schemars(extend("format" = "path-template"))]
    pub path: String,
    /// The body of a sound request.
    #[serde(default)]
    pub body: Option<Body>,
    /// What an accepted request changes.
    #[serde(default)]
    pub effect: Effect,
    /// Meant for the operator alone: the checks look for ordinary keys that may use it all the same.
    #[serde(default)]
    pub admin: bool,
    /// The operations that its body carries calls of, as `service.operation`, where it is a batch of calls: a key may
    /// use it only where it may use all of these too.
    #[serde(default)]
    pub carries: Vec<Grant>,
    /// What stands for the parameters of the path.
    #[serde(default)]
    pub parameters: IndexMap<Name, Parameter>,
    /// How often it may be called; where nothing is said, nothing is tried.
    #[serde(default)]
    pub limits: Limits,
    /// How an acceptance is recognised.
    pub accepted: Acceptance,
    /// How it is done once, however often its request is sent.
    #[serde(default)]
    pub idempotency: Option<Idempotency>,
}

/// The body of a sound request; file names are relative to the contract.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Body {
    /// A file with a JSON document.
    Json(String),
    /// Any other file, with its media type.
    File {
        /// The file.
        path: String,
        /// Its media type.
        #[schemars(length(min = 1), extend("format" = "field-value"))]
        content_type: String,
    },
}

impl Body {
    /// The file that holds the body.
    pub fn path(&self) -> &str {
        match self {
            Self::Json(path) | Self::File { path, .. } => path,
        }
    }

    /// The media type of the body.
    pub fn content_type(&self) -> &str {
        match self {
            Self::Json(_) => "application/json",
            Self::File { content_type, .. } => content_type,
        }
    }
}

/// What an accepted request changes on the target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    #[default]
    None,
    /// Something new comes to be.
    Creates,
    /// Something becomes different.
    Changes,
    /// Something is gone.
    Deletes,
}

/// What stands for one parameter of a path.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// A well-formed value, for requests that must be refused whether or not it names anything: one segment of
    /// a path, percent-encoded where it must be (RFC 3986 section 3.3).
    #[schemars(extend("format" = "path-segment"))]
    pub example: String,
    /// Where a value comes from that names something real, for requests that must be accepted.
    #[serde(default)]
    pub from: Option<ParameterSource>,
}

/// A request whose answer names something real.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterSource {
    /// The operation to call first, as `service.operation`.
    pub operation: Grant,
    /// Where its answer holds the value.
    pub capture: JsonPath,
}

/// Something that anybody may call without a key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicOperation {
    /// The request method.
    pub method: Method,
    /// The path behind the base URL.
    #[schemars(extend("format" = "path-template"))]
    pub path: String,
    /// How an acceptance is recognised; without it, by the status 200.
    #[serde(default)]
    pub accepted: Option<Acceptance>,
}
