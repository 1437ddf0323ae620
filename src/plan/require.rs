//! From what a scenario expects to what an answer must be, bound to a cell.

use super::bind::Cell;
use super::permission::Standing;
use crate::contract::{PUBLIC, RefusalKind};
use crate::document::StatusMatch;
use crate::judge::{ChallengeRequirement, Compare, ConversationRequirement, Requirement};
use crate::scenario::{ChallengeRule, Expectation, SameAs};

/// What the answer must be; `declared` is where the credential that is sent stands.
///
/// # Errors
/// What the contract would have to say.
pub(super) fn requirement(
    cell: &Cell<'_>,
    expect: &Expectation,
    declared: Option<Standing>,
) -> Result<Requirement, String> {
    let mut all = verdict_rules(cell, expect, declared)?;
    all.extend(expect.status.clone().map(Requirement::Status));
    all.extend(expect.status_not.clone().map(Requirement::StatusNot));
    all.extend(expect.headers.iter().map(|(name, rule)| Requirement::Header(name.clone(), rule.clone())));
    all.extend(expect.body.iter().map(|(path, rule)| Requirement::Body(path.clone(), rule.clone())));
    if let Some(rule) = &expect.challenge {
        let kind = expect.refusal.unwrap_or(RefusalKind::Missing);
        all.extend(challenge_rules(
            rule,
            cell.inputs.contract.refusal(kind).and_then(|r| r.challenge.as_deref()),
        ));
    }
    if let Some(rule) = &expect.cors {
        all.extend(cell.cors_rules(rule)?.into_iter().map(Requirement::Cors));
    }
    all.extend(expect.document.map(|rule| Requirement::Description(cell.description(rule))));
    all.extend(when(expect.no_result, Requirement::NoResult));
    if !expect.nowhere.is_empty() {
        all.push(Requirement::Nowhere(expect.nowhere.clone()));
    }
    all.extend(when(expect.no_echo, Requirement::NoEcho));
    all.extend(when(expect.unreachable, Requirement::Unreachable));
    all.extend(when(expect.no_content, Requirement::NoContent));
    all.extend(when(expect.no_foreign_redirect, Requirement::NoForeignRedirect));
    all.extend(when(expect.retry_after, Requirement::RetryAfter));
    all.extend(expect.same_as.as_ref().map(same_as));
    all.extend(
        expect.differs_from.as_ref().map(|it| Requirement::DiffersFrom { step: it.step, like: it.like }),
    );
    if expect.varies_on_key == Some(true) {
        let field = cell.inputs.contract.authentication.carrier.field();
        all.extend(field.map(Requirement::VariesOn));
    }
    all.extend(expect.within.as_ref().map(|within| Requirement::Within(within.duration())));
    if let Some(rule) = &expect.upstream {
        all.extend(cell.upstream_rules(rule)?.into_iter().map(Requirement::Upstream));
    }
    let nested = |list: &[Expectation]| {
        list.iter().map(|one| requirement(cell, one, declared)).collect::<Result<Vec<_>, _>>()
    };
    if !expect.answers.is_empty() {
        let answers = ConversationRequirement::Answers(nested(&expect.answers)?);
        all.push(Requirement::Conversation(answers));
    }
    all.extend(conversation_rules(expect));
    all.extend(nested(&expect.all_of)?);
    if !expect.any_of.is_empty() {
        all.push(Requirement::Any(nested(&expect.any_of)?));
    }
    Ok(Requirement::all(all))
}

/// Which parts of an earlier answer are compared.
fn same_as(same: &SameAs) -> Requirement {
    let compare = match (&*same.only, same.headers) {
        ([], true) if same.length == Some(true) => Compare::EverythingAndLength,
        ([], true) => Compare::Everything,
        ([], false) => Compare::StatusAndBody,
        (members, _) => Compare::Members(members.to_vec()),
    };
    Requirement::SameAs { step: same.step, compare }
}

/// The rules that speak of acceptance and refusal.
fn verdict_rules(
    cell: &Cell<'_>,
    expect: &Expectation,
    declared: Option<Standing>,
) -> Result<Vec<Requirement>, String> {
    let refusal = |kind: RefusalKind| {
        let known = cell.inputs.contract.refusal(kind).is_some();
        known
            .then_some(Requirement::Refusal(kind))
            .ok_or_else(|| format!("the contract lacks a line `refusals.{kind}`"))
    };
    let mut all = Vec::new();
    if let Some(kind) = expect.refusal {
        all.push(refusal(kind)?);
    }
    if expect.declared == Some(true) {
        let public = cell.operation.id.service() == PUBLIC;
        all.push(match declared {
            _ if public => Requirement::Acceptance,
            None => refusal(RefusalKind::Missing)?,
            Some(standing) => standing.refusal().map_or(Ok(Requirement::Acceptance), refusal)?,
        });
    }
    if let Some(name) = &expect.policy {
        let status = cell.inputs.contract.policy.status(name);
        let status = status.ok_or_else(|| format!("the contract lacks a line `policy.{name}`"))?;
        all.push(Requirement::Status(vec![StatusMatch::Code(status)]));
    }
    all.extend(when(expect.refused, Requirement::AnyRefusal));
    all.extend(when(expect.accepted, Requirement::Acceptance));
    all.extend(when(expect.not_accepted, Requirement::NotAccepted));
    all.extend(when(expect.malformed, Requirement::Malformed));
    all.extend(when(expect.not_spoken, Requirement::NotSpoken));
    Ok(all)
}

fn conversation_rules(expect: &Expectation) -> impl Iterator<Item = Requirement> {
    // The gravest comes first: the first that is broken is the one that is told.
    let rules = [
        when(expect.no_hidden_answer, ConversationRequirement::NoHiddenAnswer),
        when(expect.before_body, ConversationRequirement::BeforeBody),
        when(expect.no_interim, ConversationRequirement::NoInterim),
        when(expect.no_surplus, ConversationRequirement::NoSurplus),
        when(expect.closes, ConversationRequirement::Closes),
    ];
    rules.into_iter().flatten().map(Requirement::Conversation)
}

fn challenge_rules(rule: &ChallengeRule, scheme: Option<&str>) -> Vec<Requirement> {
    let declared = scheme.filter(|_| rule.declared_scheme == Some(true));
    let foreign = Some(&rule.schemes_not).filter(|schemes| !schemes.is_empty());
    let rules = [
        when(rule.present, ChallengeRequirement::Present),
        when(rule.grammatical, ChallengeRequirement::Grammatical),
        when(rule.one_per_line, ChallengeRequirement::OnePerLine),
        declared.map(|scheme| ChallengeRequirement::Scheme(scheme.to_owned())),
        rule.error.clone().map(ChallengeRequirement::Error),
        foreign.cloned().map(ChallengeRequirement::NotScheme),
    ];
    rules.into_iter().flatten().map(Requirement::Challenge).collect()
}

fn when<T>(flag: Option<bool>, requirement: T) -> Option<T> {
    flag.filter(|flag| *flag).map(|_| requirement)
}

/// Whether an acceptance can be right, of the request or of one in its conversation.
pub(super) fn wants_acceptance(requirement: &Requirement) -> bool {
    requirement.wants_acceptance()
        || requirement.holds_any(&|part| {
            let Requirement::Conversation(ConversationRequirement::Answers(answers)) = part else {
                return false;
            };
            answers.iter().any(wants_acceptance)
        })
}

/// Whether only the raw client sees what is required: content where there must be none, and the life of a connection.
pub(super) fn needs_raw(requirement: &Requirement) -> bool {
    requirement.holds_any(&|one| matches!(one, Requirement::NoContent | Requirement::Conversation(_)))
}
