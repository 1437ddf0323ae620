//! Puts a tree together from the events of a parser, one node at a time.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::parse::Reading;
use super::tree::Entry;
use super::{Diagnostic, Node, NodeKind, Span, secrecy};

/// A tree that is being put together.
#[derive(Debug, Default)]
pub(super) struct Builder {
    frames: Vec<Frame>,
    root: Option<Node>,
    mistakes: Vec<Diagnostic>,
    hidden: Vec<Span>,
    doubtful: HashSet<usize>,
}

/// A list or a mapping that is still open.
#[derive(Debug)]
struct Frame {
    start: usize,
    /// Whether everything in it is hidden.
    secret: bool,
    inside: Inside,
}

#[derive(Debug)]
enum Inside {
    Sequence(Vec<Node>),
    /// With the line of every key so far.
    Mapping {
        entries: Vec<Entry>,
        seen: HashMap<String, usize>,
        key: Awaited,
    },
}

/// What a mapping waits for.
#[derive(Debug)]
enum Awaited {
    /// A key.
    Key,
    /// The value of this key.
    ValueOf(String, Span),
    /// A value that is passed over, because its key was a mistake; the key, where it was text.
    Nothing(String),
}

/// A collection of YAML.
#[derive(Clone, Copy, Debug)]
pub(super) enum Collection {
    /// A list.
    Sequence,
    /// A mapping.
    Mapping,
}

impl Builder {
    /// How many lists and mappings are open.
    pub(super) fn depth(&self) -> usize {
        self.frames.len()
    }

    /// Whether the next node is a mapping's key.
    pub(super) fn awaits_key(&self) -> bool {
        let inside = self.frames.last().map(|frame| &frame.inside);
        matches!(inside, Some(Inside::Mapping { key: Awaited::Key, .. }))
    }

    /// Reports a mistake.
    pub(super) fn report(&mut self, message: &str, span: Span, hint: Option<&str>) {
        let (message, hint) = (message.to_owned(), hint.map(str::to_owned));
        self.mistakes.push(Diagnostic { message, span, hint });
    }

    /// Opens a list or a mapping.
    pub(super) fn open(&mut self, start: usize, collection: Collection) {
        let secret = self.is_hidden(secrecy::hides_all);
        let inside = match collection {
            Collection::Sequence => Inside::Sequence(Vec::new()),
            Collection::Mapping => {
                Inside::Mapping { entries: Vec::new(), seen: HashMap::new(), key: Awaited::Key }
            }
        };
        self.frames.push(Frame { start, secret, inside });
    }

    /// Closes the innermost list or mapping.
    pub(super) fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let kind = match frame.inside {
            Inside::Sequence(items) => NodeKind::Sequence(items),
            Inside::Mapping { entries, .. } => NodeKind::Mapping(entries),
        };
        self.put(Node { kind, span: frame.start..end.max(frame.start) });
    }

    /// Takes a plain value.
    pub(super) fn value(&mut self, node: Node) {
        if self.is_hidden(secrecy::hides_value) {
            self.hidden.push(node.span.clone());
        }
        self.put(node);
    }

    /// Puts nothing where a value would be, and remembers that it is no mistake of its own.
    pub(super) fn stand_in(&mut self, span: Span) {
        if !self.awaits_key() {
            self.doubtful.insert(span.start);
        }
        self.put(Node { kind: NodeKind::Scalar(Value::Null), span });
    }

    /// Takes a mapping's key, which stands on this line.
    pub(super) fn key(&mut self, text: &str, span: Span, line: usize) {
        let Some(Frame { secret, inside: Inside::Mapping { seen, key, .. }, .. }) = self.frames.last_mut()
        else {
            return;
        };
        let hidden = *secret && secrecy::hides_name(text);
        if hidden {
            self.hidden.push(span.clone());
        }
        if let Some(first) = seen.get(text) {
            *key = Awaited::Nothing(text.to_owned());
            // A key may stand where nobody expects one, and a tree has no hidden parts yet.
            let shown = !hidden && secrecy::may_be_repeated(text);
            let name = if shown { format!("`{text}`") } else { "this entry".to_owned() };
            let hint = format!("the first is in line {first}; keep one of them");
            self.report(&format!("{name} stands here a second time"), span, Some(&hint));
        } else {
            seen.insert(text.to_owned(), line);
            *key = Awaited::ValueOf(text.to_owned(), span);
        }
    }

    /// Takes a key that cannot be one: it is reported, and its value passed over.
    pub(super) fn unsound_key(&mut self, message: &str, span: Span, hint: &str) {
        if let Some(Frame { inside: Inside::Mapping { key, .. }, .. }) = self.frames.last_mut() {
            *key = Awaited::Nothing(String::new());
        }
        self.report(message, span, Some(hint));
    }

    /// What came of it all.
    pub(super) fn finish(self, length: usize) -> Reading {
        let nothing = Node { kind: NodeKind::Scalar(Value::Null), span: length..length };
        Reading {
            root: Some(self.root.unwrap_or(nothing)),
            mistakes: self.mistakes,
            hidden: self.hidden,
            doubtful: self.doubtful,
        }
    }

    /// Puts a node where it belongs.
    fn put(&mut self, node: Node) {
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return;
        };
        match &mut frame.inside {
            Inside::Sequence(items) => items.push(node),
            Inside::Mapping { entries, key: awaited, .. } => match std::mem::replace(awaited, Awaited::Key) {
                Awaited::ValueOf(key, key_span) => entries.push(Entry { key, key_span, value: node }),
                Awaited::Nothing(_) => {}
                Awaited::Key => self.unsound_key("a key must be text", node.span, "write it as one word"),
            },
        }
    }

    /// Whether the next value is hidden: by what is open, or by its own key.
    fn is_hidden(&self, hides: fn(&str) -> bool) -> bool {
        self.frames.last().is_some_and(|frame| {
            let own = match &frame.inside {
                Inside::Mapping { key: Awaited::ValueOf(key, _) | Awaited::Nothing(key), .. } => hides(key),
                Inside::Mapping { .. } | Inside::Sequence(_) => false,
            };
            frame.secret || own
        })
    }
}
