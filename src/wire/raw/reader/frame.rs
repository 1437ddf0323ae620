//! Where an answer's content ends (RFC 9112 section 6.3).

use std::collections::BTreeSet;

use super::super::super::exchange::Answer;
use super::super::super::transcript::Oddity;
use super::head::trimmed;

/// Where the content of an answer ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// There can be none.
    None,
    /// After so many bytes.
    Length(u64),
    /// With the last chunk.
    Chunked,
    /// With the connection.
    UntilEnd,
}

/// The frame of an answer to a request of a method.
pub(super) fn of(answer: &Answer, method: &str, odd: &mut BTreeSet<Oddity>) -> Frame {
    let codings: Vec<&[u8]> = list(answer, "transfer-encoding");
    let lengths: Vec<&[u8]> = list(answer, "content-length");
    let framed = !(codings.is_empty() && lengths.is_empty());
    if answer.status < 200 || answer.status == 204 {
        if framed {
            odd.insert(Oddity::FramingForbidden);
        }
        return Frame::None;
    }
    if method == "HEAD" || answer.status == 304 {
        return Frame::None;
    }
    if codings.is_empty() {
        return length(&lengths, odd);
    }
    if !lengths.is_empty() {
        odd.insert(Oddity::LengthAndCoding);
    }
    if answer.version == "HTTP/1.0" {
        odd.insert(Oddity::CodingInHttp10);
    }
    if codings.last().is_some_and(|last| last.eq_ignore_ascii_case(b"chunked")) {
        return Frame::Chunked;
    }
    odd.insert(Oddity::CodingNotChunked);
    Frame::UntilEnd
}

fn length(lengths: &[&[u8]], odd: &mut BTreeSet<Oddity>) -> Frame {
    let Some((first, others)) = lengths.split_first() else { return Frame::UntilEnd };
    let digits = !first.is_empty() && first.iter().all(u8::is_ascii_digit);
    let number = digits.then(|| std::str::from_utf8(first).ok()?.parse().ok()).flatten();
    if others.iter().any(|other| other != first) {
        odd.insert(Oddity::LengthsDiffer);
        return Frame::UntilEnd;
    }
    if !others.is_empty() {
        odd.insert(Oddity::LengthRepeated);
    }
    number.map_or_else(
        || {
            odd.insert(Oddity::LengthSyntax);
            Frame::UntilEnd
        },
        Frame::Length,
    )
}

/// The members of a list field, over all of its lines.
fn list<'a>(answer: &'a Answer, name: &str) -> Vec<&'a [u8]> {
    let lines = answer.headers.iter().filter(|(other, _)| other == name);
    lines.flat_map(|(_, value)| value.split(|byte| *byte == b',')).map(trimmed).collect()
}
