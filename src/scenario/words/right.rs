//! What is right, in words.

use super::{code, codes, joined};
use crate::contract::Matcher;
use crate::scenario::{ChallengeRule, CorsRule, DiffersFrom, DocumentRule, Expectation, SameAs};

/// Everything that must hold; nothing where nothing is said.
pub(super) fn words(expect: &Expectation) -> Option<String> {
    let all = clauses(expect);
    (!all.is_empty()).then(|| joined(&all, "and"))
}

fn clauses(expect: &Expectation) -> Vec<String> {
    let mut all = kinds(expect);
    all.extend(expect.status.as_ref().map(|wanted| format!("the status {}", codes(wanted, "or"))));
    all.extend(
        expect.status_not.as_ref().map(|wanted| format!("another status than {}", codes(wanted, "or"))),
    );
    all.extend(expect.headers.iter().map(|(name, matcher)| rule("the header field", name, matcher)));
    all.extend(expect.body.iter().map(|(path, matcher)| rule("the body", path, matcher)));
    all.extend(expect.challenge.iter().flat_map(challenge));
    all.extend(expect.cors.iter().flat_map(cors));
    all.extend(expect.document.map(|rule| document(rule).to_owned()));
    all.extend(absences(expect));
    all.extend(expect.same_as.as_ref().map(same_as));
    all.extend(expect.differs_from.as_ref().map(differs_from));
    all.extend(
        expect
            .varies_on_key
            .filter(|set| *set)
            .map(|_| "that no cache may give it to whoever sends another key".to_owned()),
    );
    all.extend(expect.within.as_ref().map(|limit| format!("an answer within {}", code(limit))));
    all.extend(conversation(expect));
    all.extend(expect.upstream.as_ref().map(super::between::upstream));
    all.extend(either(&expect.any_of));
    all.extend(expect.all_of.iter().filter_map(words));
    all
}

/// What must hold of the connection as a whole.
fn conversation(expect: &Expectation) -> Vec<String> {
    let on = |set: Option<bool>, text: &str| set.filter(|set| *set).map(|_| text.to_owned());
    let each: Vec<_> = expect.answers.iter().filter_map(words).collect();
    let answers = (!each.is_empty()).then(|| format!("one answer after the other: {}", each.join("; then ")));
    let rules = [
        answers,
        on(expect.before_body, "the answer before any octet of the body"),
        on(expect.no_interim, "no interim answer"),
        on(expect.closes, "the end of the connection"),
        on(expect.no_surplus, "nothing that belongs to no answer"),
        on(expect.no_hidden_answer, "no answer to the hidden request"),
    ];
    rules.into_iter().flatten().collect()
}

/// What kind of answer it is.
fn kinds(expect: &Expectation) -> Vec<String> {
    let on = |set: Option<bool>, text: &str| set.filter(|set| *set).map(|_| text.to_owned());
    let kinds = [
        expect.refusal.map(|kind| format!("the refusal {} as the contract declares it", code(&kind))),
        on(expect.refused, "a refusal that the contract declares"),
        on(expect.accepted, "an acceptance, as the contract says how to recognise one"),
        on(expect.not_accepted, "neither an acceptance nor a server error"),
        on(expect.malformed, "a refusal as malformed: 400, or the stream or connection ended as such"),
        on(expect.not_spoken, "no HTTP/2 at all"),
        on(
            expect.declared,
            "an acceptance where the contract allows it to the key, and else the refusal that it declares",
        ),
        expect
            .policy
            .as_ref()
            .map(|name| format!("the status that {} declares", code(&format!("policy.{name}")))),
    ];
    kinds.into_iter().flatten().collect()
}

/// What must not be in the answer.
fn absences(expect: &Expectation) -> Vec<String> {
    let on = |set: Option<bool>, text: &str| set.filter(|set| *set).map(|_| text.to_owned());
    let nowhere = (!expect.nowhere.is_empty())
        .then(|| format!("nothing in the answer that matches {}", codes(&expect.nowhere, "or")));
    let absences = [
        on(expect.no_result, "nothing that only an acceptance holds"),
        on(expect.no_echo, "no trace of the key in any encoding"),
        nowhere,
        on(expect.unreachable, "no connection"),
        on(expect.no_content, "no content"),
        on(expect.no_foreign_redirect, "no redirect to another origin"),
        on(
            expect.retry_after,
            "a `Retry-After` field that can be read, and not before what a `RateLimit` field says",
        ),
    ];
    absences.into_iter().flatten().collect()
}

fn rule(what: &str, name: impl std::fmt::Display, matcher: &Matcher) -> String {
    format!("{what} {}", code(&format!("{name}: {matcher}")))
}

fn challenge(rule: &ChallengeRule) -> Vec<String> {
    let on = |set: Option<bool>, text: &str| set.filter(|set| *set).map(|_| text.to_owned());
    let schemes = (!rule.schemes_not.is_empty())
        .then(|| format!("no challenge of the scheme {}", codes(&rule.schemes_not, "or")));
    let clauses = [
        on(rule.present, "a challenge"),
        on(rule.grammatical, "challenges by the grammar, every realm quoted"),
        on(rule.declared_scheme, "the scheme that the contract declares among the challenges"),
        on(rule.one_per_line, "every challenge in a field line of its own"),
        schemes,
        rule.error.as_ref().map(|matcher| format!("in the challenge {}", code(&format!("error: {matcher}")))),
    ];
    clauses.into_iter().flatten().collect()
}

fn differs_from(differs: &DiffersFrom) -> String {
    format!("another answer than to step {}, as that to step {} is", differs.step, differs.like)
}

fn cors(rule: &CorsRule) -> Vec<String> {
    let on = |set: Option<bool>, text: &str| set.filter(|set| *set).map(|_| text.to_owned());
    let clauses = [
        on(rule.admits, "all that a browser needs to go on"),
        on(rule.shares, "an answer that the page may read"),
        on(rule.forbids, "no permission for the page"),
        on(rule.names_fields, "no `*` among the fields that a page may send"),
        on(rule.varies, "`Vary: Origin` where the permission depends on the origin"),
        on(rule.hides_key, "the key's field not among those that a page may read"),
        on(rule.invites_no_key, "the field of the platform's keys not among those that a page may send"),
    ];
    clauses.into_iter().flatten().collect()
}

fn document(rule: DocumentRule) -> &'static str {
    match rule {
        DocumentRule::SecurityDeclared => "a description in which the operation's security is defined",
        DocumentRule::NotAnonymous => "a description in which the operation's security asks for something",
        DocumentRule::RefusalsDescribed => {
            "a description with the refusals, their challenge and their schema"
        }
        DocumentRule::RolesNamed => "a description that names the roles of the operation",
        DocumentRule::NoShadowedField => "a description without a header parameter `Authorization`",
        DocumentRule::AnswerDescribed => "an answer as the description of step 1 has it",
    }
}

fn same_as(same: &SameAs) -> String {
    let step = same.step;
    match (&*same.only, same.headers) {
        ([], true) if same.length == Some(true) => {
            format!("the same answer as to step {step}, its length included")
        }
        ([], true) => format!("the same answer as to step {step}"),
        ([], false) => format!("the same status and body as to step {step}"),
        (only, _) => format!("the same {} as in the answer to step {step}", codes(only, "and")),
    }
}

fn either(any_of: &[Expectation]) -> Option<String> {
    let all: Vec<_> = any_of.iter().filter_map(words).collect();
    (!all.is_empty()).then(|| format!("either {}", all.join(", or ")))
}
