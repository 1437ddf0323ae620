//! The chunked transfer coding, decoded strictly (RFC 9112 section 7.1).

use bytes::{Buf, BytesMut};

use super::field;
use crate::mock::edge::Denial;
use crate::mock::message::Field;

/// Takes the next line of at most so many bytes out of a buffer, its end taken off; nothing while it is incomplete.
pub(crate) type ReadLine = fn(&mut BytesMut, usize) -> Result<Option<BytesMut>, Denial>;

/// The longest line of a chunk's size and extensions, in bytes.
const SIZE_LINE_LIMIT: usize = 512;
/// The most bytes of trailers that are read; they are kept apart (RFC 9110 section 6.5.1).
const TRAILER_LIMIT: usize = 8 * 1024;

/// Where a decoder stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before a size line.
    Size,
    /// Within a chunk, with this many bytes to come.
    Data(u64),
    /// Behind a chunk, before its CRLF.
    DataEnd,
    /// Within the trailers, of which so many bytes were read.
    Trailers(usize),
    /// Behind everything.
    Done,
}

/// Decodes one chunked body, in pieces of any size.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    line: ReadLine,
    trailers: Vec<Field>,
}

impl Chunked {
    /// A decoder at the beginning of a body.
    pub(super) fn new(line: ReadLine) -> Self {
        Self { state: State::Size, line, trailers: Vec::new() }
    }

    /// The trailers of a complete body.
    pub(super) fn trailers(self) -> Vec<Field> {
        self.trailers
    }

    /// Takes from `buffer` what can be decoded and puts it behind `body`; whether the body is complete.
    ///
    /// # Errors
    /// Faulty chunks, or a body longer than `limit` bytes.
    pub(super) fn decode(
        &mut self,
        buffer: &mut BytesMut,
        body: &mut Vec<u8>,
        limit: usize,
    ) -> Result<bool, Denial> {
        loop {
            let moved = match self.state {
                State::Size => self.size(buffer)?,
                State::Data(left) => self.data(left, buffer, body),
                State::DataEnd => self.data_end(buffer)?,
                State::Trailers(read) => self.trailer(read, buffer)?,
                State::Done => return Ok(true),
            };
            if body.len() > limit {
                return Err(Denial::TooLarge);
            }
            if !moved {
                return Ok(false);
            }
        }
    }

    fn size(&mut self, buffer: &mut BytesMut) -> Result<bool, Denial> {
        let Some(line) = (self.line)(buffer, SIZE_LINE_LIMIT)? else { return Ok(false) };
        let size = chunk_size(&line).ok_or(Denial::MalformedBody("A chunk size is not a number."))?;
        self.state = if size == 0 { State::Trailers(0) } else { State::Data(size) };
        Ok(true)
    }

    fn data(&mut self, left: u64, buffer: &mut BytesMut, body: &mut Vec<u8>) -> bool {
        let take = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        body.extend_from_slice(&buffer.split_to(take));
        let left = left.saturating_sub(take as u64);
        self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
        take > 0
    }

    fn data_end(&mut self, buffer: &mut BytesMut) -> Result<bool, Denial> {
        if buffer.len() < 2 {
            return Ok(false);
        }
        if !buffer.starts_with(b"\r\n") {
            return Err(Denial::MalformedBody("A chunk does not end where its size says."));
        }
        buffer.advance(2);
        self.state = State::Size;
        Ok(true)
    }

    fn trailer(&mut self, read: usize, buffer: &mut BytesMut) -> Result<bool, Denial> {
        let Some(line) = (self.line)(buffer, TRAILER_LIMIT.saturating_sub(read))? else { return Ok(false) };
        if line.is_empty() {
            self.state = State::Done;
            return Ok(true);
        }
        self.state = State::Trailers(read + line.len() + 2);
        self.trailers.push(field::line(&line.freeze())?);
        Ok(true)
    }
}

/// A whole chunked body, decoded; nothing while it is incomplete, or where it is faulty or longer than `limit` bytes.
pub(crate) fn unchunked(body: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (mut rest, mut whole) = (BytesMut::from(body), Vec::new());
    let complete = Chunked::new(line).decode(&mut rest, &mut whole, limit).ok()?;
    complete.then_some(whole)
}

/// The next line of a buffer, its CRLF taken off; nothing while it is incomplete. A bare LF or CR is an error.
pub(super) fn line(buffer: &mut BytesMut, limit: usize) -> Result<Option<BytesMut>, Denial> {
    let Some(feed) = buffer.iter().position(|byte| *byte == b'\n') else {
        let fits = buffer.len() <= limit;
        return if fits { Ok(None) } else { Err(Denial::MalformedBody("A chunk line is too long.")) };
    };
    let mut line = buffer.split_to(feed + 1);
    let sound = line.strip_suffix(b"\r\n").is_some_and(|text| text.len() <= limit && !text.contains(&b'\r'));
    if !sound {
        return Err(Denial::MalformedBody("A chunk line does not end in CRLF."));
    }
    line.truncate(feed - 1);
    Ok(Some(line))
}

/// The size at the beginning of a line; extensions behind a `;` are ignored, and so is white space before it
/// (section 7.1.1). Where there are none, there is no white space either.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let extended = line.iter().position(|byte| *byte == b';').and_then(|at| line.get(..at));
    let digits = extended.map_or(line, <[u8]>::trim_ascii_end);
    let sound = !digits.is_empty() && digits.len() <= 15 && digits.iter().all(u8::is_ascii_hexdigit);
    let sound = sound && line.iter().all(|byte| (b' '..0x7f).contains(byte) || *byte == b'\t');
    sound.then(|| u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(pieces: &[&[u8]]) -> Result<(bool, Vec<u8>, Vec<u8>), Denial> {
        let (mut decoder, mut buffer, mut body) = (Chunked::new(line), BytesMut::new(), Vec::new());
        let mut done = false;
        for piece in pieces {
            buffer.extend_from_slice(piece);
            done = decoder.decode(&mut buffer, &mut body, 1000)?;
        }
        Ok((done, body, buffer.to_vec()))
    }

    #[test]
    fn chunks_become_a_body_and_trailers_are_kept_apart() {
        let (done, body, rest) =
            decode(&[b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-API-Key: k\r\n\r\nnext"]).unwrap();
        assert_eq!((done, &body[..], &rest[..]), (true, &b"abcde"[..], &b"next"[..]));
    }

    #[test]
    fn white_space_may_stand_before_an_extension() {
        let (done, body, _) = decode(&[b"3 \t;x=y\r\nabc\r\n0 ;z\r\n\r\n"]).unwrap();
        assert_eq!((done, &body[..]), (true, &b"abc"[..]));
    }

    #[test]
    fn faulty_chunks_are_refused() {
        for text in [
            &b"3\nabc\r\n0\r\n\r\n"[..],
            b"3\r\nabcd\r\n",
            b"+3\r\nabc\r\n",
            b"0x3\r\nabc\r\n",
            b" 3\r\nabc\r\n",
            b"3 \r\nabc\r\n",
            b" ;x\r\nabc\r\n",
            b"\r\n",
            b"3;a\rb\r\nabc\r\n",
            b"fffffffffffffffff\r\n",
            b"0\r\nA: b\n\r\n",
        ] {
            assert!(decode(&[text]).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn a_body_beyond_the_limit_is_too_large() {
        let text = format!("{:x}\r\n{}", 2000, "a".repeat(2000));
        assert_eq!(decode(&[text.as_bytes()]), Err(Denial::TooLarge));
    }

    proptest! {
        #[test]
        fn how_the_bytes_arrive_makes_no_difference(body in proptest::collection::vec(any::<u8>(), 0..60), cut in 1_usize..9) {
            let mut text = Vec::new();
            for chunk in body.chunks(7) {
                text.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
                text.extend_from_slice(chunk);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(b"0\r\n\r\n");
            let pieces: Vec<_> = text.chunks(cut).collect();
            prop_assert_eq!(decode(&pieces).unwrap(), (true, body, Vec::new()));
        }
    }
}
