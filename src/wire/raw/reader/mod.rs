//! A strict, incremental reader of HTTP/1 answers: bytes in, in pieces of any size; answers and oddities out.
//!
//! How the bytes were cut makes no difference to what is read, nothing makes it panic, and nothing makes it keep
//! more than its caps allow. It knows no socket and no clock.

mod frame;
mod head;
mod lines;
mod step;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::super::client::Limits;
use super::super::exchange::Answer;
use super::super::transcript::{Ending, Heard, Oddity, Transcript};
use lines::Incoming;
use step::{State, Step};

/// Reads the answers of one connection.
#[derive(Clone, Debug)]
pub struct Reader {
    caps: Caps,
    incoming: Incoming,
    state: State,
    /// The methods of the requests that were not answered yet.
    asked: VecDeque<String>,
    requests: usize,
    interim: Vec<Answer>,
    pending: BTreeSet<Oddity>,
    answers: Vec<Heard>,
    surplus: Vec<u8>,
}

/// What a connection can take of us.
#[derive(Clone, Copy, Debug)]
pub struct Caps {
    /// Bytes of a head, or of the lines around chunks.
    pub head: usize,
    /// Field lines of a head.
    pub fields: usize,
    /// Bytes of an answer's content that are kept.
    pub body: usize,
    /// Interim answers before a final one.
    pub interim: usize,
    /// Final answers.
    pub answers: usize,
    /// Bytes that belong to no answer and are kept all the same.
    pub surplus: usize,
}

impl Caps {
    /// The caps of a client.
    pub fn of(limits: Limits) -> Self {
        Self {
            head: usize::try_from(limits.header_bytes).unwrap_or(usize::MAX),
            fields: limits.header_lines,
            body: limits.body_bytes,
            interim: 16,
            answers: 64,
            surplus: 64 * 1024,
        }
    }
}

/// What was so when some bytes arrived.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment<'a> {
    /// The time since the exchange began.
    pub at: Duration,
    /// How many octets of each request's body had been sent.
    pub bodies: &'a [u64],
}

impl Reader {
    /// A reader for a fresh connection.
    pub fn new(caps: Caps) -> Self {
        Self {
            caps,
            incoming: Incoming::default(),
            state: State::Start,
            asked: VecDeque::new(),
            requests: 0,
            interim: Vec::new(),
            pending: BTreeSet::new(),
            answers: Vec::new(),
            surplus: Vec::new(),
        }
    }

    /// Says that a request was put to the other side; the method decides what its answer may hold.
    pub fn asked(&mut self, method: &str) {
        self.asked.push_back(method.to_owned());
        self.requests += 1;
    }

    /// Takes bytes that arrived.
    pub fn push(&mut self, bytes: &[u8], moment: Moment<'_>) {
        self.incoming.push(bytes);
        while self.step(moment) == Step::Moved {}
    }

    /// The final answers so far; the last may be incomplete.
    pub fn answers(&self) -> &[Heard] {
        &self.answers
    }

    /// How many final answers are complete.
    pub fn complete(&self) -> usize {
        self.answers.iter().filter(|heard| heard.is_complete()).count()
    }

    /// How many requests were put to the other side.
    pub fn requests(&self) -> usize {
        self.requests
    }

    /// How many heads were heard, interim ones included.
    pub fn heads(&self) -> usize {
        self.answers.iter().map(|heard| heard.interim.len() + 1).sum::<usize>() + self.interim.len()
    }

    /// Whether there is no use in more bytes.
    pub fn is_full(&self) -> bool {
        matches!(self.state, State::Full)
    }

    /// The end of the connection: everything that was heard.
    pub fn finish(mut self, ending: Ending, at: Duration) -> Transcript {
        match self.state {
            // What is left is the beginning of `HTTP/`, or of a line.
            State::Start if self.incoming.is_empty() => {}
            State::Start | State::Fields { .. } => {
                self.pending.insert(Oddity::Torn);
                let rest = self.incoming.take(u64::MAX);
                self.keep_surplus(&rest);
            }
            State::UntilEnd if ending == Ending::Closed => self.done(at),
            State::UntilEnd
            | State::Length(_)
            | State::ChunkSize(_)
            | State::Chunk { .. }
            | State::ChunkEnd(_)
            | State::Trailers(_)
            | State::Surplus
            | State::Full => self.torn(),
        }
        Transcript {
            requests: self.requests,
            answers: self.answers,
            surplus: self.surplus,
            oddities: self.pending,
            ending,
            frames: Vec::new(),
        }
    }

    fn note(&mut self, oddity: Oddity) {
        if let Some(heard) = self.answers.last_mut() {
            heard.oddities.insert(oddity);
        }
    }

    /// Notes that the last answer has no end, where it has none.
    fn torn(&mut self) {
        if self.answers.last().is_some_and(|heard| !heard.is_complete()) {
            self.note(Oddity::Torn);
        }
    }

    fn done(&mut self, at: Duration) {
        if let Some(heard) = self.answers.last_mut() {
            heard.done_at = heard.done_at.or(Some(at));
        }
    }

    fn keep_content(&mut self, bytes: &[u8]) {
        if let Some(Heard { answer, .. }) = self.answers.last_mut() {
            let room = self.caps.body.saturating_sub(answer.body.len());
            answer.truncated |= bytes.len() > room;
            answer.body.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
        }
    }

    fn keep_surplus(&mut self, bytes: &[u8]) {
        let room = self.caps.surplus.saturating_sub(self.surplus.len());
        self.surplus.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}
