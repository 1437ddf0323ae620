//! What each frame does to a connection and its streams.

use bytes::{Bytes, BytesMut};

use super::connection::{Connection, STREAMS, Stage};
use super::fields;
use super::frame::{self, Code, Frame, flag, kind};
use super::head::{self, Unsound};
use super::outgoing;
use super::stream::{Extent, Fault, Progress, Stream};
use crate::mock::http1::{HEAD_LIMIT, Responder};

/// A block of fields that goes on in the next frame (section 6.10).
pub(super) struct Block {
    stream: u32,
    extent: Extent,
    bytes: BytesMut,
}

/// Which streams a frame is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// One that was opened.
    Opened,
    /// One behind the last that is looked at.
    Past,
}

/// The settings that are looked at (section 6.5.2).
mod setting {
    use std::ops::RangeInclusive;

    pub(super) const ENABLE_PUSH: u16 = 2;
    pub(super) const INITIAL_WINDOW_SIZE: u16 = 4;
    pub(super) const MAX_FRAME_SIZE: u16 = 5;
    pub(super) const FRAME_SIZES: RangeInclusive<u32> = 0x4000..=0x00ff_ffff;
}

/// Whether a frame stands where its type may (sections 6.3, 6.5, 6.7 and 6.8), and says nothing where it only agrees.
fn placed(frame: &Frame) -> Result<(), Fault> {
    let on_stream = frame.stream != 0;
    let misplaced = match frame.kind {
        kind::SETTINGS | kind::PING | kind::GOAWAY => on_stream,
        kind::PRIORITY => !on_stream,
        _ => false,
    };
    if misplaced {
        return Err(Fault::Connection(Code::PROTOCOL));
    }
    let talks = frame.kind == kind::SETTINGS && frame.has(flag::ACK) && !frame.payload.is_empty();
    if talks { Err(Fault::Connection(Code::FRAME_SIZE)) } else { Ok(()) }
}

impl<R: Responder> Connection<'_, R> {
    /// Takes a frame.
    ///
    /// # Errors
    /// The stream or the connection cannot go on.
    pub(super) fn frame(&mut self, frame: &Frame) -> Result<(), Fault> {
        let goes_on = self.block.as_ref().map(|block| block.stream);
        let follows = goes_on.is_none_or(|stream| frame.kind == kind::CONTINUATION && frame.stream == stream);
        let settings = frame.kind == kind::SETTINGS && !frame.has(flag::ACK);
        if !follows || (self.stage == Stage::New && !settings) {
            return Err(Fault::Connection(Code::PROTOCOL));
        }
        if self.stage == Stage::New {
            self.stage = Stage::Open;
        }
        match frame.kind {
            kind::HEADERS => {
                let bytes = BytesMut::from(frame.bare()?);
                self.block = Some(Block { stream: frame.stream, extent: Extent::of(frame), bytes });
                self.block_ends(frame)
            }
            kind::CONTINUATION => {
                self.restless += 1;
                let block = self.block.as_mut().ok_or(Fault::Connection(Code::PROTOCOL))?;
                block.bytes.extend_from_slice(&frame.payload);
                self.block_ends(frame)
            }
            kind::DATA => self.content(frame),
            _ => {
                self.restless += 1;
                self.about_connection(frame)
            }
        }
    }

    /// What concerns the connection, or a stream from outside.
    fn about_connection(&mut self, frame: &Frame) -> Result<(), Fault> {
        placed(frame)?;
        match frame.kind {
            kind::SETTINGS if frame.has(flag::ACK) => Ok(()),
            kind::SETTINGS => self.settings(frame),
            kind::PING if frame.payload.len() != 8 => Err(Fault::Connection(Code::FRAME_SIZE)),
            kind::PING if frame.has(flag::ACK) => Ok(()),
            kind::PING => {
                frame::write((kind::PING, flag::ACK, 0), &frame.payload, &mut self.out);
                Ok(())
            }
            kind::WINDOW => self.room(frame),
            kind::RESET => self.taken_back(frame),
            kind::GOAWAY => {
                self.stage = Stage::Leaving;
                Ok(())
            }
            kind::PRIORITY if frame.payload.len() != 5 => Err(Fault::Stream(frame.stream, Code::FRAME_SIZE)),
            kind::PUSH => Err(Fault::Connection(Code::PROTOCOL)),
            _ => Ok(()),
        }
    }

    /// More room.
    fn room(&mut self, frame: &Frame) -> Result<(), Fault> {
        let more = frame.number()?;
        if frame.stream != 0 && self.reaches(frame.stream)? == Reach::Past {
            return Ok(());
        }
        // Room on a stream that has ended is nobody's (section 5.1).
        let known = frame.stream == 0 || self.is_open(frame.stream);
        if known { self.outgoing.grow(frame.stream, more) } else { Ok(()) }
    }

    /// A request is taken back.
    fn taken_back(&mut self, frame: &Frame) -> Result<(), Fault> {
        frame.number()?;
        if self.reaches(frame.stream)? == Reach::Past {
            return Ok(());
        }
        self.resets += 1;
        self.cut.remove(&frame.stream);
        self.give_up(frame.stream);
        Ok(())
    }

    /// Whether a frame is about a stream that was opened. Behind the last that is looked at, others may be under way
    /// (section 6.8).
    ///
    /// # Errors
    /// Nobody opened it.
    fn reaches(&self, stream: u32) -> Result<Reach, Fault> {
        match stream {
            0 => Err(Fault::Connection(Code::PROTOCOL)),
            stream if stream <= self.last => Ok(Reach::Opened),
            _ if self.stage == Stage::Leaving => Ok(Reach::Past),
            _ => Err(Fault::Connection(Code::PROTOCOL)),
        }
    }

    fn settings(&mut self, frame: &Frame) -> Result<(), Fault> {
        let (all, rest) = frame.payload.as_chunks::<6>();
        if !rest.is_empty() {
            return Err(Fault::Connection(Code::FRAME_SIZE));
        }
        for [a, b, value @ ..] in all {
            let value = u32::from_be_bytes(*value);
            match u16::from_be_bytes([*a, *b]) {
                setting::ENABLE_PUSH if value > 1 => return Err(Fault::Connection(Code::PROTOCOL)),
                setting::INITIAL_WINDOW_SIZE => self.outgoing.begin_with(value)?,
                setting::MAX_FRAME_SIZE if !setting::FRAME_SIZES.contains(&value) => {
                    return Err(Fault::Connection(Code::PROTOCOL));
                }
                _ => {}
            }
        }
        frame::write((kind::SETTINGS, flag::ACK, 0), &[], &mut self.out);
        Ok(())
    }

    /// A block of fields, once all of it is here.
    fn block_ends(&mut self, frame: &Frame) -> Result<(), Fault> {
        if self.block.as_ref().is_some_and(|block| block.bytes.len() > 2 * HEAD_LIMIT) {
            return Err(Fault::Connection(Code::ENHANCE_YOUR_CALM));
        }
        let Some(Block { stream, extent, bytes }) = self.block.take_if(|_| frame.has(flag::END_HEADERS))
        else {
            return Ok(());
        };
        let read = fields::read(&mut self.decoder, &bytes)?;
        if stream <= self.last {
            return self.trailers(stream, extent, &read.unwrap_or_default());
        }
        if stream.is_multiple_of(2) {
            return Err(Fault::Connection(Code::PROTOCOL));
        }
        if self.stage == Stage::Leaving {
            return Ok(());
        }
        self.last = stream;
        if self.streams.len() + self.outgoing.len() >= STREAMS {
            return Err(Fault::Stream(stream, Code::REFUSED_STREAM));
        }
        let rules = self.responder.frames();
        let progress = match read.map_err(Unsound::Denied).and_then(|fields| head::head(fields, rules)) {
            Ok(head) => Stream::begin(self.responder, head),
            Err(Unsound::Denied(denial)) => Progress::Answered(self.responder.refuse(None, &denial)),
            Err(Unsound::Malformed) => Progress::Malformed,
        };
        if let Progress::Waits(open) = &progress
            && extent == Extent::Part
            && open.expects_continue()
        {
            outgoing::interim(stream, &mut self.out);
        }
        self.go_on(stream, progress, extent);
        Ok(())
    }

    /// Fields behind a body: they are dropped, and end it. On a stream that was answered early nobody waits for them; on
    /// any other there can be none (section 5.1).
    fn trailers(&mut self, stream: u32, extent: Extent, fields: &[(Bytes, Bytes)]) -> Result<(), Fault> {
        let name = self.responder.frames().name;
        // No name of a pseudo-field is a token (section 8.1).
        let sound = extent == Extent::Whole && fields.iter().all(|(one, _)| name(one).is_ok());
        match self.streams.remove(&stream) {
            Some(_) if !sound => {
                self.resets += 1;
                Err(Fault::Stream(stream, Code::PROTOCOL))
            }
            Some(open) => {
                self.go_on(stream, Progress::Waits(open), extent);
                Ok(())
            }
            None if self.cut.contains(&stream) => {
                self.over(stream, extent);
                Ok(())
            }
            None if self.is_open(stream) => Err(Fault::Stream(stream, Code::STREAM_CLOSED)),
            None => Err(Fault::Connection(Code::PROTOCOL)),
        }
    }

    /// Nothing more comes on a stream that was cut, where this was the end of it.
    fn over(&mut self, stream: u32, extent: Extent) {
        if extent == Extent::Whole {
            self.cut.remove(&stream);
        }
    }

    fn content(&mut self, frame: &Frame) -> Result<(), Fault> {
        self.reaches(frame.stream)?;
        let extent = Extent::of(frame);
        self.restless += usize::from(frame.payload.is_empty() && extent == Extent::Part);
        // What was taken is room again, whoever it was for.
        frame::refill(0, frame.payload.len(), &mut self.out);
        let bytes = frame.bare()?;
        let Some(open) = self.streams.remove(&frame.stream) else {
            self.over(frame.stream, extent);
            return Ok(());
        };
        let progress = open.content(self.responder, &bytes);
        if extent == Extent::Part {
            frame::refill(frame.stream, frame.payload.len(), &mut self.out);
        }
        self.go_on(frame.stream, progress, extent);
        Ok(())
    }
}
