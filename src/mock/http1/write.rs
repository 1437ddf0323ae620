//! An answer, to bytes.

use std::borrow::Cow;
use std::io::Write as _;

use super::manner::{Manner, Names, Written};
use crate::mock::message::{Answer, Content};

/// What becomes of the connection behind an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// It goes on.
    Keep,
    /// It ends, and the answer says so.
    Close,
}

/// The media type and the bytes of an answer's content.
pub(crate) fn content(answer: &Answer) -> Option<(&str, Cow<'_, [u8]>)> {
    match &answer.content {
        Content::Nothing => None,
        Content::Json { media_type, value } => {
            Some((media_type, serde_json::to_vec(value).unwrap_or_default().into()))
        }
        Content::Written { media_type, bytes } => Some((media_type, Cow::Borrowed(bytes))),
    }
}

/// The whole answer as one piece, so that it leaves in one write.
pub(super) fn encode(answer: &Answer, connection: Connection, manner: Manner) -> Vec<u8> {
    let content = content(answer);
    let chunked = manner.framing == Written::Chunked && content.is_some();
    let mut out = Vec::with_capacity(768);
    write!(out, "HTTP/1.1 {} {}\r\n", answer.status, reason(answer, manner)).ok();
    let mut line = |name: &str, value: &str| line(&mut out, &named(name, manner.names), value);
    if let Some((media_type, _)) = content {
        line("Content-Type", media_type);
    }
    if chunked {
        line("Transfer-Encoding", "chunked");
    } else if !matches!(answer.status, 101 | 204 | 304) {
        // RFC 9110 section 8.6: no length with 101 or 204; with 304 it would be that of the answer left out.
        let length = content.as_ref().map_or(0, |(_, bytes)| bytes.len());
        line("Content-Length", &length.to_string());
    }
    for (name, value) in &answer.fields {
        line(name, value);
    }
    if connection == Connection::Close {
        line("Connection", "close");
    }
    out.extend_from_slice(b"\r\n");
    match content {
        Some((_, bytes)) if !answer.withheld && chunked => chunks(&mut out, &bytes),
        Some((_, bytes)) if !answer.withheld => out.extend_from_slice(&bytes),
        Some(_) | None => {}
    }
    out
}

fn reason(answer: &Answer, manner: Manner) -> &'static str {
    let standard = || http::StatusCode::from_u16(answer.status).ok()?.canonical_reason();
    manner.reason.or_else(standard).unwrap_or_default()
}

fn named(name: &str, names: Names) -> Cow<'_, str> {
    match names {
        Names::AsTheyAre => name.into(),
        Names::Lower => name.to_ascii_lowercase().into(),
        Names::Upper => name.to_ascii_uppercase().into(),
    }
}

/// A content in two chunks, so that there is something to put together (RFC 9112 section 7.1).
fn chunks(out: &mut Vec<u8>, bytes: &[u8]) {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    for chunk in [first, second].into_iter().filter(|chunk| !chunk.is_empty()) {
        write!(out, "{:x}\r\n", chunk.len()).ok();
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
}

fn line(out: &mut Vec<u8>, name: &str, value: &str) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(printable(value).as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// A value that cannot end its line: what a contract holds could.
fn printable(value: &str) -> Cow<'_, str> {
    if value.chars().any(char::is_control) {
        value.replace(char::is_control, " ").into()
    } else {
        value.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(answer: &Answer, connection: Connection, manner: Manner) -> String {
        String::from_utf8(encode(answer, connection, manner)).unwrap()
    }

    #[test]
    fn an_answer_is_written_whole() {
        let answer = Answer::json(200, json!({"a": 1})).with("X-A", "b\r\nc");
        let text = written(&answer, Connection::Close, Manner::standard());
        let expected = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\
                        X-A: b  c\r\nConnection: close\r\n\r\n{\"a\":1}";
        assert_eq!(text, expected);
    }

    #[test]
    fn withheld_content_keeps_its_length() {
        let answer = Answer { withheld: true, ..Answer::json(200, json!({"a": 1})) };
        let text = written(&answer, Connection::Keep, Manner::standard());
        assert!(text.ends_with("Content-Length: 7\r\n\r\n"), "{text}");
    }

    #[test]
    fn an_answer_may_be_written_in_another_manner() {
        let manner = Manner { names: Names::Upper, framing: Written::Chunked, ..Manner::standard() };
        let text = written(
            &Answer::json(401, json!({"a": 1})),
            Connection::Keep,
            Manner { reason: Some(""), ..manner },
        );
        let expected = "HTTP/1.1 401 \r\nCONTENT-TYPE: application/json\r\nTRANSFER-ENCODING: chunked\r\n\r\n\
                        3\r\n{\"a\r\n4\r\n\":1}\r\n0\r\n\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn withheld_content_has_no_chunks_either() {
        let answer = Answer { withheld: true, ..Answer::json(200, json!({"a": 1})) };
        let manner = Manner { framing: Written::Chunked, ..Manner::standard() };
        assert!(written(&answer, Connection::Keep, manner).ends_with("chunked\r\n\r\n"));
    }
}
