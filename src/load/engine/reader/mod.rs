//! Answers, read bit by bit into one buffer that is used over and over.
//!
//! Strict where an answer could be taken for another: a length that is said twice, a length beside chunks, a chunk that
//! is not one, and bytes behind the end are told, never smoothed over (RFC 9112 sections 6 and 7). The body ends up in
//! one piece, chunks put together in place.

#[cfg(test)]
mod tests;

use super::chunk::{Chunks, Found};
use super::head::{self, Framing, Head};

/// What a buffer holds when it is new, and how much of it is free for every read at least.
const ROOM: usize = 16 * 1024;
/// The longest head.
const LONGEST_HEAD: usize = 256 * 1024;
/// Bytes of a body that are kept; of longer ones the rest is read and left.
const KEPT: usize = 512 * 1024;
/// The most interim answers before a final one.
const MOST_INTERIM: u32 = 16;

/// How far an answer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// More is to come.
    Partial,
    /// It is all here.
    Complete,
    /// It cannot be read; what is wrong.
    Broken(&'static str),
    /// The connection ended before it did.
    Cut,
}

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum State {
    Head,
    Length(u64),
    Chunks(Chunks),
    UntilClose,
    Done,
}

/// Reads one answer after the other.
#[derive(Debug)]
pub(super) struct Reader {
    buffer: Vec<u8>,
    /// Where what was not looked at begins, and where it ends.
    raw: (usize, usize),
    /// Where the head begins and ends.
    head_at: (usize, usize),
    /// Where the body ends; it begins behind the head.
    body_end: usize,
    /// Bytes of the body that were not kept.
    left: u64,
    head: Head,
    interim: u32,
    state: State,
    to_head: bool,
}

impl Reader {
    pub(super) fn new() -> Self {
        Self {
            buffer: vec![0; ROOM],
            raw: (0, 0),
            head_at: (0, 0),
            body_end: 0,
            left: 0,
            head: Head::default(),
            interim: 0,
            state: State::Head,
            to_head: false,
        }
    }

    /// Begins with the answer to another request; `method` decides whether it has content.
    pub(super) fn begin(&mut self, method: &http::Method) {
        self.raw = (0, 0);
        self.head_at = (0, 0);
        self.body_end = 0;
        self.left = 0;
        self.interim = 0;
        self.state = State::Head;
        self.to_head = method == http::Method::HEAD;
    }

    /// Where to put what is read.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.buffer.len() - self.raw.1 < ROOM / 4 && self.raw.0 > self.body_end {
            // The framing that stood between the body and what is next is not needed any more.
            self.buffer.copy_within(self.raw.0..self.raw.1, self.body_end);
            self.raw = (self.body_end, self.body_end + self.here());
        }
        if self.buffer.len() - self.raw.1 < ROOM / 4 {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        self.buffer.get_mut(self.raw.1..).unwrap_or_default()
    }

    /// Takes notice of so many bytes that were read.
    pub(super) fn read(&mut self, count: usize) -> Progress {
        self.raw.1 += count;
        loop {
            let step = match self.state {
                State::Head => self.head(),
                State::Length(0) => self.end(),
                State::Length(left) => {
                    let here = u64::try_from(self.here()).unwrap_or(u64::MAX).min(left);
                    self.keep(usize::try_from(here).unwrap_or(usize::MAX));
                    self.state = State::Length(left - here);
                    if left == here { None } else { Some(Progress::Partial) }
                }
                State::Chunks(chunks) => self.chunk(chunks),
                State::UntilClose => {
                    self.keep(self.here());
                    Some(Progress::Partial)
                }
                State::Done => Some(Progress::Complete),
            };
            if let Some(progress) = step {
                return progress;
            }
        }
    }

    /// Takes notice of the end of the connection.
    pub(super) fn ended(&mut self) -> Progress {
        match self.state {
            State::UntilClose => {
                self.state = State::Done;
                Progress::Complete
            }
            State::Done => Progress::Complete,
            State::Head | State::Length(_) | State::Chunks(_) => Progress::Cut,
        }
    }

    fn here(&self) -> usize {
        self.raw.1 - self.raw.0
    }

    fn head(&mut self) -> Option<Progress> {
        let bytes = self.buffer.get(self.raw.0..self.raw.1).unwrap_or_default();
        let (head, length) = match head::parse(bytes) {
            Ok(Some(parsed)) => parsed,
            Ok(None) if bytes.len() > LONGEST_HEAD => return Some(Progress::Broken("its head is too long")),
            Ok(None) => return Some(Progress::Partial),
            Err(what) => return Some(Progress::Broken(what)),
        };
        self.head_at = (self.raw.0, self.raw.0 + length);
        self.raw.0 += length;
        self.body_end = self.raw.0;
        if head.status == 101 {
            return Some(Progress::Broken("it changes the protocol, and nobody asked for that"));
        }
        if head.status < 200 {
            self.interim += 1;
            let many = Progress::Broken("there are too many interim answers before it");
            return (self.interim > MOST_INTERIM).then_some(many);
        }
        let bodiless = self.to_head || matches!(head.status, 204 | 304);
        self.state = match head.framing {
            _ if bodiless => State::Length(0),
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Chunks(Chunks::Size),
            Framing::UntilClose => State::UntilClose,
        };
        self.head = head;
        None
    }

    fn chunk(&mut self, chunks: Chunks) -> Option<Progress> {
        let bytes = self.buffer.get(self.raw.0..self.raw.1).unwrap_or_default();
        let Found { skip, keep, next } = match chunks.step(bytes) {
            Ok(Some(found)) => found,
            Ok(None) => return Some(Progress::Partial),
            Err(what) => return Some(Progress::Broken(what)),
        };
        self.raw.0 += skip;
        self.keep(keep);
        match next {
            Some(next) => {
                self.state = State::Chunks(next);
                None
            }
            None => self.end(),
        }
    }

    fn end(&mut self) -> Option<Progress> {
        self.state = State::Done;
        None
    }

    /// Makes so many bytes a part of the body: moved up where framing stood before them, left out where there are too
    /// many.
    fn keep(&mut self, count: usize) {
        let kept = count.min(KEPT.saturating_sub(self.body_end - self.head_at.1));
        if self.body_end != self.raw.0 && kept > 0 {
            self.buffer.copy_within(self.raw.0..self.raw.0 + kept, self.body_end);
        }
        self.body_end += kept;
        self.raw.0 += count;
        self.left += u64::try_from(count - kept).unwrap_or(0);
        if self.raw.0 == self.raw.1 {
            // Nothing is left to be looked at: what is read next needs no room behind it.
            self.raw = (self.body_end, self.body_end);
        }
    }

    /// What is known of the head.
    pub(super) fn status(&self) -> u16 {
        self.head.status
    }

    /// The head, as it came.
    pub(super) fn head_bytes(&self) -> &[u8] {
        self.buffer.get(self.head_at.0..self.head_at.1).unwrap_or_default()
    }

    /// The body, or as much of it as is kept.
    pub(super) fn body(&self) -> &[u8] {
        self.buffer.get(self.head_at.1..self.body_end).unwrap_or_default()
    }

    /// Whether the body went on behind what is kept.
    pub(super) fn is_truncated(&self) -> bool {
        self.left > 0
    }

    /// Whether anything of an answer has come.
    pub(super) fn has_begun(&self) -> bool {
        self.raw.1 > 0
    }

    /// Bytes that came behind the end of the answer: nobody asked for them.
    pub(super) fn surplus(&self) -> &[u8] {
        self.buffer.get(self.raw.0..self.raw.1).unwrap_or_default()
    }

    /// Whether the connection cannot be used again.
    pub(super) fn must_close(&self) -> bool {
        let framed = !matches!(self.head.framing, Framing::UntilClose)
            || self.to_head
            || matches!(self.head.status, 204 | 304);
        self.head.closes || !framed || !self.surplus().is_empty()
    }
}
