//! A strict, incremental reader of what comes back in HTTP/2: bytes in, in pieces of any size; answers and oddities out.
//!
//! How the bytes were cut makes no difference to what is read, nothing makes it panic, and nothing makes it keep more
//! than its caps allow. It knows no socket and no clock. What the other side must be told meanwhile, it says in
//! [`FrameReader::take_replies`].

mod frame;
mod stream;
mod windows;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::BytesMut;

use super::super::super::transcript::{Ending, Heard, Oddity, Transcript};
use super::super::{Caps, Moment, Reader};
use super::write::FRAME;
use crate::hpack::{Decoder, TABLE_SIZE};
use frame::Block;
use stream::Stream;
use windows::Windows;

/// The octets before what a frame holds (RFC 9113 section 4.1).
const HEAD: usize = 9;
/// How many frames are read.
const FRAMES: usize = 10_000;
/// How many frames are told of.
const TOLD: usize = 100;

/// Reads the answers of one connection.
#[derive(Clone, Debug)]
pub struct FrameReader {
    caps: Caps,
    mode: Mode,
    incoming: BytesMut,
    decoder: Decoder,
    /// The block of fields that goes on in the next frame.
    block: Option<Block>,
    /// The streams that we opened, and what came of them.
    streams: BTreeMap<u32, Stream>,
    /// The same, in the order in which they were opened.
    order: Vec<u32>,
    windows: Windows,
    frames: usize,
    told: Vec<String>,
    replies: BytesMut,
    /// Whether frames came. What belongs to none of them is not kept: a block of fields is compressed, and nobody would
    /// find a key in it.
    framed: bool,
    surplus: Vec<u8>,
    oddities: BTreeSet<Oddity>,
}

/// What is spoken.
#[derive(Clone, Debug)]
enum Mode {
    /// HTTP/1, in which a request asked to go on in HTTP/2.
    Asked,
    /// What comes next shows it.
    Beginning,
    /// Frames.
    Frames,
    /// HTTP/1.
    Http1(Box<Reader>),
    /// Nothing that can be told apart any more.
    Lost,
}

impl FrameReader {
    /// A reader for a fresh connection.
    pub fn new(caps: Caps) -> Self {
        Self {
            caps,
            mode: Mode::Beginning,
            incoming: BytesMut::new(),
            decoder: Decoder::new(TABLE_SIZE),
            block: None,
            streams: BTreeMap::new(),
            order: Vec::new(),
            windows: Windows::default(),
            frames: 0,
            told: Vec::new(),
            replies: BytesMut::new(),
            framed: false,
            surplus: Vec::new(),
            oddities: BTreeSet::new(),
        }
    }

    /// Says that a request in HTTP/1 asks to go on in HTTP/2, where it is stream 1.
    pub fn asked_to_upgrade(&mut self, method: &str) {
        self.mode = Mode::Asked;
        self.opened(1, method);
    }

    /// Says that a request was put to the other side; the method decides what its answer may hold.
    pub fn opened(&mut self, stream: u32, method: &str) {
        if !self.streams.contains_key(&stream) {
            self.order.push(stream);
            self.streams.insert(stream, Stream::new(method));
        }
    }

    /// Whether frames can be sent: not before the answer to the wish for them, and not where that was no.
    pub fn takes_frames(&self) -> Option<bool> {
        match self.mode {
            Mode::Asked => None,
            Mode::Beginning | Mode::Frames => Some(true),
            Mode::Http1(_) | Mode::Lost => Some(false),
        }
    }

    /// Whether a request was put on a stream already.
    pub fn has(&self, stream: u32) -> bool {
        self.streams.contains_key(&stream)
    }

    /// Whether nothing more is to be said on a stream, because it was answered or ended.
    pub fn is_done(&self, stream: u32) -> bool {
        self.streams.get(&stream).is_some_and(|stream| stream.heard.is_complete())
    }

    /// How many bytes of content the other side takes on a stream.
    pub fn room(&self, stream: u32) -> usize {
        self.windows.room(stream)
    }

    /// Notes that bytes of content were sent on a stream.
    pub fn sent(&mut self, stream: u32, count: usize) {
        self.windows.sent(stream, count);
        if let Some(stream) = self.streams.get_mut(&stream) {
            stream.body_sent += count as u64;
        }
    }

    /// Takes bytes that arrived so long after the exchange began.
    pub fn push(&mut self, bytes: &[u8], at: Duration) {
        if let Mode::Http1(reader) = &mut self.mode {
            reader.push(bytes, Moment { at, bodies: &[] });
            return;
        }
        self.incoming.extend_from_slice(bytes);
        while self.step(at) == Step::Moved {}
    }

    /// Frames that the other side waits for: acknowledgements, and room for more.
    pub fn take_replies(&mut self) -> BytesMut {
        self.replies.split()
    }

    /// How many requests have all that will come of them.
    pub fn complete(&self) -> usize {
        match &self.mode {
            Mode::Http1(reader) if reader.complete() == 0 => 0,
            // What cannot be told apart cannot be waited for.
            Mode::Http1(_) | Mode::Lost => self.requests(),
            Mode::Asked | Mode::Beginning | Mode::Frames => {
                self.streams.values().filter(|stream| stream.heard.is_complete()).count()
            }
        }
    }

    /// How many requests were put to the other side.
    pub fn requests(&self) -> usize {
        self.order.len()
    }

    /// How many heads were heard, interim ones included.
    pub fn heads(&self) -> usize {
        match &self.mode {
            Mode::Http1(reader) => reader.heads(),
            Mode::Asked | Mode::Beginning | Mode::Frames | Mode::Lost => {
                self.streams.values().map(Stream::heads).sum()
            }
        }
    }

    /// When the first head of the first answer was there.
    pub fn first_head(&self) -> Option<Duration> {
        let first = |reader: &Reader| reader.answers().first().map(|heard| heard.head_at);
        match &self.mode {
            Mode::Http1(reader) => first(reader),
            Mode::Asked | Mode::Beginning | Mode::Frames | Mode::Lost => {
                self.streams.values().filter(|stream| stream.begun()).map(|stream| stream.heard.head_at).min()
            }
        }
    }

    /// Whether there is no use in more bytes.
    pub fn is_lost(&self) -> bool {
        match &self.mode {
            Mode::Http1(reader) => reader.is_full(),
            Mode::Lost => true,
            Mode::Asked | Mode::Beginning | Mode::Frames => false,
        }
    }

    /// The end of the connection: everything that was heard, an answer for every request.
    pub fn finish(mut self, ending: Ending, at: Duration) -> Transcript {
        let requests = self.requests();
        if let Mode::Http1(reader) = self.mode {
            let mut transcript = reader.finish(ending, at);
            transcript.oddities.insert(Oddity::OtherVersion);
            return Transcript { requests, ..transcript };
        }
        if !self.incoming.is_empty() || self.block.is_some() {
            self.oddities.insert(Oddity::Torn);
            let rest = self.incoming.split();
            self.keep_surplus(&rest);
        }
        let mut streams = self.streams;
        let answers: Vec<Heard> = self
            .order
            .iter()
            .filter_map(|id| streams.remove(id))
            .map(|stream| stream.finish(ending, at))
            .collect();
        let (surplus, oddities, frames) = (self.surplus, self.oddities, self.told);
        Transcript { requests, answers, surplus, oddities, ending, frames }
    }

    /// Takes one step.
    fn step(&mut self, at: Duration) -> Step {
        match &self.mode {
            Mode::Asked => self.answer_to_wish(at),
            Mode::Beginning => self.begin(at),
            Mode::Frames => self.frame(at),
            Mode::Http1(_) => Step::Waits,
            Mode::Lost => {
                let bytes = self.incoming.split();
                self.keep_surplus(&bytes);
                Step::Waits
            }
        }
    }

    /// Whether the answer to the wish for HTTP/2 is 101, behind which there are frames (RFC 7540 section 3.2).
    fn answer_to_wish(&mut self, at: Duration) -> Step {
        const SWITCHED: &[u8] = b"HTTP/1.1 101";
        let alike = self.incoming.iter().zip(SWITCHED).all(|(one, other)| one == other);
        if !alike {
            return self.http1(at);
        }
        let end = self.incoming.windows(4).position(|bytes| bytes == b"\r\n\r\n");
        match end {
            Some(end) => {
                drop(self.incoming.split_to(end + 4));
                self.told.push("HTTP/1.1 101".to_owned());
                self.mode = Mode::Beginning;
                Step::Moved
            }
            None if self.incoming.len() > self.caps.head => self.lost(Oddity::TooLongHead),
            None => Step::Waits,
        }
    }

    /// The other side begins with its settings (RFC 9113 section 3.4), or does not speak HTTP/2.
    fn begin(&mut self, at: Duration) -> Step {
        const HTTP1: &[u8] = b"HTTP/";
        if self.incoming.starts_with(HTTP1) {
            return self.http1(at);
        }
        let Some(head) = frame::Head::of(&self.incoming) else { return Step::Waits };
        if head.is_beginning() && head.length <= FRAME {
            self.mode = Mode::Frames;
            self.framed = true;
            return Step::Moved;
        }
        self.lost(Oddity::NotHttp)
    }

    fn http1(&mut self, at: Duration) -> Step {
        let mut reader = Reader::new(self.caps);
        if let Some(stream) = self.order.first().and_then(|id| self.streams.get(id)) {
            reader.asked(&stream.method);
        }
        reader.push(&self.incoming.split(), Moment { at, bodies: &[] });
        self.mode = Mode::Http1(Box::new(reader));
        Step::Waits
    }

    /// From here on nothing can be told apart.
    fn lost(&mut self, why: Oddity) -> Step {
        self.oddities.insert(why);
        self.mode = Mode::Lost;
        Step::Moved
    }

    fn tell(&mut self, what: impl FnOnce() -> String) {
        if self.told.len() < TOLD {
            self.told.push(what());
        }
    }

    fn keep_surplus(&mut self, bytes: &[u8]) {
        // A frame begins with a zero: none is so long that it does not.
        self.framed |=
            self.surplus.is_empty() && bytes.first().is_some_and(|first| !first.is_ascii_graphic());
        if self.framed {
            return;
        }
        let room = self.caps.surplus.saturating_sub(self.surplus.len());
        self.surplus.extend_from_slice(bytes.get(..room).unwrap_or(bytes));
    }
}

/// Whether a reader can go on with the bytes that it has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Moved,
    Waits,
}
