//! The reference contract's YAML as a JSON document, its variables at their defaults.
#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a fixture that cannot be read fails the test, and the parser may grow events"
)]

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value};

/// Reads a document.
pub(crate) fn parse(text: &str) -> Value {
    let events = Parser::new_from_str(text).map(|event| event.unwrap().0);
    let mut events = events.filter(|event| !matches!(event, Event::Comment(..)));
    node(&mut events).unwrap()
}

/// The next node, or nothing where a collection ends.
fn node<'a>(events: &mut impl Iterator<Item = Event<'a>>) -> Option<Value> {
    match events.next()? {
        Event::StreamStart | Event::DocumentStart(..) => node(events),
        Event::Scalar(text, style, ..) => Some(scalar(&text, style)),
        Event::SequenceStart(..) => Some(std::iter::from_fn(|| node(events)).collect()),
        Event::MappingStart(..) => {
            let mut members = Map::new();
            while let Some(key) = node(events) {
                members.insert(key.as_str().unwrap().to_owned(), node(events)?);
            }
            Some(Value::Object(members))
        }
        Event::SequenceEnd | Event::MappingEnd => None,
        other => panic!("{other:?} is not used in the reference contract"),
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style == ScalarStyle::Plain
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        return value;
    }
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(variable) => Value::from(variable.split_once(":-").unwrap().1),
        None => Value::from(text),
    }
}
