//! How an accepted request is recognised.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Matcher;
use crate::document::{HeaderName, JsonPath};

/// How an acceptance is recognised: the status alone is never enough where a body is declared, because a
/// catch-all page answers 200 to everything.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The status code of the answer.
    #[schemars(range(min = 200, max = 299))]
    pub status: u16,
    /// What its header fields must be.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "header-name" }))]
    pub headers: IndexMap<HeaderName, Matcher>,
    /// What its JSON body must hold: something that only an accepted request gets to see.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "json-path" }))]
    pub body: IndexMap<JsonPath, Matcher>,
}
