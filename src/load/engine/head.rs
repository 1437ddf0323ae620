//! The head of an answer: its status, how its content is framed, whether its connection stays.

use std::mem::MaybeUninit;

use httparse::{Header, ParserConfig, Status};

/// The most header lines.
const MOST_LINES: usize = 128;

/// What a head says that the reader needs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) framing: Framing,
    /// Whether the connection ends behind the answer.
    pub(super) closes: bool,
}

impl Default for Head {
    fn default() -> Self {
        Self { status: 0, framing: Framing::UntilClose, closes: true }
    }
}

/// How content is framed (RFC 9112 section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// All that comes.
    UntilClose,
}

/// What the header lines have said so far.
#[derive(Default)]
struct Said {
    length: Option<u64>,
    chunked: Option<Chunked>,
    persistence: Option<Persistence>,
}

/// The transfer coding was said to be `chunked`.
#[derive(Clone, Copy)]
struct Chunked;

/// What was said of the connection; an end outweighs a stay.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Persistence {
    Close,
    KeepAlive,
}

/// Parses a head, and tells how long it is; nothing where more of it is to come.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<(Head, usize)>, &'static str> {
    let mut lines = [const { MaybeUninit::<Header<'_>>::uninit() }; MOST_LINES];
    let mut answer = httparse::Response::new(&mut []);
    let parsed = ParserConfig::default().parse_response_with_uninit_headers(&mut answer, bytes, &mut lines);
    let length = match parsed {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err("it has too many header lines"),
        Err(_) => return Err("its head is not that of an answer in HTTP/1"),
    };
    let mut said = Said::default();
    for line in &*answer.headers {
        note(line, &mut said)?;
    }
    let framing = match (said.chunked, said.length) {
        (Some(Chunked), Some(_)) => return Err("it has a length and chunks"),
        (Some(Chunked), None) => Framing::Chunked,
        (None, Some(length)) => Framing::Length(length),
        (None, None) => Framing::UntilClose,
    };
    let closes = match said.persistence {
        Some(Persistence::Close) => true,
        Some(Persistence::KeepAlive) => false,
        None => answer.version != Some(1),
    };
    let status = answer.code.unwrap_or_default();
    Ok(Some((Head { status, framing, closes }, length)))
}

fn note(line: &Header<'_>, said: &mut Said) -> Result<(), &'static str> {
    // Most names are told from these three by their length.
    match line.name.len() {
        14 if line.name.eq_ignore_ascii_case("content-length") => {
            let length = said_length(line.value)?;
            if said.length.is_some_and(|other| other != length) {
                return Err("it has two lengths");
            }
            said.length = Some(length);
        }
        17 if line.name.eq_ignore_ascii_case("transfer-encoding") => {
            if said.chunked.is_some() || !line.value.trim_ascii().eq_ignore_ascii_case(b"chunked") {
                return Err("its transfer coding is not `chunked` alone");
            }
            said.chunked = Some(Chunked);
        }
        10 if line.name.eq_ignore_ascii_case("connection") => {
            for option in line.value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
                if option.eq_ignore_ascii_case(b"close") {
                    said.persistence = Some(Persistence::Close);
                } else if option.eq_ignore_ascii_case(b"keep-alive") {
                    said.persistence.get_or_insert(Persistence::KeepAlive);
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// A length: digits, or the same digits several times in a list (RFC 9110 section 8.6).
fn said_length(value: &[u8]) -> Result<u64, &'static str> {
    let mut length = None;
    for part in value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii) {
        let digits = std::str::from_utf8(part).ok().filter(|_| part.iter().all(u8::is_ascii_digit));
        let said = digits.and_then(|digits| digits.parse().ok()).ok_or("its length is no number")?;
        if length.is_some_and(|other| other != said) {
            return Err("it has two lengths");
        }
        length = Some(said);
    }
    length.ok_or("its length is no number")
}
