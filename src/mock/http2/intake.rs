//! What each frame does to a connection and its streams.

use bytes::BytesMut;

use super::connection::{Connection, STREAMS, Stage};
use super::fields;
use super::frame::{self, Code, Frame, flag, kind};
use super::head::{self, Unsound};
use super::stream::{Extent, Fault, Progress, Stream};
use crate::mock::http1::{HEAD_LIMIT, Responder};

/// A block of fields that goes on in the next frame (section 6.10).
pub(super) struct Block {
    stream: u32,
    extent: Extent,
    bytes: BytesMut,
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
        match frame.kind {
            kind::SETTINGS if frame.has(flag::ACK) => Ok(()),
            kind::SETTINGS => self.settings(frame),
            kind::PING if frame.payload.len() != 8 => Err(Fault::Connection(Code::FRAME_SIZE)),
            kind::PING if frame.has(flag::ACK) => Ok(()),
            kind::PING => {
                frame::write((kind::PING, flag::ACK, 0), &frame.payload, &mut self.out);
                Ok(())
            }
            kind::WINDOW => {
                let more = frame.number()?;
                // Room on a stream that has ended is nobody's (section 5.1).
                let known = frame.stream == 0 || self.is_open(frame.stream);
                if known { self.outgoing.grow(frame.stream, more) } else { Ok(()) }
            }
            kind::RESET => {
                frame.number()?;
                if frame.stream == 0 || frame.stream > self.last {
                    return Err(Fault::Connection(Code::PROTOCOL));
                }
                self.resets += 1;
                self.give_up(frame.stream);
                Ok(())
            }
            kind::GOAWAY => {
                self.stage = Stage::Leaving;
                Ok(())
            }
            kind::PRIORITY if frame.payload.len() != 5 => Err(Fault::Stream(frame.stream, Code::FRAME_SIZE)),
            kind::PUSH => Err(Fault::Connection(Code::PROTOCOL)),
            _ => Ok(()),
        }
    }

    fn settings(&mut self, frame: &Frame) -> Result<(), Fault> {
        const INITIAL_WINDOW_SIZE: u16 = 4;
        let (all, rest) = frame.payload.as_chunks::<6>();
        if !rest.is_empty() || frame.stream != 0 {
            return Err(Fault::Connection(Code::FRAME_SIZE));
        }
        for [a, b, value @ ..] in all {
            if u16::from_be_bytes([*a, *b]) == INITIAL_WINDOW_SIZE {
                self.outgoing.begin_with(u32::from_be_bytes(*value))?;
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
            return self.trailers(stream, extent);
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
        self.go_on(stream, progress, extent);
        Ok(())
    }

    /// Fields behind a body: they are dropped, and end it. On a stream that was answered nobody waits for them.
    fn trailers(&mut self, stream: u32, extent: Extent) -> Result<(), Fault> {
        match self.streams.remove(&stream) {
            Some(_) if extent == Extent::Part => Err(Fault::Stream(stream, Code::PROTOCOL)),
            Some(open) => {
                self.go_on(stream, Progress::Waits(open), extent);
                Ok(())
            }
            None if stream == 0 => Err(Fault::Connection(Code::PROTOCOL)),
            None => Ok(()),
        }
    }

    fn content(&mut self, frame: &Frame) -> Result<(), Fault> {
        if frame.stream == 0 || frame.stream > self.last {
            return Err(Fault::Connection(Code::PROTOCOL));
        }
        let extent = Extent::of(frame);
        self.restless += usize::from(frame.payload.is_empty() && extent == Extent::Part);
        // What was taken is room again, whoever it was for.
        frame::refill(0, frame.payload.len(), &mut self.out);
        let bytes = frame.bare()?;
        let Some(open) = self.streams.remove(&frame.stream) else { return Ok(()) };
        let progress = open.content(self.responder, &bytes);
        if extent == Extent::Part {
            frame::refill(frame.stream, frame.payload.len(), &mut self.out);
        }
        self.go_on(frame.stream, progress, extent);
        Ok(())
    }
}
