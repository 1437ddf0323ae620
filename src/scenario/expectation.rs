//! What is right.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{CorsRule, DiffersFrom, DocumentRule, UpstreamRule};
use crate::contract::{Matcher, RefusalKind};
use crate::document::{HeaderName, JsonPath, Millis, Pattern, StatusMatch};

/// What is right. Everything that is said must hold.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Exactly this kind of refusal, as the contract declares it.
    #[serde(default)]
    pub refusal: Option<RefusalKind>,
    /// Any refusal that the contract declares.
    #[serde(default)]
    pub refused: Option<bool>,
    /// An acceptance, as the operation declares it.
    #[serde(default)]
    pub accepted: Option<bool>,
    /// Anything but an acceptance and a server error.
    #[serde(default)]
    pub not_accepted: Option<bool>,
    /// The request was refused as malformed: with the status 400 or, in HTTP/2, with the stream reset or the connection
    /// given up for `PROTOCOL_ERROR` (RFC 9113 section 8.1.1).
    #[serde(default)]
    pub malformed: Option<bool>,
    /// HTTP/2 is not spoken there: the connection was ended, or answered with an error in HTTP/1.
    #[serde(default)]
    pub not_spoken: Option<bool>,
    /// What the contract implies for the credential, the operation and the environment.
    #[serde(default)]
    pub declared: Option<bool>,
    /// What the contract's `policy` says under this name.
    #[serde(default)]
    pub policy: Option<String>,
    /// One of these status codes.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub status: Option<Vec<StatusMatch>>,
    /// None of these status codes.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub status_not: Option<Vec<StatusMatch>>,
    /// What header fields must be.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "header-name" }))]
    pub headers: IndexMap<HeaderName, Matcher>,
    /// What the JSON body must hold.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "json-path" }))]
    pub body: IndexMap<JsonPath, Matcher>,
    /// What the challenge of a 401 must be.
    #[serde(default)]
    pub challenge: Option<ChallengeRule>,
    /// What the answer must tell a browser.
    #[serde(default)]
    pub cors: Option<CorsRule>,
    /// What the API's description must say of the operation of the case.
    #[serde(default)]
    pub document: Option<DocumentRule>,
    /// Nothing that only an acceptance holds stands in the answer: the operation was not run, or nobody gets to see
    /// what came of it.
    #[serde(default)]
    pub no_result: Option<bool>,
    /// The key, in any encoding, stands nowhere in the answer.
    #[serde(default)]
    pub no_echo: Option<bool>,
    /// None of these patterns is found anywhere in the answer.
    #[serde(default)]
    pub nowhere: Vec<Pattern>,
    /// No connection comes to be: the target is not there. For what may also refuse to start, beside what is right where
    /// it does start.
    #[serde(default)]
    pub unreachable: Option<bool>,
    /// The answer has no content.
    #[serde(default)]
    pub no_content: Option<bool>,
    /// It does not send the client to another origin.
    #[serde(default)]
    pub no_foreign_redirect: Option<bool>,
    /// It cannot be told from the answer to an earlier step, volatile parts left out.
    #[serde(default)]
    pub same_as: Option<SameAs>,
    /// It says when to come back: `Retry-After` is there and can be read (RFC 9110 section 10.2.3), and not before what
    /// a `RateLimit` field says.
    #[serde(default)]
    pub retry_after: Option<bool>,
    /// It can be told from the answer to an earlier step.
    #[serde(default)]
    pub differs_from: Option<DiffersFrom>,
    /// No cache may give it to whoever sends another key: it is not to be stored, or kept for one client, or says that it
    /// varies with the field that carries the key.
    #[serde(default)]
    pub varies_on_key: Option<bool>,
    /// The answer is complete within this time.
    #[serde(default)]
    pub within: Option<Millis>,
    /// What the final answers on the connection are, one by one; as many as there are here and no more. Whatever
    /// else is expected is about the first.
    #[serde(default)]
    pub answers: Vec<Expectation>,
    /// The first answer came before any octet of its request's body was sent.
    #[serde(default)]
    pub before_body: Option<bool>,
    /// No interim answer came, such as `100 Continue`.
    #[serde(default)]
    pub no_interim: Option<bool>,
    /// The target ended the connection.
    #[serde(default)]
    pub closes: Option<bool>,
    /// Nothing came that belongs to no answer.
    #[serde(default)]
    pub no_surplus: Option<bool>,
    /// No more answers came than requests were sent: a request that was hidden in another was not answered.
    #[serde(default)]
    pub no_hidden_answer: Option<bool>,
    /// What arrives at the platform, where a backend stands in between.
    #[serde(default)]
    pub upstream: Option<UpstreamRule>,
    /// At least one of these holds.
    #[serde(default)]
    pub any_of: Vec<Expectation>,
    /// All of these hold.
    #[serde(default)]
    pub all_of: Vec<Expectation>,
}

impl Expectation {
    /// This expectation with another laid over it: what the other says wins, lists and mappings are added.
    #[must_use]
    pub fn overlaid(self, other: &Self) -> Self {
        let (mut base, over) = (self, other.clone());
        base.headers.extend(over.headers);
        base.body.extend(over.body);
        base.nowhere.extend(over.nowhere);
        base.any_of.extend(over.any_of);
        base.all_of.extend(over.all_of);
        Self {
            refusal: over.refusal.or(base.refusal),
            refused: over.refused.or(base.refused),
            accepted: over.accepted.or(base.accepted),
            not_accepted: over.not_accepted.or(base.not_accepted),
            malformed: over.malformed.or(base.malformed),
            not_spoken: over.not_spoken.or(base.not_spoken),
            declared: over.declared.or(base.declared),
            policy: over.policy.or(base.policy),
            status: over.status.or(base.status),
            status_not: over.status_not.or(base.status_not),
            challenge: over.challenge.or(base.challenge),
            cors: over.cors.or(base.cors),
            document: over.document.or(base.document),
            no_result: over.no_result.or(base.no_result),
            no_echo: over.no_echo.or(base.no_echo),
            unreachable: over.unreachable.or(base.unreachable),
            no_content: over.no_content.or(base.no_content),
            no_foreign_redirect: over.no_foreign_redirect.or(base.no_foreign_redirect),
            same_as: over.same_as.or(base.same_as),
            retry_after: over.retry_after.or(base.retry_after),
            differs_from: over.differs_from.or(base.differs_from),
            varies_on_key: over.varies_on_key.or(base.varies_on_key),
            within: over.within.or(base.within),
            upstream: match (base.upstream, over.upstream) {
                (Some(base), Some(over)) => Some(base.overlaid(over)),
                (base, over) => over.or(base),
            },
            answers: if over.answers.is_empty() { base.answers } else { over.answers },
            before_body: over.before_body.or(base.before_body),
            no_interim: over.no_interim.or(base.no_interim),
            closes: over.closes.or(base.closes),
            no_surplus: over.no_surplus.or(base.no_surplus),
            no_hidden_answer: over.no_hidden_answer.or(base.no_hidden_answer),
            ..base
        }
    }
}

impl Expectation {
    /// Puts other numbers in the place of those that steps have: `numbers` has one for every step.
    pub fn renumber(&mut self, numbers: &[usize]) {
        let same = self.same_as.iter_mut().map(|same| &mut same.step);
        let differs = self.differs_from.iter_mut().flat_map(|it| [&mut it.step, &mut it.like]);
        for step in same.chain(differs) {
            let number = step.checked_sub(1).and_then(|at| numbers.get(at));
            *step = number.copied().unwrap_or(*step);
        }
        self.answers
            .iter_mut()
            .chain(&mut self.any_of)
            .chain(&mut self.all_of)
            .for_each(|one| one.renumber(numbers));
    }
}

/// What the challenge of a 401 must be (RFC 9110 section 11.6.1).
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRule {
    /// There is a `WWW-Authenticate` field.
    #[serde(default)]
    pub present: Option<bool>,
    /// Every such field is a list of challenges by the grammar of RFC 9110 section 11.3, and a realm is quoted.
    #[serde(default)]
    pub grammatical: Option<bool>,
    /// The scheme that the contract declares for the refusal is among the challenges.
    #[serde(default)]
    pub declared_scheme: Option<bool>,
    /// Every challenge stands in a field of its own.
    #[serde(default)]
    pub one_per_line: Option<bool>,
    /// None of these schemes is offered.
    #[serde(default)]
    pub schemes_not: Vec<String>,
    /// What the `error` parameter must be (RFC 6750 section 3.1).
    #[serde(default)]
    pub error: Option<Matcher>,
}

/// Which earlier answer, and which parts of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SameAs {
    /// The earlier step's number, from 1.
    #[schemars(range(min = 1))]
    pub step: usize,
    /// Its header fields too: names, order and values.
    #[serde(default = "yes")]
    pub headers: bool,
    /// Its length too, volatile members left out.
    #[serde(default)]
    pub length: Option<bool>,
    /// Only these members of the JSON body, and nothing else of the answer. A member that both lack is equal.
    #[serde(default)]
    pub only: Vec<JsonPath>,
}

fn yes() -> bool {
    true
}
