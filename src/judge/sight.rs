//! What was seen besides what a requirement asks for.

use super::{ConversationRequirement, Evidence, Recognised, Requirement};

/// What an exchange shows of the lock, whatever its requirement is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sight {
    /// Something was accepted that was not to be: a fact, whatever else is unclear.
    Accepted,
    /// It was not, as far as can be seen.
    #[default]
    Other,
}

/// What an exchange shows of the lock.
pub fn sight(requirement: &Requirement, evidence: &Evidence<'_>) -> Sight {
    if is_wrongly_accepted(requirement, evidence) { Sight::Accepted } else { Sight::Other }
}

fn is_wrongly_accepted(requirement: &Requirement, evidence: &Evidence<'_>) -> bool {
    let accepts = |answer| evidence.recogniser.recognise_answer(answer) == Recognised::Acceptance;
    let Some(transcript) = &evidence.exchange.transcript else {
        let answer = evidence.exchange.answer.as_ref();
        return !requirement.wants_acceptance() && answer.is_some_and(accepts);
    };
    let wants = |at: usize| {
        (at == 0 && requirement.wants_acceptance()) || nth(requirement, at, &Requirement::wants_acceptance)
    };
    let mut heard = transcript.answers.iter().enumerate();
    heard.any(|(at, heard)| accepts(&heard.answer) && !wants(at))
}

/// Whether what is required of the answer of a number, from 0, is of a sort.
fn nth(requirement: &Requirement, at: usize, is: &dyn Fn(&Requirement) -> bool) -> bool {
    requirement.holds_any(&|part| {
        let Requirement::Conversation(ConversationRequirement::Answers(wanted)) = part else { return false };
        wanted.get(at).is_some_and(is)
    })
}
