//! Idempotency keys: values that are never the same, and nothing where there is nothing to repeat.

use super::{Listed, MOST};
use crate::contract::UNIQUE;
use crate::document::{Diagnostic, Node};

/// The methods that change nothing (RFC 9110 section 9.2.1).
const SAFE: [&str; 4] = ["GET", "HEAD", "OPTIONS", "TRACE"];

pub(super) fn all(operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    operations.iter().flat_map(|operation| of_operation(&operation.entry.value)).take(MOST).collect()
}

fn of_operation(operation: &Node) -> Vec<Diagnostic> {
    let Some(entry) = operation.entry("idempotency") else { return Vec::new() };
    let repeatable = operation.get("method").and_then(Node::as_str).is_some_and(|it| SAFE.contains(&it));
    let safe = repeatable.then(|| {
        let message = "a request that changes nothing may be repeated without an idempotency key";
        Diagnostic::new(message, entry.key_span.clone()).hint("leave it out")
    });
    let value = entry.value.get("value");
    let constant = value.filter(|value| value.as_str().is_some_and(|text| !text.contains(UNIQUE)));
    let constant = constant.map(|value| {
        let message = "this idempotency key would be the same every time";
        Diagnostic::new(message, value.span.clone()).hint("write `{unique}` where it differs")
    });
    let stray =
        value.filter(|value| value.as_str().is_some_and(|text| text.contains(UNIQUE) && holds_gap(text)));
    let stray = stray.map(|value| {
        let message = "nothing but `{unique}` is filled in here";
        Diagnostic::new(message, value.span.clone()).hint("leave out what else stands in braces")
    });
    let other = entry.value.entry("other_body").filter(|_| operation.get("body").is_none());
    let other = other.map(|other| {
        let message = "there is no `body` that this could be another one to";
        Diagnostic::new(message, other.key_span.clone()).hint("declare the operation's `body` first")
    });
    [safe, constant, stray, other].into_iter().flatten().collect()
}

/// Whether something else stands in braces that would be looked up when the value is sent.
fn holds_gap(value: &str) -> bool {
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let text = value.replace(UNIQUE, "");
    let mut inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inside.any(|(name, _)| !name.is_empty() && name.chars().all(sound))
}
