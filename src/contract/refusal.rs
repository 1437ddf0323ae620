//! How each kind of refusal is recognised.

use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Matcher;
use crate::document::{HeaderName, JsonPath};

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefusalKind {
    /// It carries no key.
    Missing,
    /// Its key was never issued.
    Invalid,
    /// Its key has expired.
    Expired,
    /// Its key was revoked.
    Revoked,
    /// Its key belongs to an application that is switched off.
    Disabled,
    /// Its key is not valid yet.
    NotYetValid,
    /// Its key may not use this operation.
    Insufficient,
    /// Its key may not be used in this environment.
    WrongEnvironment,
}

impl RefusalKind {
    /// The word that stands for it in both formats.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Invalid => "invalid",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Disabled => "disabled",
            Self::NotYetValid => "not_yet_valid",
            Self::Insufficient => "insufficient",
            Self::WrongEnvironment => "wrong_environment",
        }
    }
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How one kind of refusal is recognised: either like another kind, or by its own status, challenge and body.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["like"], "properties": { "status": false, "challenge": false, "headers": false, "body": false } },
    { "required": ["status"], "properties": { "like": false } }
]))]
#[schemars(extend(
    "errorMessage" = "a refusal is either like another kind or has a status of its own; write `like: KIND` alone, or `status:` without `like`"
))]
pub struct Refusal {
    /// The kind that this one cannot be told from.
    #[serde(default)]
    pub like: Option<RefusalKind>,
    /// The status code.
    #[serde(default)]
    #[schemars(range(min = 400, max = 599))]
    pub status: Option<u16>,
    /// The authentication scheme that the `WWW-Authenticate` field offers (RFC 9110 section 11.6.1).
    #[serde(default)]
    pub challenge: Option<String>,
    /// What its header fields must be.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "header-name" }))]
    pub headers: IndexMap<HeaderName, Matcher>,
    /// What its JSON body must hold.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "json-path" }))]
    pub body: IndexMap<JsonPath, Matcher>,
}
