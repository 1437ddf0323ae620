//! What a browser says of the page that makes it send a request, and what an answer must tell the browser.

use schemars::JsonSchema;
use serde::Deserialize;

/// The origin of a page, by what it is to the contract's `cors.origins` (Fetch, "`Origin` header").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// The first one that the contract allows.
    Allowed,
    /// One that nobody has heard of.
    Foreign,
    /// `null`: a page without an origin of its own, as every sandboxed frame is.
    Opaque,
    /// The allowed host with another domain behind it.
    Longer,
    /// The allowed host with a letter glued before it.
    Glued,
    /// The allowed host with a letter in place of a dot.
    Dotless,
    /// The allowed host under the scheme without TLS.
    Plain,
    /// The allowed host at another port.
    OtherPort,
}

/// What an answer must tell a browser about the page that it is for (Fetch, "HTTP responses").
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorsRule {
    /// The preflight lets the page go on: an ok status, and its origin, the method and every field are allowed.
    #[serde(default)]
    pub admits: Option<bool>,
    /// The page may read the answer.
    #[serde(default)]
    pub shares: Option<bool>,
    /// The page gets no permission of any kind.
    #[serde(default)]
    pub forbids: Option<bool>,
    /// The fields that a page may send are named; there is no `*` that would stand for the key's field too.
    #[serde(default)]
    pub names_fields: Option<bool>,
    /// Where the permission is another one than in the answer to the step before, both say that it varies.
    #[serde(default)]
    pub varies: Option<bool>,
    /// The field that carries the key is not among those that a page may read.
    #[serde(default)]
    pub hides_key: Option<bool>,
    /// Neither the field in which the platform behind a backend takes its keys nor `*` is among those that a page may
    /// send.
    #[serde(default)]
    pub invites_no_key: Option<bool>,
}
