//! What is wrong with a contract beyond its schema: names that lead nowhere, and things that contradict each
//! other.
//!
//! The checks work on the tree, so that they can point at a place, and take nothing for granted: what the
//! schema has already reported is passed over in silence here.

mod backend;
mod control;
mod idempotency;
mod keys;
mod names;
mod paths;
mod refusals;
mod snapshots;
mod tokens;

pub use keys::is_remote;

use crate::document::{Diagnostic, Document, Entry, Node};

/// The most mistakes of one kind: nobody reads more, and a hostile file must not cost more.
const MOST: usize = 100;

/// Everything that is wrong with a contract beyond its schema.
pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let operations = operations(document);
    let mut found = names::all(document, &operations);
    found.extend(refusals::all(document));
    found.extend(paths::all(document, &operations));
    found.extend(idempotency::all(&operations));
    found.extend(tokens::all(document, &operations));
    found.extend(backend::all(document, &operations));
    found.extend(keys::all(document));
    found.extend(control::all(document));
    found.extend(snapshots::all(document));
    found
}

/// An operation as it stands in the tree.
struct Listed<'a> {
    /// `service.operation`.
    id: String,
    service: &'a str,
    entry: &'a Entry,
}

/// Every operation that needs a key, in the order of the file.
fn operations(document: &Document) -> Vec<Listed<'_>> {
    let services = document.root.get("services").map(Node::entries).unwrap_or_default();
    services.iter().flat_map(of_service).collect()
}

fn of_service(service: &Entry) -> Vec<Listed<'_>> {
    let operations = service.value.get("operations").map(Node::entries).unwrap_or_default();
    let id = |entry: &Entry| format!("{}.{}", service.key, entry.key);
    operations.iter().map(|entry| Listed { id: id(entry), service: &service.key, entry }).collect()
}
