//! What a snapshot keeps of a refusal: nothing can be kept and be replaced or left out as well.

use super::MOST;
use crate::document::{Diagnostic, Document, Node};

/// What takes a value out of a snapshot, and the words for it.
const TAKES_OUT: [(&[&str], &str); 3] = [
    (&["snapshots", "redact"], "`snapshots.redact` replaces it"),
    (&["volatile"], "`volatile` says that it differs between two equal refusals"),
    (&["snapshots", "omit"], "`snapshots.omit` leaves it out"),
];

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in ["headers", "body"] {
        for kept in items(document, &["snapshots", "keep", part]) {
            let against = TAKES_OUT.iter().find(|(place, _)| named(document, place, part, kept));
            found.extend(against.map(|(_, why)| contradiction(document, kept, why)));
        }
    }
    found.truncate(MOST);
    found
}

fn contradiction(document: &Document, kept: &Node, why: &str) -> Diagnostic {
    let message = format!("{} cannot be kept: {why}", document.name(kept));
    Diagnostic::new(message, kept.span.clone()).hint("leave it out of one of the two")
}

/// Whether a place of the contract names the same header field or member.
fn named(document: &Document, place: &[&str], part: &str, kept: &Node) -> bool {
    let list = if place.last() == Some(&"omit") { vec![] } else { vec![part] };
    let of_fields = place.last() != Some(&"omit") || part == "headers";
    let path: Vec<&str> = place.iter().copied().chain(list).collect();
    let same = |one: &str, other: &str| {
        if part == "headers" { one.eq_ignore_ascii_case(other) } else { one == other }
    };
    of_fields
        && items(document, &path).iter().any(
            |item| matches!((item.as_str(), kept.as_str()), (Some(one), Some(other)) if same(one, other)),
        )
}

fn items<'a>(document: &'a Document, path: &[&str]) -> &'a [Node] {
    document.root.at(path).map(Node::items).unwrap_or_default()
}
