//! The keys that we hold, and where a request carries one.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{HeaderName, Name};

/// A key that we hold, and what it may do.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Where the key comes from.
    pub key: KeySource,
    /// The application that the key identifies; without it, the credential is an application of its own.
    #[serde(default)]
    pub application: Option<Name>,
    /// The services (`ekyc`) and operations (`ekyc.ocr`) that it may use.
    #[serde(default)]
    pub allows: Vec<Grant>,
    /// The environments in which it may be used; without this, all of them.
    #[serde(default)]
    pub environments: Option<Vec<Name>>,
    /// Whether the key works at all.
    #[serde(default)]
    pub state: KeyState,
    /// The public identifier of the key, where the API shows one: it must never work as a key.
    #[serde(default)]
    #[schemars(extend("format" = "field-value"))]
    pub id: Option<String>,
}

/// Where a key comes from. No key is ever written in a contract.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(extend(
    "errorMessage" = "a key is never written in a contract; name where it comes from: `{ env: NAME }`, `{ file: PATH }` or `{ stdin: LABEL }`"
))]
pub enum KeySource {
    /// The environment variable that holds it.
    Env(#[schemars(length(min = 1))] String),
    /// The file that holds it, relative to the contract; one line break at its end is left out.
    File(#[schemars(length(min = 1))] String),
    /// The label of its line on standard input, where every line is `label=key`.
    Stdin(#[schemars(length(min = 1))] String),
    /// The key itself: only for the reference server's own keys, whose environments are all on this machine.
    Fixture(#[schemars(length(min = 1))] String),
}

/// Whether a key works, and if not, why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// It works.
    #[default]
    Active,
    /// Its time is over.
    Expired,
    /// It was withdrawn.
    Revoked,
    /// The application that it belongs to is switched off.
    Disabled,
    /// Its time has not begun.
    NotYetValid,
}

/// A permission: a whole service, or one operation of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend(
    "errorMessage" = "a permission is a service or `service.operation`; names are of a-z, 0-9, `-` and `_`"
))]
pub struct Grant(#[schemars(regex(pattern = r"^[a-z0-9][a-z0-9_-]*(\.[a-z0-9][a-z0-9_-]*)?$"))] pub String);

impl Grant {
    /// The service, and the operation of it where the permission names one.
    pub fn parts(&self) -> (&str, Option<&str>) {
        match self.0.split_once('.') {
            None => (&self.0, None),
            Some((service, operation)) => (service, Some(operation)),
        }
    }
}

/// The one place in a request where a key counts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "CarrierFields")]
#[schemars(with = "CarrierFields")]
pub enum Carrier {
    /// A header field, whose value is the key, behind a scheme where one is declared.
    Header {
        /// The field.
        name: HeaderName,
        /// The authentication scheme before the key (RFC 9110 section 11.4).
        scheme: Option<String>,
    },
    /// A parameter of the query string.
    Query(String),
    /// A cookie.
    Cookie(String),
}

/// A carrier as it stands in a file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
#[schemars(extend("not" = { "anyOf": [
    { "required": ["header", "query"] }, { "required": ["header", "cookie"] },
    { "required": ["query", "cookie"] }, { "required": ["query", "scheme"] },
    { "required": ["cookie", "scheme"] }
] }))]
#[schemars(extend(
    "errorMessage" = "a carrier is one of `header`, `query` and `cookie`; only a header may also have a `scheme`"
))]
struct CarrierFields {
    /// The header field that carries the key.
    header: Option<HeaderName>,
    /// The scheme before the key, with `header` only.
    #[schemars(length(min = 1), extend("format" = "field-value"))]
    scheme: Option<String>,
    /// The query parameter that carries the key, percent-encoded where it must be.
    #[schemars(length(min = 1), extend("format" = "query-name"))]
    query: Option<String>,
    /// The cookie that carries the key.
    #[schemars(length(min = 1), extend("format" = "cookie-name"))]
    cookie: Option<String>,
}

impl TryFrom<CarrierFields> for Carrier {
    type Error = &'static str;

    fn try_from(fields: CarrierFields) -> Result<Self, Self::Error> {
        match (fields.header, fields.query, fields.cookie, fields.scheme) {
            (Some(name), None, None, scheme) => Ok(Self::Header { name, scheme }),
            (None, Some(name), None, None) => Ok(Self::Query(name)),
            (None, None, Some(name), None) => Ok(Self::Cookie(name)),
            _ => Err("a carrier is one of `header` (with or without `scheme`), `query` or `cookie`"),
        }
    }
}

impl fmt::Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header { name, scheme: None } => write!(f, "header {name}"),
            Self::Header { name, scheme: Some(scheme) } => write!(f, "header {name}, scheme {scheme}"),
            Self::Query(name) => write!(f, "query parameter {name}"),
            Self::Cookie(name) => write!(f, "cookie {name}"),
        }
    }
}
