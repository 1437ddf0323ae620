//! What is wrong with what a scenario says in frames: what a frame cannot hold, and what begins in the middle.

use super::wire::{Names, of_text, parts, waits};
use crate::document::{Diagnostic, Document, Entry, Node};
use crate::scenario::{Piece, Template, TemplateLine, What};

/// A conversation is in HTTP/1 or in HTTP/2, whichever of its variants says so.
pub(super) fn both(document: &Document, wires: &[(&Node, &Node)]) -> Option<Diagnostic> {
    let first = |list: &str| wires.iter().find_map(|(_, wire)| parts(wire, list).next());
    let (Some(_), Some(frame)) = (first("say"), first("h2")) else { return None };
    let message = "one conversation cannot be both in HTTP/1 and in HTTP/2";
    let hint = "a request in HTTP/1 that asks to go on in HTTP/2 is `upgrade`";
    Some(Diagnostic::new(message, document.place((frame, None))).hint(hint))
}

/// Everything that is wrong with one conversation.
pub(super) fn all(document: &Document, wire: &Node, names: &Names<'_>) -> Vec<Diagnostic> {
    let frames: Vec<&Node> = parts(wire, "h2").collect();
    let entries = || frames.iter().filter_map(|part| part.entries().first());
    let mut found: Vec<_> = beginning(document, &frames).into_iter().collect();
    for entry in entries() {
        let texts = ["head", "body", "fields", "text", "payload"];
        for node in texts.iter().filter_map(|name| entry.value.get(name)) {
            found.extend(of_text(document, node, names));
        }
        found.extend(unfit(document, entry));
        found.extend(fields(document, entry));
    }
    found.extend(waits(document, wire.get("h2").map(Node::items).unwrap_or_default()));
    found
}

/// A conversation begins with a request, and only there can it ask to go on in HTTP/2.
fn beginning(document: &Document, frames: &[&Node]) -> Option<Diagnostic> {
    let kind = |part: &Node| part.entries().first().map(|entry| entry.key.clone()).unwrap_or_default();
    let first = frames.first()?;
    if ["data", "hold", "await", "close"].contains(&&*kind(first)) {
        let message = "a conversation begins with a request";
        let hint = "begin with `headers` or `upgrade`";
        return Some(Diagnostic::new(message, document.place((first, None))).hint(hint));
    }
    let late = frames.iter().skip(1).find(|part| kind(part) == "upgrade")?;
    let message = "a connection that speaks HTTP/2 cannot ask for it";
    Some(Diagnostic::new(message, document.place((late, None))).hint("put `upgrade` first"))
}

/// What is part of HTTP/1 alone has no place in a frame.
fn unfit(document: &Document, entry: &Entry) -> Option<Diagnostic> {
    let node = ["fields", "text", "payload"].into_iter().find_map(|name| entry.value.get(name))?;
    let template = Template::parse(node.as_str()?).ok()?;
    let unfit = template.gaps().any(|gap| matches!(gap.what, What::BodyChunk | What::Length));
    let message = format!("{} is framed by HTTP/1 alone", document.name(node));
    unfit.then(|| {
        Diagnostic::new(message, node.span.clone()).hint("frames tell their own length: use `{body}`")
    })
}

/// Every line is a field.
fn fields(document: &Document, entry: &Entry) -> Option<Diagnostic> {
    let node = entry.value.get("fields")?;
    let text = node.as_str()?;
    let template = Template::parse(text).ok()?;
    let lines = template.lines.iter().zip(text.lines());
    let (_, wrong) = lines.into_iter().find(|(line, text)| !is_field(line, text))?;
    let shown = document.shown(node).map_or_else(|| "a line".to_owned(), |_| format!("`{wrong}`"));
    let message = format!("{shown} is no field");
    Some(Diagnostic::new(message, node.span.clone()).hint("write a name, a colon and a space, and a value"))
}

/// Whether a line is a field, nothing at all, or something that may become one.
fn is_field(line: &TemplateLine, text: &str) -> bool {
    let filled_in = matches!(&*line.pieces, [Piece::Gap(_)]);
    let separated = text
        .char_indices()
        .skip(1)
        .any(|(at, _)| text.get(at..).is_some_and(|rest| rest.starts_with(": ") || rest == ":"));
    text.is_empty() || filled_in || separated
}

#[cfg(test)]
mod tests {
    use crate::document::Source;
    use crate::scenario::load;

    /// What is wrong with a scenario that says this, each with its line.
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
        let h2 = r#"[{ headers: { fields: ":method: {method}\n:path:\n{key-line}\n{extra}\nA\\t: \\x00 " } },
            { data: { stream: 1, text: "{body}" } }, { frame: { kind: 6, payload: "12345678" } }, { hold: 300ms },
            { await: final }, { close: both }]"#;
        assert_eq!(
            mistakes(&format!("{{ wire: {{ with: {{ extra: 'a: b' }}, h2: {h2} }} }}")),
            Vec::<String>::new()
        );
        let upgrade = r#"[{ upgrade: { head: "GET / HTTP/1.1\nContent-Length: {length}", body: "{body}" } },
            { headers: { fields: "a: b", end: true } }]"#;
        assert_eq!(mistakes(&format!("{{ wire: {{ h2: {upgrade} }} }}")), Vec::<String>::new());
    }

    #[test]
    fn every_mistake_of_a_conversation_is_told() {
        let headers = "{ headers: { fields: 'a: b' } }";
        let cases = [
            ("{ wire: { h2: [] } }".to_owned(), "nothing is said"),
            ("{ wire: { h2: [{ data: { text: x } }] } }".to_owned(), "begins with a request"),
            (
                format!("{{ wire: {{ say: [{{ head: x }}], h2: [{headers}] }} }}"),
                "both in HTTP/1 and in HTTP/2",
            ),
            (format!("{{ wire: {{ h2: [{headers}, {{ upgrade: {{ head: x }} }}] }} }}"), "cannot ask for it"),
            ("{ wire: { h2: [{ headers: { fields: 'a:b' } }] } }".to_owned(), "`a:b` is no field"),
            ("{ wire: { h2: [{ headers: { fields: 'a: {length}' } }] } }".to_owned(), "HTTP/1 alone"),
            (
                "{ wire: { h2: [{ headers: { fields: '{nobody}: b' } }] } }".to_owned(),
                "nothing is called `{nobody}`",
            ),
            (format!("{{ wire: {{ h2: [{headers}, {{ hold: 6s }}] }} }}"), "waits for 6000 ms"),
            (format!("{{ headers: [{{ A: b }}], wire: {{ h2: [{headers}] }} }}"), "`headers` is not sent"),
            (format!("{{ second: {{ at: after }}, wire: {{ h2: [{headers}] }} }}"), "`second` is not sent"),
        ];
        for (request, wanted) in cases {
            let found = mistakes(&request);
            assert!(found.iter().any(|message| message.contains(wanted)), "{request}: {found:?}");
        }
    }
}
