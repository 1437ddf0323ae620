//! The words for what a schema asks and for what stands there instead.

use jsonschema::error::TypeKind;
use jsonschema::types::JsonType;
use serde_json::Value;

/// A list in words: `a`, `a or b`, `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The types that a schema asks for.
pub(super) fn asked(kind: &TypeKind) -> Vec<String> {
    match kind {
        TypeKind::Single(one) => vec![of_type(*one).to_owned()],
        TypeKind::Multiple(several) => several.into_iter().map(|one| of_type(one).to_owned()).collect(),
    }
}

fn of_type(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Null => "nothing",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::String => "text",
        JsonType::Array => "a list",
        JsonType::Object => "a mapping",
    }
}

/// What stands there.
pub(super) fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}

/// How a value becomes what is asked for, where that is a matter of writing.
pub(super) fn cure(asked: &[String], value: &Value) -> Option<&'static str> {
    let asks = |kind: JsonType| asked.iter().any(|word| word == of_type(kind));
    match value {
        Value::Null => Some("write a value, or leave the entry out"),
        Value::Bool(_) | Value::Number(_) if asks(JsonType::String) => Some("put it in quotes"),
        Value::String(_) if asks(JsonType::Array) => Some("write it as a list: `[...]`"),
        Value::String(text) if asks(JsonType::Boolean) && is_old_boolean(text) => {
            Some("write `true` or `false`")
        }
        Value::String(_) if asks(JsonType::Integer) => Some("write the number without quotes"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What YAML 1.1 took for a boolean and YAML 1.2 takes for text.
fn is_old_boolean(text: &str) -> bool {
    ["yes", "no", "on", "off", "y", "n"].contains(&&*text.to_ascii_lowercase())
}
