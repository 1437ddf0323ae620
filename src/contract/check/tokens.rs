//! Tokens: the operations that mint and revoke them, and what they may do.

use super::names::unknown;
use super::{Listed, MOST};
use crate::document::{Diagnostic, Document, Node};

pub(super) fn all(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let Some(tokens) = document.root.get("tokens") else { return Vec::new() };
    let ids: Vec<&str> = operations.iter().map(|operation| &*operation.id).collect();
    let used = [["mint", "operation"], ["revoke", "operation"]];
    let used = used.iter().filter_map(|path| tokens.at(path));
    let mut found = unknown(document, used, &ids, "no operation has this name");
    let mut known: Vec<&str> = operations.iter().map(|operation| operation.service).collect();
    known.dedup();
    known.extend(&ids);
    let allows = tokens.get("allows").map(Node::items).unwrap_or_default();
    found.extend(unknown(document, allows, &known, "no service or operation has this name"));
    found.truncate(MOST);
    found
}
