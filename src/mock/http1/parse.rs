//! A request's head, from bytes (RFC 9112 sections 2 to 5).

use bytes::Bytes;

use super::conduct::Conduct;
use super::field::{self, is_tchar};
use super::framing::{self, Framing};
use super::target;
use crate::mock::edge::Denial;
use crate::mock::message::{Field, Head, Target, Version};

/// The largest head that is taken, in bytes.
pub(crate) const HEAD_LIMIT: usize = 64 * 1024;
/// The most field lines that are taken.
pub(crate) const FIELD_LIMIT: usize = 100;

/// Method, target and version of a request line.
type Words<'a> = Result<[&'a [u8]; 3], Denial>;

/// The rules by which requests are received, each of which can be exchanged for another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reception {
    /// The largest head that is taken, in bytes.
    pub(crate) most: usize,
    /// Takes a head apart into its lines, the empty one at its end left out.
    pub(crate) lines: fn(&Bytes) -> Result<Vec<Bytes>, Denial>,
    /// Takes a request line apart into method, target and version.
    pub(crate) words: for<'a> fn(&'a [u8]) -> Words<'a>,
    /// Reads a request target.
    pub(crate) target: fn(&http::Method, &[u8]) -> Result<Target, Denial>,
    /// Reads a field line.
    pub(crate) field: fn(&Bytes) -> Result<Field, Denial>,
    /// Judges the `Host`.
    pub(crate) host: fn(&Head) -> Result<(), Denial>,
    /// Finds where the body ends.
    pub(crate) framing: fn(&Head) -> Result<Framing, Denial>,
    /// How the connection goes on.
    pub(crate) conduct: Conduct,
}

impl Reception {
    /// The rules as the RFCs have them.
    pub(crate) fn sound() -> Self {
        Self {
            most: HEAD_LIMIT,
            lines,
            words,
            target: target::target,
            field: field::line,
            host: field::host,
            framing: framing::framing,
            conduct: Conduct::sound(),
        }
    }

    /// Reads a whole head, its empty last line included.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(crate) fn parse(&self, head: &Bytes) -> Result<(Head, Framing), Denial> {
        let lines = (self.lines)(head)?;
        let (request, lines) = lines.split_first().ok_or(Denial::Malformed("The request is empty."))?;
        let (method, target, version) = self.request_line(request)?;
        let mut fields = Vec::with_capacity(16);
        for line in lines {
            if fields.len() == FIELD_LIMIT {
                return Err(Denial::HeadTooLarge);
            }
            fields.push((self.field)(line)?);
        }
        let head = Head { method, target, version, fields };
        (self.host)(&head)?;
        let framing = (self.framing)(&head)?;
        Ok((head, framing))
    }

    fn request_line(&self, line: &[u8]) -> Result<(http::Method, Target, Version), Denial> {
        let [method, target, version] = (self.words)(line)?;
        if method.is_empty() || !method.iter().copied().all(is_tchar) {
            return Err(Denial::Malformed("The method is not a token."));
        }
        let method = http::Method::from_bytes(method);
        let method = method.map_err(|_| Denial::Malformed("The method is not a token."))?;
        let version = version_of(version)?;
        Ok((method.clone(), (self.target)(&method, target)?, version))
    }
}

/// Three words with one space between each (RFC 9112 section 3).
fn words(line: &[u8]) -> Words<'_> {
    let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
    words.try_into().map_err(|_| Denial::Malformed("The request line is not three words."))
}

fn version_of(word: &[u8]) -> Result<Version, Denial> {
    match word {
        b"HTTP/1.0" => Ok(Version::Http10),
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor] if minor.is_ascii_digit() => Ok(Version::Http11),
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            Err(Denial::Version)
        }
        _ => Err(Denial::Malformed("The request line does not end in a version.")),
    }
}

/// The lines of a head up to the empty one.
fn lines(head: &Bytes) -> Result<Vec<Bytes>, Denial> {
    let is_text = |line: &Result<Bytes, Denial>| line.as_ref().map_or(true, |line| !line.is_empty());
    Lines(head.clone()).take_while(is_text).collect()
}

/// The lines of a head, their ends taken off. A line ends in CRLF and nothing else, and a CR is nowhere else.
struct Lines(Bytes);

impl Iterator for Lines {
    type Item = Result<Bytes, Denial>;

    fn next(&mut self) -> Option<Self::Item> {
        let feed = self.0.iter().position(|byte| *byte == b'\n')?;
        let line = self.0.split_to(feed + 1);
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Some(Err(Denial::Malformed("A line does not end in CRLF.")));
        };
        if text.contains(&b'\r') {
            return Some(Err(Denial::Malformed("There is a CR within a line.")));
        }
        Some(Ok(line.slice(..text.len())))
    }
}

/// How many bytes of a buffer are empty lines before a request, which are ignored (RFC 9112 section 2.2).
pub(super) fn leading_blank(buffer: &[u8]) -> usize {
    buffer.chunks_exact(2).take_while(|pair| *pair == b"\r\n").count() * 2
}

/// Where the head at the beginning of a buffer ends, just behind its empty line. Lines that end in a bare LF
/// are found as well, so that they can be refused at once.
pub(super) fn end_of_head(buffer: &[u8]) -> Option<usize> {
    let feeds = buffer.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    feeds.into_iter().find_map(|after| match buffer.get(after..)? {
        [b'\n', ..] => Some(after + 1),
        [b'\r', b'\n', ..] => Some(after + 2),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &[u8]) -> Result<(Head, Framing), Denial> {
        Reception::sound().parse(&Bytes::copy_from_slice(text))
    }

    #[test]
    fn a_sound_head_is_read_whole() {
        let (head, framing) = parse(b"POST /a?b HTTP/1.1\r\nHost: x\r\nX: 1\r\nx: 2\r\n\r\n").unwrap();
        assert_eq!((head.method.as_str(), head.target.path.as_str()), ("POST", "/a"));
        assert_eq!(head.values("X").map(|value| &value[..]).collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(framing, Framing::Nothing);
    }

    #[test]
    fn a_malformed_head_is_refused() {
        for text in [
            &b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
            b"GET / x HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /\r\n\r\n",
            b"G(T / HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\nHost: x\n\n",
            b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
            b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x/y?z=\r\n\r\n",
        ] {
            assert!(matches!(parse(text), Err(Denial::Malformed(_))), "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(parse(b"PRI * HTTP/2.0\r\n\r\n").unwrap_err(), Denial::Version);
    }

    #[test]
    fn the_most_field_lines_are_taken_and_no_more() {
        let head = |count| format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "a: b\r\n".repeat(count));
        assert!(parse(head(FIELD_LIMIT - 1).as_bytes()).is_ok());
        assert_eq!(parse(head(FIELD_LIMIT).as_bytes()).unwrap_err(), Denial::HeadTooLarge);
    }

    #[test]
    fn the_method_is_case_sensitive() {
        assert_eq!(parse(b"get / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap().0.method.as_str(), "get");
    }

    #[test]
    fn the_end_of_a_head_is_its_first_empty_line() {
        assert_eq!(end_of_head(b"a\r\nb\r\n\r\nbody\r\n\r\n"), Some(8));
        assert_eq!(end_of_head(b"a\nb\n\nbody"), Some(5));
        assert_eq!(end_of_head(b"a\r\nb\r\n\r"), None);
        assert_eq!(leading_blank(b"\r\n\r\nGET"), 4);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
            let _ = end_of_head(&bytes);
        }

        #[test]
        fn what_was_written_is_what_is_read(
            path in "/[a-zA-Z0-9/._~%-]{0,40}",
            name in "[A-Za-z][A-Za-z0-9-]{0,20}",
            value in "[!-~]([ -~]{0,40}[!-~])?",
        ) {
            prop_assume!(!["host", "content-length", "transfer-encoding"].contains(&name.to_lowercase().as_str()));
            let text = format!("GET {path} HTTP/1.1\r\nHost: x\r\n{name}: {value}\r\n\r\n");
            let (head, _) = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(&head.target.path, &path);
            prop_assert_eq!(head.text(&name), Some(value.as_str()));
        }
    }
}
