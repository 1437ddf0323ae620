//! Hears one request whole, whatever it looks like: nothing is refused here, because everything is evidence.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::arrival::Extent;

/// Bytes of a head that are read.
const HEAD: usize = 64 * 1024;
/// Bytes of a body that are read.
const BODY: usize = 16 * 1024 * 1024;
/// How long a connection may be silent between two requests.
const IDLE: Duration = Duration::from_mins(1);
/// How long a request may take.
const WHOLE: Duration = Duration::from_secs(10);

/// What was read of a connection and not heard yet.
#[derive(Debug, Default)]
pub(super) struct Intake {
    buffer: BytesMut,
}

/// A request.
#[derive(Debug)]
pub(super) struct Heard {
    /// All of it, as it was sent.
    pub(super) bytes: Bytes,
    /// How much of it came.
    pub(super) extent: Extent,
}

/// Where a body ends.
enum Framing {
    Length(usize),
    Chunked,
}

impl Intake {
    /// Whether another request begins.
    pub(super) async fn begins<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> bool {
        if self.buffer.is_empty() {
            let deadline = Instant::now() + IDLE;
            return self.more(stream, deadline).await;
        }
        true
    }

    /// Hears a request.
    pub(super) async fn request<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> Heard {
        let deadline = Instant::now() + WHOLE;
        let end = loop {
            match end_of_head(&self.buffer) {
                Some(end) => break end,
                None if self.buffer.len() > HEAD => return self.torn(),
                None if self.more(stream, deadline).await => {}
                None => return self.torn(),
            }
        };
        if asks_first(&self.buffer[..end])
            && stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_err()
        {
            return self.torn();
        }
        loop {
            match self.body(end) {
                Some(length) => {
                    return Heard {
                        bytes: self.buffer.split_to(end + length).freeze(),
                        extent: Extent::Whole,
                    };
                }
                None if self.buffer.len() > HEAD + BODY => return self.torn(),
                None if self.more(stream, deadline).await => {}
                None => return self.torn(),
            }
        }
    }

    /// The requests that were read already, behind the last one that was heard.
    pub(super) fn rest(&mut self) -> Vec<Heard> {
        let mut rest = Vec::new();
        while !self.buffer.is_empty() {
            let whole = end_of_head(&self.buffer).and_then(|end| Some(end + self.body(end)?));
            rest.push(match whole {
                Some(length) => Heard { bytes: self.buffer.split_to(length).freeze(), extent: Extent::Whole },
                None => self.torn(),
            });
        }
        rest
    }

    /// How long the body behind a head is, once all of it is there.
    fn body(&self, end: usize) -> Option<usize> {
        let (head, body) = self.buffer.split_at_checked(end)?;
        match framing(head) {
            Framing::Length(length) => Some(length).filter(|length| body.len() >= *length),
            Framing::Chunked => end_of_chunks(body),
        }
    }

    /// What came of a request that did not come whole.
    fn torn(&mut self) -> Heard {
        Heard { bytes: self.buffer.split().freeze(), extent: Extent::Torn }
    }

    async fn more<S: AsyncRead + Unpin>(&mut self, stream: &mut S, deadline: Instant) -> bool {
        self.buffer.reserve(8 * 1024);
        matches!(timeout_at(deadline, stream.read_buf(&mut self.buffer)).await, Ok(Ok(1..)))
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// The values of a field of a head.
fn values<'a>(head: &'a [u8], name: &'a str) -> impl Iterator<Item = &'a [u8]> {
    head.split(|byte| *byte == b'\n').filter_map(move |line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let same = line.get(..colon)?.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
        same.then(|| line.get(colon + 1..).unwrap_or_default().trim_ascii())
    })
}

fn asks_first(head: &[u8]) -> bool {
    values(head, "expect").any(|value| value.eq_ignore_ascii_case(b"100-continue"))
}

/// Where a transfer coding is named, it counts (RFC 9112 section 6.3).
fn framing(head: &[u8]) -> Framing {
    if values(head, "transfer-encoding").any(|value| value.to_ascii_lowercase().ends_with(b"chunked")) {
        return Framing::Chunked;
    }
    let length =
        values(head, "content-length").find_map(|value| std::str::from_utf8(value).ok()?.parse().ok());
    Framing::Length(length.unwrap_or(0))
}

/// How long a chunked body is, once its last chunk is there (RFC 9112 section 7.1).
fn end_of_chunks(body: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let line = body.get(at..)?.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(body.get(at..at + line)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        at += line + 2;
        if size == 0 {
            let trailers = body.get(at..)?;
            if trailers.starts_with(b"\r\n") {
                return Some(at + 2);
            }
            return Some(at + end_of_head(trailers)?);
        }
        at = at.checked_add(size)?.checked_add(2)?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn chunks_end_behind_the_last_one_and_its_trailers() {
        assert_eq!(end_of_chunks(b"3\r\nabc\r\n0\r\n\r\nrest"), Some(13));
        assert_eq!(end_of_chunks(b"3;x=y\r\nabc\r\n0\r\nA: b\r\n\r\n"), Some(23));
        assert_eq!(end_of_chunks(b"3\r\nabc\r\n0\r\n"), None);
        assert_eq!(end_of_chunks(b"zz\r\n"), None);
    }

    proptest! {
        #[test]
        fn a_body_ends_within_what_is_there(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(end_of_chunks(&bytes).is_none_or(|end| end <= bytes.len()));
        }
    }
}
