//! Whether something was refused for what it is in its protocol's own words, without any of the contract's.

use super::{Finding, Judgement, describe_answer};
use crate::wire::{Answer, Cut, ErrorCode};

/// A request must be refused as malformed (RFC 9113 section 8.1.1): an answer of 400, or `PROTOCOL_ERROR`.
pub(super) fn malformed(answer: &Answer) -> Judgement {
    let finding = match (answer.status, answer.cut) {
        (400, _)
        | (_, Some(Cut::Stream(ErrorCode::PROTOCOL_ERROR) | Cut::Connection(ErrorCode::PROTOCOL_ERROR))) => {
            Finding::Holds
        }
        // It was not answered, for whatever reason.
        (0, _) => Finding::Unclear,
        (_, _) => Finding::Broken,
    };
    Judgement::new(finding, describe_answer(answer))
}

/// HTTP/2 must not be spoken: the connection ended, or an error was answered in HTTP/1.
pub(super) fn not_spoken(answer: &Answer) -> Judgement {
    let ended = answer.status == 0 && matches!(answer.cut, Some(Cut::Connection(_) | Cut::Closed));
    let older = answer.version != "HTTP/2" && matches!(answer.status, 400..=499 | 501 | 505);
    Judgement::new(ended || older, format!("{}: {}", answer.version, describe_answer(answer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(version: &'static str, status: u16, cut: Option<Cut>) -> Answer {
        Answer { version, status, cut, ..Answer::default() }
    }

    #[test]
    fn a_malformed_request_is_refused_with_400_or_as_such() {
        let judge = |status, cut| malformed(&answer("HTTP/2", status, cut)).finding;
        let (stream, connection) = (Cut::Stream(ErrorCode(1)), Cut::Connection(ErrorCode(1)));
        for (status, cut) in [(400, None), (0, Some(stream)), (0, Some(connection)), (401, Some(stream))] {
            assert_eq!(judge(status, cut), Finding::Holds, "{status} {cut:?}");
        }
        for cut in [Cut::Stream(ErrorCode(2)), Cut::Connection(ErrorCode(0)), Cut::Closed] {
            assert_eq!(judge(0, Some(cut)), Finding::Unclear, "{cut:?}");
        }
        for status in [200, 401, 404, 500] {
            assert_eq!(judge(status, None), Finding::Broken, "{status}");
        }
    }

    #[test]
    fn a_version_that_is_not_spoken_is_answered_with_an_error_in_another_or_not_at_all() {
        let judge = |version, status, cut| not_spoken(&answer(version, status, cut)).finding;
        for (status, cut) in [(0, Cut::Closed), (0, Cut::Connection(ErrorCode(13)))] {
            assert_eq!(judge("HTTP/2", status, Some(cut)), Finding::Holds);
        }
        assert_eq!([judge("HTTP/1.1", 505, None), judge("HTTP/1.1", 400, None)], [Finding::Holds; 2]);
        for (version, status, cut) in
            [("HTTP/2", 401, None), ("HTTP/1.1", 200, None), ("HTTP/2", 0, Some(Cut::Stream(ErrorCode(1))))]
        {
            assert_eq!(judge(version, status, cut), Finding::Broken, "{version} {status}");
        }
    }
}
