//! Refusals: the kinds that every contract must declare, and `like` that leads nowhere or round in a circle.

use std::collections::HashSet;

use crate::contract::RefusalKind;
use crate::document::{Diagnostic, Document, Entry, Node, closest};

/// The kinds that every check of the core stands on.
const REQUIRED: [RefusalKind; 3] = [RefusalKind::Missing, RefusalKind::Invalid, RefusalKind::Insufficient];

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let Some(entry) = document.root.entry("refusals") else { return Vec::new() };
    let refusals = entry.value.entries();
    let mut found = likes(document, Some(&entry.value));
    if !refusals.is_empty() {
        let absent = REQUIRED.iter().filter(|kind| is_absent(&entry.value, kind.as_str()));
        found.extend(absent.map(|kind| {
            let message = format!("the refusal `{kind}` is missing");
            let hint = "every API refuses a missing key, a wrong key and a key without permission: say how";
            Diagnostic::new(message, entry.key_span.clone()).hint(hint)
        }));
    }
    found
}

/// `like` that leads nowhere, or round in a circle.
pub(super) fn likes(document: &Document, refusals: Option<&Node>) -> Vec<Diagnostic> {
    let Some(refusals) = refusals else { return Vec::new() };
    // A file may hold thousands of entries that are no kinds; each kind is there at most once.
    let kinds = refusals.entries().iter().filter(|refusal| is_kind(&refusal.key));
    kinds.filter_map(|refusal| like(document, refusals, refusal)).collect()
}

/// Whether a kind is neither there nor there with a slip of the finger.
fn is_absent(refusals: &Node, kind: &str) -> bool {
    let is_slip = |entry: &Entry| closest(&entry.key, [kind]).is_some();
    !refusals.entries().iter().any(|entry| entry.key == kind || is_slip(entry))
}

fn like(document: &Document, refusals: &Node, refusal: &Entry) -> Option<Diagnostic> {
    let like = refusal.value.get("like")?;
    let kind = like.as_str().filter(|kind| is_kind(kind))?;
    if refusals.get(kind).is_none() {
        let message = format!("{}: no such refusal is declared here", document.name(like));
        let hint = format!("declare `{kind}` with a status of its own");
        return Some(Diagnostic::new(message, like.span.clone()).hint(hint));
    }
    is_circular(refusals, refusal).then(|| {
        let message = format!("the refusal `{}` is like itself, directly or through others", refusal.key);
        Diagnostic::new(message, like.span.clone()).hint("give one of them a status of its own")
    })
}

fn is_kind(text: &str) -> bool {
    serde_json::from_value::<RefusalKind>(text.into()).is_ok()
}

/// Whether following `like` from a refusal comes back to it.
fn is_circular(refusals: &Node, refusal: &Entry) -> bool {
    let mut seen = HashSet::new();
    let mut next = refusal.value.get("like").and_then(Node::as_str);
    while let Some(kind) = next {
        if kind == refusal.key {
            return true;
        }
        if !seen.insert(kind) {
            return false;
        }
        next = refusals.get(kind).and_then(|refusal| refusal.get("like")).and_then(Node::as_str);
    }
    false
}
