//! Requirement x exchange -> judgement, as pure functions.
//!
//! The judge never says that a refusal is right because the answer "was not 200": a refusal holds only where it was
//! positively recognised, as the contract declares it. What is neither a recognised acceptance nor a recognised
//! refusal is unclear, unless it plainly shows that the edge did something else.

mod caching;
mod challenge;
mod coding;
mod conversation;
mod cors;
mod describe;
mod fast;
mod matching;
mod openapi;
mod recognise;
mod requirement;
mod retry;
mod same;
mod sight;
pub mod statistics;
#[cfg(test)]
mod tests;
mod upstream;
mod version;

pub use challenge::{Challenge, ChallengeError, ChallengeRequirement, Parameter, parse_challenges};
pub use coding::{CodingError, decoded};
pub use conversation::ConversationRequirement;
pub use cors::CorsRequirement;
pub use describe::describe_answer;
pub use fast::{Fast, Right};
pub use openapi::{DescribedPart, DescriptionRequirement};
pub use recognise::{Recognised, Recogniser};
pub use requirement::Requirement;
pub use retry::seconds;
pub use same::{Compare, Volatile};
pub use sight::{Sight, sight};
pub use upstream::UpstreamRequirement;

use std::borrow::Cow;

use http::Method;
use serde_json::Value;

use crate::contract::Matcher;
use crate::document::HeaderName;
use crate::redact::Redactor;
use crate::wire::{Answer, Exchange, FailureKind};

/// What the judge knows of an answer and what it is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The exchange.
    pub exchange: &'a Exchange,
    /// How acceptances and refusals are recognised.
    pub recogniser: &'a Recogniser<'a>,
    /// The first exchange of every earlier step of the case, in order.
    pub earlier: &'a [Exchange],
    /// What finds every trace of every key.
    pub redactor: &'a Redactor,
    /// What differs between two equal answers.
    pub volatile: &'a Volatile<'a>,
}

/// What a requirement came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Whether it holds.
    pub finding: Finding,
    /// What was seen, or why nothing can be said.
    pub actual: String,
}

/// Whether a requirement holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Finding {
    /// It holds.
    Holds,
    /// It cannot be said.
    Unclear,
    /// It does not hold.
    Broken,
}

impl From<bool> for Finding {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Broken }
    }
}

impl Judgement {
    fn new(finding: impl Into<Finding>, actual: impl Into<String>) -> Self {
        Self { finding: finding.into(), actual: actual.into() }
    }
}

/// An answer, its body without content codings, and that as JSON: read once.
pub(crate) struct Reading<'a> {
    pub(crate) answer: &'a Answer,
    /// The body as it can be read; as it was on the wire where it cannot.
    pub(crate) body: Cow<'a, [u8]>,
    pub(crate) json: Option<Value>,
    /// Why the body cannot be read, if it cannot.
    pub(crate) unreadable: Option<CodingError>,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(answer: &'a Answer) -> Self {
        let (body, unreadable) = match decoded(answer) {
            Ok(body) => (body, None),
            Err(error) => (Cow::Borrowed(answer.body.as_slice()), Some(error)),
        };
        let whole = !answer.truncated && unreadable.is_none();
        let json = if whole { serde_json::from_slice(&body).ok() } else { None };
        Self { answer, body, json, unreadable }
    }
}

/// Judges one header field of what was heard, whatever it belongs to.
pub fn judge_field(name: &HeaderName, matcher: &Matcher, heard: &Answer) -> Judgement {
    matching::header(name, matcher, &Reading::of(heard))
}

/// Judges one exchange. A target that is too busy to decide says nothing of its lock.
pub fn judge(requirement: &Requirement, evidence: &Evidence<'_>) -> Judgement {
    let answer = evidence.exchange.answer.as_ref().filter(|_| evidence.exchange.failure.is_none());
    // What stands behind it fails as it is told to: a backend that is busy because of that has answered.
    let busy = |answer: &&Answer| {
        !requirement.names(answer.status)
            && !evidence.exchange.behind.as_ref().is_some_and(|behind| behind.acted)
    };
    let answer = answer.filter(busy);
    match answer.and_then(|answer| evidence.recogniser.throttled(answer)) {
        Some(why) => Judgement::new(Finding::Unclear, why),
        None => judge_limited(requirement, evidence),
    }
}

/// What a head says that arrived whole, where a right status is enough. A server that refuses what it has not read ends the
/// connection with the answer, and what follows the head may be lost on the way.
fn right_status(requirement: &Requirement, evidence: &Evidence<'_>) -> Option<Judgement> {
    if let Requirement::Any(parts) = requirement {
        return parts.iter().find_map(|part| right_status(part, evidence));
    }
    let answer = evidence.exchange.answer.as_ref().filter(|answer| answer.status > 0)?;
    let Requirement::Status(_) = requirement else { return None };
    Some(requirement.judge(&Reading::of(answer), evidence)).filter(|right| right.finding == Finding::Holds)
}

/// Judges one exchange where it is the target's limits that are tried: being busy is an answer like any other.
pub fn judge_limited(requirement: &Requirement, evidence: &Evidence<'_>) -> Judgement {
    let Some(answer) = evidence.exchange.answer.as_ref().filter(|_| evidence.exchange.failure.is_none())
    else {
        let failure = evidence.exchange.failure.as_ref();
        let silent = failure.is_some_and(|failure| failure.kind == FailureKind::Connect);
        if silent && requirement.is_of_silence() {
            return Judgement::new(true, "no connection");
        }
        let closed = failure.is_some_and(|failure| failure.kind == FailureKind::Closed);
        if let Some(right) = closed.then(|| right_status(requirement, evidence)).flatten() {
            return right;
        }
        let seen =
            upstream::behind(requirement, evidence).or_else(|| upstream::cut_short(requirement, evidence));
        if let Some(seen) = seen {
            return seen;
        }
        let why = failure.map_or_else(|| "no answer".to_owned(), ToString::to_string);
        return Judgement::new(Finding::Unclear, why);
    };
    let reading = Reading::of(answer);
    // Behind an answer to HEAD there is nothing to read: whatever stands there is wrong, coded or not.
    let to_head = evidence.exchange.request.method == Method::HEAD;
    if let Some(why) = reading.unreadable.as_ref().filter(|_| !to_head) {
        return Judgement::new(Finding::Unclear, format!("{}: {why}", describe_answer(answer)));
    }
    requirement.judge(&reading, evidence)
}
