//! How the target is steered: nothing that cannot be taken back, no name that nothing is filled in for, and no key
//! where others read it.

use super::MOST;
use crate::contract::{Action, Filling, fillings};
use crate::document::{Diagnostic, Document, Entry, Node, respelt, suggest};

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let Some(control) = document.root.get("control") else { return Vec::new() };
    let declared: Vec<(Action, &Entry)> = Action::ALL
        .into_iter()
        .filter_map(|action| find(control, action.name()).map(|entry| (action, entry)))
        .collect();
    let mut found: Vec<_> = declared.iter().filter_map(|one| not_undone(document, control, *one)).collect();
    for (action, entry) in &declared {
        found.extend(gaps(document, *action, &entry.value));
        found.extend(answers(document, *action, &entry.value));
    }
    found.truncate(MOST);
    found
}

/// The entry of an action, under one name or two.
fn find<'a>(control: &'a Node, name: &str) -> Option<&'a Entry> {
    let (group, name) = name.split_once('.').map_or((None, name), |(group, name)| (Some(group), name));
    let within = group.map_or(Some(control), |group| control.get(group))?;
    within.entry(name)
}

/// What a check changes, it takes back: so there must be a way.
fn not_undone(document: &Document, control: &Node, (action, entry): (Action, &Entry)) -> Option<Diagnostic> {
    let undo = action.undone_by()?;
    let also = (action == Action::Create).then_some(Action::Revoke);
    let there = |action: Action| find(control, action.name()).is_some();
    if there(undo) || also.is_some_and(there) {
        return None;
    }
    let message = format!("nothing takes {} back", document.entry_name(entry));
    let hint = format!("declare `{undo}` too");
    Some(Diagnostic::new(message, entry.key_span.clone()).hint(hint))
}

/// What stands in braces: something that this action is filled in with, and a key only where nobody else reads it.
fn gaps(document: &Document, action: Action, call: &Node) -> Vec<Diagnostic> {
    let known: Vec<&str> = action.arguments().collect();
    let arguments = call.get("command").map(Node::items).unwrap_or_default();
    let read_by_others = arguments.iter().chain(call.at(&["http", "url"]));
    let mut found: Vec<_> = read_by_others.filter_map(shown_key).collect();
    let mut all = Vec::new();
    for node in ["http", "command", "stdin", "env"].into_iter().filter_map(|name| call.get(name)) {
        texts(node, &mut all);
    }
    for text in all {
        let gaps = fillings(text.as_str().unwrap_or_default());
        let unknown = gaps.iter().filter_map(|part| match part {
            Filling::Gap(name) if !known.contains(name) => Some(*name),
            Filling::Gap(_) | Filling::Text(_) => None,
        });
        let respelt = respelt(text.as_str().unwrap_or_default(), &known).into_iter();
        found.extend(unknown.chain(respelt).map(|name| {
            let shown = document.shown(text).map_or("this".to_owned(), |_| format!("`{{{name}}}`"));
            let message = format!("nothing is filled in for {shown} here");
            Diagnostic::new(message, text.span.clone()).maybe_hint(suggest(name, &known))
        }));
    }
    found
}

/// A key in an address or among the arguments of a program: both are written into logs and lists of processes.
fn shown_key(text: &Node) -> Option<Diagnostic> {
    let holds = fillings(text.as_str()?).contains(&Filling::Gap("key"));
    holds.then(|| {
        let message = "a key would be written into logs and lists of processes here";
        let hint = "put `{key}` into `http.body`, `http.headers`, `stdin` or `env`";
        Diagnostic::new(message, text.span.clone()).hint(hint)
    })
}

/// Every text in a part of an action.
fn texts<'a>(node: &'a Node, all: &mut Vec<&'a Node>) {
    all.extend(node.as_str().map(|_| node));
    for child in node.items().iter().chain(node.entries().iter().map(|entry| &entry.value)) {
        texts(child, all);
    }
}

/// What an answer tells must be something that is asked of it.
fn answers(document: &Document, action: Action, call: &Node) -> Vec<Diagnostic> {
    let reads = action.only_tells();
    let asked: &[&str] = if reads { &["value"] } else { &["key", "id"] };
    let asked = if reads || action == Action::Create { asked } else { &[] };
    let told = call.get("answers").map(Node::entries).unwrap_or_default();
    let idle = told.iter().filter(|entry| ["key", "id", "value"].contains(&&*entry.key));
    let idle = idle.filter(|entry| !asked.contains(&&*entry.key));
    let explain = |entry: &Entry| {
        let message = format!("nobody asks {} of this answer", document.entry_name(entry));
        Diagnostic::new(message, entry.key_span.clone()).hint("leave it out")
    };
    idle.map(explain).collect()
}
