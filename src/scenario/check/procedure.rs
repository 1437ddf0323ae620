//! Procedures that could find nothing, and names in them that lead nowhere.

use std::collections::HashSet;

use super::MOST;
use crate::document::{Diagnostic, Document, Node, suggest};

/// What says itself what is sent, and a procedure does too.
const INSTEAD: [&str; 3] = ["each", "steps", "twin"];

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let Some(procedure) = document.root.get("procedure") else { return Vec::new() };
    let mut found: Vec<_> = INSTEAD.into_iter().filter_map(|name| beside(document, name)).collect();
    found.extend(names(document, procedure));
    found.extend(crowds(document, procedure));
    found.extend(procedure.get("exceed").and_then(|exceed| idle(document, exceed)));
    found
}

/// The parts of a procedure that have a `request` and an `expect` of their own.
pub(super) fn parts(document: &Document) -> Vec<&Node> {
    let lists = [["timing", "classes"], ["flood", "crowds"]];
    let procedure = document.root.get("procedure");
    let listed = lists.into_iter().filter_map(|path| procedure?.at(&path)).flat_map(Node::items);
    listed.chain(procedure.and_then(|it| it.at(&["exceed", "then"]))).take(MOST).collect()
}

/// What the first answer must be that is not as expected, where a procedure says so.
pub(super) fn turns(document: &Document) -> Option<&Node> {
    document.root.at(&["procedure", "exceed", "turns"])
}

fn beside(document: &Document, name: &str) -> Option<Diagnostic> {
    let entry = document.root.entry(name)?;
    let message = format!("a procedure says itself what is sent, and `{name}` does too");
    Some(Diagnostic::new(message, entry.key_span.clone()).hint("leave one of them out"))
}

fn names(document: &Document, procedure: &Node) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let names = parts(document).into_iter().filter_map(|part| part.get("name"));
    let again: Vec<_> =
        names.filter(|name| name.as_str().is_some_and(|text| !seen.insert(text.to_owned()))).collect();
    let explain = |name: &Node| {
        let message = format!("another one is called {} already", document.name(name));
        Diagnostic::new(message, name.span.clone()).hint("a report tells them apart by their names")
    };
    again.into_iter().map(explain).chain(strangers(document, procedure)).collect()
}

/// `cheap` compares two crowds that are there.
fn strangers(document: &Document, procedure: &Node) -> Vec<Diagnostic> {
    let known: Vec<&str> =
        parts(document).into_iter().filter_map(|part| part.get("name")?.as_str()).collect();
    let cheap = procedure.at(&["flood", "right", "cheap"]);
    let named = ["refused", "accepted"].into_iter().filter_map(|side| cheap?.get(side));
    let unknown = named.filter(|name| name.as_str().is_some_and(|text| !known.contains(&text)));
    let explain = |name: &Node| {
        let message = format!("{}: no crowd has this name", document.name(name));
        let hint = suggest(document.shown(name).unwrap_or_default(), &known);
        Diagnostic::new(message, name.span.clone()).maybe_hint(hint)
    };
    unknown.map(explain).collect()
}

/// A flood of which nobody counts: what must never be accepted, or denied, is not among what is sent.
fn crowds(document: &Document, procedure: &Node) -> Option<Diagnostic> {
    let never = procedure.at(&["flood", "right", "never"])?;
    let wanted = never.as_str()?;
    let accepts = |part: &&Node| part.at(&["expect", "accepted"]).is_some();
    let parts = parts(document);
    let counts = parts.iter().any(|part| accepts(part) == (wanted == "denied"));
    let message = "nobody in this flood could do what must never happen";
    let hint = "a crowd with `accepted: true` can be denied, any other can be accepted";
    (!parts.is_empty() && !counts)
        .then(|| Diagnostic::new(message, never.span.clone()).hint(hint))
        .filter(|_| document.root.at(&["expect", "accepted"]).is_none())
}

fn idle(document: &Document, exceed: &Node) -> Option<Diagnostic> {
    let says = exceed.get("turns").is_some() || exceed.get("then").is_some();
    let message = "nothing is asked of the limit, so this check could never fail";
    let hint = "say under `turns` what the answers must turn into, or under `then` what must hold afterwards";
    (!says).then(|| Diagnostic::new(message, document.place((exceed, None))).hint(hint))
}
