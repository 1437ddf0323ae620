//! Expectations that could never fail, or that ask for two things at once.

use serde_json::Value;

use super::{MOST, procedure};
use crate::document::{Diagnostic, Document, Entry, Node, Span};

/// What kind of answer is right: an expectation says at most one of these.
const KINDS: [&str; 6] = ["refusal", "refused", "accepted", "not_accepted", "declared", "policy"];

/// What says nothing where it is `false`.
const SWITCHES: [&str; 33] = [
    "malformed",
    "not_spoken",
    "unreachable",
    "refused",
    "accepted",
    "not_accepted",
    "declared",
    "no_result",
    "no_echo",
    "no_content",
    "no_foreign_redirect",
    "retry_after",
    "varies_on_key",
    "before_body",
    "no_interim",
    "closes",
    "no_surplus",
    "no_hidden_answer",
    // Of a challenge.
    "present",
    "grammatical",
    "declared_scheme",
    "one_per_line",
    // Of what a browser is told.
    "admits",
    "shares",
    "forbids",
    "names_fields",
    "varies",
    "hides_key",
    "invites_no_key",
    // Of what arrives at a platform.
    "key",
    "operation",
    "origin",
    "no_proof",
];

/// Mappings of which each says something only where one of its entries does.
const GROUPS: [&str; 3] = ["challenge", "cors", "upstream"];

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let mut found = silent(document);
    found
        .extend(every(document).into_iter().flat_map(|expectation| of_one(document, expectation)).take(MOST));
    found.extend(comparisons(document));
    found
}

/// Every expectation of a scenario: its own, those of its variants and steps, and those within them.
pub(super) fn every(document: &Document) -> Vec<&Node> {
    let parts =
        ["each", "steps"].into_iter().filter_map(|name| document.root.get(name)).flat_map(Node::items);
    let parts = parts.chain(procedure::parts(document));
    let outer = std::iter::once(&document.root).chain(parts).filter_map(|part| part.get("expect"));
    let outer = outer.chain(procedure::turns(document));
    let mut all = Vec::new();
    outer.for_each(|expectation| collect(expectation, &mut all));
    all
}

fn collect<'a>(expectation: &'a Node, all: &mut Vec<&'a Node>) {
    all.push(expectation);
    within(expectation).for_each(|inner| collect(inner, all));
}

/// The expectations directly within one.
fn within(expectation: &Node) -> impl Iterator<Item = &Node> {
    ["any_of", "all_of", "answers"].into_iter().filter_map(|name| expectation.get(name)).flat_map(Node::items)
}

/// Cases whose answer is right whatever it is.
fn silent(document: &Document) -> Vec<Diagnostic> {
    let root = &document.root;
    let part = |name: &str| root.get(name).map(Node::items).unwrap_or_default();
    let speaks = |node: &Node| node.get("expect").is_some_and(says_something);
    if root.entries().is_empty()
        || root.get("procedure").is_some()
        || speaks(root)
        || part("steps").iter().any(speaks)
    {
        return Vec::new();
    }
    let message = "nothing is expected, so this check could never fail";
    let hint = "say what is right under `expect`, such as `expect: { refusal: missing }`";
    if part("each").is_empty() {
        let place = root.entry("expect").map_or(document.span(""), |entry| entry.key_span.clone());
        return vec![Diagnostic::new(message, place).hint(hint)];
    }
    let variants = part("each").iter().filter(|variant| !speaks(variant) && !variant.entries().is_empty());
    let message = "nothing is expected of this variant, so it could never fail";
    variants
        .take(MOST)
        .map(|variant| Diagnostic::new(message, name_of(document, variant)).hint(hint))
        .collect()
}

fn name_of(document: &Document, variant: &Node) -> Span {
    variant.get("name").map_or_else(|| document.place((variant, None)), |name| name.span.clone())
}

/// Whether some answer could break an expectation.
fn says_something(expectation: &Node) -> bool {
    expectation.entries().iter().any(is_said)
}

fn is_said(entry: &Entry) -> bool {
    match entry.value.scalar() {
        Some(Value::Null) => false,
        Some(Value::Bool(value)) => *value || !SWITCHES.contains(&&*entry.key),
        Some(_) => true,
        None if GROUPS.contains(&&*entry.key) => says_something(&entry.value),
        None if entry.key == "error" => demands(entry),
        None if entry.key == "headers" || entry.key == "body" => entry.value.entries().iter().any(demands),
        None => !entry.value.entries().is_empty() || !entry.value.items().is_empty(),
    }
}

/// Whether some value could break a rule about a value: what may be left out, and be anything, is free.
fn demands(value: &Entry) -> bool {
    let rules = value.value.entries();
    let free: &[&str] = if value.value.get("optional").is_some() { &["optional", "exists"] } else { &[] };
    rules.is_empty() || rules.iter().any(|rule| !free.contains(&&*rule.key))
}

/// What is wrong with one expectation by itself.
fn of_one(document: &Document, expectation: &Node) -> Vec<Diagnostic> {
    let is_kind = |entry: &&Entry| KINDS.contains(&&*entry.key) && is_said(entry);
    let kinds: Vec<&Entry> = expectation.entries().iter().filter(is_kind).collect();
    let mut found = Vec::new();
    if let [first, rest @ ..] = kinds.as_slice() {
        found.extend(rest.iter().map(|second| {
            let message = format!("`{}` and `{}` cannot both be expected", first.key, second.key);
            Diagnostic::new(message, second.key_span.clone()).hint("keep one; `any_of` takes several")
        }));
    }
    found.extend(within(expectation).filter(|inner| !says_something(inner)).map(|inner| {
        let message = "this expectation says nothing, so every answer fits it";
        Diagnostic::new(message, document.place((inner, None))).hint("say what is right, or leave it out")
    }));
    found
}

/// `same_as.step`, and those of `differs_from`: an earlier step, which is there.
fn comparisons(document: &Document) -> Vec<Diagnostic> {
    let steps = document.root.get("steps").map(Node::items).unwrap_or_default();
    let mut found = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        found.extend(step.get("expect").into_iter().flat_map(|expectation| later(expectation, index)));
    }
    let variants = document.root.get("each").map(Node::items).unwrap_or_default();
    let whole = std::iter::once(&document.root).chain(variants).filter_map(|part| part.get("expect"));
    let last = steps.len().saturating_sub(1);
    found.extend(whole.flat_map(|expectation| later(expectation, last)));
    found.truncate(MOST);
    found
}

/// The numbers of the earlier steps that an expectation compares an answer with.
pub(super) fn compared_with(expectation: &Node) -> impl Iterator<Item = &Node> {
    let places = [["same_as", "step"], ["differs_from", "step"], ["differs_from", "like"]];
    places.into_iter().filter_map(move |place| expectation.at(&place))
}

/// Comparisons with a step that is not among the first `earlier` ones.
fn later(expectation: &Node, earlier: usize) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    collect(expectation, &mut all);
    let steps = all.into_iter().flat_map(compared_with);
    let is_later = |step: &&Node| {
        let number = step.scalar().and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        number.is_some_and(|number| number > earlier)
    };
    let hint = match earlier {
        0 => "there is no earlier step".to_owned(),
        1 => "the only earlier step is 1".to_owned(),
        _ => format!("the earlier steps are 1 to {earlier}"),
    };
    let explain = |step: &Node| {
        let message = "an answer can only be compared with that of an earlier step";
        Diagnostic::new(message, step.span.clone()).hint(hint.clone())
    };
    steps.filter(is_later).map(explain).collect()
}
