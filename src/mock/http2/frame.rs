//! Frames, as bytes (RFC 9113 sections 4.1 and 6).

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};

use super::stream::Fault;

/// The most that a frame holds (RFC 9113 section 4.2); nothing else is ever agreed on.
pub(super) const FRAME: usize = 16 * 1024;
/// The octets before what it holds.
const HEAD: usize = 9;

/// The types of frames.
pub(super) mod kind {
    pub(in super::super) const DATA: u8 = 0;
    pub(in super::super) const HEADERS: u8 = 1;
    pub(in super::super) const PRIORITY: u8 = 2;
    pub(in super::super) const RESET: u8 = 3;
    pub(in super::super) const SETTINGS: u8 = 4;
    pub(in super::super) const PUSH: u8 = 5;
    pub(in super::super) const PING: u8 = 6;
    pub(in super::super) const GOAWAY: u8 = 7;
    pub(in super::super) const WINDOW: u8 = 8;
    pub(in super::super) const CONTINUATION: u8 = 9;
}

/// The flags of frames.
pub(super) mod flag {
    pub(in super::super) const END_STREAM: u8 = 0x1;
    pub(in super::super) const ACK: u8 = 0x1;
    pub(in super::super) const END_HEADERS: u8 = 0x4;
    pub(in super::super) const PADDED: u8 = 0x8;
    pub(in super::super) const PRIORITY: u8 = 0x20;
}

/// Why a stream or a connection ends (RFC 9113 section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub(super) u32);

impl Code {
    pub(super) const NO_ERROR: Self = Self(0);
    pub(super) const PROTOCOL: Self = Self(1);
    pub(super) const FLOW_CONTROL: Self = Self(3);
    pub(super) const STREAM_CLOSED: Self = Self(5);
    pub(super) const FRAME_SIZE: Self = Self(6);
    pub(super) const REFUSED_STREAM: Self = Self(7);
    pub(super) const CANCEL: Self = Self(8);
    pub(super) const COMPRESSION: Self = Self(9);
    pub(super) const ENHANCE_YOUR_CALM: Self = Self(11);
}

/// A frame.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) kind: u8,
    flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Bytes,
}

impl Frame {
    /// The first frame of a buffer, if all of it is there.
    ///
    /// # Errors
    /// A frame that is larger than any may be.
    pub(super) fn take(buffer: &mut BytesMut) -> Result<Option<Self>, Fault> {
        let Some([a, b, c, kind, flags, id @ ..]) = buffer.first_chunk::<HEAD>().copied() else {
            return Ok(None);
        };
        let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
        if length > FRAME {
            return Err(Fault::Connection(Code::FRAME_SIZE));
        }
        if buffer.len() < HEAD + length {
            return Ok(None);
        }
        buffer.advance(HEAD);
        let payload = buffer.split_to(length).freeze();
        Ok(Some(Self { kind, flags, stream: u32::from_be_bytes(id) & 0x7fff_ffff, payload }))
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// What it holds without its padding and its priority (sections 6.1 and 6.2).
    ///
    /// # Errors
    /// More padding than there are bytes.
    pub(super) fn bare(&self) -> Result<Bytes, Fault> {
        let wrong = Fault::Connection(Code::PROTOCOL);
        let mut bytes = self.payload.clone();
        if self.has(flag::PADDED) {
            let padding = bytes.first().copied().map(usize::from).ok_or(wrong)?;
            bytes.advance(1);
            let kept = bytes.len().checked_sub(padding).ok_or(wrong)?;
            bytes.truncate(kept);
        }
        if self.kind == kind::HEADERS && self.has(flag::PRIORITY) {
            if bytes.len() < 5 {
                return Err(Fault::Connection(Code::FRAME_SIZE));
            }
            bytes.advance(5);
        }
        Ok(bytes)
    }

    /// The one number that it holds.
    ///
    /// # Errors
    /// Anything but four bytes.
    pub(super) fn number(&self) -> Result<u32, Fault> {
        let bytes = <[u8; 4]>::try_from(&*self.payload);
        bytes.map(u32::from_be_bytes).map_err(|_| Fault::Connection(Code::FRAME_SIZE))
    }
}

/// Writes a frame of a type, with flags, on a stream.
pub(super) fn write((kind, flags, stream): (u8, u8, u32), payload: &[u8], out: &mut BytesMut) {
    let length = u32::try_from(payload.len()).unwrap_or_default() & 0x00ff_ffff;
    out.put_u32(length << 8 | u32::from(kind));
    out.put_u8(flags);
    out.put_u32(stream);
    out.extend_from_slice(payload);
}

/// Ends a stream.
pub(super) fn reset(stream: u32, code: Code, out: &mut BytesMut) {
    write((kind::RESET, 0, stream), &code.0.to_be_bytes(), out);
}

/// Takes back what was used of a window, on a stream or, with 0, on all.
pub(super) fn refill(stream: u32, count: usize, out: &mut BytesMut) {
    if let Some(count) = u32::try_from(count).ok().filter(|count| *count > 0) {
        write((kind::WINDOW, 0, stream), &count.to_be_bytes(), out);
    }
}

/// Says that no stream behind the last is looked at any more.
pub(super) fn goodbye(last: u32, code: Code, out: &mut BytesMut) {
    let payload = [last.to_be_bytes(), code.0.to_be_bytes()].concat();
    write((kind::GOAWAY, 0, 0), &payload, out);
}

/// What this server has to say of itself: how many requests may be under way, and how large their heads may be.
pub(super) fn settings(streams: u32, head_bytes: u32, out: &mut BytesMut) {
    const MAX_CONCURRENT_STREAMS: u16 = 3;
    const MAX_HEADER_LIST_SIZE: u16 = 6;
    let mut payload = BytesMut::new();
    for (name, value) in [(MAX_CONCURRENT_STREAMS, streams), (MAX_HEADER_LIST_SIZE, head_bytes)] {
        payload.put_u16(name);
        payload.put_u32(value);
    }
    write((kind::SETTINGS, 0, 0), &payload, out);
}
