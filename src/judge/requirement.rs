//! What an answer must be, bound to one contract.

use std::time::Duration;

use super::{ChallengeRequirement, Compare, ConversationRequirement, CorsRequirement};
use super::{DescriptionRequirement, Evidence, Finding, Judgement, Reading, UpstreamRequirement};
use super::{
    caching, challenge, conversation, cors, matching, openapi, recognise, retry, same, upstream, version,
};
use crate::contract::{Matcher, RefusalKind};
use crate::document::{HeaderName, JsonPath, Pattern, StatusMatch};

/// What an answer must be.
#[derive(Clone, Debug)]
pub enum Requirement {
    /// Exactly this kind of refusal.
    Refusal(RefusalKind),
    /// Any refusal that the contract declares.
    AnyRefusal,
    /// An acceptance.
    Acceptance,
    /// Anything but an acceptance and a server error.
    NotAccepted,
    /// A refusal as malformed.
    Malformed,
    /// No answer in HTTP/2, and no acceptance in HTTP/1.
    NotSpoken,
    /// One of these status codes.
    Status(Vec<StatusMatch>),
    /// None of these status codes.
    StatusNot(Vec<StatusMatch>),
    /// What a header field must be.
    Header(HeaderName, Matcher),
    /// What a JSON body must hold.
    Body(JsonPath, Matcher),
    /// What its challenges must be.
    Challenge(ChallengeRequirement),
    /// What it must tell a browser.
    Cors(CorsRequirement),
    /// What the API's description must say of an operation.
    Description(DescriptionRequirement),
    /// Nothing that only an acceptance holds stands in it.
    NoResult,
    /// No trace of a key stands in the answer.
    NoEcho,
    /// None of these patterns is found in the answer.
    Nowhere(Vec<Pattern>),
    /// No connection comes to be.
    Unreachable,
    /// There is no content.
    NoContent,
    /// It does not send the client to another origin.
    NoForeignRedirect,
    /// It says when to come back.
    RetryAfter,
    /// It cannot be told from the answer to an earlier step.
    SameAs {
        /// The step's number, from 1.
        step: usize,
        /// Which parts of the answer are compared.
        compare: Compare,
    },
    /// It can be told from the answer to an earlier step.
    DiffersFrom {
        /// The step's number, from 1.
        step: usize,
        /// Another step, whose answer differs from that one in any case.
        like: usize,
    },
    /// No cache may give it to whoever sends something else in this field.
    VariesOn(HeaderName),
    /// It is complete within this time.
    Within(Duration),
    /// What was heard on the whole connection is so.
    Conversation(ConversationRequirement),
    /// What arrived behind the target is so.
    Upstream(UpstreamRequirement),
    /// All of these hold.
    All(Vec<Requirement>),
    /// At least one of these holds.
    Any(Vec<Requirement>),
}

impl Requirement {
    /// All of several requirements; a single one stays itself.
    pub fn all(mut all: Vec<Self>) -> Self {
        match (all.pop(), all.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                all.extend(last);
                Self::All(all)
            }
        }
    }

    /// Whether it asks for an acceptance or a refusal, and for nothing besides.
    pub fn is_verdict(&self) -> bool {
        matches!(self, Self::Refusal(_) | Self::AnyRefusal | Self::Acceptance)
    }

    /// Whether a requirement, or a part of it, is of a sort; what is required of single answers of a conversation is
    /// not a part of it.
    pub fn holds_any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        if let Self::All(parts) | Self::Any(parts) = self {
            return parts.iter().any(|part| part.holds_any(is));
        }
        is(self)
    }

    /// Whether it names a status among those that are right: then such an answer is one, however busy the target says
    /// that it is. `4xx` does not name 429: what a limit answers says nothing of the lock. `5xx` does name 503: it says that
    /// something is out of order.
    pub fn names(&self, status: u16) -> bool {
        let named = |one: &Self| {
            let Self::Status(codes) = one else { return false };
            codes.iter().any(|code| code.matches(status) && *code != StatusMatch::Class(4))
        };
        self.holds_any(&named)
    }

    /// Whether nothing is right without the end of the connection.
    pub fn wants_end(&self) -> bool {
        if let Self::All(parts) = self {
            return parts.iter().any(Self::wants_end);
        }
        if let Self::Any(parts) = self {
            return parts.iter().all(Self::wants_end);
        }
        matches!(self, Self::Conversation(ConversationRequirement::Closes))
    }

    /// Whether it holds where there is no connection.
    pub(super) fn is_of_silence(&self) -> bool {
        if let Self::Any(parts) = self {
            return parts.iter().any(Self::is_of_silence);
        }
        matches!(self, Self::Unreachable)
    }

    /// Whether only an acceptance can be right.
    pub fn wants_acceptance(&self) -> bool {
        self.holds_any(&|one| matches!(one, Self::Acceptance))
    }

    pub(super) fn judge(&self, reading: &Reading<'_>, evidence: &Evidence<'_>) -> Judgement {
        match self {
            Self::Refusal(kind) => recognise::refusal(Some(*kind), reading, evidence.recogniser),
            Self::AnyRefusal => recognise::refusal(None, reading, evidence.recogniser),
            Self::Acceptance => recognise::acceptance(reading, evidence.recogniser),
            Self::NotAccepted => recognise::not_accepted(reading, evidence.recogniser),
            Self::Malformed => version::malformed(reading.answer),
            Self::NotSpoken => version::not_spoken(reading.answer),
            Self::Status(codes) => {
                let status = reading.answer.status;
                let holds = codes.iter().any(|code| code.matches(status));
                Judgement::new(holds, format!("status {status}"))
            }
            Self::StatusNot(codes) => {
                let status = reading.answer.status;
                let holds = !codes.iter().any(|code| code.matches(status));
                Judgement::new(holds, format!("status {status}"))
            }
            Self::Header(name, rule) => matching::header(name, rule, reading),
            Self::Body(path, rule) => matching::body(path, rule, reading),
            Self::Challenge(rule) => challenge::judge(rule, reading),
            Self::Cors(rule) => cors::judge(rule, reading, evidence),
            Self::Description(wanted) => openapi::judge(wanted, reading, evidence),
            Self::NoResult => recognise::no_result(reading, evidence.recogniser),
            Self::NoEcho => matching::no_echo(reading, evidence.exchange, evidence.redactor),
            Self::Nowhere(patterns) => matching::nowhere(patterns, reading),
            Self::Unreachable => Judgement::new(false, super::describe_answer(reading.answer)),
            Self::NoContent => {
                let length = reading.answer.body.len();
                Judgement::new(length == 0, format!("{length} bytes of content"))
            }
            Self::NoForeignRedirect => matching::no_foreign_redirect(reading, evidence.exchange),
            Self::RetryAfter => retry::retry_after(reading),
            Self::SameAs { step, compare } => same::judge((*step, compare), reading, evidence),
            Self::DiffersFrom { step, like } => caching::differs((*step, *like), reading, evidence),
            Self::VariesOn(name) => caching::varies(name, reading),
            Self::Within(bound) => within(*bound, evidence),
            Self::Conversation(rule) => conversation::judge(rule, evidence),
            Self::Upstream(rule) => upstream::judge(rule, evidence),
            Self::All(all) => worst(all.iter().map(|one| one.judge(reading, evidence)), reading),
            Self::Any(any) => best(any.iter().map(|one| one.judge(reading, evidence))),
        }
    }
}

/// All must hold: the first that is broken decides, then the first that is unclear.
fn worst(judgements: impl Iterator<Item = Judgement>, reading: &Reading<'_>) -> Judgement {
    let mut worst = Judgement::new(Finding::Holds, "");
    for judgement in judgements {
        if judgement.finding > worst.finding || worst.actual.is_empty() {
            worst = judgement;
        }
    }
    if worst.actual.is_empty() {
        worst.actual = super::describe_answer(reading.answer);
    }
    worst
}

/// One must hold: the first that does decides; otherwise what was seen for each.
fn best(judgements: impl Iterator<Item = Judgement>) -> Judgement {
    let mut all: Vec<Judgement> = judgements.collect();
    if let Some(at) = all.iter().position(|one| one.finding == Finding::Holds) {
        return all.swap_remove(at);
    }
    let unclear = all.iter().any(|one| one.finding == Finding::Unclear);
    let mut seen: Vec<String> = all.into_iter().map(|one| one.actual).collect();
    seen.dedup();
    Judgement::new(if unclear { Finding::Unclear } else { Finding::Broken }, seen.join("; "))
}

fn within(bound: Duration, evidence: &Evidence<'_>) -> Judgement {
    let took = evidence.exchange.timing.last_byte.unwrap_or_default();
    Judgement::new(took <= bound, format!("complete after {} ms", took.as_millis()))
}
