//! The steps of a reader: from where it stands and the bytes that it has to where it stands next.

use super::super::super::exchange::Answer;
use super::super::super::transcript::{Heard, Oddity};
use super::frame::{self, Frame};
use super::lines::Line;
use super::{Moment, Reader, head};

/// How every answer begins.
const BEGINNING: &[u8] = b"HTTP/";

/// Where a reader stands.
#[derive(Clone, Debug)]
pub(super) enum State {
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
pub(super) enum Step {
    Moved,
    Waits,
}

impl Reader {
    /// Takes one step.
    pub(super) fn step(&mut self, moment: Moment<'_>) -> Step {
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
}
