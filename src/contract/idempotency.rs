//! How an operation honours idempotency keys (draft-ietf-httpapi-idempotency-key-header).

use schemars::JsonSchema;
use serde::Deserialize;

use super::Body;
use crate::document::HeaderName;

/// What stands for a value that was never sent before, in the value of an idempotency key.
pub const UNIQUE: &str = "{unique}";

/// An operation that is done once, however often its request is sent with the same idempotency key.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    /// The header field that carries the idempotency key.
    pub header: HeaderName,
    /// How its value is written; `{unique}` stands for a UUID. The draft wants it quoted, many servers do not.
    #[serde(default = "unique")]
    #[schemars(extend("format" = "one-line"))]
    pub value: String,
    /// Another sound body, which must not get the answer to the first. Without it, that is not looked at.
    #[serde(default)]
    pub other_body: Option<Body>,
}

fn unique() -> String {
    UNIQUE.to_owned()
}
