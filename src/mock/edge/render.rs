//! How a denial looks: the contract's own words, where it has some.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Denial, Request};
use crate::contract::{Contract, Refusal, RefusalKind, Rule};
use crate::mock::MockError;
use crate::mock::message::{Answer, Content};
use crate::mock::services::build::{Place, place, text, value};

/// Every kind of refusal.
const KINDS: [RefusalKind; 8] = [
    RefusalKind::Missing,
    RefusalKind::Invalid,
    RefusalKind::Expired,
    RefusalKind::Revoked,
    RefusalKind::Disabled,
    RefusalKind::NotYetValid,
    RefusalKind::Insufficient,
    RefusalKind::WrongEnvironment,
];

/// A refusal, ready to be rendered.
#[derive(Debug)]
struct Prepared {
    /// The kind that it cannot be told from: itself, or the end of its `like`.
    looks_like: RefusalKind,
    status: u16,
    challenge: Option<String>,
    fields: Vec<(String, String)>,
    members: Value,
}

/// How an error is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// As problem details (RFC 9457).
    Problem,
    /// As the contract's refusals are, and no more.
    Own,
}

/// What kind of credential a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tokens {
    /// A bearer token (RFC 6750).
    Bearer,
    /// Anything else.
    Other,
}

/// Everything that rendering needs to know.
#[derive(Debug)]
pub(crate) struct Rendering {
    style: Style,
    tokens: Tokens,
    /// The API's name, as a challenge states it (RFC 9110 section 11.5).
    realm: String,
    /// The scheme that a challenge offers where the contract does not say.
    scheme: String,
    /// Where the contract's refusals hold the word that tells them apart.
    code: Option<Place>,
    refusals: BTreeMap<RefusalKind, Prepared>,
}

impl Rendering {
    /// Prepares for a contract.
    ///
    /// # Errors
    /// A refusal that cannot be produced from what the contract says.
    pub(crate) fn new(contract: &Contract) -> Result<Self, MockError> {
        let refusals = KINDS.into_iter().filter_map(|kind| {
            let refusal = contract.refusal(kind)?;
            let prepared = prepare(looks_like(contract, kind), refusal);
            Some(prepared.map(|it| (kind, it)).map_err(|what| MockError::Refusal { kind, what }))
        });
        let scheme = contract.authentication.carrier.scheme();
        Ok(Self {
            style: if contract.policy.problem_details == Some(true) { Style::Problem } else { Style::Own },
            tokens: match scheme {
                Some(scheme) if scheme.eq_ignore_ascii_case("bearer") => Tokens::Bearer,
                Some(_) | None => Tokens::Other,
            },
            realm: contract.api.clone(),
            scheme: scheme.unwrap_or("ApiKey").to_owned(),
            code: code_place(contract),
            refusals: refusals.collect::<Result<_, _>>()?,
        })
    }

    /// The answer of an error that the contract does not speak of.
    pub(crate) fn error(&self, status: u16, code: &str, title: &str, detail: &str) -> Answer {
        let document = self.document(status, code, title, detail);
        self.answer(status, document)
    }

    fn answer(&self, status: u16, value: Value) -> Answer {
        let media_type = match self.style {
            Style::Problem => "application/problem+json",
            Style::Own => "application/json",
        };
        Answer { content: Content::Json { media_type: media_type.into(), value }, ..Answer::bare(status) }
    }

    /// The document of an error: its code stands where the contract's refusals have theirs, and what it means
    /// in a member beside it, unless problem details say so already.
    fn document(&self, status: u16, code: &str, title: &str, detail: &str) -> Value {
        let fallback = Place::member("code");
        let at = self.code.as_ref().unwrap_or(&fallback);
        let mut value = match self.style {
            Style::Problem => problem(code, title, status, detail),
            Style::Own => json!({}),
        };
        place(&mut value, at, json!(code));
        if self.style == Style::Own {
            place(&mut value, &at.sibling("message"), json!(title));
        }
        value
    }

    fn refusal(&self, kind: RefusalKind, prepared: &Prepared) -> Answer {
        let face = Denial::Refused(prepared.looks_like).face();
        let mut value = self.document(prepared.status, face.code, face.title, &face.detail);
        merge(&mut value, &prepared.members);
        let mut answer = self.answer(prepared.status, value);
        // A 401 has a challenge whether or not the contract speaks of it (RFC 9110 section 11.6.1), and so has
        // every refusal of a bearer token (RFC 6750 section 3).
        let own = (prepared.status == 401 || self.tokens == Tokens::Bearer).then_some(self.scheme.as_str());
        if let Some(scheme) = prepared.challenge.as_deref().or(own) {
            answer = answer.with("WWW-Authenticate", self.challenge(scheme, kind));
        }
        for (name, value) in &prepared.fields {
            answer = answer.with(name.clone(), value.clone());
        }
        answer
    }

    /// A challenge (RFC 9110 section 11.6.1), its realm as a quoted string (section 11.5). Bearer tokens bring
    /// an error code along, unless nothing was presented at all (RFC 6750 section 3.1).
    fn challenge(&self, scheme: &str, kind: RefusalKind) -> String {
        let realm = self.realm.replace('\\', "\\\\").replace('"', "\\\"");
        let challenge = format!("{scheme} realm=\"{realm}\"");
        let error = match kind {
            RefusalKind::Missing => None,
            RefusalKind::Insufficient | RefusalKind::WrongEnvironment => Some("insufficient_scope"),
            RefusalKind::Invalid
            | RefusalKind::Expired
            | RefusalKind::Revoked
            | RefusalKind::Disabled
            | RefusalKind::NotYetValid => Some("invalid_token"),
        };
        match error.filter(|_| self.tokens == Tokens::Bearer) {
            Some(error) => format!("{challenge}, error=\"{error}\""),
            None => challenge,
        }
    }
}

/// The sound rendering of a denial.
pub(crate) fn render(rendering: &Rendering, denial: &Denial, _request: Option<&Request<'_>>) -> Answer {
    if let Denial::Refused(kind) = denial
        && let Some(prepared) = rendering.refusals.get(kind)
    {
        return rendering.refusal(*kind, prepared);
    }
    let face = denial.face();
    let answer = rendering.error(face.status, face.code, face.title, &face.detail);
    match denial {
        Denial::MethodNotAllowed(allow) => answer.with("Allow", allow.clone()),
        Denial::TooMany(seconds) => answer.with("Retry-After", seconds.to_string()),
        Denial::Unavailable => answer.with("Retry-After", "1"),
        Denial::Refused(kind) if face.status == 401 => {
            answer.with("WWW-Authenticate", rendering.challenge(&rendering.scheme, *kind))
        }
        Denial::Refused(_)
        | Denial::Malformed(_)
        | Denial::MalformedBody(_)
        | Denial::NotFound
        | Denial::TooSlow
        | Denial::PreconditionFailed
        | Denial::TooLarge
        | Denial::TargetTooLong
        | Denial::UnsupportedMedia(_)
        | Denial::Unprocessable(_)
        | Denial::HeadTooLarge
        | Denial::Internal
        | Denial::BadGateway
        | Denial::NotImplemented(_)
        | Denial::Version => answer,
    }
}

/// Problem details (RFC 9457 section 3): the type is an absolute URI, one for each kind and stable for good;
/// it leads nowhere, because `.invalid` never does (RFC 2606).
fn problem(code: &str, title: &str, status: u16, detail: &str) -> Value {
    let kind = format!("https://problems.lockproof.invalid/{}", code.replace('_', "-"));
    let mut value = json!({ "type": kind, "title": title, "status": status });
    if !detail.is_empty() {
        place(&mut value, &Place::member("detail"), json!(detail));
    }
    value
}

fn looks_like(contract: &Contract, kind: RefusalKind) -> RefusalKind {
    let follow = |kind: &RefusalKind| contract.refusals.get(kind)?.like;
    let chain = std::iter::successors(Some(kind), follow);
    chain.take(KINDS.len()).last().unwrap_or(kind)
}

fn prepare(looks_like: RefusalKind, refusal: &Refusal) -> Result<Prepared, String> {
    let status = refusal.status.unwrap_or(401);
    let mut members = json!({});
    for (path, matcher) in &refusal.body {
        let Some(value) = value(matcher, status).map_err(|what| format!("{path}: {what}"))? else { continue };
        place(&mut members, &Place::parse(path.as_str())?, value);
    }
    let mut fields = Vec::new();
    for (name, matcher) in &refusal.headers {
        let value = text(matcher, status).map_err(|what| format!("{name}: {what}"))?;
        // The challenge has a declaration of its own, and the content names its own type.
        let own = [http::header::WWW_AUTHENTICATE, http::header::CONTENT_TYPE];
        if let Some(value) = value.filter(|_| !own.contains(name.http())) {
            fields.push((name.to_string(), value));
        }
    }
    Ok(Prepared { looks_like, status, challenge: refusal.challenge.clone(), fields, members })
}

/// Where the first refusal with a fixed word has that word.
fn code_place(contract: &Contract) -> Option<Place> {
    let mut matchers = KINDS.iter().filter_map(|kind| contract.refusal(*kind)).flat_map(|it| &it.body);
    let fixed = |rule: &Rule| matches!(rule, Rule::Equals(Value::String(_)));
    let (path, _) = matchers.find(|(_, matcher)| matcher.rules.iter().any(fixed))?;
    Place::parse(path.as_str()).ok()
}

/// Lays the members of one object over another's, in depth.
fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name.clone()).or_insert_with(|| Value::Object(Map::new())), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}
