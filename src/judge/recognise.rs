//! Whether an answer is an acceptance, which refusal it is, or what else.

use indexmap::IndexMap;

use super::{Finding, Judgement, Reading, describe_answer, matching};
use crate::contract::{Acceptance, Contract, Matcher, Refusal, RefusalKind};
use crate::document::{HeaderName, JsonPath};
use crate::wire::Answer;

/// How the acceptances of one operation and the refusals of one contract are recognised.
#[derive(Clone, Debug)]
pub struct Recogniser<'a> {
    accepted: &'a Acceptance,
    refusals: Vec<(RefusalKind, &'a Refusal)>,
}

/// What an answer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// An acceptance.
    Acceptance,
    /// A refusal of these kinds, which cannot be told from each other.
    Refusal(Vec<RefusalKind>),
    /// Neither.
    Neither,
}

impl<'a> Recogniser<'a> {
    /// For an operation's acceptances under a contract.
    pub fn new(contract: &'a Contract, accepted: &'a Acceptance) -> Self {
        let kinds = contract.refusals.keys();
        let refusals = kinds.filter_map(|kind| Some((*kind, contract.refusal(*kind)?))).collect();
        Self { accepted, refusals }
    }

    /// What an answer is.
    pub(crate) fn recognise(&self, reading: &Reading<'_>) -> Recognised {
        if self.is_acceptance(reading) {
            return Recognised::Acceptance;
        }
        let matching = self.refusals.iter().filter(|(_, refusal)| is_refusal(refusal, reading));
        let kinds: Vec<_> = matching.map(|(kind, _)| *kind).collect();
        if kinds.is_empty() { Recognised::Neither } else { Recognised::Refusal(kinds) }
    }

    /// What an answer is, for those who have only the answer.
    pub fn recognise_answer(&self, answer: &Answer) -> Recognised {
        self.recognise(&Reading::of(answer))
    }

    /// Whether an answer holds all that only an acceptance may hold, whatever its status says.
    pub fn reveals(&self, answer: &crate::wire::Answer) -> bool {
        let Acceptance { headers, body, .. } = self.accepted;
        !body.is_empty() && parts(headers, body, &Reading::of(answer)) == Parts::Match
    }

    fn is_acceptance(&self, reading: &Reading<'_>) -> bool {
        let Acceptance { status, headers, body } = self.accepted;
        *status == reading.answer.status && parts(headers, body, reading) == Parts::Match
    }

    /// Why an answer says nothing about the lock: the target is too busy to decide.
    pub(crate) fn throttled(&self, answer: &Answer) -> Option<String> {
        let status = answer.status;
        let declared = self.refusals.iter().any(|(_, refusal)| refusal.status == Some(status));
        let busy = status == 429 || (status == 503 && answer.header("retry-after").next().is_some());
        (busy && !declared).then(|| format!("the target is busy: status {status}"))
    }

    fn refusal(&self, kind: RefusalKind) -> Option<&'a Refusal> {
        self.refusals.iter().find(|(known, _)| *known == kind).map(|(_, refusal)| *refusal)
    }
}

/// How the declared header fields and body members compare with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parts {
    /// All of them are as declared.
    Match,
    /// Some are not there, and none contradicts.
    Missing,
    /// Some are there and are something else.
    Contradict,
}

fn parts(
    headers: &IndexMap<HeaderName, Matcher>,
    body: &IndexMap<JsonPath, Matcher>,
    reading: &Reading<'_>,
) -> Parts {
    let headers = headers.iter().map(|(name, rule)| {
        (matching::header(name, rule, reading), { reading.answer.header(name.as_str()).next().is_some() })
    });
    let body = body.iter().map(|(path, rule)| {
        (matching::body(path, rule, reading), {
            reading.json.as_ref().is_some_and(|json| !path.select(json).is_empty())
        })
    });
    let mut parts = Parts::Match;
    for (judgement, there) in headers.chain(body) {
        match (judgement.finding, there) {
            (Finding::Holds, _) => {}
            (Finding::Broken | Finding::Unclear, true) => return Parts::Contradict,
            (Finding::Broken | Finding::Unclear, false) => parts = Parts::Missing,
        }
    }
    parts
}

fn is_refusal(refusal: &Refusal, reading: &Reading<'_>) -> bool {
    refusal.status == Some(reading.answer.status)
        && parts(&refusal.headers, &refusal.body, reading) == Parts::Match
}

/// An answer must be an acceptance.
pub(super) fn acceptance(reading: &Reading<'_>, recogniser: &Recogniser<'_>) -> Judgement {
    let seen = describe_answer(reading.answer);
    match recogniser.recognise(reading) {
        Recognised::Acceptance => Judgement::new(Finding::Holds, seen),
        Recognised::Refusal(kinds) => {
            Judgement::new(Finding::Broken, format!("{seen}: the refusal {}", names(&kinds)))
        }
        Recognised::Neither if reading.answer.status == 0 => Judgement::new(Finding::Unclear, seen),
        Recognised::Neither if recogniser.accepted.status == reading.answer.status => {
            let why = format!("{seen}: the status of an acceptance, without what the contract says it holds");
            Judgement::new(if reading.answer.is_page() { Finding::Unclear } else { Finding::Broken }, why)
        }
        Recognised::Neither => Judgement::new(Finding::Broken, seen),
    }
}

/// An answer must be a refusal: of one kind, or of any.
pub(super) fn refusal(
    wanted: Option<RefusalKind>,
    reading: &Reading<'_>,
    recogniser: &Recogniser<'_>,
) -> Judgement {
    let seen = describe_answer(reading.answer);
    match recogniser.recognise(reading) {
        Recognised::Acceptance => Judgement::new(Finding::Broken, format!("{seen}: accepted")),
        Recognised::Refusal(kinds) if wanted.is_none_or(|wanted| kinds.contains(&wanted)) => {
            Judgement::new(Finding::Holds, format!("{seen}: the refusal {}", names(&kinds)))
        }
        Recognised::Refusal(kinds) => {
            Judgement::new(Finding::Broken, format!("{seen}: the refusal {}", names(&kinds)))
        }
        Recognised::Neither => neither(wanted, reading, recogniser),
    }
}

/// What to make of an answer that is no refusal of the contract and no acceptance.
fn neither(wanted: Option<RefusalKind>, reading: &Reading<'_>, recogniser: &Recogniser<'_>) -> Judgement {
    let seen = describe_answer(reading.answer);
    if reading.answer.status == 0 {
        return Judgement::new(Finding::Unclear, seen);
    }
    if reading.answer.is_page() && reading.answer.status < 300 {
        let why = format!("{seen}: a page for people; something between us and the API may have answered");
        return Judgement::new(Finding::Unclear, why);
    }
    let wanted = wanted.and_then(|kind| recogniser.refusal(kind));
    let right_status = |refusal: &&Refusal| refusal.status == Some(reading.answer.status);
    let near = wanted.filter(right_status);
    let any_near = recogniser.refusals.iter().map(|(_, refusal)| *refusal).find(right_status);
    let Some(near) = near.or(any_near.filter(|_| wanted.is_none())) else {
        return Judgement::new(Finding::Broken, seen);
    };
    match parts(&near.headers, &near.body, reading) {
        Parts::Contradict => Judgement::new(
            Finding::Broken,
            format!("{seen}: the right status, another content than declared"),
        ),
        Parts::Match | Parts::Missing => {
            let why =
                format!("{seen}: the right status, but nothing that tells it from anybody else's refusal");
            Judgement::new(Finding::Unclear, why)
        }
    }
}

/// An answer must be anything but an acceptance and a server error.
pub(super) fn not_accepted(reading: &Reading<'_>, recogniser: &Recogniser<'_>) -> Judgement {
    let seen = describe_answer(reading.answer);
    let accepted = recogniser.recognise(reading) == Recognised::Acceptance;
    let bad = accepted || reading.answer.status >= 500 || (200..300).contains(&reading.answer.status);
    Judgement::new(!bad, if accepted { format!("{seen}: accepted") } else { seen })
}

/// Nothing that only an acceptance holds must stand in an answer, whatever its status.
pub(super) fn no_result(reading: &Reading<'_>, recogniser: &Recogniser<'_>) -> Judgement {
    let seen = describe_answer(reading.answer);
    let Acceptance { headers, body, .. } = recogniser.accepted;
    let told = body.iter().find(|(path, rule)| {
        let there = reading.json.as_ref().is_some_and(|json| !path.select(json).is_empty());
        there && matching::body(path, rule, reading).finding == Finding::Holds
    });
    if let Some((path, _)) = told {
        return Judgement::new(false, format!("{seen}: holds {path}, as only an acceptance does"));
    }
    let nothing_to_tell_by = headers.is_empty() && body.is_empty() && !reading.body.is_empty();
    if nothing_to_tell_by && recogniser.accepted.status == reading.answer.status {
        let why = "and the contract says of an acceptance nothing but its status";
        return Judgement::new(Finding::Unclear, format!("{seen}, {why}"));
    }
    Judgement::new(true, seen)
}

fn names(kinds: &[RefusalKind]) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
    names.join(" or ")
}
