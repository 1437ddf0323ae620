//! Where a body ends, and what it is (RFC 9112 sections 6 and 7).

use std::io;

use super::Fault;
use super::api::Api;
use super::head::Head;
use super::line::Line;

/// The most octets of a body.
const LARGEST: usize = 1024 * 1024;
/// The longest line around a chunk.
const LONGEST: usize = 256;

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    Nothing,
    Length(usize),
    Chunked,
}

/// A body that was read.
#[derive(Default)]
pub(super) struct Body {
    pub(super) content: Vec<u8>,
    pub(super) trailers: Vec<(String, Vec<u8>)>,
}

/// One length or one coding, and not both; else the status that says so.
pub(super) fn framing(head: &Head, api: &Api) -> Result<Framing, u16> {
    let (lengths, codings) = (head.all("content-length"), head.all("transfer-encoding"));
    let within = |coding: &[u8]| coding.to_ascii_lowercase().windows(7).any(|word| word == b"chunked");
    match (&lengths[..], &codings[..]) {
        ([], []) => Ok(Framing::Nothing),
        ([length], []) => digits(length, 10).map(Framing::Length).ok_or(400),
        ([], [coding]) if head.minor == 1 && coding.eq_ignore_ascii_case(b"chunked") => Ok(Framing::Chunked),
        ([], [coding, ..]) if api.has(Fault::CodingBySubstring) && within(coding) => Ok(Framing::Chunked),
        ([], [_]) if head.minor == 1 => Err(501),
        _ => Err(400),
    }
}

/// A number, of digits and nothing else.
fn digits(text: &[u8], radix: u32) -> Option<usize> {
    let text = std::str::from_utf8(text).ok()?;
    let sound = !text.is_empty() && text.chars().all(|c| c.is_digit(radix));
    usize::from_str_radix(text, radix).ok().filter(|_| sound)
}

/// The body, or the status that says what is wrong with it.
pub(super) fn read(line: &mut Line, framing: Framing) -> io::Result<Result<Body, u16>> {
    match framing {
        Framing::Nothing => Ok(Ok(Body::default())),
        Framing::Length(count) if count > LARGEST => Ok(Err(413)),
        Framing::Length(count) => Ok(Ok(Body { content: line.wait_for(count)?, ..Body::default() })),
        Framing::Chunked => chunks(line),
    }
}

fn chunks(line: &mut Line) -> io::Result<Result<Body, u16>> {
    let mut body = Body::default();
    loop {
        let Some(size) = text_line(line)?.as_deref().and_then(chunk_size) else { return Ok(Err(400)) };
        if size == 0 {
            break;
        }
        if body.content.len().saturating_add(size) > LARGEST {
            return Ok(Err(413));
        }
        body.content.extend(line.wait_for(size)?);
        if line.wait_for(2)? != b"\r\n" {
            return Ok(Err(400));
        }
    }
    loop {
        match text_line(line)?.as_deref() {
            Some([]) => return Ok(Ok(body)),
            Some(field) => match super::head::field(field) {
                Some(field) => body.trailers.push(field),
                None => return Ok(Err(400)),
            },
            None => return Ok(Err(400)),
        }
    }
}

/// The size of a chunk; whatever stands behind a semicolon is of no interest.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let size = line.split(|byte| *byte == b';').next()?;
    digits(size, 16)
}

/// A line that ends in CR and LF and has neither within; nothing where that is not so.
fn text_line(line: &mut Line) -> io::Result<Option<Vec<u8>>> {
    loop {
        let end = line.pending().iter().position(|byte| *byte == b'\n');
        if let Some(end) = end {
            let text = line.take(end + 1);
            let text = text.strip_suffix(b"\r\n").filter(|text| !text.contains(&b'\r'));
            return Ok(text.map(<[u8]>::to_vec));
        }
        if line.pending().len() > LONGEST {
            return Ok(None);
        }
        if !line.read()? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}
