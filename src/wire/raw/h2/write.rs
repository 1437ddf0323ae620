//! Frames as bytes (RFC 9113 sections 3.4, 4.1 and 6).

use bytes::{BufMut as _, BytesMut};

use super::super::super::frames::{ErrorCode, flags, kinds};
use crate::hpack;

/// How much a frame holds at the most, before anything else was agreed on (RFC 9113 section 4.2).
pub(super) const FRAME: usize = 16 * 1024;

/// What every connection begins with: the preface, and that we take no pushed answers and no more fields than so.
pub(super) fn beginning(fields_bytes: usize, out: &mut BytesMut) {
    /// `SETTINGS_ENABLE_PUSH` and `SETTINGS_MAX_HEADER_LIST_SIZE`.
    const PUSH: u16 = 2;
    const LIST: u16 = 6;
    out.extend_from_slice(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    let mut settings = BytesMut::new();
    for (name, value) in [(PUSH, 0), (LIST, u32::try_from(fields_bytes).unwrap_or(u32::MAX))] {
        settings.put_u16(name);
        settings.put_u32(value);
    }
    frame((kinds::SETTINGS, 0, 0), &settings, out);
}

/// One frame of a type, with flags, on a stream.
pub(super) fn frame((kind, flags, stream): (u8, u8, u32), payload: &[u8], out: &mut BytesMut) {
    let length = u32::try_from(payload.len()).unwrap_or_default() & 0x00ff_ffff;
    out.put_u32(length << 8 | u32::from(kind));
    out.put_u8(flags);
    out.put_u32(stream);
    out.extend_from_slice(payload);
}

/// Field lines, in as many frames as they take.
pub(super) fn headers(stream: u32, fields: &[(Vec<u8>, Vec<u8>)], ends: &[u8], out: &mut BytesMut) {
    let mut block = Vec::new();
    for (name, value) in fields {
        hpack::write_literal(name, value, &mut block);
    }
    let mut ends = ends.iter().fold(0, |all, flag| all | flag);
    let mut kind = kinds::HEADERS;
    let mut pieces = block.chunks(FRAME).peekable();
    loop {
        let piece = pieces.next().unwrap_or_default();
        let last = if pieces.peek().is_none() { flags::END_HEADERS } else { 0 };
        frame((kind, ends | last, stream), piece, out);
        if last != 0 {
            return;
        }
        (kind, ends) = (kinds::CONTINUATION, 0);
    }
}

/// That nothing more is wanted.
pub(super) fn goodbye(out: &mut BytesMut) {
    let mut payload = BytesMut::new();
    payload.put_u32(0);
    payload.put_u32(ErrorCode::NO_ERROR.0);
    frame((kinds::GOAWAY, 0, 0), &payload, out);
}

/// That so many more bytes may come, on a stream or, with 0, on all.
pub(super) fn window(stream: u32, more: u32, out: &mut BytesMut) {
    frame((kinds::WINDOW, 0, stream), &more.to_be_bytes(), out);
}
