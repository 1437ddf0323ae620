//! Names of services, operations and environments that lead nowhere.

use std::collections::HashSet;

use super::{Listed, MOST};
use crate::contract::PUBLIC;
use crate::document::{Diagnostic, Document, Node, suggest};

pub(super) fn all(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let mut found: Vec<_> = taken(document).into_iter().collect();
    found.extend(grants(document, operations));
    found.extend(environments(document));
    found.extend(sources(document, operations));
    found.extend(carried(document, operations));
    found
}

/// A service whose name stands for the operations that need no key: its own would be taken for such.
fn taken(document: &Document) -> Option<Diagnostic> {
    let service = document.root.get("services")?.entry(PUBLIC)?;
    let message = format!("a service cannot be called `{PUBLIC}`: so is what needs no key");
    let hint = "give it another name; what needs no key stands under `public`, beside `services`";
    Some(Diagnostic::new(message, service.key_span.clone()).hint(hint))
}

/// `credentials.*.allows`: a service, or an operation of one.
fn grants(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let mut known: Vec<&str> = operations.iter().map(|operation| operation.service).collect();
    known.dedup();
    known.extend(operations.iter().map(|operation| &*operation.id));
    let granted =
        credentials(document).filter_map(|credential| credential.get("allows")).flat_map(Node::items);
    unknown(document, granted, &known, "no service or operation has this name")
}

/// `credentials.*.environments`.
fn environments(document: &Document) -> Vec<Diagnostic> {
    let known = keys(document.root.get("environments"));
    let used =
        credentials(document).filter_map(|credential| credential.get("environments")).flat_map(Node::items);
    unknown(document, used, &known, "no environment has this name")
}

/// `parameters.*.from.operation`: another operation, by its full name.
fn sources(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let known: Vec<&str> = operations.iter().map(|operation| &*operation.id).collect();
    let mut used = Vec::new();
    let mut circular = Vec::new();
    for operation in operations {
        let parameters = operation.entry.value.get("parameters").map(Node::entries).unwrap_or_default();
        for source in parameters.iter().filter_map(|parameter| parameter.value.at(&["from", "operation"])) {
            if source.as_str() == Some(&operation.id) {
                let message = "an operation cannot be the source of its own parameter";
                let hint = "name the operation that creates what this one needs";
                circular.push(Diagnostic::new(message, source.span.clone()).hint(hint));
            }
            used.push(source);
        }
    }
    circular.truncate(MOST);
    circular.extend(unknown(document, used, &known, "no operation has this name"));
    circular
}

/// `operations.*.carries`: other operations, by their full names.
fn carried(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let known: Vec<&str> = operations.iter().map(|operation| &*operation.id).collect();
    let own = operations.iter().flat_map(|operation| {
        let inner = calls_of(operation).iter();
        inner.filter(|inner| inner.as_str() == Some(&operation.id)).map(|inner| {
            let message = "an operation does not carry calls of itself";
            Diagnostic::new(message, inner.span.clone()).hint("name the operations that its body calls")
        })
    });
    let mut found: Vec<_> = own.take(MOST).collect();
    let used = operations.iter().flat_map(calls_of);
    found.extend(unknown(document, used, &known, "no operation has this name"));
    found
}

fn calls_of<'a>(operation: &Listed<'a>) -> &'a [Node] {
    operation.entry.value.get("carries").map(Node::items).unwrap_or_default()
}

/// The texts that are not among the known names.
pub(super) fn unknown<'a>(
    document: &Document,
    used: impl IntoIterator<Item = &'a Node>,
    known: &[&str],
    problem: &str,
) -> Vec<Diagnostic> {
    let set: HashSet<&str> = known.iter().copied().collect();
    let is_unknown = |node: &&Node| node.as_str().is_some_and(|text| is_name(text) && !set.contains(text));
    let explain = |node: &Node| {
        let message = format!("{}: {problem}", document.name(node));
        let hint = suggest(document.shown(node).unwrap_or_default(), known);
        Diagnostic::new(message, node.span.clone()).maybe_hint(hint)
    };
    used.into_iter().filter(is_unknown).take(MOST).map(explain).collect()
}

/// Whether a text could be a name or two with a dot between them; if not, the schema has said so.
fn is_name(text: &str) -> bool {
    let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    !text.is_empty() && text.chars().all(sound)
}

fn credentials(document: &Document) -> impl Iterator<Item = &Node> {
    let entries = document.root.get("credentials").map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| &entry.value)
}

fn keys(node: Option<&Node>) -> Vec<&str> {
    node.map(Node::entries).unwrap_or_default().iter().map(|entry| &*entry.key).collect()
}
