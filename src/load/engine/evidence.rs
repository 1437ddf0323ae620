//! What was sent and what came back, as the exchange that the judge and the reports know.

use std::time::Duration;

use super::reader::Reader;
use crate::load::verdict::Outcome;
use crate::wire::{Answer, Exchange, Failure, FailureKind, Request, Timing};

/// An exchange with a whole answer.
pub(super) fn answered(request: Request, reader: &Reader, service: Duration) -> Exchange {
    let timing = Timing { last_byte: Some(service), ..Timing::default() };
    Exchange { request, answer: Some(answer(reader)), failure: None, timing, transcript: None, behind: None }
}

/// An exchange without one, with as much of it as came.
pub(super) fn failed(
    request: Request,
    reader: &Reader,
    (outcome, what): (Outcome, &'static str),
) -> Exchange {
    let kind = match outcome {
        Outcome::TimedOut => FailureKind::Timeout,
        Outcome::Malformed => FailureKind::Malformed,
        Outcome::RightAccept
        | Outcome::RightRefusal
        | Outcome::FalseAccept
        | Outcome::FalseRefusal
        | Outcome::Shed
        | Outcome::WrongAnswer
        | Outcome::Closed
        | Outcome::Reset => FailureKind::Closed,
    };
    // The kind says it already.
    let detail = if matches!(outcome, Outcome::TimedOut | Outcome::Closed) { "" } else { what };
    let has_head = !reader.head_bytes().is_empty();
    Exchange {
        request,
        answer: has_head.then(|| answer(reader)),
        failure: Some(Failure::new(kind, detail)),
        timing: Timing::default(),
        transcript: None,
        behind: None,
    }
}

fn answer(reader: &Reader) -> Answer {
    let version = if reader.head_bytes().starts_with(b"HTTP/1.0") { "HTTP/1.0" } else { "HTTP/1.1" };
    Answer {
        version,
        status: reader.status(),
        headers: reader.head_bytes().split(|byte| *byte == b'\n').skip(1).filter_map(line).collect(),
        body: reader.body().to_vec(),
        truncated: reader.is_truncated(),
        ..Answer::default()
    }
}

fn line(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = memchr::memchr(b':', line)?;
    let (name, value) = line.split_at_checked(colon)?;
    let value = value.get(1..)?.trim_ascii();
    Some((String::from_utf8_lossy(name).into_owned(), value.to_vec()))
}
