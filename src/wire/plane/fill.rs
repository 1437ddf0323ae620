//! Filling names in.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde_json::Value;

use super::{Arguments, PlaneError};
use crate::contract::{Filling, fillings};

/// What must be escaped in an address: all but what never means anything there.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A text with its names filled in.
pub(super) fn text(template: &str, arguments: &Arguments) -> Result<String, PlaneError> {
    joined(template, arguments, &|value| value)
}

/// An address with its names filled in, escaped.
pub(super) fn address(template: &str, arguments: &Arguments) -> Result<String, PlaneError> {
    joined(template, arguments, &|value| percent_encoding::utf8_percent_encode(&value, ESCAPED).to_string())
}

/// A JSON document with the names in its texts filled in; a text that is nothing but a name becomes the value.
pub(super) fn document(template: &Value, arguments: &Arguments) -> Result<Value, PlaneError> {
    Ok(match template {
        Value::String(template) => match &*fillings(template) {
            [Filling::Gap(name)] => value(name, arguments)?,
            _ => Value::String(text(template, arguments)?),
        },
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| document(item, arguments)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| Ok((name.clone(), document(value, arguments)?));
            Value::Object(members.iter().map(member).collect::<Result<_, PlaneError>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => template.clone(),
    })
}

fn joined(
    template: &str,
    arguments: &Arguments,
    escape: &dyn Fn(String) -> String,
) -> Result<String, PlaneError> {
    let part = |part: &Filling<'_>| match part {
        Filling::Text(text) => Ok((*text).to_owned()),
        Filling::Gap(name) => Ok(escape(plain(&value(name, arguments)?))),
    };
    fillings(template).iter().map(part).collect()
}

fn value(name: &str, arguments: &Arguments) -> Result<Value, PlaneError> {
    let missing = || PlaneError::NoValue(name.to_owned());
    if name == "key" {
        return arguments.key.as_ref().map(|key| Value::from(key.expose())).ok_or_else(missing);
    }
    arguments.values.get(name).cloned().ok_or_else(missing)
}

/// A value as it stands in a text: of a list, its items with commas between them.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
