//! JSON made to measure: values that satisfy a contract's matchers, put where its paths look.

use serde_json::{Map, Value, json};

use super::pattern;
use crate::contract::{JsonType, Matcher, Rule};

/// A step into a document.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Into {
    Member(String),
    Element(usize),
}

/// A place in a JSON document that a `JSONPath` of the simple kind leads to: members and elements only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place(Vec<Into>);

impl Place {
    /// The place of a member of the document itself.
    pub(crate) fn member(name: &str) -> Self {
        Self(vec![Into::Member(name.to_owned())])
    }

    /// The place of another member beside this one.
    pub(crate) fn sibling(&self, name: &str) -> Self {
        let mut steps = self.0.clone();
        steps.pop();
        steps.push(Into::Member(name.to_owned()));
        Self(steps)
    }

    /// Reads a `JSONPath` (RFC 9535) that names one place: `$.a.b`, `$['a']`, `$.a[0]`. A wildcard stands for
    /// the first element.
    ///
    /// # Errors
    /// A path that names no single place.
    pub(crate) fn parse(path: &str) -> Result<Self, String> {
        let mut rest = path.strip_prefix('$').unwrap_or_default();
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, behind) = step(rest).ok_or_else(|| format!("{path} does not name one place"))?;
            steps.push(step);
            rest = behind;
        }
        if steps.is_empty() { Err(format!("{path} does not name one place")) } else { Ok(Self(steps)) }
    }
}

fn step(text: &str) -> Option<(Into, &str)> {
    if let Some(inner) = text.strip_prefix('[') {
        let (inside, behind) = inner.split_once(']')?;
        let quoted = |quote: char| inside.strip_prefix(quote)?.strip_suffix(quote);
        if let Some(name) = quoted('\'').or_else(|| quoted('"')) {
            return (!name.contains('\\')).then(|| (Into::Member(name.to_owned()), behind));
        }
        let index = if inside == "*" { 0 } else { inside.parse().ok().filter(|index| *index < 64)? };
        return Some((Into::Element(index), behind));
    }
    let name = text.strip_prefix('.')?;
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let (name, behind) = name.split_at(end);
    match name {
        "" => None,
        "*" => Some((Into::Element(0), behind)),
        _ => Some((Into::Member(name.to_owned()), behind)),
    }
}

/// Puts a value into a document, and whatever is missing on the way to its place.
pub(crate) fn place(document: &mut Value, at: &Place, value: Value) {
    let mut here = document;
    for step in &at.0 {
        here = match step {
            Into::Member(name) => {
                if !here.is_object() {
                    *here = Value::Object(Map::new());
                }
                let Some(members) = here.as_object_mut() else { return };
                members.entry(name.clone()).or_insert(Value::Null)
            }
            Into::Element(index) => {
                if !here.is_array() {
                    *here = json!([]);
                }
                let Some(elements) = here.as_array_mut() else { return };
                while elements.len() <= *index {
                    elements.push(Value::Null);
                }
                let Some(element) = elements.get_mut(*index) else { return };
                element
            }
        };
    }
    *here = value;
}

/// A value that satisfies every rule of a matcher; nothing where it must be absent.
///
/// # Errors
/// Rules that no value is found for.
pub(crate) fn value(matcher: &Matcher, status: u16) -> Result<Option<Value>, String> {
    if matcher.rules.contains(&Rule::Absent) {
        return Ok(None);
    }
    let mut candidates = Vec::new();
    for rule in &matcher.rules {
        match rule {
            Rule::Equals(value) => candidates.push(value.clone()),
            Rule::OneOf(values) => candidates.extend(values.iter().cloned()),
            Rule::EqualsStatus => candidates.push(json!(status)),
            Rule::Matches(pattern) => candidates.extend(pattern::example(pattern).map(Value::String)),
            Rule::Type(kind) => candidates.push(of_type(*kind)),
            Rule::Exists => candidates.push(json!("present")),
            Rule::Absent | Rule::Optional => {}
        }
    }
    if candidates.is_empty() {
        candidates.push(json!("present"));
    }
    let found = candidates.into_iter().find(|value| suits(matcher, value, status));
    found.map(Some).ok_or_else(|| format!("no value is found that is {matcher}"))
}

/// Whether a value satisfies every rule of a matcher.
pub(crate) fn suits(matcher: &Matcher, value: &Value, status: u16) -> bool {
    matcher.rules.iter().all(|rule| satisfies(rule, value, status))
}

/// The same as text, for a header field.
///
/// # Errors
/// Rules that no value is found for.
pub(crate) fn text(matcher: &Matcher, status: u16) -> Result<Option<String>, String> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            other.to_string()
        }
    };
    value(matcher, status).map(|found| found.map(text))
}

fn satisfies(rule: &Rule, value: &Value, status: u16) -> bool {
    match rule {
        Rule::Exists | Rule::Optional => true,
        Rule::Absent => false,
        Rule::Equals(wanted) => value == wanted,
        Rule::OneOf(wanted) => wanted.contains(value),
        Rule::Matches(pattern) => value.as_str().is_some_and(|text| pattern.regex().is_match(text)),
        Rule::Type(kind) => is_of_type(*kind, value),
        Rule::EqualsStatus => value.as_u64() == Some(u64::from(status)),
    }
}

fn of_type(kind: JsonType) -> Value {
    match kind {
        JsonType::Null => Value::Null,
        JsonType::Boolean => json!(true),
        JsonType::Integer | JsonType::Number => json!(1),
        JsonType::String => json!("present"),
        JsonType::Array => json!([]),
        JsonType::Object => json!({}),
    }
}

fn is_of_type(kind: JsonType, value: &Value) -> bool {
    match kind {
        JsonType::Null => value.is_null(),
        JsonType::Boolean => value.is_boolean(),
        JsonType::Integer => value.is_i64() || value.is_u64(),
        JsonType::Number => value.is_number(),
        JsonType::String => value.is_string(),
        JsonType::Array => value.is_array(),
        JsonType::Object => value.is_object(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(rules: Value) -> Result<Option<Value>, String> {
        value(&serde_json::from_value(rules).unwrap(), 401)
    }

    #[test]
    fn a_value_satisfies_every_rule_at_once() {
        assert_eq!(made(json!("exists")), Ok(Some(json!("present"))));
        assert_eq!(made(json!("absent")), Ok(None));
        assert_eq!(made(json!({"one_of": ["a", 5], "type": "integer"})), Ok(Some(json!(5))));
        assert_eq!(made(json!({"equals_status": true})), Ok(Some(json!(401))));
        assert_eq!(made(json!({"matches": "^[a-c]{2}-\\d+$"})), Ok(Some(json!("aa-0"))));
        assert!(made(json!({"equals": 1, "type": "string"})).is_err());
    }

    #[test]
    fn a_simple_path_names_one_place() {
        let mut document = json!({"a": 1});
        for (path, value) in [("$.b.c", 2), ("$['d e'][1]", 3), ("$.f[*].g", 4), ("$.a", 5)] {
            place(&mut document, &Place::parse(path).unwrap(), json!(value));
        }
        assert_eq!(document, json!({"a": 5, "b": {"c": 2}, "d e": [null, 3], "f": [{"g": 4}]}));
        for path in ["$", "$..a", "$.a[?@.b]", "$[1:2]", "$.", "a"] {
            assert!(Place::parse(path).is_err(), "{path}");
        }
    }

    #[test]
    fn what_was_placed_is_what_the_path_finds() {
        for path in ["$.a.b", "$['a']['b c']", "$.a[0].b", "$.a[*]"] {
            let mut document = json!({});
            place(&mut document, &Place::parse(path).unwrap(), json!(7));
            let path = crate::document::JsonPath::parse(path).unwrap();
            assert_eq!(path.select(&document), [&json!(7)], "{path}");
        }
    }
}
