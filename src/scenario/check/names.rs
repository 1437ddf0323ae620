//! Names in a scenario: its own, those of its variants, those of the contract's policy, and `{name}` in header
//! lines and paths.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde_json::Value;

use super::{MOST, id_of};
use crate::contract::{Action, Documents, Jwt, Limits, Policy, RefusalKind, Tokens};
use crate::document::{Diagnostic, Document, Entry, Node, published, suggest};
use crate::scenario::{OTHER_UNIQUE, UNIQUE};

/// What a header line may hold besides what earlier steps captured.
pub(super) const FILLED_IN: [&str; 6] = ["key", "host", "public", "identity", UNIQUE, OTHER_UNIQUE];

/// What is known besides in front of a backend.
pub(super) fn behind(document: &Document) -> &'static [&'static str] {
    let is_backend = document.root.get("side").and_then(Node::as_str) == Some("backend");
    if is_backend { &["unrouted", "stranger", "platform-field"] } else { &[] }
}

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let mut found: Vec<_> = id(document).into_iter().chain(own_dependency(document)).collect();
    found.extend(variants(document));
    found.extend(prose(document));
    found.extend(collateral(document));
    found.extend(needs(document));
    found.extend(placeholders(document));
    found.extend(taken(document));
    found.extend(misplaced(document));
    found
}

/// The id is the file's name: what a report says is what an editor opens.
fn id(document: &Document) -> Option<Diagnostic> {
    let id = document.root.get("id")?;
    let file = id_of(&document.source.name);
    (id.as_str()? != file).then(|| {
        let message = format!("the file is called `{file}`, its id {}", document.name(id));
        Diagnostic::new(message, id.span.clone())
            .hint("rename one of them: a check's id is the name of its file")
    })
}

fn own_dependency(document: &Document) -> Option<Diagnostic> {
    let id = document.root.get("id")?.as_str()?;
    let items = document.root.get("depends_on")?.items();
    let own = items.iter().find(|item| item.as_str() == Some(id))?;
    Some(Diagnostic::new("a check cannot depend on itself", own.span.clone()).hint("leave it out"))
}

fn variants(document: &Document) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let names = list(document, "each").iter().filter_map(|variant| variant.get("name"));
    let again = names.filter(|name| name.as_str().is_some_and(|text| !seen.insert(text)));
    let explain = |name: &Node| {
        let message = format!("another variant is called {} already", document.name(name));
        Diagnostic::new(message, name.span.clone())
            .hint("the name is a part of the case's id; give each its own")
    };
    again.take(MOST).map(explain).collect()
}

/// What a check is there to find is no accident, and an accident has a reason.
fn collateral(document: &Document) -> Vec<Diagnostic> {
    let entries = document.root.get("collateral").map(Node::entries).unwrap_or_default();
    let designated = |id: &str| list(document, "catches").iter().any(|caught| caught.as_str() == Some(id));
    let explain = |entry: &Entry| {
        if designated(&entry.key) {
            let message = format!("`{}` is among what this check must find already", entry.key);
            let hint = "leave it out here, or under `catches`";
            return Some(Diagnostic::new(message, entry.key_span.clone()).hint(hint));
        }
        let silent = entry.value.as_str().is_some_and(|reason| reason.trim().is_empty());
        let message = "a collateral find needs its reason";
        silent.then(|| Diagnostic::new(message, entry.value.span.clone()).hint("say why it cannot be helped"))
    };
    entries.iter().filter_map(explain).take(MOST).collect()
}

/// Text that reports print holds nothing that could steer a terminal.
fn prose(document: &Document) -> Vec<Diagnostic> {
    let single = ["why", "advice"].into_iter().filter_map(|name| document.root.get(name));
    let reasons = document.root.get("collateral").map(Node::entries).unwrap_or_default();
    let reasons = reasons.iter().map(|entry| &entry.value);
    let texts = single.chain(list(document, "sources")).chain(reasons);
    let unsound = texts
        .filter(|text| text.as_str().is_some_and(|text| text.chars().any(|c| c.is_control() && c != '\n')));
    let explain = |text: &Node| {
        let message = "this text holds a control character";
        Diagnostic::new(message, text.span.clone()).hint("reports print it; leave the escape out")
    };
    unsound.take(MOST).map(explain).collect()
}

/// `needs` and `expect.policy`: lines that a contract can have.
fn needs(document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let of_variants = list(document, "each").iter().filter_map(|variant| variant.get("needs"));
    for need in list(document, "needs").iter().chain(of_variants.flat_map(Node::items)) {
        let Some((group, name)) = need.as_str().and_then(|text| text.split_once('.')) else { continue };
        let known = match group {
            "operation" => vec!["carries".to_owned()],
            "policy" => properties::<Policy>(),
            "control" => Action::ALL.map(|action| action.name().to_owned()).to_vec(),
            "limits" => properties::<Limits>(),
            "tokens" => {
                let of_jwt = properties::<Jwt>().into_iter().map(|name| format!("jwt.{name}"));
                let opaque = ["opaque".to_owned()];
                properties::<Tokens>().into_iter().chain(of_jwt).chain(opaque).collect()
            }
            "documents" => properties::<Documents>(),
            "refusal" => words::<RefusalKind>(),
            "alike" => words::<RefusalKind>().into_iter().chain(["unknown_path".to_owned()]).collect(),
            _ => continue,
        };
        found.extend(unknown(document, need, name, (&format!("{group}."), &known)));
    }
    for expectation in super::expectations::every(document) {
        let Some((policy, name)) = expectation.get("policy").and_then(|it| Some((it, it.as_str()?))) else {
            continue;
        };
        let known = Policy::STATUSES.map(str::to_owned);
        if properties::<Policy>().iter().any(|line| line == name) && !Policy::STATUSES.contains(&name) {
            let message = format!("{}: this line of the policy is no status", document.name(policy));
            let hint = suggest("", &Policy::STATUSES);
            found.push(Diagnostic::new(message, policy.span.clone()).maybe_hint(hint));
        } else {
            found.extend(unknown(document, policy, name, ("", &known)));
        }
    }
    found.truncate(MOST);
    found
}

fn unknown(
    document: &Document,
    node: &Node,
    name: &str,
    (prefix, known): (&str, &[String]),
) -> Option<Diagnostic> {
    if known.iter().any(|word| word == name) {
        return None;
    }
    let known: Vec<String> = known.iter().map(|word| format!("{prefix}{word}")).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let message = format!("{}: no contract has such a line", document.name(node));
    let hint = suggest(node.as_str().unwrap_or_default(), &known);
    Some(Diagnostic::new(message, node.span.clone()).maybe_hint(hint))
}

/// The entries of a part of the contract.
fn properties<T: JsonSchema>() -> Vec<String> {
    let schema = published::<T>();
    let entries = schema.get("properties").and_then(Value::as_object);
    entries.map(|entries| entries.keys().cloned().collect()).unwrap_or_default()
}

/// The words of a part of the contract.
fn words<T: JsonSchema>() -> Vec<String> {
    let schema = published::<T>();
    let branches = schema.get("oneOf").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    branches.iter().filter_map(|branch| branch.get("const")?.as_str()).map(str::to_owned).collect()
}

/// `{name}` in header lines and paths: the key, the host, what was never sent, or what an earlier step captured.
fn placeholders(document: &Document) -> Vec<Diagnostic> {
    let mut known: Vec<&str> = FILLED_IN.iter().chain(behind(document)).copied().collect();
    if document.root.at(&["procedure", "exceed"]).is_some() {
        known.push("address");
    }
    let mut found = Vec::new();
    let parts = super::procedure::parts(document);
    let owners = std::iter::once(&document.root).chain(list(document, "each")).chain(parts);
    let requests = owners.flat_map(|owner| [owner.get("request"), owner.get("twin")]);
    for request in requests.flatten() {
        found.extend(unfilled(document, request, &known));
    }
    for step in list(document, "steps") {
        found.extend(step.get("request").into_iter().flat_map(|request| unfilled(document, request, &known)));
        let captured = ["capture", "capture_headers"].into_iter().filter_map(|name| step.get(name));
        known.extend(captured.flat_map(Node::entries).take(MOST).map(|entry| &*entry.key));
    }
    found.truncate(MOST);
    found
}

/// What is captured under a name that has its meaning already: nobody would get to see it.
fn taken(document: &Document) -> Vec<Diagnostic> {
    let captures =
        list(document, "steps").iter().flat_map(|step| [step.get("capture"), step.get("capture_headers")]);
    let taken = captures.flatten().flat_map(Node::entries).filter(|entry| FILLED_IN.contains(&&*entry.key));
    let explain = |entry: &Entry| {
        let message = format!("`{{{}}}` is filled in already, with something else", entry.key);
        Diagnostic::new(message, entry.key_span.clone()).hint("capture it under another name")
    };
    taken.take(MOST).map(explain).collect()
}

/// What is about a platform behind a backend, in a check of the platform itself: nobody would carry it out.
fn misplaced(document: &Document) -> Vec<Diagnostic> {
    if !behind(document).is_empty() {
        return Vec::new();
    }
    let parts = ["each", "steps"].into_iter().flat_map(|name| list(document, name));
    let owners = std::iter::once(&document.root).chain(parts).chain(super::procedure::parts(document));
    let requests = owners.flat_map(|owner| [owner.get("request"), owner.get("twin")]).flatten();
    let twists = ["platform", "platform_key"];
    let twists = requests.flat_map(|request| twists.into_iter().filter_map(|name| request.entry(name)));
    let rules = super::expectations::every(document).into_iter().filter_map(|it| it.entry("upstream"));
    let explain = |entry: &Entry| {
        let message = format!("`{}` is about a backend in between, and this check is not", entry.key);
        Diagnostic::new(message, entry.key_span.clone()).hint("say `side: backend`, or leave it out")
    };
    twists.chain(rules).take(MOST).map(explain).collect()
}

fn unfilled(document: &Document, request: &Node, known: &[&str]) -> Vec<Diagnostic> {
    let lines = request.get("headers").map(Node::items).unwrap_or_default();
    let path = request.get("path").map(Node::entries).unwrap_or_default();
    let values = lines.iter().flat_map(Node::entries).chain(path).map(|entry| &entry.value);
    let mut found = Vec::new();
    for value in values.take(MOST) {
        let names = value.as_str().map(names_in).unwrap_or_default();
        found.extend(names.into_iter().filter(|name| !known.contains(name)).map(|name| {
            let shown = document.shown(value).map_or("this".to_owned(), |_| format!("`{{{name}}}`"));
            let message = format!("nothing is called {shown} here");
            Diagnostic::new(message, value.span.clone()).maybe_hint(suggest(name, known))
        }));
    }
    found
}

/// The names in braces: only what is looked up when the request is sent, so that `{{7*7}}` and JSON stay what they are.
/// No name has a capital letter, but whoever writes `{Host}` means one.
fn names_in(text: &str) -> Vec<&str> {
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let inside = text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    inside.filter(|name| !name.is_empty() && name.chars().all(sound)).collect()
}

fn list<'a>(document: &'a Document, name: &str) -> &'a [Node] {
    document.root.get(name).map(Node::items).unwrap_or_default()
}
