//! Validators: what an answer's content is called, and requests that ask for it only if it changed
//! (RFC 9110 sections 8.8.3 and 13).
//!
//! Evaluated behind the guard, where the answer without them would be a success (section 13.2.1).

use bytes::Bytes;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::mock::edge::Denial;
use crate::mock::message::{Answer, Content, Head};

/// The tag of a document.
pub(crate) fn tag(value: &Value) -> String {
    format!("\"{:.16}\"", format!("{:x}", Sha256::digest(value.to_string())))
}

/// An answer under the preconditions of its request; as it is where it has no tag.
pub(super) fn conditional(head: &Head, answer: Answer) -> Result<Answer, Denial> {
    let reads = [http::Method::GET, http::Method::HEAD].contains(&head.method);
    let tag = answer.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("etag"));
    let Some(tag) = tag.map(|(_, tag)| tag.to_string()).filter(|_| reads && answer.status == 200) else {
        return Ok(answer);
    };
    if lists(head, Condition::Match, &tag) == Some(false) {
        return Err(Denial::PreconditionFailed);
    }
    if lists(head, Condition::NoneMatch, &tag) == Some(true) {
        return Ok(Answer { status: 304, content: Content::Nothing, ..answer });
    }
    Ok(answer)
}

/// A precondition that lists tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Condition {
    /// `If-Match`, which compares strongly (section 13.1.1): a weak tag matches nothing.
    Match,
    /// `If-None-Match`, which compares weakly (section 13.1.2).
    NoneMatch,
}

impl Condition {
    fn field(self) -> &'static str {
        match self {
            Self::Match => "if-match",
            Self::NoneMatch => "if-none-match",
        }
    }

    /// What of a listed tag is compared.
    fn compared(self, part: &[u8]) -> &[u8] {
        match self {
            Self::Match => part,
            Self::NoneMatch => part.strip_prefix(b"W/").unwrap_or(part),
        }
    }
}

/// Whether a field that lists tags lists this one; nothing where the field is not there.
fn lists(head: &Head, condition: Condition, tag: &str) -> Option<bool> {
    let mut values = head.values(condition.field()).peekable();
    values.peek()?;
    let is = |part: &[u8]| {
        let part = part.trim_ascii();
        part == b"*" || condition.compared(part) == tag.as_bytes()
    };
    Some(values.any(|value: &Bytes| value.split(|byte| *byte == b',').any(is)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mock::message::{Field, Target, Version};

    fn answered(name: &'static str, value: String) -> Result<u16, Denial> {
        let field = Field { name: Bytes::from_static(name.as_bytes()), value: Bytes::from(value) };
        let head = Head {
            method: http::Method::GET,
            target: Target { authority: None, path: "/".into(), query: None },
            version: Version::Http11,
            fields: vec![field],
        };
        let document = json!({ "a": 1 });
        let answer = Answer::json(200, document.clone()).with("ETag", tag(&document));
        conditional(&head, answer).map(|answer| answer.status)
    }

    #[test]
    fn content_that_the_client_has_is_not_sent_again() {
        let tag = tag(&json!({ "a": 1 }));
        assert_eq!(answered("If-None-Match", format!("\"x\", W/{tag}")), Ok(304));
        assert_eq!(answered("If-None-Match", "*".to_owned()), Ok(304));
        assert_eq!(answered("If-None-Match", "\"x\"".to_owned()), Ok(200));
    }

    #[test]
    fn content_that_is_not_what_the_client_thinks_is_refused() {
        assert_eq!(answered("If-Match", tag(&json!({ "a": 1 }))), Ok(200));
        assert_eq!(answered("If-Match", "\"x\"".to_owned()), Err(Denial::PreconditionFailed));
        let weak = format!("W/{}", tag(&json!({ "a": 1 })));
        assert_eq!(answered("If-Match", weak), Err(Denial::PreconditionFailed));
    }
}
