//! Header lines that a check adds.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::document::HeaderName;

/// A header line: a mapping of one name to its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderLine {
    /// The field's name.
    pub name: HeaderName,
    /// Its value; `{key}`, `{host}`, `{public}` and `{unique}` are filled in.
    pub value: String,
}

impl<'de> Deserialize<'de> for HeaderLine {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let line = indexmap::IndexMap::<HeaderName, String>::deserialize(deserializer)?;
        let mut pairs = line.into_iter();
        match (pairs.next(), pairs.next()) {
            (Some((name, value)), None) => Ok(Self { name, value }),
            _ => Err(de::Error::custom("a header line has one name and one value")),
        }
    }
}

impl JsonSchema for HeaderLine {
    fn schema_name() -> Cow<'static, str> {
        "HeaderLine".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let name = generator.subschema_for::<HeaderName>();
        json_schema!({
            "type": "object",
            "propertyNames": name,
            "additionalProperties": { "type": "string", "format": "field-value" },
            "minProperties": 1,
            "maxProperties": 1,
            "errorMessage": "a header line has one name and one value; give each line an item of its own"
        })
    }
}
