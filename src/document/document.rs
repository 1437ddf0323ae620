//! A document that could be read as YAML: its text, its tree, and the way from one to the other.

use serde_json::Value;

use super::suggest::suggest;
use super::tree::Entry;
use super::{Diagnostic, Diagnostics, Node, NodeKind, Source, Span, scalar, secrecy};

/// Where a document holds JSON that is sent as it stands: the last two keys that lead there.
const SENT: [[&str; 2]; 4] = [["body", "json"], ["http", "body"], ["forge", "header"], ["forge", "claims"]];

/// The longest text that a message repeats, in bytes.
const LONGEST_SHOWN: usize = 60;

/// A document that could be read as YAML, for the checks that know what it means.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text.
    pub source: Source,
    /// The tree, variables filled in.
    pub root: Node,
    /// Parts of the text that are never shown, in order, none touching another.
    pub(super) hidden: Vec<Span>,
}

impl Document {
    /// The place of the node behind a JSON pointer (RFC 6901), or of the nearest node above it.
    ///
    /// A list or a mapping of several lines is pointed at by its key, and the whole document by its first.
    pub fn span(&self, pointer: &str) -> Span {
        self.place(self.locate(pointer))
    }

    /// The place of a node, given the entry that it is the value of, where it is one.
    pub fn place(&self, (node, entry): (&Node, Option<&Entry>)) -> Span {
        let text = self.source.text.get(node.span.clone()).unwrap_or_default();
        let first_key = || node.entries().first().map(|entry| entry.key_span.clone());
        match entry {
            Some(entry) if text.is_empty() || text.contains('\n') => entry.key_span.clone(),
            None if text.contains('\n') => first_key().unwrap_or(node.span.start..node.span.start),
            _ => node.span.clone(),
        }
    }

    /// The node behind a JSON pointer, or the nearest node above it, with the entry that it is the value of.
    pub fn locate(&self, pointer: &str) -> (&Node, Option<&Entry>) {
        let mut found = (&self.root, None);
        for segment in pointer.split('/').skip(1) {
            let key = segment.replace("~1", "/").replace("~0", "~");
            let (node, _) = found;
            let item = || key.parse::<usize>().ok().and_then(|index| node.items().get(index));
            match (node.entry(&key), item()) {
                (Some(entry), _) => found = (&entry.value, Some(entry)),
                (None, Some(item)) => found = (item, None),
                (None, None) => break,
            }
        }
        found
    }

    /// The text of a node, where a message may repeat it: not what belongs to a key, not what a variable
    /// brought in, and nothing that is long.
    pub fn shown<'a>(&self, node: &'a Node) -> Option<&'a str> {
        let text = node.as_str()?;
        let written = self.source.text.get(node.span.clone()).is_some_and(|raw| raw.contains(text));
        (written && !text.is_empty() && text.len() <= LONGEST_SHOWN && !self.is_hidden(&node.span))
            .then_some(text)
    }

    /// A node as a message names it: its text in backticks, or a word that stands for it.
    pub fn name(&self, node: &Node) -> String {
        self.shown(node).map_or_else(|| "this".to_owned(), |text| format!("`{text}`"))
    }

    /// An entry as a message names it: its key in backticks, or a word that stands for it.
    pub fn entry_name(&self, entry: &Entry) -> String {
        self.shown_key(entry).map_or_else(|| "this entry".to_owned(), |key| format!("`{key}`"))
    }

    /// The key of an entry, where a message may repeat it.
    pub fn shown_key<'a>(&self, entry: &'a Entry) -> Option<&'a str> {
        let short = entry.key.len() <= LONGEST_SHOWN && !self.is_hidden(&entry.key_span);
        short.then_some(&entry.key)
    }

    /// An entry that no schema knows, pointed at by its key, with the words that are known there.
    pub fn unknown_entry(&self, entry: &Entry, allowed: &[&str]) -> Diagnostic {
        let shown = self.shown_key(entry);
        let message =
            shown.map_or_else(|| "unknown entry".to_owned(), |key| format!("unknown entry `{key}`"));
        let hint = suggest(shown.unwrap_or_default(), allowed);
        Diagnostic::new(message, entry.key_span.clone()).maybe_hint(hint)
    }

    /// The tree as JSON, places forgotten. A whole number is an integer however it is written, but for what is sent: there
    /// `1.0` stays what it is, for whoever takes it for something else than `1`.
    pub(super) fn to_value(&self) -> Value {
        self.value(&self.root, "")
    }

    fn value(&self, node: &Node, key: &str) -> Value {
        let of_entry = |entry: &Entry| {
            let sent = SENT.contains(&[key, &*entry.key]);
            let value = if sent { self.sent(&entry.value) } else { self.value(&entry.value, &entry.key) };
            (entry.key.clone(), value)
        };
        match &node.kind {
            NodeKind::Scalar(value) => value.clone(),
            NodeKind::Sequence(items) => items.iter().map(|item| self.value(item, "")).collect(),
            NodeKind::Mapping(entries) => Value::Object(entries.iter().map(of_entry).collect()),
        }
    }

    fn sent(&self, node: &Node) -> Value {
        match &node.kind {
            NodeKind::Scalar(Value::Number(number)) => {
                let written = self.source.text.get(node.span.clone()).and_then(scalar::with_point);
                Value::Number(written.unwrap_or_else(|| number.clone()))
            }
            NodeKind::Scalar(value) => value.clone(),
            NodeKind::Sequence(items) => items.iter().map(|item| self.sent(item)).collect(),
            NodeKind::Mapping(entries) => {
                Value::Object(entries.iter().map(|it| (it.key.clone(), self.sent(&it.value))).collect())
            }
        }
    }

    /// The document refused, for these mistakes.
    pub(super) fn refuse(self, all: Vec<Diagnostic>) -> Diagnostics {
        Diagnostics::new(self.source, all, self.hidden)
    }

    fn is_hidden(&self, span: &Span) -> bool {
        secrecy::is_hidden(&self.hidden, span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::parse;

    fn document(text: &str) -> Document {
        let reading = parse::read(text);
        let source = Source { name: "a.yaml".to_owned(), text: text.to_owned() };
        Document { source, root: reading.root.unwrap(), hidden: reading.hidden }
    }

    fn at<'a>(document: &'a Document, pointer: &str) -> &'a str {
        &document.source.text[document.span(pointer)]
    }

    #[test]
    fn a_pointer_leads_to_its_node_or_to_the_nearest_above_it() {
        let document = document("a: { b: [1, two] }\nc~/d:\n  e: 5\n  f: 6\n");
        assert_eq!(at(&document, "/a/b/1"), "two");
        assert_eq!(at(&document, "/a/b"), "[1, two]");
        assert_eq!(at(&document, "/a/b/7/x"), "[1, two]");
        assert_eq!(at(&document, "/c~0~1d/f"), "6");
        assert_eq!(at(&document, "/c~0~1d"), "c~/d", "what takes several lines is pointed at by its key");
        assert_eq!(at(&document, ""), "a", "the whole document is pointed at by its first key");
    }

    #[test]
    fn a_number_keeps_its_point_where_it_is_sent_and_nowhere_else() {
        let document = document(
            "a: 1.0\nbody: { json: [1.0, { b: -2e3 }, 3, 0x1e, \"4.0\"], x: 5.0 }\nhttp: { body: 6. }\n",
        );
        let json = r#"{"a":1,"body":{"json":[1.0,{"b":-2000.0},3,30,"4.0"],"x":5},"http":{"body":6.0}}"#;
        assert_eq!(document.to_value().to_string(), json);
    }

    #[test]
    fn a_message_repeats_neither_keys_nor_what_is_not_in_the_file() {
        let document = document("a: word\nkey: hidden\nb: \"\\x41\"\n");
        let shown = |key: &str| document.shown(document.root.get(key).unwrap());
        assert_eq!((shown("a"), shown("key"), shown("b")), (Some("word"), None, None));
    }
}
