//! What one value of an answer must be.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::document::Pattern;

/// What one value must be.
///
/// Written as a plain value (it must be equal), as `exists` or `absent`, or as a mapping of rules that must
/// all hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Matcher {
    /// The rules, all of which must hold; never empty.
    pub rules: Vec<Rule>,
}

/// One rule about one value.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// The value is there, whatever it is.
    Exists,
    /// The value is not there.
    Absent,
    /// The value is this one.
    Equals(Value),
    /// The value is one of these.
    OneOf(Vec<Value>),
    /// The value is text that the pattern finds itself in.
    Matches(Pattern),
    /// The value is of this JSON type.
    Type(JsonType),
    /// The value is the answer's own status code.
    EqualsStatus,
    /// If the value is not there, the other rules do not matter.
    Optional,
}

/// A type of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JsonType {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// Text.
    String,
    /// A list.
    Array,
    /// An object.
    Object,
}

/// The mapping form, as it stands in a file.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
struct Rules {
    /// Whether the value must be there.
    #[schemars(extend("const" = true))]
    exists: Option<bool>,
    /// Whether the value must not be there.
    #[schemars(extend("const" = true))]
    absent: Option<bool>,
    /// The value it must be.
    #[serde(default, deserialize_with = "given")]
    equals: Option<Value>,
    /// The values of which it must be one.
    #[schemars(length(min = 1))]
    one_of: Option<Vec<Value>>,
    /// A pattern that must be found in it.
    matches: Option<Pattern>,
    /// The type that it must have.
    r#type: Option<JsonType>,
    /// Whether it must be the answer's own status code.
    #[schemars(extend("const" = true))]
    equals_status: Option<bool>,
    /// Whether it may be left out altogether.
    #[schemars(extend("const" = true))]
    optional: Option<bool>,
}

/// A value that is there, even where it is `null`.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl Rules {
    fn into_matcher(self) -> Matcher {
        let flag = |set: Option<bool>, rule| set.filter(|set| *set).map(|_| rule);
        let rules = [
            flag(self.optional, Rule::Optional),
            flag(self.exists, Rule::Exists),
            flag(self.absent, Rule::Absent),
            self.equals.map(Rule::Equals),
            self.one_of.map(Rule::OneOf),
            self.matches.map(Rule::Matches),
            self.r#type.map(Rule::Type),
            flag(self.equals_status, Rule::EqualsStatus),
        ];
        Matcher { rules: rules.into_iter().flatten().collect() }
    }
}

impl<'de> Deserialize<'de> for Matcher {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let one = |rule| Ok(Self { rules: vec![rule] });
        match Value::deserialize(deserializer)? {
            Value::String(word) if word == "exists" => one(Rule::Exists),
            Value::String(word) if word == "absent" => one(Rule::Absent),
            rules @ Value::Object(_) => {
                serde_json::from_value::<Rules>(rules).map(Rules::into_matcher).map_err(de::Error::custom)
            }
            value
            @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
                one(Rule::Equals(value))
            }
        }
    }
}

impl JsonSchema for Matcher {
    fn schema_name() -> Cow<'static, str> {
        "Matcher".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let rules = generator.subschema_for::<Rules>();
        json_schema!({
            "description": "A plain value to be equal to, `exists`, `absent`, or a mapping of rules.",
            "anyOf": [{ "type": ["string", "number", "boolean", "null", "array"] }, rules]
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("to be there"),
            Self::Absent => f.write_str("not to be there"),
            Self::Equals(value) => write!(f, "{value}"),
            Self::OneOf(values) => {
                let values: Vec<_> = values.iter().map(Value::to_string).collect();
                write!(f, "one of {}", values.join(", "))
            }
            Self::Matches(pattern) => write!(f, "text that matches /{pattern}/"),
            Self::Type(kind) => write!(f, "a value of type {}", format!("{kind:?}").to_lowercase()),
            Self::EqualsStatus => f.write_str("the answer's own status code"),
            Self::Optional => f.write_str("optional"),
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rules: Vec<_> = self.rules.iter().map(Rule::to_string).collect();
        f.write_str(&rules.join(" and "))
    }
}
