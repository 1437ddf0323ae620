//! Answers on their way, and how much of them the other side takes (RFC 9113 section 5.2).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use super::frame::{self, Code, FRAME, flag, kind};
use super::stream::{Extent, Fault};
use crate::hpack;
use crate::mock::http1;
use crate::mock::message::Answer;

/// How long an answer may take to be taken.
const TIME: Duration = Duration::from_secs(10);
/// What the other side takes before anything was agreed on, and the most that it can (sections 6.5.2 and 6.9.1).
const INITIAL: i64 = 65_535;
const MOST: i64 = 0x7fff_ffff;

/// An answer on its way.
struct Leaving {
    stream: u32,
    /// When it may leave.
    due: Instant,
    /// Its fields, until they have left.
    block: Option<Vec<u8>>,
    /// What has not left of its content.
    content: Bytes,
    /// How much of the request was there when it was answered.
    extent: Extent,
}

/// All answers on their way.
pub(super) struct Outgoing {
    queue: VecDeque<Leaving>,
    connection: i64,
    initial: i64,
    /// What streams have beyond the initial size.
    beyond: BTreeMap<u32, i64>,
}

impl Outgoing {
    pub(super) fn new() -> Self {
        Self { queue: VecDeque::new(), connection: INITIAL, initial: INITIAL, beyond: BTreeMap::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    pub(super) fn has(&self, stream: u32) -> bool {
        self.queue.iter().any(|one| one.stream == stream)
    }

    /// When something is to be done next.
    pub(super) fn next(&self) -> Option<Instant> {
        let now = Instant::now();
        self.queue.iter().map(|one| if one.due > now { one.due } else { one.due + TIME }).min()
    }

    /// Puts an answer on its way, to leave after a while.
    pub(super) fn push(&mut self, stream: u32, answer: &Answer, (pause, extent): (Duration, Extent)) {
        let (block, content) = encode(answer);
        let due = Instant::now() + pause;
        self.queue.push_back(Leaving { stream, due, block: Some(block), content, extent });
    }

    /// Gives a stream up.
    pub(super) fn forget(&mut self, stream: u32) {
        self.queue.retain(|one| one.stream != stream);
        self.beyond.remove(&stream);
    }

    /// The size that streams begin with; those that there are change with it (section 6.9.2).
    ///
    /// # Errors
    /// A size beyond any.
    pub(super) fn begin_with(&mut self, size: u32) -> Result<(), Fault> {
        self.initial = i64::from(size);
        if self.initial > MOST { Err(Fault::Connection(Code::FLOW_CONTROL)) } else { Ok(()) }
    }

    /// More room, on a stream that there is or, with 0, on all.
    ///
    /// # Errors
    /// No room at all, or more than there can be.
    pub(super) fn grow(&mut self, stream: u32, more: u32) -> Result<(), Fault> {
        let fault = |code| if stream == 0 { Fault::Connection(code) } else { Fault::Stream(stream, code) };
        let more = i64::from(more & 0x7fff_ffff);
        if more == 0 {
            return Err(fault(Code::PROTOCOL));
        }
        let (window, rest) = match stream {
            0 => (&mut self.connection, 0),
            stream => (self.beyond.entry(stream).or_default(), self.initial),
        };
        *window += more;
        if *window + rest > MOST { Err(fault(Code::FLOW_CONTROL)) } else { Ok(()) }
    }

    /// Lets leave whatever may.
    pub(super) fn leave(&mut self, out: &mut BytesMut) {
        let now = Instant::now();
        let mut kept = VecDeque::new();
        while let Some(mut one) = self.queue.pop_front() {
            if one.due > now {
                kept.push_back(one);
            } else if self.write(&mut one, out) {
                self.beyond.remove(&one.stream);
                if one.extent == Extent::Part {
                    // Nothing more of the request is wanted (section 8.1).
                    frame::reset(one.stream, Code::NO_ERROR, out);
                }
            } else if one.due + TIME <= now {
                self.beyond.remove(&one.stream);
                frame::reset(one.stream, Code::CANCEL, out);
            } else {
                kept.push_back(one);
            }
        }
        self.queue = kept;
    }

    /// Writes as much as is taken; whether that is all of it.
    fn write(&mut self, one: &mut Leaving, out: &mut BytesMut) -> bool {
        if let Some(block) = one.block.take() {
            let end = if one.content.is_empty() { flag::END_STREAM } else { 0 };
            headers((one.stream, end), &block, out);
        }
        while !one.content.is_empty() {
            let beyond = self.beyond.entry(one.stream).or_default();
            let room = usize::try_from(self.connection.min(self.initial + *beyond)).unwrap_or_default();
            let piece = one.content.split_to(one.content.len().min(FRAME).min(room));
            if piece.is_empty() {
                return false;
            }
            let count = i64::try_from(piece.len()).unwrap_or(MOST);
            self.connection -= count;
            *beyond -= count;
            let end = if one.content.is_empty() { flag::END_STREAM } else { 0 };
            frame::write((kind::DATA, end, one.stream), &piece, out);
        }
        true
    }
}

/// Asks for a body whose sender waits to be asked (RFC 9110 section 10.1.1).
pub(super) fn interim(stream: u32, out: &mut BytesMut) {
    let mut block = Vec::new();
    hpack::write_literal(b":status", b"100", &mut block);
    headers((stream, 0), &block, out);
}

/// Writes a block of fields in as many frames as it takes.
fn headers((stream, end): (u32, u8), block: &[u8], out: &mut BytesMut) {
    let mut pieces = block.chunks(FRAME).peekable();
    let (mut kind, mut flags) = (kind::HEADERS, end);
    while let Some(piece) = pieces.next() {
        let last = if pieces.peek().is_none() { flag::END_HEADERS } else { 0 };
        frame::write((kind, flags | last, stream), piece, out);
        (kind, flags) = (kind::CONTINUATION, 0);
    }
}

/// An answer's fields as a block, and its content.
fn encode(answer: &Answer) -> (Vec<u8>, Bytes) {
    let content = http1::content(answer);
    let mut block = Vec::with_capacity(512);
    hpack::write_literal(b":status", answer.status.to_string().as_bytes(), &mut block);
    let described = content.as_ref().map(|(media_type, bytes)| {
        [("content-type", (*media_type).to_owned()), ("content-length", bytes.len().to_string())]
    });
    let others = answer.fields.iter().map(|(name, value)| (&**name, value.to_string()));
    for (name, value) in described.into_iter().flatten().chain(others) {
        let name = name.to_ascii_lowercase();
        // What a contract holds could be more than a value.
        let value = value.replace(char::is_control, " ");
        hpack::write_literal(name.as_bytes(), value.trim().as_bytes(), &mut block);
    }
    let sent = content.filter(|_| !answer.withheld).map(|(_, bytes)| Bytes::from(bytes.into_owned()));
    (block, sent.unwrap_or_default())
}
