//! What is wrong with a plan's journeys, and with what cannot stand beside them.

use super::check::mix;
use crate::document::{Diagnostic, Document, Entry, Millis, Node};

/// What has no meaning for users that come and go when they like.
const OF_A_MIX: [&str; 13] = [
    "alone",
    "arrivals",
    "backlog",
    "connection_life",
    "connections",
    "find_capacity",
    "mix",
    "model",
    "rate",
    "requests",
    "schedule",
    "stages",
    "timeline",
];

/// What has no meaning for one step of several.
const OF_A_PART: [&str; 3] = ["from", "until", "weight"];

fn journeys(document: &Document) -> &[Node] {
    document.root.get("journeys").map(Node::items).unwrap_or_default()
}

fn steps(journey: &Node) -> &[Node] {
    journey.get("steps").map(Node::items).unwrap_or_default()
}

/// Every request of a journey.
pub(super) fn sends(document: &Document) -> impl Iterator<Item = &Node> {
    journeys(document).iter().flat_map(steps).filter_map(|step| step.get("send"))
}

/// Whatever thresholds can name: parts of the mix, journeys, and their steps.
pub(super) fn names(document: &Document) -> Vec<String> {
    let name = |node: &Node| node.get("name").and_then(Node::as_str).map(str::to_owned);
    let mut all: Vec<String> = mix(document).iter().filter_map(name).collect();
    for journey in journeys(document) {
        let Some(own) = name(journey) else { continue };
        let sends = steps(journey).iter().filter_map(|step| name(step.get("send")?));
        all.extend(sends.map(|step| format!("{own}/{step}")));
        all.push(own);
    }
    all
}

/// Everything that is wrong with them.
pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let root = &document.root;
    let there = root.entry("journeys").is_some();
    if root.entries().is_empty() {
        return Vec::new();
    }
    if !there {
        let nothing = root.entry("mix").is_none().then(|| {
            Diagnostic::new("a plan sends a `mix` or has `journeys`", document.span(""))
                .hint("write one of the two")
        });
        let users = root.entry("users").map(|entry| stray(document, entry, "a plan without journeys"));
        return nothing.into_iter().chain(users).collect();
    }
    let beside = OF_A_MIX.into_iter().filter_map(|name| root.entry(name));
    let beside = beside.map(|entry| stray(document, entry, "a plan of journeys"));
    let parts = sends(document).flat_map(|send| OF_A_PART.into_iter().filter_map(|name| send.entry(name)));
    let parts = parts.map(|entry| stray(document, entry, "a step of a journey"));
    beside.chain(parts).chain(journeys(document).iter().filter_map(think)).collect()
}

fn stray(document: &Document, entry: &Entry, what: &str) -> Diagnostic {
    let message = format!("{what} has no {}", document.entry_name(entry));
    Diagnostic::new(message, entry.key_span.clone()).hint("leave it out")
}

/// A while that would end before it begins.
fn think(journey: &Node) -> Option<Diagnostic> {
    let time = |end: &str| Millis::parse(journey.at(&["think", end])?.as_str()?).ok();
    let (from, to) = (time("from")?, time("to")?);
    (to.duration() < from.duration()).then(|| {
        let span = journey.at(&["think", "to"]).map_or(0..0, |node| node.span.clone());
        Diagnostic::new("this is shorter than `from`", span).hint("the longest while comes second")
    })
}
