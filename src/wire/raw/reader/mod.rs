//! A strict, incremental reader of HTTP/1 answers: bytes in, in pieces of any size; answers and oddities out.
//!
//! How the bytes were cut makes no difference to what is read, nothing makes it panic, and nothing makes it keep
//! more than its caps allow. It knows no socket and no clock.

mod frame;
mod head;
mod lines;

#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::super::client::Limits;
use super::super::exchange::Answer;
use super::super::transcript::{Ending, Heard, Oddity, Transcript};
use frame::Frame;
use lines::{Incoming, Line};

/// How every answer begins.
const BEGINNING: &[u8] = b"HTTP/";

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

/// Where a reader stands.
#[derive(Clone, Debug)]
enum State {
    /// Before a status line.
    Start,
    /// Among the field lines of a head of which so many bytes were read.
    Fields { answer: Answer, read: usize },
    /// Within content that has so many bytes to come.
    Length(u64),
    /// Before a chunk's size; so many bytes of such lines were read.
    ChunkSize(usize),
    /// Within a chunk that has so many bytes to come.
    Chunk { left: u64, read: usize },
    /// Behind a chunk, before its line end.
    ChunkEnd(usize),
    /// Among the trailer fields.
    Trailers(usize),
    /// Within content that ends with the connection.
    UntilEnd,
    /// Behind everything that can be told apart: the rest belongs to no answer.
    Surplus,
    /// Beyond a cap: nothing more is read.
    Full,
}

/// Whether a reader can go on with the bytes that it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Moved,
    Waits,
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
        }
    }

    fn step(&mut self, moment: Moment<'_>) -> Step {
        match std::mem::replace(&mut self.state, State::Start) {
            State::Start => self.start(),
            State::Fields { answer, read } => self.fields(answer, read, moment),
            State::Length(left) => self.length(left, moment),
            State::ChunkSize(read) => self.chunk_size(read),
            State::Chunk { left, read } => self.chunk(left, read),
            State::ChunkEnd(read) => self.chunk_end(read),
            State::Trailers(read) => self.trailers(read, moment),
            State::UntilEnd => {
                let bytes = self.incoming.take(u64::MAX);
                self.keep_content(&bytes);
                self.stay(State::UntilEnd)
            }
            State::Surplus => {
                let bytes = self.incoming.take(u64::MAX);
                self.keep_surplus(&bytes);
                self.stay(State::Surplus)
            }
            State::Full => {
                self.incoming.drop(usize::MAX);
                self.stay(State::Full)
            }
        }
    }

    fn stay(&mut self, state: State) -> Step {
        self.state = state;
        Step::Waits
    }

    fn go(&mut self, state: State) -> Step {
        self.state = state;
        Step::Moved
    }

    /// A status line, or something else where one should be.
    fn start(&mut self) -> Step {
        let seen = self.incoming.peek();
        let begins = seen.iter().zip(BEGINNING).all(|(one, other)| one == other);
        if !begins {
            return self.no_answer();
        }
        match self.incoming.line(self.caps.head) {
            Line::Open => self.stay(State::Start),
            Line::TooLong => self.full(Oddity::TooLongHead),
            Line::Whole(line) => {
                if let Some(answer) = head::status_line(&line, &mut self.pending) {
                    return self.go(State::Fields { answer, read: line.len() });
                }
                self.pending.insert(Oddity::NotHttp);
                self.keep_surplus(&line);
                self.go(State::Surplus)
            }
        }
    }

    /// Bytes that begin no answer: content of the one before, where that may have none; otherwise nobody's.
    fn no_answer(&mut self) -> Step {
        let last = self.answers.last_mut().filter(|_| self.interim.is_empty());
        if let Some(heard) = last.filter(|heard| heard.bare) {
            heard.oddities.insert(Oddity::ContentForbidden);
            return self.go(State::UntilEnd);
        }
        self.pending.insert(Oddity::NotHttp);
        self.go(State::Surplus)
    }

    fn fields(&mut self, mut answer: Answer, read: usize, moment: Moment<'_>) -> Step {
        match self.incoming.line(self.caps.head.saturating_sub(read)) {
            Line::Open => self.stay(State::Fields { answer, read }),
            Line::TooLong => self.full(Oddity::TooLongHead),
            Line::Whole(line) if matches!(&*line, b"\r\n" | b"\n") => {
                head::content(&line, &mut self.pending);
                self.head_ends(answer, moment)
            }
            Line::Whole(line) => {
                head::field_line(&line, self.caps.fields, &mut answer.headers, &mut self.pending);
                self.go(State::Fields { answer, read: read + line.len() })
            }
        }
    }

    fn head_ends(&mut self, answer: Answer, moment: Moment<'_>) -> Step {
        if answer.status < 200 && answer.status != 101 {
            frame::of(&answer, "GET", &mut self.pending);
            self.interim.push(answer);
            let too_many = self.interim.len() > self.caps.interim;
            return if too_many { self.full(Oddity::TooManyInterim) } else { self.go(State::Start) };
        }
        let method = self.asked.pop_front();
        if method.is_none() {
            self.pending.insert(Oddity::Unasked);
        }
        let method = method.unwrap_or_default();
        let frame = frame::of(&answer, &method, &mut self.pending);
        // Behind a switch of protocols, or at the end of a tunnel, something else than HTTP/1 is spoken.
        let switched = answer.status == 101 || (method == "CONNECT" && (200..300).contains(&answer.status));
        let body_sent = moment.bodies.get(self.answers.len()).copied().unwrap_or_default();
        self.answers.push(Heard {
            answer,
            interim: std::mem::take(&mut self.interim),
            body_sent,
            head_at: moment.at,
            bare: frame == Frame::None && !switched,
            oddities: std::mem::take(&mut self.pending),
            ..Heard::default()
        });
        match frame {
            _ if switched => self.complete_then(State::Surplus, moment),
            Frame::None | Frame::Length(0) => self.complete_then(State::Start, moment),
            Frame::Length(length) => self.go(State::Length(length)),
            Frame::Chunked => self.go(State::ChunkSize(0)),
            Frame::UntilEnd => self.go(State::UntilEnd),
        }
    }

    /// Ends an answer; what comes then depends on the state, or on how many answers there were.
    fn complete_then(&mut self, state: State, moment: Moment<'_>) -> Step {
        self.done(moment.at);
        let state = if self.answers.len() >= self.caps.answers { State::Full } else { state };
        if self.incoming.is_empty() { self.stay(state) } else { self.go(state) }
    }

    fn length(&mut self, left: u64, moment: Moment<'_>) -> Step {
        let bytes = self.incoming.take(left);
        self.keep_content(&bytes);
        let left = left.saturating_sub(bytes.len() as u64);
        if left == 0 { self.complete_then(State::Start, moment) } else { self.stay(State::Length(left)) }
    }

    fn chunk_size(&mut self, read: usize) -> Step {
        let line = match self.incoming.line(self.caps.head.saturating_sub(read)) {
            Line::Open => return self.stay(State::ChunkSize(read)),
            Line::TooLong => return self.full(Oddity::TooLongHead),
            Line::Whole(line) => line,
        };
        let read = read + line.len();
        match self.size_of(&line) {
            None => self.lost(Oddity::ChunkSize),
            Some(0) => self.go(State::Trailers(read)),
            Some(left) => self.go(State::Chunk { left, read }),
        }
    }

    /// The size that a line says; white space around it and odd extensions are noted.
    fn size_of(&mut self, line: &[u8]) -> Option<u64> {
        let odd = &mut self.answers.last_mut()?.oddities;
        let text = head::content(line, odd);
        let size = text.split(|byte| *byte == b';').next().unwrap_or_default();
        let digits = size.trim_ascii();
        if digits.len() < size.len() || text.iter().any(|byte| head::is_control(*byte)) {
            odd.insert(Oddity::ChunkSize);
        }
        let sound = !digits.is_empty() && digits.len() <= 15 && digits.iter().all(u8::is_ascii_hexdigit);
        sound.then(|| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()).flatten()
    }

    fn chunk(&mut self, left: u64, read: usize) -> Step {
        let bytes = self.incoming.take(left);
        self.keep_content(&bytes);
        let left = left.saturating_sub(bytes.len() as u64);
        if left == 0 { self.go(State::ChunkEnd(read)) } else { self.stay(State::Chunk { left, read }) }
    }

    fn chunk_end(&mut self, read: usize) -> Step {
        let ending = match self.incoming.peek() {
            [] | [b'\r'] => return self.stay(State::ChunkEnd(read)),
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            _ => return self.lost(Oddity::ChunkEnd),
        };
        if ending == 1 {
            self.note(Oddity::BareLf);
        }
        self.incoming.drop(ending);
        self.go(State::ChunkSize(read))
    }

    fn trailers(&mut self, read: usize, moment: Moment<'_>) -> Step {
        let line = match self.incoming.line(self.caps.head.saturating_sub(read)) {
            Line::Open => return self.stay(State::Trailers(read)),
            Line::TooLong => return self.full(Oddity::TooLongHead),
            Line::Whole(line) => line,
        };
        let most = self.caps.fields;
        if let Some(Heard { trailers, oddities, .. }) = self.answers.last_mut() {
            if matches!(&*line, b"\r\n" | b"\n") {
                head::content(&line, oddities);
                return self.complete_then(State::Start, moment);
            }
            head::field_line(&line, most, trailers, oddities);
        }
        self.go(State::Trailers(read + line.len()))
    }

    /// The end of the content can no longer be found.
    fn lost(&mut self, why: Oddity) -> Step {
        self.note(why);
        self.go(State::Surplus)
    }

    fn full(&mut self, why: Oddity) -> Step {
        self.pending.insert(why);
        self.go(State::Full)
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
