//! What is wrong with a plan's keys: those that nobody makes, and what is sent or done before they are there.

use std::collections::HashMap;
use std::time::Duration;

use super::check::mix;
use crate::document::{Diagnostic, Document, Millis, Node, suggest};

/// When a key is there, in time behind the warm-up; nothing where it is there before anything is sent.
type Made<'a> = HashMap<&'a str, Option<Duration>>;

/// Everything that is wrong with them.
pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let mut made = Made::new();
    let mut found = Vec::new();
    let mut last = None;
    for act in document.root.get("timeline").map(Node::items).unwrap_or_default() {
        let at = act.get("at").and_then(time);
        if at < last {
            let message = "this comes before what stands above it";
            found.push(Diagnostic::new(message, act.span.clone()).hint("write what comes first first"));
        }
        last = last.max(at);
        found.extend(deed(document, act, at, &mut made));
    }
    for journey in document.root.get("journeys").map(Node::items).unwrap_or_default() {
        let mut made = Made::new();
        for step in journey.get("steps").map(Node::items).unwrap_or_default() {
            found.extend(deed(document, step, None, &mut made));
            found.extend(step.get("send").and_then(|part| used(document, part, &made)));
        }
    }
    for part in mix(document) {
        found.extend(used(document, part, &made));
        found.extend(window(part));
    }
    found
}

fn time(node: &Node) -> Option<Duration> {
    node.as_str().and_then(|text| Millis::parse(text).ok()).map(|time| time.duration())
}

/// What an act is about must be there, and must not be made twice.
fn deed<'a>(
    document: &Document,
    act: &'a Node,
    at: Option<Duration>,
    made: &mut Made<'a>,
) -> Option<Diagnostic> {
    if let Some(name) = act.at(&["control", "create", "name"]) {
        let again = made.insert(name.as_str()?, at).is_some();
        return again.then(|| {
            let message = format!("a key {} is made already", document.name(name));
            Diagnostic::new(message, name.span.clone()).hint("give each its own name")
        });
    }
    let control = act.get("control")?;
    let name = ["revoke", "delete"].into_iter().find_map(|deed| control.get(deed))?;
    unmade(document, name, made)
}

fn unmade(document: &Document, name: &Node, made: &Made<'_>) -> Option<Diagnostic> {
    let known: Vec<&str> = made.keys().copied().collect();
    let text = name.as_str().filter(|text| !known.contains(text))?;
    let message = format!("nothing in `timeline` makes a key {} before", document.name(name));
    Some(Diagnostic::new(message, name.span.clone()).maybe_hint(suggest(text, &known)))
}

/// What is sent with a created key must not be sent before it is there.
fn used(document: &Document, part: &Node, made: &Made<'_>) -> Option<Diagnostic> {
    let name = part.at(&["request", "credential", "created"])?;
    let Some(at) = made.get(name.as_str()?) else { return unmade(document, name, made) };
    let from = part.get("from");
    let early = (*at)? > from.and_then(time).unwrap_or_default();
    early.then(|| {
        let message = format!("{} is sent before there is such a key", document.name(name));
        Diagnostic::new(message, from.unwrap_or(name).span.clone())
            .hint("say `from`, a little later than the key is made")
    })
}

/// A time that ends before it begins.
fn window(part: &Node) -> Option<Diagnostic> {
    let until = part.get("until")?;
    (time(until)? <= part.get("from").and_then(time).unwrap_or_default()).then(|| {
        Diagnostic::new("this is not later than when it begins", until.span.clone())
            .hint("leave `until` out, or write a later time")
    })
}
