//! Requirements on everything that was heard on a connection: which answers, when, and how it ended.

use std::fmt;

use super::{Evidence, Finding, Judgement, Reading, Recognised, Requirement, describe_answer};
use crate::wire::{Heard, Oddity, Transcript};

/// What a conversation must be.
#[derive(Clone, Debug)]
pub enum ConversationRequirement {
    /// The final answers, one by one, and no more.
    Answers(Vec<Requirement>),
    /// The first answer came before any octet of its request's body was sent.
    BeforeBody,
    /// No interim answer came.
    NoInterim,
    /// The target ended the connection.
    Closes,
    /// Nothing came that belongs to no answer.
    NoSurplus,
    /// No more answers came than requests were sent.
    NoHiddenAnswer,
}

/// Judges a requirement on what was heard.
pub(super) fn judge(requirement: &ConversationRequirement, evidence: &Evidence<'_>) -> Judgement {
    let Some(transcript) = &evidence.exchange.transcript else {
        return Judgement::new(Finding::Unclear, "this was sent by a client that does not show it");
    };
    match requirement {
        ConversationRequirement::Answers(wanted) => answers(wanted, transcript, evidence),
        ConversationRequirement::BeforeBody => before_body(transcript),
        ConversationRequirement::NoInterim => no_interim(transcript),
        ConversationRequirement::Closes => {
            Judgement::new(transcript.ending.is_theirs(), transcript.ending.to_string())
        }
        ConversationRequirement::NoSurplus => no_surplus(transcript),
        ConversationRequirement::NoHiddenAnswer => no_hidden_answer(transcript),
    }
}

fn answers(wanted: &[Requirement], transcript: &Transcript, evidence: &Evidence<'_>) -> Judgement {
    let heard = &transcript.answers;
    if heard.len() != wanted.len() {
        let seen = format!("{}; {}", statuses(heard), transcript.ending);
        return Judgement::new(Finding::Broken, seen);
    }
    let judgements = (1..).zip(wanted).zip(heard).map(|((number, wanted), heard)| {
        let judgement = one(wanted, heard, evidence);
        Judgement { actual: format!("answer {number}: {}", judgement.actual), ..judgement }
    });
    let all: Vec<Judgement> = judgements.collect();
    let worst = all.iter().map(|judgement| judgement.finding).max().unwrap_or(Finding::Holds);
    let decisive = all.into_iter().find(|judgement| judgement.finding == worst);
    match decisive {
        Some(judgement) if worst > Finding::Holds => judgement,
        _ => Judgement::new(Finding::Holds, statuses(heard)),
    }
}

fn one(wanted: &Requirement, heard: &Heard, evidence: &Evidence<'_>) -> Judgement {
    if !heard.is_complete() {
        let seen = format!("{}: incomplete", describe_answer(&heard.answer));
        return Judgement::new(Finding::Unclear, seen);
    }
    let reading = Reading::of(&heard.answer);
    if let Some(why) = evidence.recogniser.throttled(&reading) {
        return Judgement::new(Finding::Unclear, why);
    }
    wanted.judge(&reading, evidence)
}

fn before_body(transcript: &Transcript) -> Judgement {
    let sent = transcript.answers.first().map_or(0, |heard| heard.body_sent);
    let seen = match sent {
        0 => "answered before the body".to_owned(),
        1 => "answered only after 1 octet of the body".to_owned(),
        sent => format!("answered only after {sent} octets of the body"),
    };
    Judgement::new(sent == 0, seen)
}

fn no_interim(transcript: &Transcript) -> Judgement {
    let first = transcript.answers.iter().flat_map(|heard| &heard.interim).next();
    match first {
        None => Judgement::new(Finding::Holds, "no interim answer"),
        Some(interim) => Judgement::new(Finding::Broken, format!("the interim answer {}", interim.status)),
    }
}

fn no_surplus(transcript: &Transcript) -> Judgement {
    let forbidden = |heard: &&Heard| heard.oddities.contains(&Oddity::ContentForbidden);
    let forbidden: usize =
        transcript.answers.iter().filter(forbidden).map(|heard| heard.answer.body.len()).sum();
    let count = transcript.surplus.len() + forbidden;
    Judgement::new(count == 0, format!("{count} bytes that belong to no answer"))
}

fn no_hidden_answer(transcript: &Transcript) -> Judgement {
    let (asked, heard) = (transcript.requests, &transcript.answers);
    let seen = format!("{} to {asked} {}", statuses(heard), if asked == 1 { "request" } else { "requests" });
    Judgement::new(heard.len() <= asked, seen)
}

/// The answers in a few words.
fn statuses(heard: &[Heard]) -> String {
    let codes: Vec<_> = heard.iter().map(|heard| heard.answer.status.to_string()).collect();
    match codes.as_slice() {
        [] => "no answer".to_owned(),
        [only] => format!("1 answer: {only}"),
        many => format!("{} answers: {}", many.len(), many.join(", ")),
    }
}

/// Whether something was accepted that the requirement does not ask to be accepted: a fact, whatever else is
/// unclear.
pub fn is_wrongly_accepted(requirement: &Requirement, evidence: &Evidence<'_>) -> bool {
    let accepts = |answer| evidence.recogniser.recognise_answer(answer) == Recognised::Acceptance;
    let Some(transcript) = &evidence.exchange.transcript else {
        return evidence.exchange.answer.as_ref().is_some_and(accepts);
    };
    let wants = |at: usize| (at == 0 && requirement.wants_acceptance()) || wants_nth(requirement, at);
    let mut heard = transcript.answers.iter().enumerate();
    heard.any(|(at, heard)| accepts(&heard.answer) && !wants(at))
}

/// Whether an answer of a number, from 0, is to be an acceptance.
fn wants_nth(requirement: &Requirement, at: usize) -> bool {
    requirement.holds_any(&|part| {
        let Requirement::Conversation(ConversationRequirement::Answers(wanted)) = part else { return false };
        wanted.get(at).is_some_and(Requirement::wants_acceptance)
    })
}

impl fmt::Display for ConversationRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answers(wanted) => {
                let wanted: Vec<_> = (1..).zip(wanted).map(|(at, one)| format!("{at}. {one}")).collect();
                write!(f, "exactly these answers: {}", wanted.join("; "))
            }
            Self::BeforeBody => f.write_str("an answer before the body"),
            Self::NoInterim => f.write_str("no interim answer"),
            Self::Closes => f.write_str("the end of the connection"),
            Self::NoSurplus => f.write_str("no bytes behind the answers"),
            Self::NoHiddenAnswer => f.write_str("no more answers than requests"),
        }
    }
}
