//! What the API's own description must say of an operation.

use schemars::JsonSchema;
use serde::Deserialize;

/// A document that the API publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TheDocument {
    /// Its description by the rules of `OpenAPI` 3.1.
    Openapi,
}

/// What the description must say of the operation of the case. What a description does not speak of breaks only
/// `security_declared`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRule {
    /// Its security names only schemes that are defined whole.
    SecurityDeclared,
    /// Its security can not be met by nothing.
    NotAnonymous,
    /// The refusals of a missing key and of a missing permission stand among its responses, with their challenge and
    /// with a schema.
    RefusalsDescribed,
    /// Its security names the role or the permission that a key needs.
    RolesNamed,
    /// No parameter of it is a header field that such a definition cannot be about: `Authorization`.
    NoShadowedField,
    /// This answer is as the document of the first step describes it: its status, its fields and its body.
    AnswerDescribed,
}
