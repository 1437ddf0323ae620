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
    /// The environment can be reached over HTTP/2.
    Http2,
    /// The environment also names a plain address.
    Plaintext,
    /// The environment has more than one node.
    Nodes,
    /// The request carries its key in a place that the contract does not declare.
    Elsewhere,
    /// The key travels in a header field that caches know nothing of.
    UnknownField,
    /// The operation honours an idempotency key.
    Idempotency,
    /// An acceptance of the operation has an entity tag.
    Validator,
    /// The contract says where a key holds its public identifier.
    KeyId,
    /// The platform behind a backend has an operation that no route is for.
    Unrouted,
    /// The platform behind a backend takes its keys in a header field.
    PlatformField,
    /// The contract declares that this kind of refusal, or that of an unknown path, cannot be told from that of an
    /// unknown key, or of no key.
    Alike(String),
    /// The carrier has this scheme.
    Scheme(String),
    /// An operation of the contract has this line.
    Operation(String),
    /// The contract sets this line of `policy`.
    Policy(String),
    /// The contract declares this kind of refusal.
    Refusal(String),
    /// The contract says how often the operation may be called: this line of its `limits`.
    Limits(String),
    /// The contract has this line of `control`.
    Control(String),
    /// The contract's `tokens` have this line.
    Tokens(String),
    /// The contract says where this document is.
    Document(String),
}

/// Everything that can be needed, for messages.
const ALL: &str = "tls, http2, plaintext, nodes, elsewhere, unknown-field, idempotency, validator, key-id, unrouted, platform-field, scheme.*, \
     operation.*, policy.*, refusal.*, limits.*, control.*, tokens.*, documents.* or alike.*";

impl Need {
    /// The needs that are one word.
    const WORDS: [(&'static str, Self); 11] = [
        ("tls", Self::Tls),
        ("http2", Self::Http2),
        ("plaintext", Self::Plaintext),
        ("nodes", Self::Nodes),
        ("elsewhere", Self::Elsewhere),
        ("unknown-field", Self::UnknownField),
        ("idempotency", Self::Idempotency),
        ("validator", Self::Validator),
        ("key-id", Self::KeyId),
        ("unrouted", Self::Unrouted),
        ("platform-field", Self::PlatformField),
    ];

    /// Parses the written form: a word, or a word and a name with a dot between them.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, need)) = Self::WORDS.iter().find(|(word, _)| *word == text) {
            return Ok(need.clone());
        }
        match text.split_once('.') {
            Some(("scheme", name)) => Ok(Self::Scheme(name.to_owned())),
            Some(("operation", name)) => Ok(Self::Operation(name.to_owned())),
            Some(("policy", name)) => Ok(Self::Policy(name.to_owned())),
            Some(("refusal", name)) => Ok(Self::Refusal(name.to_owned())),
            Some(("limits", name)) => Ok(Self::Limits(name.to_owned())),
            Some(("control", name)) => Ok(Self::Control(name.to_owned())),
            Some(("tokens", name)) => Ok(Self::Tokens(name.to_owned())),
            Some(("documents", name)) => Ok(Self::Document(name.to_owned())),
            Some(("alike", name)) => Ok(Self::Alike(name.to_owned())),
            _ => Err(format!("`{text}` is not a need; one is {ALL}")),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls => f.write_str("tls"),
            Self::Http2 => f.write_str("http2"),
            Self::Plaintext => f.write_str("plaintext"),
            Self::Nodes => f.write_str("nodes"),
            Self::Elsewhere => f.write_str("elsewhere"),
            Self::UnknownField => f.write_str("unknown-field"),
            Self::Idempotency => f.write_str("idempotency"),
            Self::Validator => f.write_str("validator"),
            Self::KeyId => f.write_str("key-id"),
            Self::Unrouted => f.write_str("unrouted"),
            Self::PlatformField => f.write_str("platform-field"),
            Self::Alike(name) => write!(f, "alike.{name}"),
            Self::Scheme(name) => write!(f, "scheme.{name}"),
            Self::Operation(name) => write!(f, "operation.{name}"),
            Self::Policy(name) => write!(f, "policy.{name}"),
            Self::Refusal(name) => write!(f, "refusal.{name}"),
            Self::Limits(name) => write!(f, "limits.{name}"),
            Self::Control(name) => write!(f, "control.{name}"),
            Self::Tokens(name) => write!(f, "tokens.{name}"),
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
        let words: Vec<_> = Self::WORDS.iter().map(|(word, _)| *word).collect();
        let pattern = format!(
            "^({}|(scheme|operation|policy|refusal|limits|control|tokens|documents|alike)\\.[A-Za-z_]+(\\.[a-z_]+)?)$",
            words.join("|")
        );
        json_schema!({
            "type": "string",
            "pattern": pattern,
            "errorMessage": format!("a need is {ALL}")
        })
    }
}
