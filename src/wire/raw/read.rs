//! An answer from the bytes of a connection that said nothing else.

use super::super::client::Limits;
use super::super::exchange::Answer;
use super::super::failure::{Failure, FailureKind};

/// Interim answers (RFC 9110 section 15.2) that are taken before the final one.
const MOST_INTERIM: usize = 16;

/// Whether the head of an answer is complete.
pub(super) fn head_ends(received: &[u8]) -> bool {
    received.windows(4).any(|window| window == b"\r\n\r\n")
}

/// The final answer: its head, and everything behind it as its body.
pub(super) fn answer(received: &[u8], limits: Limits) -> Result<Answer, Failure> {
    let mut rest = received;
    for _ in 0..MOST_INTERIM {
        let (answer, behind) = head(rest, limits)?;
        if !(100..200).contains(&answer.status) || answer.status == 101 {
            let kept = behind.len().min(limits.body_bytes);
            let body = behind.get(..kept).unwrap_or_default().to_vec();
            return Ok(Answer { truncated: behind.len() > kept, body, ..answer });
        }
        rest = behind;
    }
    Err(Failure::new(FailureKind::Malformed, format!("more than {MOST_INTERIM} interim answers")))
}

fn head(bytes: &[u8], limits: Limits) -> Result<(Answer, &[u8]), Failure> {
    let mut lines = vec![httparse::EMPTY_HEADER; limits.header_lines];
    let mut response = httparse::Response::new(&mut lines);
    let malformed = |detail: String| Failure::new(FailureKind::Malformed, detail);
    let length = match response.parse(bytes).map_err(|error| malformed(error.to_string()))? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Err(Failure::new(FailureKind::Closed, "")),
    };
    let version = if response.version == Some(0) { "HTTP/1.0" } else { "HTTP/1.1" };
    let headers = response.headers.iter().map(|line| (line.name.to_ascii_lowercase(), line.value.to_vec()));
    let answer = Answer {
        version,
        status: response.code.unwrap_or_default(),
        headers: headers.collect(),
        body: Vec::new(),
        truncated: false,
    };
    Ok((answer, bytes.get(length..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn content_behind_a_head_is_seen() {
        let seen =
            answer(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nhi", Limits::default()).unwrap();
        assert_eq!((seen.status, &*seen.body), (401, &b"hi"[..]));
        assert_eq!(seen.header("content-length").next(), Some("2"));
    }

    #[test]
    fn interim_answers_are_passed_over_but_not_without_end() {
        let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
        let last = b"HTTP/1.1 200 OK\r\n\r\n";
        let two = [&interim[..], last].concat();
        assert_eq!(answer(&two, Limits::default()).unwrap().status, 200);
        let many = [interim.repeat(MOST_INTERIM + 1), last.to_vec()].concat();
        assert_eq!(answer(&many, Limits::default()).unwrap_err().kind, FailureKind::Malformed);
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_a_failure(bytes: Vec<u8>) {
            if let Ok(seen) = answer(&bytes, Limits::default()) {
                prop_assert!(seen.body.len() <= bytes.len());
            }
        }
    }
}
