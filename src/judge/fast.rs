//! Whether an answer has every mark of a right one: for those who must judge each of very many.
//!
//! An expectation is compiled once, to a status and to texts that must stand in the body. What passes has every mark of
//! a right answer; what does not is to be judged in full. An expectation that marks cannot stand for passes nothing, so
//! that everything is judged in full: slower, and never laxer.

use memchr::memmem::Finder;
use serde_json::Value;

use super::Requirement;
use crate::contract::{Acceptance, Contract, Matcher, Refusal, Rule};
use crate::document::JsonPath;

/// Right answers, as marks.
#[derive(Clone, Debug)]
pub struct Fast {
    looks: Vec<Look>,
    canaries: Vec<Finder<'static>>,
}

/// What one kind of right answer looks like.
#[derive(Clone, Debug)]
struct Look {
    status: u16,
    /// What must stand in its body.
    marks: Vec<Finder<'static>>,
    /// What must not.
    blanks: Vec<Finder<'static>>,
    /// Whether it is an acceptance.
    acceptance: bool,
}

/// A way in which an answer is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// It is an acceptance.
    Acceptance,
    /// It is a refusal.
    Refusal,
}

impl Fast {
    /// Compiles an expectation; `accepted` is how an acceptance of the operation is recognised.
    pub fn compile(requirement: &Requirement, contract: &Contract, accepted: &Acceptance) -> Self {
        let looks = looks(requirement, contract, accepted).unwrap_or_default();
        let canaries = Look::of_acceptance(accepted).map(|look| look.marks).unwrap_or_default();
        Self { looks, canaries }
    }

    /// Whether nothing can be told by marks: every answer has to be judged in full.
    pub fn is_blind(&self) -> bool {
        self.looks.is_empty()
    }

    /// Whether an answer has every mark of a right one, and none that only an acceptance may have.
    pub fn right(&self, status: u16, body: &[u8]) -> Option<Right> {
        let found = self.looks.iter().find(|look| look.fits(status, body))?;
        if found.acceptance {
            return Some(Right::Acceptance);
        }
        let revealed = !self.canaries.is_empty() && all_in(&self.canaries, body);
        (!revealed).then_some(Right::Refusal)
    }
}

impl Look {
    fn of_acceptance(accepted: &Acceptance) -> Option<Self> {
        let plain = accepted.headers.is_empty();
        let look = Self { status: accepted.status, marks: Vec::new(), blanks: Vec::new(), acceptance: true };
        look.with(&accepted.body).filter(|_| plain)
    }

    fn of_refusal(refusal: &Refusal) -> Option<Self> {
        let plain = refusal.headers.is_empty();
        let look = Self { status: refusal.status?, marks: Vec::new(), blanks: Vec::new(), acceptance: false };
        look.with(&refusal.body).filter(|_| plain)
    }

    /// With the marks of some rules; nothing where a rule has none.
    fn with<'a>(mut self, body: impl IntoIterator<Item = (&'a JsonPath, &'a Matcher)>) -> Option<Self> {
        for (path, matcher) in body {
            let member = format!("\"{}\"", member(path)?);
            for rule in &matcher.rules {
                match rule {
                    Rule::Equals(Value::String(text)) => self.marks.push(mark(&quoted(text)?)),
                    Rule::Absent => self.blanks.push(mark(&member)),
                    // What may be left out has no mark; whether it is right where it stands, only a parser can say.
                    Rule::Optional => return None,
                    Rule::Exists
                    | Rule::Equals(_)
                    | Rule::OneOf(_)
                    | Rule::Matches(_)
                    | Rule::Type(_)
                    | Rule::EqualsStatus => self.marks.push(mark(&member)),
                }
            }
        }
        Some(self)
    }

    fn fits(&self, status: u16, body: &[u8]) -> bool {
        self.status == status
            && all_in(&self.marks, body)
            && self.blanks.iter().all(|blank| blank.find(body).is_none())
    }
}

/// The looks of every answer that an expectation takes; nothing where one has none.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "what is not one of these has no marks and is judged in full"
)]
fn looks(requirement: &Requirement, contract: &Contract, accepted: &Acceptance) -> Option<Vec<Look>> {
    match requirement {
        Requirement::Acceptance => Look::of_acceptance(accepted).map(|look| vec![look]),
        Requirement::Refusal(kind) => {
            contract.refusal(*kind).and_then(Look::of_refusal).map(|look| vec![look])
        }
        Requirement::AnyRefusal => {
            let kinds = contract.refusals.keys().filter_map(|kind| contract.refusal(*kind));
            kinds.map(Look::of_refusal).collect()
        }
        Requirement::Any(any) => {
            let all: Option<Vec<_>> = any.iter().map(|one| looks(one, contract, accepted)).collect();
            all.map(|all| all.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn mark(text: &str) -> Finder<'static> {
    Finder::new(text).into_owned()
}

fn all_in(marks: &[Finder<'static>], body: &[u8]) -> bool {
    marks.iter().all(|mark| mark.find(body).is_some())
}

/// The name that a path such as `$.error.code` ends with; nothing for any other path.
fn member(path: &JsonPath) -> Option<&str> {
    let names = path.as_str().strip_prefix("$.")?;
    let plain = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    names.split('.').all(plain).then(|| names.rsplit('.').next()).flatten()
}

/// A text as it stands in JSON; nothing where it could be written in several ways.
fn quoted(text: &str) -> Option<String> {
    let plain = |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && !matches!(byte, b'"' | b'\\' | b'/');
    text.bytes().all(plain).then(|| format!("\"{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{self, RefusalKind};
    use crate::document::Source;

    fn reference() -> Contract {
        let text = include_str!("../../fixtures/reference/lockproof.yaml").to_owned();
        contract::load(Source { name: "lockproof.yaml".to_owned(), text }, &|_| None).unwrap()
    }

    fn fast(requirement: &Requirement, accepted: &str) -> Fast {
        let accepted = serde_json::from_str(accepted).unwrap();
        Fast::compile(requirement, &reference(), &accepted)
    }

    const ACCEPTED: &str = r#"{ "status": 200, "body": { "$.result.number": "exists" } }"#;

    #[test]
    fn an_acceptance_has_its_status_and_its_members() {
        let fast = fast(&Requirement::Acceptance, ACCEPTED);
        assert_eq!(fast.right(200, br#"{"result":{"number":"7"}}"#), Some(Right::Acceptance));
        assert_eq!(fast.right(200, br#"{"result":{}}"#), None);
        assert_eq!(fast.right(201, br#"{"result":{"number":"7"}}"#), None);
    }

    #[test]
    fn a_refusal_has_its_words_and_nothing_of_an_acceptance() {
        let fast = fast(&Requirement::Refusal(RefusalKind::Expired), ACCEPTED);
        assert_eq!(fast.right(401, br#"{"code": "invalid_api_key"}"#), Some(Right::Refusal));
        assert_eq!(fast.right(401, br#"{"code":"missing_api_key"}"#), None);
        assert_eq!(fast.right(403, br#"{"code":"invalid_api_key"}"#), None);
        assert_eq!(fast.right(401, br#"{"code":"invalid_api_key","result":{"number":"7"}}"#), None);
        assert_eq!(fast.right(200, br#"{"result":{"number":"7"}}"#), None);
    }

    #[test]
    fn one_of_several_is_enough() {
        let any = Requirement::Any(vec![Requirement::Acceptance, Requirement::Refusal(RefusalKind::Revoked)]);
        let fast = fast(&any, ACCEPTED);
        assert_eq!(fast.right(200, br#"{"result":{"number":"7"}}"#), Some(Right::Acceptance));
        assert_eq!(fast.right(401, br#"{"code":"invalid_api_key"}"#), Some(Right::Refusal));
        assert_eq!(fast.right(403, br#"{"code":"insufficient_permissions"}"#), None);
    }

    #[test]
    fn what_has_no_marks_passes_nothing() {
        let with_header = r#"{ "status": 200, "headers": { "X-A": "exists" } }"#;
        assert_eq!(fast(&Requirement::Acceptance, with_header).right(200, b"{}"), None);
        let deep = r#"{ "status": 200, "body": { "$.items[0].id": "exists" } }"#;
        assert_eq!(fast(&Requirement::Acceptance, deep).right(200, br#"{"items":[{"id":1}]}"#), None);
        assert_eq!(fast(&Requirement::NotAccepted, ACCEPTED).right(404, b"{}"), None);
    }
}
