//! The published JSON Schema of a format, which is also its validator.
//!
//! What is published is exactly what is enforced: an editor that reads the schema underlines what Lockproof
//! would refuse. `errorMessage` is the sentence for a rule that its keywords alone do not explain; editors
//! show it too.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::sync::OnceLock;

use jsonschema::{ValidationOptions, Validator};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::formats;

/// The JSON Schema of a format, as it is published: draft 2020-12, with an address of its own.
///
/// An entry that may be left out may not be empty instead: `environments:` with nothing behind it would read
/// as "all of them".
pub fn published<T: JsonSchema>() -> Value {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<T>().to_value();
    forbid_null(&mut schema);
    let name = T::schema_name().to_lowercase();
    if let Value::Object(members) = &mut schema {
        members.insert("$id".to_owned(), json!(format!("https://lockproof.dev/schema/{name}.json")));
    }
    schema
}

/// Leaves out `null` wherever it only stands for "left out".
fn forbid_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if drop_null_type(members) || drop_null_branch(members) {
                members.shift_remove("default");
            }
            members.values_mut().for_each(forbid_null);
        }
        Value::Array(items) => items.iter_mut().for_each(forbid_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `"type": [x, "null"]` becomes `"type": x`.
fn drop_null_type(members: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(types)) = members.get("type") else { return false };
    let [one, null] = types.as_slice() else { return false };
    if null != "null" {
        return false;
    }
    let one = one.clone();
    members.insert("type".to_owned(), one);
    true
}

/// `"anyOf": [x, { "type": "null" }]` becomes x.
fn drop_null_branch(members: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(branches)) = members.get("anyOf") else { return false };
    let [Value::Object(one), null] = branches.as_slice() else { return false };
    if *null != json!({ "type": "null" }) {
        return false;
    }
    let one = one.clone();
    members.shift_remove("anyOf");
    members.extend(one);
    true
}

/// A format: its schema, compiled once, when it is first needed.
pub struct Format<T> {
    compiled: OnceLock<Compiled>,
    of: PhantomData<fn() -> T>,
}

/// A schema and its validator, or why there is none.
pub(super) struct Compiled {
    pub(super) schema: Value,
    pub(super) validator: Result<Validator, String>,
}

impl<T> fmt::Debug for Format<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format<{}>", type_name::<T>())
    }
}

impl<T: JsonSchema> Format<T> {
    /// The format of a type; made for a `static`, so that its schema is compiled once in a process.
    #[expect(clippy::new_without_default, reason = "a default would not be const")]
    pub const fn new() -> Self {
        Self { compiled: OnceLock::new(), of: PhantomData }
    }

    pub(super) fn compiled(&self) -> &Compiled {
        self.compiled.get_or_init(|| {
            let schema = published::<T>();
            let validator = options().build(&schema).map_err(|error| error.to_string());
            Compiled { schema, validator }
        })
    }
}

fn options() -> ValidationOptions<'static> {
    let options = jsonschema::options().should_validate_formats(true);
    formats::ALL
        .iter()
        .fold(options, |options, (name, parse)| options.with_format(*name, |text: &str| parse(text).is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Contract;
    use crate::scenario::Scenario;

    #[test]
    fn the_published_schemas_have_an_address_and_compile() {
        let contract = published::<Contract>();
        assert_eq!(contract["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(contract["$id"], "https://lockproof.dev/schema/contract.json");
        assert_eq!(contract["title"], "Contract");
        assert_eq!(contract["additionalProperties"], false);
        for schema in [contract, published::<Scenario>()] {
            options().build(&schema).unwrap();
        }
    }

    #[test]
    fn an_optional_entry_may_be_left_out_but_not_left_empty() {
        let contract = published::<Contract>();
        let credential = &contract["$defs"]["Credential"]["properties"];
        assert_eq!(credential["environments"]["type"], "array");
        assert_eq!(credential["application"]["$ref"], "#/$defs/Name");
        assert!(credential["environments"].get("default").is_none());
    }

    #[test]
    fn every_format_that_the_schemas_name_is_checked() {
        fn named(schema: &Value, formats: &mut Vec<String>) {
            if let Some(format) = schema.get("format").and_then(Value::as_str) {
                formats.push(format.to_owned());
            }
            let children: Vec<&Value> = match schema {
                Value::Object(members) => members.values().collect(),
                Value::Array(items) => items.iter().collect(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
            };
            for child in children {
                named(child, formats);
            }
        }
        let mut found = Vec::new();
        named(&published::<Contract>(), &mut found);
        named(&published::<Scenario>(), &mut found);
        found.retain(|format| !format.trim_start_matches('u').starts_with("int") && format != "double");
        for format in found {
            assert!(formats::ALL.iter().any(|(name, _)| *name == format), "{format}");
        }
    }
}
