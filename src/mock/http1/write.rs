//! An answer, to bytes.

use std::borrow::Cow;

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
pub(crate) fn content(answer: &Answer) -> Option<(&str, Vec<u8>)> {
    match &answer.content {
        Content::Nothing => None,
        Content::Json { media_type, value } => {
            Some((media_type, serde_json::to_vec(value).unwrap_or_default()))
        }
    }
}

/// The whole answer as one piece, so that it leaves in one write.
pub(super) fn encode(answer: &Answer, connection: Connection) -> Vec<u8> {
    let mut out = Vec::with_capacity(768);
    let reason = http::StatusCode::from_u16(answer.status).ok().and_then(|code| code.canonical_reason());
    out.extend_from_slice(
        format!("HTTP/1.1 {} {}\r\n", answer.status, reason.unwrap_or_default()).as_bytes(),
    );
    let content = content(answer);
    if let Some((media_type, _)) = content {
        line(&mut out, "Content-Type", media_type);
    }
    // RFC 9110 section 8.6: no length with 204; with 304 it would be that of the answer left out.
    if !matches!(answer.status, 204 | 304) {
        let length = content.as_ref().map_or(0, |(_, bytes)| bytes.len());
        line(&mut out, "Content-Length", &length.to_string());
    }
    for (name, value) in &answer.fields {
        line(&mut out, name, value);
    }
    if connection == Connection::Close {
        line(&mut out, "Connection", "close");
    }
    out.extend_from_slice(b"\r\n");
    match content {
        Some((_, bytes)) if !answer.withheld => out.extend_from_slice(&bytes),
        Some(_) | None => {}
    }
    out
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

    #[test]
    fn an_answer_is_written_whole() {
        let answer = Answer::json(200, json!({"a": 1})).with("X-A", "b\r\nc");
        let text = String::from_utf8(encode(&answer, Connection::Close)).unwrap();
        let expected = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\
                        X-A: b  c\r\nConnection: close\r\n\r\n{\"a\":1}";
        assert_eq!(text, expected);
    }

    #[test]
    fn withheld_content_keeps_its_length() {
        let answer = Answer { withheld: true, ..Answer::json(200, json!({"a": 1})) };
        let text = String::from_utf8(encode(&answer, Connection::Keep)).unwrap();
        assert!(text.ends_with("Content-Length: 7\r\n\r\n"), "{text}");
    }
}
