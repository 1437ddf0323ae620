//! Paths: parameters without an entry, entries without a parameter, and two operations that are one.

use std::collections::{HashMap, HashSet};

use super::{Listed, MOST};
use crate::document::{Diagnostic, Document, Entry, Node, parameters, suggest};

/// What is filled in with something else, be it the key itself, where a parameter of that name waits for its object.
const TAKEN: [&str; 6] = ["key", "host", "unique", "other-unique", "token", "jwks"];

pub(super) fn all(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let mut found: Vec<_> =
        operations.iter().flat_map(|operation| of_operation(document, operation)).collect();
    let open = "the path of a public operation has no parameters";
    found.extend(public(document).iter().filter_map(|operation| without_parameters(operation, open)));
    let documents = document.root.get("documents").map(Node::entries).unwrap_or_default();
    let published = "the path of a document has no parameters";
    found.extend(documents.iter().filter_map(|entry| without_parameters(&entry.value, published)));
    found.truncate(MOST);
    found.extend(twice(document, operations).into_iter().take(MOST));
    found
}

pub(super) fn of_operation(document: &Document, operation: &Listed<'_>) -> Vec<Diagnostic> {
    let node = &operation.entry.value;
    let Some(path) = node.get("path") else { return Vec::new() };
    let Some(named) = path.as_str().and_then(|path| parameters(path).ok()) else { return Vec::new() };
    let declared = node.get("parameters").map(Node::entries).unwrap_or_default();
    let known: HashSet<&str> = declared.iter().map(|entry| &*entry.key).collect();
    let in_path: HashSet<&str> = named.iter().copied().collect();
    let missing = named.iter().filter(|name| !known.contains(*name)).map(|name| {
        let hint = format!("add `parameters: {{ {name}: {{ example: ... }} }}`");
        Diagnostic::new(
            format!("the parameter `{{{name}}}` has no entry under `parameters`"),
            path.span.clone(),
        )
        .hint(hint)
    });
    let unused = declared.iter().filter(|entry| !in_path.contains(&*entry.key)).map(|entry| {
        let message = format!("the path has no parameter {}", document.entry_name(entry));
        Diagnostic::new(message, entry.key_span.clone()).maybe_hint(suggest(&entry.key, &named))
    });
    let taken = declared
        .iter()
        .filter(|entry| TAKEN.contains(&&*entry.key))
        .filter(|it| it.value.get("from").is_some());
    let explain = |entry: &Entry| {
        let message = format!("`{{{}}}` is filled in already, with something else", entry.key);
        Diagnostic::new(message, entry.key_span.clone())
            .hint("call the parameter otherwise, here and in `path`")
    };
    missing.chain(unused).chain(taken.map(explain)).collect()
}

/// A path that anybody may call has nothing to fill a parameter with.
fn without_parameters(operation: &Node, message: &str) -> Option<Diagnostic> {
    let path = operation.get("path")?;
    let named = parameters(path.as_str()?).ok()?;
    (!named.is_empty())
        .then(|| Diagnostic::new(message, path.span.clone()).hint("write one path that exists"))
}

/// Operations with the method and the path of an earlier one: which permission counts would be a guess.
fn twice(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let listed = operations.iter().map(|operation| (operation.id.clone(), &operation.entry.value));
    let public = public(document).iter().map(|operation| ("public".to_owned(), operation));
    let mut first: HashMap<(String, String), String> = HashMap::new();
    let mut found = Vec::new();
    for (id, operation) in listed.chain(public) {
        let (Some(method), Some(path)) = (operation.get("method"), operation.get("path")) else { continue };
        let (Some(verb), Some(template)) = (method.as_str(), path.as_str().map(shape)) else { continue };
        match first.get(&(verb.to_owned(), template.clone())) {
            Some(first) => {
                let message = format!("`{first}` already has this method and this path");
                let hint = "keep one of them; which permission counts would be a guess";
                found.push(Diagnostic::new(message, path.span.clone()).hint(hint));
            }
            None => drop(first.insert((verb.to_owned(), template), id)),
        }
    }
    found
}

/// A path with the names of its parameters left out: what a router tells apart.
fn shape(path: &str) -> String {
    let mut inside = false;
    let keep = |c: &char| {
        let was_inside = inside;
        inside = *c == '{' || (inside && *c != '}');
        !was_inside || *c == '}'
    };
    path.chars().filter(keep).collect()
}

fn public(document: &Document) -> &[Node] {
    document.root.get("public").map(Node::items).unwrap_or_default()
}
