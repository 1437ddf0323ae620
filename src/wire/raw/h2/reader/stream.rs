//! One stream of ours: the request on it, and what came of it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::super::super::super::exchange::Answer;
use super::super::super::super::frames::Cut;
use super::super::super::super::transcript::{Ending, Heard, Oddity};
use super::super::super::Caps;

/// What an answer says of its version.
const VERSION: &str = "HTTP/2";

/// A stream.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    /// The method of the request.
    pub(super) method: String,
    /// What came so far.
    pub(super) heard: Heard,
    /// How many octets of the request's content were sent.
    pub(super) body_sent: u64,
    /// Whether the other side ended it.
    ended: bool,
}

impl Stream {
    pub(super) fn new(method: &str) -> Self {
        let answer = Answer { version: VERSION, ..Answer::default() };
        let heard = Heard { answer, ..Heard::default() };
        Self { method: method.to_owned(), heard, body_sent: 0, ended: false }
    }

    /// Whether the head of the final answer came.
    pub(super) fn begun(&self) -> bool {
        self.heard.answer.status > 0
    }

    /// How many heads came, interim ones included.
    pub(super) fn heads(&self) -> usize {
        self.heard.interim.len() + usize::from(self.begun())
    }

    /// Whether content, or trailers, may come.
    pub(super) fn takes_content(&self) -> bool {
        self.begun() && !self.ended
    }

    /// Takes the fields of an answer: of an interim one, of the final one, or those behind its content.
    pub(super) fn fields(&mut self, fields: Fields, at: Duration) {
        self.heard.oddities.extend(fields.odd.iter().copied());
        if self.begun() {
            self.heard.trailers = fields.lines;
            self.end(at);
            return;
        }
        let Some(status) = fields.status else {
            self.heard.oddities.insert(Oddity::StatusField);
            return;
        };
        let answer = Answer { version: VERSION, status, headers: fields.lines, ..Answer::default() };
        if status < 200 {
            if self.heard.interim.len() < fields.caps.interim {
                self.heard.interim.push(answer);
            } else {
                self.heard.oddities.insert(Oddity::TooManyInterim);
            }
            return;
        }
        // Whatever was said of the stream before, here is its answer.
        self.heard.done_at = None;
        self.heard.answer = answer;
        self.heard.body_sent = self.body_sent;
        self.heard.head_at = at;
        self.heard.bare = self.method == "HEAD" || status == 204 || status == 304;
    }

    /// Keeps content of the answer.
    pub(super) fn keep(&mut self, content: &[u8], cap: usize) {
        let Heard { answer, oddities, bare, .. } = &mut self.heard;
        if *bare && !content.is_empty() {
            oddities.insert(Oddity::ContentForbidden);
        }
        let room = cap.saturating_sub(answer.body.len());
        answer.truncated |= content.len() > room;
        answer.body.extend_from_slice(content.get(..room).unwrap_or(content));
    }

    /// Nothing follows.
    pub(super) fn end(&mut self, at: Duration) {
        self.ended = true;
        if self.begun() {
            self.heard.done_at = self.heard.done_at.or(Some(at));
        } else {
            self.heard.oddities.insert(Oddity::StatusField);
        }
    }

    /// The other side ends the stream. What was answered before is answered.
    pub(super) fn cut(&mut self, cut: Cut, at: Duration) {
        if !self.ended && self.heard.done_at.is_none() {
            self.heard.answer.cut = Some(cut);
            self.heard.done_at = Some(at);
            if !self.begun() {
                (self.heard.head_at, self.heard.body_sent) = (at, self.body_sent);
            }
        }
        self.ended |= matches!(cut, Cut::Stream(_));
    }

    /// The end of the connection.
    pub(super) fn finish(mut self, ending: Ending, at: Duration) -> Heard {
        if !self.begun() && ending.is_theirs() {
            self.cut(Cut::Closed, at);
        }
        if self.begun() && !self.heard.is_complete() {
            self.heard.oddities.insert(Oddity::Torn);
        }
        self.heard
    }
}

/// The fields of a block, within the caps.
#[derive(Debug)]
pub(super) struct Fields {
    caps: Caps,
    status: Option<u16>,
    lines: Vec<(String, Vec<u8>)>,
    bytes: usize,
    odd: BTreeSet<Oddity>,
}

impl Fields {
    pub(super) fn new(caps: Caps) -> Self {
        Self { caps, status: None, lines: Vec::new(), bytes: 0, odd: BTreeSet::new() }
    }

    /// Takes a field; what is unsound about it is noted (RFC 9113 sections 8.2.1 and 8.3).
    pub(super) fn push(&mut self, name: &[u8], value: &[u8]) {
        if let Some(pseudo) = name.strip_prefix(b":") {
            return self.pseudo(pseudo, value);
        }
        if !is_name(name) {
            self.odd.insert(Oddity::FieldName);
        }
        let blank = |byte: Option<&u8>| byte.is_some_and(|byte| [b' ', b'\t'].contains(byte));
        let control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
        if blank(value.first()) || blank(value.last()) || value.iter().any(control) {
            self.odd.insert(Oddity::FieldValue);
        }
        self.bytes = self.bytes.saturating_add(name.len() + value.len());
        if self.lines.len() >= self.caps.fields || self.bytes > self.caps.head {
            self.odd.insert(Oddity::TooManyFields);
            return;
        }
        let name = String::from_utf8_lossy(name).to_ascii_lowercase();
        self.lines.push((name, value.to_vec()));
    }

    fn pseudo(&mut self, name: &[u8], value: &[u8]) {
        let digits = value.len() == 3 && value.iter().all(u8::is_ascii_digit);
        let status = std::str::from_utf8(value).ok().filter(|_| digits).and_then(|text| text.parse().ok());
        let status = status.filter(|status: &u16| *status >= 100);
        if name != b"status" || status.is_none() || self.status.is_some() || !self.lines.is_empty() {
            self.odd.insert(Oddity::StatusField);
        }
        self.status = self.status.or(status.filter(|_| name == b"status"));
    }
}

/// Whether a name is a token without upper case (RFC 9113 section 8.2).
fn is_name(name: &[u8]) -> bool {
    let sound =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte);
    !name.is_empty() && name.iter().all(sound)
}
