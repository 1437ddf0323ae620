//! Defects of framing: what one reader of a request takes for its body, another takes for the next request.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use super::{Defect, defect};
use crate::mock::edge::Edge;
use crate::mock::http1::{Framing, Reception, last};
use crate::mock::message::{Head, Version};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("missing-host-accepted", "Takes a request that names no host.", missing_host),
    defect("dup-host-accepted", "Takes a request that names its host twice.", duplicate_host),
    defect("cl-wins", "Believes a length that stands before a transfer coding.", length_wins),
    defect(
        "te-then-cl-keeps-connection",
        "Believes a transfer coding that stands before a length, and goes on behind it.",
        coding_wins,
    ),
    defect("te-substring-match", "Takes for chunked whatever holds the word.", coding_by_substring),
    defect("te-on-http10", "Knows transfer codings, and goes on behind them, in HTTP/1.0.", coding_in_http10),
    defect("cl-last-wins", "Believes the last of several lengths.", last_length_wins),
    defect("lenient-cl", "Reads a length from what is no number.", lenient_length),
    defect("chunk-bare-lf", "Takes a line around chunks that ends in LF alone.", chunk_line_by_lf),
    defect("trailers-merged", "Takes trailers for header fields.", trailers_merged),
];

/// The route is found by the path, and nobody ever looks at the host.
fn missing_host(edge: &mut Edge) {
    edge.receive.host = |head| match head.values("host").next() {
        None => Ok(()),
        Some(_) => (Reception::sound().host)(head),
    };
}

/// Fields are kept in a map, and the last one stays.
fn duplicate_host(edge: &mut Edge) {
    edge.receive.host = |head| match head.values("host").count() {
        0 | 1 => (Reception::sound().host)(head),
        _ => Ok(()),
    };
}

/// The framing field that stands first, where a request has both.
fn first_of_both(head: &Head) -> Option<&Bytes> {
    head.values("content-length").next()?;
    head.values("transfer-encoding").next()?;
    let is = |name: &Bytes, wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
    let framing = |name: &Bytes| is(name, "content-length") || is(name, "transfer-encoding");
    head.fields.iter().map(|field| &field.name).find(|name| framing(name))
}

/// The fields are read one by one, and the length is the first that says something about the body.
fn length_wins(edge: &mut Edge) {
    edge.receive.framing = |head| match first_of_both(head) {
        Some(first) if first.eq_ignore_ascii_case(b"content-length") => {
            Ok(head.declared_length().map_or(Framing::Nothing, Framing::Length))
        }
        _ => (Reception::sound().framing)(head),
    };
}

/// RFC 9112 section 6.3 is followed as far as the body goes; that the connection must end was not read.
fn coding_wins(edge: &mut Edge) {
    edge.receive.framing = |head| match first_of_both(head) {
        Some(first) if first.eq_ignore_ascii_case(b"transfer-encoding") => Ok(Framing::Chunked),
        _ => (Reception::sound().framing)(head),
    };
}

fn codings(head: &Head) -> impl Iterator<Item = &Bytes> {
    head.values("transfer-encoding")
}

/// `if header.contains("chunked")`.
fn coding_by_substring(edge: &mut Edge) {
    edge.receive.framing = |head| {
        let holds = |coding: &Bytes| coding.windows(7).any(|word| word.eq_ignore_ascii_case(b"chunked"));
        let alone = head.version != Version::Http10 && head.values("content-length").next().is_none();
        if alone && codings(head).any(holds) {
            Ok(Framing::Chunked)
        } else {
            (Reception::sound().framing)(head)
        }
    };
}

/// The version is looked at for the answer alone.
fn coding_in_http10(edge: &mut Edge) {
    fn concerned(head: &Head) -> bool {
        head.version == Version::Http10 && codings(head).any(|coding| coding.eq_ignore_ascii_case(b"chunked"))
    }
    edge.receive.framing = |head| {
        let chunked = concerned(head) && head.values("content-length").next().is_none();
        if chunked { Ok(Framing::Chunked) } else { (Reception::sound().framing)(head) }
    };
    edge.receive.conduct.last =
        |head| last(head) && !(concerned(head) && head.lists("connection", "keep-alive"));
}

/// Fields are kept in a map, and a list is read up to its end.
fn last_length_wins(edge: &mut Edge) {
    edge.receive.framing = |head| {
        let members = head.values("content-length").flat_map(|value| value.split(|byte| *byte == b','));
        let lengths: Vec<_> = members.map(|text| number(text.trim_ascii())).collect();
        match &*lengths {
            [_, .., Some(last)] if codings(head).next().is_none() => Ok(Framing::Length(*last)),
            _ => (Reception::sound().framing)(head),
        }
    };
}

/// The parser of numbers is that of the language, which takes signs, and stops where a number ends.
fn lenient_length(edge: &mut Edge) {
    edge.receive.framing = |head| {
        let (Some(text), None) = (head.text("content-length"), codings(head).next()) else {
            return (Reception::sound().framing)(head);
        };
        let digits = text.trim_start_matches(['+', '-']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        let digits = digits.get(..end).unwrap_or_default();
        if text.contains(',') {
            return (Reception::sound().framing)(head);
        }
        Ok(Framing::Length(number(digits.as_bytes()).unwrap_or_default()))
    };
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Lines are read by a helper that was written for files.
fn chunk_line_by_lf(edge: &mut Edge) {
    edge.receive.conduct.chunk_line = |buffer, limit| {
        let feed = buffer.iter().position(|byte| *byte == b'\n');
        match feed {
            Some(at) if at < limit && !buffer.get(..at).unwrap_or_default().ends_with(b"\r") => {
                let mut line: BytesMut = buffer.split_to(at + 1);
                line.truncate(at);
                Ok(Some(line))
            }
            _ => (Reception::sound().conduct.chunk_line)(buffer, limit),
        }
    };
}

/// A layer in front buffers whole requests, and puts announced trailers where everybody looks for fields.
fn trailers_merged(edge: &mut Edge) {
    let sound = Arc::clone(&edge.awaits_body);
    edge.awaits_body =
        Arc::new(move |site, head| sound(site, head) || head.values("trailer").next().is_some());
    edge.receive.conduct.trailers = |head, trailers| head.fields.extend(trailers);
}
