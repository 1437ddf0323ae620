//! One frame after the other: what each does to the connection and its streams.

use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::super::super::super::frames::{Cut, ErrorCode, flags, kinds, name_of};
use super::super::super::super::transcript::Oddity;
use super::super::write::{self, FRAME};
use super::stream::{Fields, Stream};
use super::{FRAMES, FrameReader, HEAD, Step};

/// What stands before the payload of a frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) length: usize,
    kind: u8,
    flags: u8,
    stream: u32,
}

/// A block of fields that goes on in the next frame (RFC 9113 section 6.10).
#[derive(Clone, Debug)]
pub(super) struct Block {
    stream: u32,
    ends: bool,
    bytes: BytesMut,
}

impl Head {
    /// The head at the beginning of some bytes, if all of it is there.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        let [a, b, c, kind, flags, id @ ..] = bytes.first_chunk::<HEAD>()?;
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let stream = u32::from_be_bytes(*id) & 0x7fff_ffff;
        Some(Self { length, kind: *kind, flags: *flags, stream })
    }

    /// Whether it is of settings that are no answer to ours.
    pub(super) fn is_beginning(&self) -> bool {
        self.kind == kinds::SETTINGS && self.stream == 0 && !self.has(flags::ACK)
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// The frame in words.
    fn text(&self) -> String {
        let stream = if self.stream == 0 { String::new() } else { format!(" on stream {}", self.stream) };
        let with_end = [kinds::DATA, kinds::HEADERS].contains(&self.kind) && self.has(flags::END_STREAM);
        let with_ack = [kinds::SETTINGS, kinds::PING].contains(&self.kind) && self.has(flags::ACK);
        let what = match (with_end, with_ack) {
            (true, _) => ", the end of the stream",
            (_, true) => ", an acknowledgement",
            (false, false) => "",
        };
        format!("{}{stream}, {} bytes{what}", name_of(self.kind), self.length)
    }

    /// What a frame holds without its padding and its priority.
    fn bare(&self, mut payload: Bytes) -> Option<Bytes> {
        if self.has(flags::PADDED) {
            let padding = usize::from(*payload.first()?);
            let end = payload.len().checked_sub(padding).filter(|end| *end >= 1)?;
            payload = payload.slice(1..end);
        }
        if self.kind == kinds::HEADERS && self.has(flags::PRIORITY) {
            payload = (payload.len() >= 5).then(|| payload.slice(5..))?;
        }
        Some(payload)
    }
}

/// The number at the beginning of some bytes.
fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

impl FrameReader {
    /// Reads a frame, if all of it is there.
    pub(super) fn frame(&mut self, at: Duration) -> Step {
        let Some(head) = Head::of(&self.incoming) else { return Step::Waits };
        if head.length > FRAME {
            return self.lost(Oddity::FrameSize);
        }
        if self.incoming.len() < HEAD + head.length {
            return Step::Waits;
        }
        if self.frames == FRAMES {
            return self.lost(Oddity::TooManyFrames);
        }
        self.frames += 1;
        let payload = self.incoming.split_to(HEAD + head.length).freeze().slice(HEAD..);
        let follows = self
            .block
            .as_ref()
            .is_none_or(|block| head.kind == kinds::CONTINUATION && head.stream == block.stream);
        if !follows || (self.block.is_none() && head.kind == kinds::CONTINUATION) {
            self.tell(|| head.text());
            return self.lost(Oddity::FrameOrder);
        }
        let done = self.take(head, payload, at);
        match done {
            Ok(()) => Step::Moved,
            Err(why) => self.lost(why),
        }
    }

    fn take(&mut self, head: Head, payload: Bytes, at: Duration) -> Result<(), Oddity> {
        let code = |bytes: &[u8]| number(bytes).map(ErrorCode).ok_or(Oddity::FrameSize);
        match head.kind {
            kinds::RESET => {
                let code = code(&payload)?;
                self.tell(|| format!("{}: {code}", head.text()));
                self.cut(Cut::Stream(code), |stream| stream == head.stream, at);
            }
            kinds::GOAWAY => {
                let last = number(&payload).ok_or(Oddity::FrameSize)? & 0x7fff_ffff;
                let code = code(payload.get(4..).unwrap_or_default())?;
                self.tell(|| format!("{}: {code}, the last stream is {last}", head.text()));
                // Whoever gives a connection up for an error answers nothing more on it.
                let given_up = code != ErrorCode::NO_ERROR;
                self.cut(Cut::Connection(code), |stream| given_up || stream > last, at);
            }
            _ => {
                self.tell(|| head.text());
                return self.of_stream_or_settings(head, payload, at);
            }
        }
        Ok(())
    }

    fn of_stream_or_settings(&mut self, head: Head, payload: Bytes, at: Duration) -> Result<(), Oddity> {
        match head.kind {
            kinds::DATA => {
                // What it holds, padding and all, counts against our windows.
                if let Some(more) = u32::try_from(head.length).ok().filter(|more| *more > 0) {
                    write::window(0, more, &mut self.replies);
                    write::window(head.stream, more, &mut self.replies);
                }
                let content = head.bare(payload).ok_or(Oddity::FrameSize)?;
                self.content(head, &content, at);
                Ok(())
            }
            kinds::HEADERS => {
                let bytes = BytesMut::from(head.bare(payload).ok_or(Oddity::FrameSize)?);
                self.block = Some(Block { stream: head.stream, ends: head.has(flags::END_STREAM), bytes });
                self.block_ends(head, at)
            }
            kinds::CONTINUATION => {
                if let Some(block) = &mut self.block {
                    block.bytes.extend_from_slice(&payload);
                }
                self.block_ends(head, at)
            }
            kinds::SETTINGS | kinds::PING if head.has(flags::ACK) => Ok(()),
            kinds::SETTINGS => self.settings(&payload),
            kinds::PING => {
                write::frame((kinds::PING, flags::ACK, 0), &payload, &mut self.replies);
                Ok(())
            }
            kinds::WINDOW => {
                let more = number(&payload).ok_or(Oddity::FrameSize)?;
                // Room on a stream that is not ours is nobody's.
                if head.stream == 0 || self.has(head.stream) {
                    self.windows.grow(head.stream, more & 0x7fff_ffff);
                }
                Ok(())
            }
            // We said that we take none, and its block would have to be read.
            kinds::PUSH => Err(Oddity::FrameStream),
            _ => Ok(()),
        }
    }

    fn settings(&mut self, payload: &[u8]) -> Result<(), Oddity> {
        const INITIAL_WINDOW: u16 = 4;
        let (all, rest) = payload.as_chunks::<6>();
        if !rest.is_empty() {
            return Err(Oddity::FrameSize);
        }
        for [a, b, value @ ..] in all {
            if u16::from_be_bytes([*a, *b]) == INITIAL_WINDOW {
                self.windows.begin_with(u32::from_be_bytes(*value));
            }
        }
        write::frame((kinds::SETTINGS, flags::ACK, 0), &[], &mut self.replies);
        Ok(())
    }

    fn cut(&mut self, cut: Cut, concerns: impl Fn(u32) -> bool, at: Duration) {
        let concerned = self.streams.iter_mut().filter(|(id, _)| concerns(**id));
        concerned.for_each(|(_, stream)| stream.cut(cut, at));
    }

    fn content(&mut self, head: Head, content: &[u8], at: Duration) {
        let cap = self.caps.body;
        let Some(stream) = self.streams.get_mut(&head.stream).filter(|stream| stream.takes_content()) else {
            self.oddities.insert(Oddity::FrameStream);
            return;
        };
        stream.keep(content, cap);
        if head.has(flags::END_STREAM) {
            stream.end(at);
        }
    }

    /// Reads a block of fields, once all of it is there.
    fn block_ends(&mut self, head: Head, at: Duration) -> Result<(), Oddity> {
        if self.block.as_ref().is_some_and(|block| block.bytes.len() > self.caps.head) {
            self.block = None;
            return Err(Oddity::TooLongHead);
        }
        let Some(block) = self.block.take_if(|_| head.has(flags::END_HEADERS)) else { return Ok(()) };
        let mut fields = Fields::new(self.caps);
        let read = self.decoder.decode(&block.bytes, |name, value| fields.push(name, value));
        read.map_err(|_| Oddity::HeaderBlock)?;
        let concerns = |stream: &&mut Stream| stream.takes_content() || !stream.begun();
        let Some(stream) = self.streams.get_mut(&block.stream).filter(concerns) else {
            self.oddities.insert(Oddity::FrameStream);
            return Ok(());
        };
        stream.fields(fields, at);
        if block.ends {
            stream.end(at);
        }
        Ok(())
    }
}
