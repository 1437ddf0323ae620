//! Requests that are sent again and again.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::document::Millis;

/// A request is sent again and again until what is expected holds.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// How long at the most: a time, or a line of the contract's `policy` that is one.
    pub within: Bound,
    /// The pause between two requests; 50 ms where nothing is said.
    #[serde(default)]
    pub every: Option<Millis>,
}

/// A length of time: said here, or in the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Said here.
    Time(Millis),
    /// Said by this line of the contract's `policy`.
    Policy(String),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(time) => write!(f, "{time}"),
            Self::Policy(name) => write!(f, "policy.{name}"),
        }
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.strip_prefix("policy.") {
            Some(name) => Ok(Self::Policy(name.to_owned())),
            None => Millis::wait(&text)
                .and_then(|_| Millis::parse(&text))
                .map(Self::Time)
                .map_err(de::Error::custom),
        }
    }
}

impl JsonSchema for Bound {
    fn schema_name() -> Cow<'static, str> {
        "Bound".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                { "type": "string", "pattern": "^policy\\.max_revocation_lag$" },
                { "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$", "format": "wait-text" }
            ],
            "errorMessage": "a bound is a time like `250ms` of 366 days at the most, or a line of the policy that is one: `policy.max_revocation_lag`"
        })
    }
}
