//! What must be there for a check to apply.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

/// What must be there for a check to apply; decided before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// The environment is reached over TLS.
    Tls,
    /// The environment also names a plain address.
    Plaintext,
    /// The request carries its key in a place that the contract does not declare.
    Elsewhere,
    /// The carrier has this scheme.
    Scheme(String),
    /// The contract sets this line of `policy`.
    Policy(String),
    /// The contract declares this kind of refusal.
    Refusal(String),
    /// The contract has this line of `control`.
    Control(String),
    /// The contract says where this document is.
    Document(String),
}

impl Need {
    /// Parses the written form: a word, or a word and a name with a dot between them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.split_once('.') {
            None if text == "tls" => Ok(Self::Tls),
            None if text == "plaintext" => Ok(Self::Plaintext),
            None if text == "elsewhere" => Ok(Self::Elsewhere),
            Some(("scheme", name)) => Ok(Self::Scheme(name.to_owned())),
            Some(("policy", name)) => Ok(Self::Policy(name.to_owned())),
            Some(("refusal", name)) => Ok(Self::Refusal(name.to_owned())),
            Some(("control", name)) => Ok(Self::Control(name.to_owned())),
            Some(("documents", name)) => Ok(Self::Document(name.to_owned())),
            _ => Err(format!(
                "`{text}` is not a need; one is tls, plaintext, elsewhere, scheme.*, policy.*, refusal.*, control.* or \
                 documents.*"
            )),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls => f.write_str("tls"),
            Self::Plaintext => f.write_str("plaintext"),
            Self::Elsewhere => f.write_str("elsewhere"),
            Self::Scheme(name) => write!(f, "scheme.{name}"),
            Self::Policy(name) => write!(f, "policy.{name}"),
            Self::Refusal(name) => write!(f, "refusal.{name}"),
            Self::Control(name) => write!(f, "control.{name}"),
            Self::Document(name) => write!(f, "documents.{name}"),
        }
    }
}

impl<'de> Deserialize<'de> for Need {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Need {
    fn schema_name() -> Cow<'static, str> {
        "Need".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^(tls|plaintext|elsewhere|(scheme|policy|refusal|control|documents)\\.[A-Za-z_]+)$",
            "errorMessage": "a need is tls, plaintext, elsewhere, scheme.*, policy.*, refusal.*, control.* or documents.*"
        })
    }
}
