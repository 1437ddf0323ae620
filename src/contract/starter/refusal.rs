//! How an edge refuses, as a constant: what the table of edges is written with.

use serde_json::{Value, json};

use crate::contract::RefusalKind;
use crate::document::Part;

/// How an edge refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    kind: RefusalKind,
    answer: Answer,
    note: [&'static str; 2],
}

#[derive(Clone, Copy, Debug)]
enum Answer {
    /// Like another kind.
    Like(RefusalKind),
    /// In its own way.
    Own { status: u16, challenge: Option<&'static str>, body: Option<Says> },
}

/// One member of a body, and the texts of which it holds one.
#[derive(Clone, Copy, Debug)]
struct Says {
    path: &'static str,
    texts: &'static [&'static str],
}

/// A refusal with a status of its own.
pub(super) const fn own(kind: RefusalKind, status: u16) -> Refusal {
    Refusal { kind, answer: Answer::Own { status, challenge: None, body: None }, note: [""; 2] }
}

/// A refusal like another.
pub(super) const fn like(kind: RefusalKind, other: RefusalKind) -> Refusal {
    Refusal { kind, answer: Answer::Like(other), note: [""; 2] }
}

impl Refusal {
    /// With a challenge of a scheme.
    pub(super) const fn challenge(mut self, scheme: &'static str) -> Self {
        if let Answer::Own { challenge, .. } = &mut self.answer {
            *challenge = Some(scheme);
        }
        self
    }

    /// With a body whose member holds one of these texts.
    pub(super) const fn says(mut self, path: &'static str, texts: &'static [&'static str]) -> Self {
        if let Answer::Own { body, .. } = &mut self.answer {
            *body = Some(Says { path, texts });
        }
        self
    }

    /// With another line of comment, of which there are two.
    pub(super) const fn note(mut self, line: &'static str) -> Self {
        let [first, second] = self.note;
        self.note = if first.is_empty() { [line, second] } else { [first, line] };
        self
    }

    /// As it stands in a contract, its notes above it.
    pub(super) fn part(&self) -> Part {
        let notes = self.note.iter().filter(|note| !note.is_empty());
        notes.fold(Part::value(self.kind.as_str(), self.answer.value()), |part, note| part.comment(note))
    }
}

impl Answer {
    fn value(self) -> Value {
        let (status, challenge, body) = match self {
            Self::Like(kind) => return json!({ "like": kind }),
            Self::Own { status, challenge, body } => (status, challenge, body),
        };
        let members = [
            Some(("status", json!(status))),
            challenge.map(|scheme| ("challenge", json!(scheme))),
            body.map(|says| ("body", json!({ says.path: says.matcher() }))),
        ];
        let members = members.into_iter().flatten().map(|(name, value)| (name.to_owned(), value));
        Value::Object(members.collect())
    }
}

impl Says {
    fn matcher(self) -> Value {
        match self.texts {
            [only] => json!(only),
            several => json!({ "one_of": several }),
        }
    }
}
