//! What is wrong with a load plan beyond its schema: rates that contradict each other, names that are used twice or
//! lead nowhere, and expectations that nobody could derive.
//!
//! The checks work on the tree, so that they can point at a place, and take nothing for granted: what the schema has
//! already reported is passed over in silence here.

use std::collections::HashSet;

use super::Alone;
use crate::document::{Diagnostic, Document, Entry, Millis, Node, Rate, Span, suggest};
use crate::load::threshold::{self, SELECTORS};

/// The most mistakes of one kind: nobody reads more, and a hostile file must not cost more.
const MOST: usize = 100;

/// Everything that is wrong with a load plan beyond its schema.
pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let mut found = rates(document);
    found.extend(times(document));
    found.extend(sine(document));
    found.extend(names(document));
    found.extend(requests(document));
    found.extend(alone(document));
    found.extend(thresholds(document));
    found.extend(super::keys::all(document));
    found.extend(super::users::all(document));
    found
}

/// Which lines say how often something is sent, and whether they can stand beside each other.
fn rates(document: &Document) -> Vec<Diagnostic> {
    let root = &document.root;
    if root.get("journeys").is_some() {
        return Vec::new();
    }
    let closed = root.get("model").and_then(Node::as_str) == Some("closed");
    let there = |name: &str| root.entry(name);
    if closed {
        let meaningless = ["rate", "schedule", "stages", "arrivals", "backlog", "find_capacity", "alone"]
            .into_iter()
            .filter_map(there);
        let explain = |entry: &Entry| {
            let message = format!("a closed model has no {}", document.entry_name(entry));
            at(entry, message)
                .hint("it sends when an answer has come; leave this out, or write `model: open`")
        };
        return meaningless.map(explain).collect();
    }
    let mut found = Vec::new();
    if ["rate", "schedule", "stages", "find_capacity"].iter().all(|name| there(name).is_none())
        && !root.entries().is_empty()
    {
        let message = "an open model needs `rate`, `schedule` or `stages`";
        found.push(Diagnostic::new(message, document.span("")).hint("write `rate: 100/s`, for example"));
    }
    let nothing = there("rate").filter(|entry| {
        let rate = entry.value.as_str().and_then(|text| Rate::parse(text).ok());
        rate.is_some_and(|rate| rate.per_second() <= 0.0)
    });
    found.extend(nothing.map(|entry| {
        Diagnostic::new("nothing would ever be sent", entry.value.span.clone())
            .hint("write `100/s`, for example")
    }));
    for (one, other, cure) in [
        ("schedule", "rate", "a schedule has rates of its own"),
        ("find_capacity", "rate", "a search has rates of its own"),
        ("find_capacity", "schedule", "a search has rates of its own"),
        ("find_capacity", "stages", "a search has rates of its own"),
        ("find_capacity", "timeline", "every rate would need it afresh"),
        ("alone", "timeline", "the one compares, the other changes what is compared"),
        ("stages", "schedule", "a rate goes by one or the other"),
        ("stages", "duration", "the duration is the sum of the stages'"),
    ] {
        let both = there(one).zip(there(other));
        let message = format!("`{other}` cannot stand beside `{one}`");
        found
            .extend(both.map(|(_, entry)| at(entry, message).hint(format!("leave one of them out: {cure}"))));
    }
    found
}

fn at(entry: &Entry, message: String) -> Diagnostic {
    Diagnostic::new(message, entry.key_span.clone())
}

/// Times that would end before they begin.
fn times(document: &Document) -> Vec<Diagnostic> {
    let root = &document.root;
    let single = [
        root.get("duration"),
        root.get("timeout"),
        root.at(&["schedule", "sine", "period"]),
        root.at(&["alone", "for"]),
    ];
    let stages = root.get("stages").map(Node::items).unwrap_or_default();
    let all = single.into_iter().flatten().chain(stages.iter().filter_map(|stage| stage.get("for")));
    let nothing = |node: &&Node| {
        node.as_str().and_then(|text| Millis::parse(text).ok()).is_some_and(|time| time.duration().is_zero())
    };
    let explain = |node: &Node| {
        Diagnostic::new("a time of nothing would end before it begins", node.span.clone())
            .hint("write `10s`, for example")
    };
    all.filter(nothing).map(explain).take(MOST).collect()
}

/// A wave that would go below nothing.
fn sine(document: &Document) -> Option<Diagnostic> {
    let sine = document.root.at(&["schedule", "sine"])?;
    let rate = |name: &str| Some(Rate::parse(sine.get(name)?.as_str()?).ok()?.per_second());
    let amplitude = sine.get("amplitude")?;
    (rate("amplitude")? > rate("mean")?).then(|| {
        Diagnostic::new("this goes below nothing", amplitude.span.clone())
            .hint("the amplitude is at most the mean")
    })
}

/// Names that two parts of the mix share, or that thresholds have another meaning for.
fn names(document: &Document) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for name in mix(document).iter().filter_map(|entry| entry.get("name")) {
        let Some(text) = name.as_str() else { continue };
        let diagnostic = |message: String| Diagnostic::new(message, name.span.clone());
        if !seen.insert(text) {
            let message = format!("another part of the mix is called {} already", document.name(name));
            found.push(diagnostic(message).hint("reports tell them apart by it; give each its own"));
        }
        if SELECTORS.contains(&text) {
            let message = format!("{} means something else in thresholds", document.name(name));
            found.push(diagnostic(message).hint("give it another name"));
        }
    }
    found.truncate(MOST);
    found
}

/// What makes a request differ so that the contract no longer says what is right.
fn requests(document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in parts(document) {
        let Some(request) = part.get("request") else { continue };
        if let Some(wire) = request.entry("wire") {
            let message = "load sends whole requests, and no exact bytes".to_owned();
            found.push(at(wire, message).hint("say it in a check; `lockproof run` sends it"));
        }
        let beyond =
            request.entries().iter().find(|entry| !["credential", "key", "wire"].contains(&&*entry.key));
        if let (Some(beyond), None) = (beyond, part.get("expect")) {
            let name = document.entry_name(beyond);
            let message = format!("what is right with {name} does not follow from the contract");
            found.push(at(beyond, message).hint("say it with `expect`, beside `request`"));
        }
    }
    found.truncate(MOST);
    found
}

/// What is to be sent by itself and is not sent at all, or would be called like another part.
fn alone(document: &Document) -> Vec<Diagnostic> {
    let names = names_of_mix(document);
    let explain = |node: &Node| {
        let name = node.as_str()?;
        if !names.contains(&name) {
            let message = format!("no part of the mix is called {}", document.name(node));
            return Some(Diagnostic::new(message, node.span.clone()).maybe_hint(suggest(name, &names)));
        }
        let own = Alone::name(name);
        names.contains(&own.as_str()).then(|| {
            let message = format!("another part of the mix is called `{own}`, and so will this be");
            Diagnostic::new(message, node.span.clone()).hint("call the other something else")
        })
    };
    alone_entries(document).iter().take(MOST).filter_map(explain).collect()
}

fn alone_entries(document: &Document) -> &[Node] {
    document.root.at(&["alone", "entries"]).map(Node::items).unwrap_or_default()
}

fn names_of_mix(document: &Document) -> Vec<&str> {
    mix(document).iter().filter_map(|part| part.get("name")?.as_str()).take(MOST).collect()
}

fn thresholds(document: &Document) -> Vec<Diagnostic> {
    let alone = alone_entries(document).iter().filter_map(Node::as_str).map(Alone::name);
    let names: Vec<String> = super::users::names(document).into_iter().chain(alone).take(MOST).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut found = Vec::new();
    for node in document.root.get("thresholds").map(Node::items).unwrap_or_default().iter().take(MOST) {
        let Some(text) = node.as_str() else { continue };
        match threshold::parse(text) {
            Err(mistake) => {
                let span = within(document, node, text, &mistake.at);
                found.push(Diagnostic::new(mistake.message, span).maybe_hint(mistake.hint));
            }
            Ok(threshold) if threshold.abort.is_some() && document.root.get("journeys").is_some() => {
                let cure = "leave out `abort_on_fail`; it is weighed when all users are done";
                found.push(Diagnostic::new("users are not ended early", node.span.clone()).hint(cure));
            }
            Ok(threshold) => {
                let parts = threshold.classes().iter();
                let unknown = parts.filter(|(class, _)| !names.contains(&class.as_str()));
                found.extend(unknown.map(|(class, place)| {
                    let known: Vec<&str> = SELECTORS.into_iter().chain(names.iter().copied()).collect();
                    let message = format!("no part of the mix is called `{class}`");
                    let span = within(document, node, text, place);
                    Diagnostic::new(message, span).maybe_hint(suggest(class, &known))
                }));
            }
        }
    }
    found
}

/// A place within the text of a node, where the file has it letter by letter; otherwise the node's.
fn within(document: &Document, node: &Node, text: &str, place: &Span) -> Span {
    let raw = document.source.text.get(node.span.clone()).unwrap_or_default();
    match raw.find(text) {
        Some(before) if before <= 1 => {
            let start = node.span.start + before;
            start + place.start..start + place.end
        }
        _ => node.span.clone(),
    }
}

/// Every part of the mix, and every request of a journey.
fn parts(document: &Document) -> impl Iterator<Item = &Node> {
    mix(document).iter().chain(super::users::sends(document))
}

pub(super) fn mix(document: &Document) -> &[Node] {
    document.root.get("mix").map(Node::items).unwrap_or_default()
}
