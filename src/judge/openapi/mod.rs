//! What the API's description says of one operation (`OpenAPI` 3.1), by pure functions of the document.
//!
//! Every finding names its place in the document as a JSON pointer (RFC 6901).

mod answer;
mod lookup;
mod refusals;
mod security;

use serde_json::Value;

use super::{Evidence, Finding, Judgement, Reading};
use lookup::{Described, find};

/// What the description must say of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionRequirement {
    /// What it must say.
    pub about: DescribedPart,
    /// The operation's method.
    pub method: String,
    /// Its path, as the contract writes it.
    pub path: String,
    /// Whether a description may be silent about it: operators need none.
    pub may_be_missing: bool,
}

/// The part of the description that something is required of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescribedPart {
    /// Its security names only schemes that are defined whole.
    Security,
    /// Its security can not be met by nothing.
    NotAnonymous,
    /// These refusals are described: their status, and whether a challenge comes along.
    Refusals(Vec<(u16, bool)>),
    /// Its security names roles.
    Roles,
    /// It has no parameter whose definition is ignored.
    NoShadowedField,
    /// An answer is as it is described.
    Answer,
}

pub(super) fn judge(
    wanted: &DescriptionRequirement,
    reading: &Reading<'_>,
    evidence: &Evidence<'_>,
) -> Judgement {
    if wanted.about == DescribedPart::Answer {
        let document = evidence.earlier.first().and_then(|exchange| exchange.answer.as_ref());
        let Some(document) = document.map(Reading::of) else {
            return Judgement::new(Finding::Unclear, "no description was fetched");
        };
        return of_document(&document, wanted, |document, found| answer::judge(document, found, reading));
    }
    of_document(reading, wanted, |document, found| part(&wanted.about, document, found))
}

/// Judges what a document says of the operation, if it is a description at all.
fn of_document(
    reading: &Reading<'_>,
    wanted: &DescriptionRequirement,
    judge: impl FnOnce(&Value, &Described<'_>) -> Judgement,
) -> Judgement {
    let (method, path) = (&wanted.method, &wanted.path);
    let described = |document: &&Value| {
        let version = document.get("openapi").and_then(Value::as_str).unwrap_or_default();
        version.starts_with("3.") && document.get("paths").is_some_and(Value::is_object)
    };
    let Some(document) = reading.json.as_ref().filter(described) else {
        let seen = super::describe_answer(reading.answer);
        return Judgement::new(Finding::Unclear, format!("{seen}: no description by OpenAPI 3.1 in JSON"));
    };
    if let Some(found) = find(document, method, path) {
        return judge(document, &found);
    }
    let silent_about = wanted.about == DescribedPart::Security && !wanted.may_be_missing;
    Judgement::new(!silent_about, format!("the description does not speak of {method} {path}"))
}

fn part(about: &DescribedPart, document: &Value, found: &Described<'_>) -> Judgement {
    match about {
        DescribedPart::Security => security::declared(document, found),
        DescribedPart::NotAnonymous => security::not_anonymous(document, found),
        DescribedPart::Roles => security::roles(document, found),
        DescribedPart::NoShadowedField => security::no_shadowed_field(document, found),
        DescribedPart::Refusals(refusals) => refusals::described(document, found, refusals),
        DescribedPart::Answer => Judgement::new(Finding::Unclear, "this is about an answer"),
    }
}

#[cfg(test)]
mod tests;
