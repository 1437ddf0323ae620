//! A request's head and an answer, as every protocol version gives and takes them.
//!
//! Nothing here decides anything: what is sound is for the parsers to say, what is allowed for the edge.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// The protocol version that a request was sent in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// HTTP/1.0: no `Host`, no persistent connections, no interim answers.
    Http10,
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// The host and port, where the target itself names them (RFC 9112 section 3.2.2).
    pub(crate) authority: Option<String>,
    /// The path as it was sent; `*` for a request about the server as a whole.
    pub(crate) path: String,
    /// What stands behind the first `?`.
    pub(crate) query: Option<String>,
}

/// One field line: its name in the case it was sent in, its value without the white space around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// The name.
    pub(crate) name: Bytes,
    /// The value, any bytes but control characters.
    pub(crate) value: Bytes,
}

/// Everything of a request but its body: all that the edge may look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The method, case and all.
    pub(crate) method: http::Method,
    /// What the request is about.
    pub(crate) target: Target,
    /// The protocol version.
    pub(crate) version: Version,
    /// The field lines, in order, duplicates kept.
    pub(crate) fields: Vec<Field>,
}

impl Head {
    /// The values of every line of a field, in order.
    pub(crate) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Bytes> {
        let named = move |field: &&Field| field.name.eq_ignore_ascii_case(name.as_bytes());
        self.fields.iter().filter(named).map(|field| &field.value)
    }

    /// The value of a field that has exactly one line, if it is text.
    pub(crate) fn text<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        let mut values = self.values(name);
        let first = values.next()?;
        if values.next().is_some() { None } else { std::str::from_utf8(first).ok() }
    }

    /// Whether a field that holds a comma-separated list holds a word, in any case.
    pub(crate) fn lists(&self, name: &str, word: &str) -> bool {
        let holds = |value: &Bytes| {
            value
                .split(|byte| *byte == b',')
                .any(|part| part.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
        };
        self.values(name).any(holds)
    }

    /// The length that the request declares for its body, in bytes.
    pub(crate) fn declared_length(&self) -> Option<u64> {
        self.text("content-length")?.parse().ok()
    }

    /// Whether the sender waits for a `100 Continue` (RFC 9110 section 10.1.1: never in HTTP/1.0).
    pub(crate) fn expects_continue(&self) -> bool {
        self.version != Version::Http10 && self.lists("expect", "100-continue")
    }
}

/// What an answer says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// Nothing, not even an empty document.
    Nothing,
    /// A JSON document.
    Json {
        /// Its media type: `application/json` or one that ends in `+json`.
        media_type: Cow<'static, str>,
        /// The document.
        value: Value,
    },
    /// Bytes that are sent as they are.
    Written {
        /// Their media type.
        media_type: Cow<'static, str>,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// An answer, until it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The fields beside those that the content and the connection bring along.
    pub(crate) fields: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// What it says.
    pub(crate) content: Content,
    /// The content is described by the fields but not sent, as an answer to HEAD (RFC 9110 section 9.3.2).
    pub(crate) withheld: bool,
    /// How long it took to come to it.
    pub(crate) took: Duration,
}

impl Answer {
    /// An answer without content.
    pub(crate) fn bare(status: u16) -> Self {
        Self { status, fields: Vec::new(), content: Content::Nothing, withheld: false, took: Duration::ZERO }
    }

    /// An answer with a JSON document.
    pub(crate) fn json(status: u16, value: Value) -> Self {
        let content = Content::Json { media_type: "application/json".into(), value };
        Self { content, ..Self::bare(status) }
    }

    /// The same answer with one more field.
    #[must_use]
    pub(crate) fn with(
        mut self,
        name: impl Into<Cow<'static, str>>,
        value: impl Into<Cow<'static, str>>,
    ) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// The same answer as it is sent to a request: without its content, where that asked with HEAD.
    #[must_use]
    pub(crate) fn to(self, head: Option<&Head>) -> Self {
        let withheld = head.is_some_and(|head| head.method == http::Method::HEAD);
        Self { withheld, ..self }
    }

    /// Sets a field to one value, whatever it was.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Cow<'static, str>>) {
        self.remove(name);
        self.fields.push((name.into(), value.into()));
    }

    /// Takes every line of a field out.
    pub(crate) fn remove(&mut self, name: &str) {
        self.fields.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
    }

    /// The members of its JSON document, where that is an object.
    pub(crate) fn members(&mut self) -> Option<&mut serde_json::Map<String, Value>> {
        match &mut self.content {
            Content::Json { value, .. } => value.as_object_mut(),
            Content::Nothing | Content::Written { .. } => None,
        }
    }
}
