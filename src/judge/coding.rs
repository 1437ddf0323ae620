//! Content codings: what an answer says, behind gzip or deflate, within bounds (RFC 9110 section 8.4).
//!
//! A server may compress though nobody asked it to (RFC 9110 section 12.5.3), so the judge has to read it. An
//! exchange keeps what was on the wire; here is the one place where it is made readable.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{MultiGzDecoder, ZlibDecoder};

use crate::wire::Answer;

/// Bytes that a decoded body may have, whatever its ratio.
const MOST_BYTES: usize = 1024 * 1024;
/// How many times as long as on the wire a body may become that is longer: text of an API becomes less. Whoever lets the
/// client read more lets it become more.
const USUAL_RATIO: usize = 8;
/// How many times as long as on the wire a body may become. Deflate itself ends at 1032; what an API says in earnest
/// stays far below this.
const MOST_RATIO: usize = 200;
/// Below this many bytes the ratio says nothing: a short text of one letter compresses as well as a bomb.
const HARMLESS_BYTES: usize = 64 * 1024;
/// How often a body may be coded; more is only done to exhaust who reads it.
const MOST_CODINGS: usize = 2;

/// Why a coded body cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodingError {
    /// The coding is not known here.
    #[error("the body is coded as `{0}`, which Lockproof does not read")]
    Unknown(String),
    /// It is coded too often.
    #[error("the body is coded {0} times over")]
    TooOften(usize),
    /// The body is not what its coding promises.
    #[error("the body is not the {0} that it is said to be")]
    Broken(&'static str),
    /// The body was longer than is read, so its coding has no end.
    #[error("the body is coded and longer than is read")]
    Truncated,
    /// The body becomes too long.
    #[error("the body grows from {from} bytes to more than {to}: a bomb")]
    Bomb {
        /// Its length on the wire.
        from: usize,
        /// The length at which reading stopped.
        to: usize,
    },
}

/// A coding that can be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Deflate,
}

/// The body of an answer without its content codings; the same bytes where it has none.
///
/// # Errors
/// When a coding is unknown, the body is not what it is said to be, or it becomes too long.
pub fn decoded(answer: &Answer) -> Result<Cow<'_, [u8]>, CodingError> {
    let mut body = Cow::Borrowed(answer.body.as_slice());
    // An answer without content may say how its content would be coded.
    if body.is_empty() {
        return Ok(body);
    }
    let codings = codings(answer)?;
    if !codings.is_empty() && answer.truncated {
        return Err(CodingError::Truncated);
    }
    // The field lists them in the order in which they were applied.
    for coding in codings.into_iter().rev() {
        body = Cow::Owned(undo(coding, &body, answer.body.len())?);
    }
    Ok(body)
}

/// The codings that an answer declares, `identity` left out.
fn codings(answer: &Answer) -> Result<Vec<Coding>, CodingError> {
    let names = answer.header("content-encoding").flat_map(|line| line.split(',')).map(str::trim);
    let names = names.filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
    let codings = names.map(|name| match name.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => Ok(Coding::Gzip),
        "deflate" => Ok(Coding::Deflate),
        _ => Err(CodingError::Unknown(name.chars().take(32).collect())),
    });
    let codings = codings.collect::<Result<Vec<_>, _>>()?;
    if codings.len() > MOST_CODINGS { Err(CodingError::TooOften(codings.len())) } else { Ok(codings) }
}

fn undo(coding: Coding, body: &[u8], on_the_wire: usize) -> Result<Vec<u8>, CodingError> {
    match coding {
        Coding::Gzip => read(MultiGzDecoder::new(body), "gzip", on_the_wire),
        Coding::Deflate => read(ZlibDecoder::new(body), "deflate", on_the_wire),
    }
}

fn read(decoder: impl Read, coding: &'static str, from: usize) -> Result<Vec<u8>, CodingError> {
    let most = most_bytes(from);
    let mut plain = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(limit).read_to_end(&mut plain).map_err(|_| CodingError::Broken(coding))?;
    if plain.len() > most { Err(CodingError::Bomb { from, to: most }) } else { Ok(plain) }
}

/// How long a body of some length on the wire may become.
fn most_bytes(on_the_wire: usize) -> usize {
    let most = MOST_BYTES.max(on_the_wire.saturating_mul(USUAL_RATIO));
    on_the_wire.saturating_mul(MOST_RATIO).clamp(HARMLESS_BYTES, most)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn answer(coding: &str, body: Vec<u8>) -> Answer {
        let headers = vec![("content-encoding".to_owned(), coding.as_bytes().to_vec())];
        Answer { headers, body, ..Answer::default() }
    }

    fn read(coding: &str, body: Vec<u8>) -> Result<Vec<u8>, CodingError> {
        decoded(&answer(coding, body)).map(Cow::into_owned)
    }

    #[test]
    fn a_coded_body_is_read_whatever_its_coding_is_called() {
        for (coding, body) in [
            ("gzip", gzip(b"hello")),
            ("X-GZIP", gzip(b"hello")),
            ("deflate", zlib(b"hello")),
            ("identity, gzip", gzip(b"hello")),
            ("deflate, gzip", gzip(&zlib(b"hello"))),
            ("gzip", [gzip(b"hel"), gzip(b"lo")].concat()),
            ("identity", b"hello".to_vec()),
            ("", b"hello".to_vec()),
        ] {
            assert_eq!(read(coding, body), Ok(b"hello".to_vec()), "{coding}");
        }
    }

    #[test]
    fn a_body_that_is_not_what_it_is_said_to_be_is_an_error() {
        let sound = gzip(b"hello");
        let half = sound[..sound.len() - 6].to_vec();
        for (coding, body) in [
            ("gzip", b"hello".to_vec()),
            ("gzip", half),
            ("deflate", sound.clone()),
            ("gzip", zlib(b"hello")),
        ] {
            assert!(matches!(read(coding, body), Err(CodingError::Broken(_))), "{coding}");
        }
        assert_eq!(read("br", b"hello".to_vec()), Err(CodingError::Unknown("br".to_owned())));
        assert_eq!(read("gzip, gzip, gzip", sound.clone()), Err(CodingError::TooOften(3)));
        let cut = Answer { truncated: true, ..answer("gzip", sound) };
        assert_eq!(decoded(&cut), Err(CodingError::Truncated));
    }

    #[test]
    fn a_bomb_is_left_alone_long_before_it_is_large() {
        let bomb = gzip(&vec![0; 64 * 1024 * 1024]);
        let from = bomb.len();
        assert_eq!(read("gzip", bomb.clone()), Err(CodingError::Bomb { from, to: MOST_BYTES }));
        assert!(matches!(read("gzip, gzip", gzip(&bomb)), Err(CodingError::Bomb { .. })));
        let small = gzip(&vec![0; 200 * 1024]);
        assert_eq!(read("gzip", small.clone()), Err(CodingError::Bomb { from: small.len(), to: 64 * 1024 }));
    }

    #[test]
    fn a_long_body_is_read_where_the_client_read_all_of_it() {
        // Noise of 32 letters, of which gzip takes about a third away.
        let next = |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        let letter = |state: u64| b'A' + u8::try_from(state >> 59).unwrap();
        let plain: Vec<u8> = std::iter::successors(Some(1), next).map(letter).take(3_000_000).collect();
        let coded = gzip(&plain);
        assert!(coded.len() > MOST_BYTES / USUAL_RATIO, "{}", coded.len());
        assert_eq!(read("gzip", coded), Ok(plain));
    }

    #[test]
    fn nothing_has_no_coding() {
        assert_eq!(read("gzip", Vec::new()), Ok(Vec::new()));
        assert_eq!(read("br", Vec::new()), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_within_bounds_or_refused(body: Vec<u8>, coding in "gzip|deflate|gzip, deflate|br") {
            if let Ok(plain) = read(&coding, body.clone()) {
                prop_assert!(plain.len() <= most_bytes(body.len()));
            }
        }

        #[test]
        fn what_was_coded_is_read_back(plain: Vec<u8>) {
            prop_assert_eq!(read("gzip", gzip(&plain)), Ok(plain.clone()));
            prop_assert_eq!(read("deflate", zlib(&plain)), Ok(plain));
        }
    }
}
