//! What is wrong with what a scenario says to the byte: names that lead nowhere, wrong escapes, and conversations
//! that begin in the middle or take too long.

use std::time::Duration;

use serde_json::Value;

use super::{MOST, h2, names, procedure};
use crate::document::{Diagnostic, Document, Millis, Node, respelt, suggest};
use crate::scenario::{Gap, OTHER_UNIQUE, Template, UNIQUE, What};

/// The longest that a conversation may wait by itself.
const LONGEST: Duration = Duration::from_secs(5);
/// The most bytes that a part may repeat.
const MOST_REPEATED: u64 = 64 * 1024 * 1024;

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let inner =
        ["each", "steps"].into_iter().filter_map(|name| document.root.get(name)).flat_map(Node::items);
    let inner = inner.chain(procedure::parts(document));
    let owners: Vec<&Node> = std::iter::once(&document.root).chain(inner).collect();
    let wires: Vec<(&Node, &Node)> = owners
        .iter()
        .flat_map(|owner| [owner.get("request"), owner.get("twin")])
        .flatten()
        .filter_map(|request| Some((request, request.get("wire")?)))
        .collect();
    // A variant may change a detail of what the whole check says, so names are known from everywhere.
    let lists = ["capture", "capture_headers"];
    let captures = owners.iter().flat_map(|owner| lists.into_iter().filter_map(|name| owner.get(name)));
    let captures = captures.flat_map(Node::entries);
    let mut known: Vec<&str> = What::words().chain([UNIQUE, OTHER_UNIQUE]).collect();
    known.extend(names::behind(document));
    known.extend(names_of(&wires, "with"));
    known.extend(captures.take(MOST).map(|entry| &*entry.key));
    let names = Names { known, keys: names_of(&wires, "keys") };
    let mut found: Vec<Diagnostic> =
        wires.iter().flat_map(|(request, wire)| of_one(document, request, wire, &names)).take(MOST).collect();
    found.extend(h2::both(document, &wires));
    let says = |wire: &Node| parts(wire, "say").next().or(parts(wire, "h2").next()).is_some();
    if let Some((_, first)) = wires.first().filter(|_| !wires.iter().any(|(_, wire)| says(wire))) {
        let message = "nothing is said, so nothing would be sent";
        found
            .push(Diagnostic::new(message, document.place((first, None))).hint("say it under `say` or `h2`"));
    }
    found
}

/// The names that a list of some conversations has.
fn names_of<'a>(wires: &[(&'a Node, &'a Node)], list: &str) -> Vec<&'a str> {
    let lists = wires.iter().filter_map(|(_, wire)| wire.get(list));
    lists.flat_map(Node::entries).take(MOST).map(|entry| &*entry.key).collect()
}

/// What may be filled in.
pub(super) struct Names<'a> {
    known: Vec<&'a str>,
    keys: Vec<&'a str>,
}

fn of_one(document: &Document, request: &Node, wire: &Node, names: &Names<'_>) -> Vec<Diagnostic> {
    let say = wire.get("say").map(Node::items).unwrap_or_default();
    let with = wire.get("with").map(Node::entries).unwrap_or_default();
    let texts = say.iter().filter_map(text).chain(with.iter().map(|entry| &entry.value));
    let mut found: Vec<_> = texts.flat_map(|node| of_text(document, node, names)).collect();
    found.extend(beginning(document, say));
    found.extend(length(document, say));
    found.extend(h2::all(document, wire, names));
    for name in ["headers", "second", "idempotency", "page", "platform_key"] {
        if let Some(ignored) = request.entry(name) {
            let message = format!("`{name}` is not sent where `wire` says everything");
            let hint = "write it into what is said under `wire`";
            found.push(Diagnostic::new(message, ignored.key_span.clone()).hint(hint));
        }
    }
    found
}

/// The parts of a list.
pub(super) fn parts<'a>(wire: &'a Node, list: &str) -> impl Iterator<Item = &'a Node> {
    wire.get(list).map(Node::items).unwrap_or_default().iter()
}

/// The text of a part, where it has one.
fn text(part: &Node) -> Option<&Node> {
    let entry = part.entries().first()?;
    match &*entry.key {
        "head" | "head_as_is" | "send" | "hidden" => Some(&entry.value),
        "repeat" | "trickle" => entry.value.get("text"),
        _ => None,
    }
}

pub(super) fn of_text(document: &Document, node: &Node, names: &Names<'_>) -> Vec<Diagnostic> {
    let Some(text) = node.as_str() else { return Vec::new() };
    match Template::parse(text) {
        Err(error) => {
            let hint = r"an escape is \r, \n, \t, \0, \\ or \xNN";
            vec![Diagnostic::new(error.to_string(), node.span.clone()).hint(hint)]
        }
        Ok(template) => {
            let gaps = template.gaps().filter_map(|gap| of_gap(document, node, gap, names));
            let respelt = respelt(text, &names.known).into_iter();
            gaps.chain(respelt.map(|name| unknown(document, node, name, &names.known))).collect()
        }
    }
}

fn unknown(document: &Document, node: &Node, name: &str, known: &[&str]) -> Diagnostic {
    let shown = document.shown(node).map_or("this".to_owned(), |_| format!("`{{{name}}}`"));
    let message = format!("nothing is called {shown} here");
    Diagnostic::new(message, node.span.clone()).maybe_hint(suggest(name, known))
}

fn of_gap(document: &Document, node: &Node, gap: &Gap, names: &Names<'_>) -> Option<Diagnostic> {
    let unknown = |name: &str, known: &[&str]| unknown(document, node, name, known);
    match (&gap.what, &gap.key) {
        (What::Told(name), None) if !names.known.contains(&&**name) => Some(unknown(name, &names.known)),
        (what, Some(key)) if !what.is_of_key() => {
            let message = format!("only what is about a key can be about the key `{key}`");
            Some(Diagnostic::new(message, node.span.clone()).hint("leave out what stands behind the colon"))
        }
        (_, Some(key)) if !names.keys.contains(&&**key) => Some(unknown(key, &names.keys)),
        _ => None,
    }
}

/// A conversation begins with a request.
fn beginning(document: &Document, say: &[Node]) -> Option<Diagnostic> {
    let first = say.first()?;
    let begins = first.entries().first().is_none_or(|entry| ["head", "head_as_is"].contains(&&*entry.key));
    (!begins).then(|| {
        let message = "a conversation begins with a request";
        Diagnostic::new(message, document.place((first, None))).hint("begin with `head` or `head_as_is`")
    })
}

/// A conversation neither waits nor sends without a bound.
fn length(document: &Document, say: &[Node]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for part in say {
        if repeated(part).is_some_and(|bytes| bytes > MOST_REPEATED) {
            let message = format!("this would send more than {} MiB", MOST_REPEATED >> 20);
            found.push(Diagnostic::new(message, document.place((part, None))).hint("lower `times`"));
        }
    }
    found.extend(waits(document, say));
    found
}

pub(super) fn waits(document: &Document, say: &[Node]) -> Option<Diagnostic> {
    let waits: Duration = say.iter().filter_map(waiting).sum();
    let first = say.first().filter(|_| waits > LONGEST)?;
    let message = format!("this waits for {} ms in all", waits.as_millis());
    let hint = format!("a check takes at most {} s of its own", LONGEST.as_secs());
    Some(Diagnostic::new(message, document.place((first, None))).hint(hint))
}

fn waiting(part: &Node) -> Option<Duration> {
    let time = |node: &Node| Millis::parse(node.as_str()?).ok().map(|time| time.duration());
    if let Some(hold) = part.get("hold") {
        return time(hold);
    }
    let trickle = part.get("trickle")?;
    let bytes = u32::try_from(trickle.get("text")?.as_str()?.len()).ok()?;
    time(trickle.get("every")?)?.checked_mul(bytes)
}

fn repeated(part: &Node) -> Option<u64> {
    let repeat = part.get("repeat")?;
    let times = repeat.get("times")?.scalar().and_then(Value::as_u64)?;
    Some(times.saturating_mul(repeat.get("text")?.as_str()?.len() as u64))
}

#[cfg(test)]
mod tests {
    use crate::document::Source;
    use crate::scenario::load;

    /// What is wrong with a scenario that says this.
    fn mistakes(request: &str) -> Vec<String> {
        let text = format!(
            "id: x\ntitle: t\nseverity: must\nsources: [s]\nwhy: w\nadvice: a\n\
             expect: {{ refusal: missing }}\nrequest: {request}\n"
        );
        let loaded = load(Source { name: "wire/x.yaml".to_owned(), text });
        let found = loaded.err().into_iter().flat_map(|found| found.all);
        found.map(|mistake| mistake.message).collect()
    }

    #[test]
    fn a_sound_conversation_has_no_mistakes() {
        let say = r#"[{ head: "{method} {target} HTTP/1.1\n{key-line}\n{extra}\n{key-line:other}" }, { hold: 300ms },
            { trickle: { text: abc, every: 10ms } }, { repeat: { text: x, times: 3 } }, { hidden: "GET /" },
            { await: final }, { close: both }]"#;
        let request =
            format!("{{ wire: {{ with: {{ extra: 'A: \\x00' }}, keys: {{ other: {{}} }}, say: {say} }} }}");
        assert_eq!(mistakes(&request), Vec::<String>::new());
    }

    #[test]
    fn every_mistake_of_a_conversation_is_told() {
        let cases = [
            ("{ wire: { say: [] } }", "nothing is said"),
            ("{ wire: { say: [{ send: x }] } }", "begins with a request"),
            ("{ wire: { say: [{ head: '{methd}' }] } }", "nothing is called `{methd}` here"),
            ("{ wire: { say: [{ head: '{Method}' }] } }", "nothing is called `{Method}` here"),
            ("{ wire: { say: [{ head: '{key-line:nobody}' }] } }", "nothing is called `{nobody}` here"),
            ("{ wire: { say: [{ head: '{path:nobody}' }] } }", "only what is about a key"),
            (r"{ wire: { say: [{ head: 'a\q' }] } }", r"`\q` is no escape"),
            ("{ wire: { say: [{ head: x }, { hold: 6s }] } }", "waits for 6000 ms"),
            (
                "{ wire: { say: [{ head: x }, { repeat: { text: 'xxxxxxxxxx', times: 9000000 } }] } }",
                "64 MiB",
            ),
            ("{ headers: [{ A: b }], wire: { say: [{ head: x }] } }", "`headers` is not sent"),
            ("{ page: foreign, wire: { say: [{ head: x }] } }", "`page` is not sent"),
            ("{ wire: { say: [{ shout: x }] } }", "shout"),
        ];
        for (request, wanted) in cases {
            let found = mistakes(request);
            assert!(found.iter().any(|message| message.contains(wanted)), "{request}: {found:?}");
        }
    }
}
