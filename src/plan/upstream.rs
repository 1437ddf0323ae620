//! A backend in between: what the platform behind it does, and what must arrive there.

use serde_json::{Map, Value};

use super::bind::Cell;
use super::draft::{Draft, DraftKey, Place};
use crate::contract::{Behind, Matcher, Refusal, RefusalKind, Rule};
use crate::judge::UpstreamRequirement;
use crate::scenario::{Arrives, Beside, Failing, INTERNAL, PlatformTwist, Twist, UpstreamRule};

/// What the platform does, instead of what it would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpstreamAct {
    /// It gives this answer.
    Answers {
        /// The status code.
        status: u16,
        /// Header lines, in order.
        headers: Vec<(String, String)>,
        /// The JSON body.
        body: String,
    },
    /// It fails.
    Fails(Failing),
    /// It sends the backend to another origin, with this status code.
    Redirects(u16),
}

impl<'a> Cell<'a> {
    /// What is behind.
    ///
    /// # Errors
    /// That nothing is.
    fn behind(&self) -> Result<&'a Behind, String> {
        let behind = self.inputs.contract.behind.as_deref();
        behind.ok_or_else(|| "this is about a backend in between: `lockproof between`".to_owned())
    }

    /// Says what the platform does meanwhile, and puts a key of the platform into the request.
    ///
    /// # Errors
    /// What the contract would have to say.
    pub(super) fn upstream(&self, draft: &mut Draft, twist: &Twist) -> Result<(), String> {
        draft.upstream = twist.platform.as_ref().map(|platform| self.act(platform)).transpose()?;
        if let Some(key) = &twist.platform_key {
            let behind = self.behind()?;
            let authentication = &behind.platform.authentication;
            let key = DraftKey {
                credential: behind.backend.credential.to_string(),
                id: None,
                public_part: authentication.key_id.clone(),
                twist: Some(key.clone()),
                place: Place::Carrier(authentication.carrier.clone()),
            };
            draft.second = Some((key, Beside::After));
        }
        Ok(())
    }

    fn act(&self, twist: &PlatformTwist) -> Result<UpstreamAct, String> {
        Ok(match twist {
            PlatformTwist::Refuses(kind) => {
                let refusal = self.behind()?.platform.refusal(*kind);
                refusal_of(
                    *kind,
                    refusal.ok_or_else(|| format!("the contract lacks a line `refusals.{kind}`"))?,
                )
            }
            PlatformTwist::Answers(status) => answer(*status, Vec::new(), Map::new()),
            PlatformTwist::Fails(how) => UpstreamAct::Fails(*how),
            PlatformTwist::Redirects(status) => UpstreamAct::Redirects(*status),
        })
    }

    /// What must be so of what arrives.
    ///
    /// # Errors
    /// That nothing is behind.
    pub(super) fn upstream_rules(&self, rule: &UpstreamRule) -> Result<Vec<UpstreamRequirement>, String> {
        let behind = self.behind()?;
        let arrives = |arrives: Arrives| match arrives {
            Arrives::Nothing => UpstreamRequirement::Arrives(0, 0),
            Arrives::Once => UpstreamRequirement::Arrives(1, 1),
            Arrives::AtMostOnce => UpstreamRequirement::Arrives(0, 1),
        };
        let mut all: Vec<_> = rule.arrives.map(arrives).into_iter().collect();
        if rule.key == Some(true) {
            all.push(UpstreamRequirement::Key {
                credential: behind.backend.credential.to_string(),
                clients: behind.backend.clients.keys().map(ToString::to_string).collect(),
                carrier: behind.platform.authentication.carrier.clone(),
            });
        }
        if rule.operation == Some(true) {
            let (id, operation) = behind.operation_of(&self.operation.id).ok_or("the route leads nowhere")?;
            let (method, path) = (operation.method.to_string(), operation.path.clone());
            all.push(UpstreamRequirement::Operation { id, method, path });
        }
        all.extend(rule.origin.filter(|wanted| *wanted).map(|_| UpstreamRequirement::Origin));
        if rule.no_proof == Some(true) {
            let clients = behind.backend.clients.keys().map(ToString::to_string).collect();
            all.push(UpstreamRequirement::NoProof { clients });
        }
        if !rule.nowhere.is_empty() {
            all.push(UpstreamRequirement::Nowhere(rule.nowhere.clone()));
        }
        Ok(all)
    }
}

/// A refusal as the contract declares it.
fn refusal_of(kind: RefusalKind, refusal: &Refusal) -> UpstreamAct {
    let challenge = refusal
        .challenge
        .iter()
        .map(|scheme| ("WWW-Authenticate".to_owned(), format!("{scheme} realm=\"{INTERNAL}\"")));
    let fields = refusal
        .headers
        .iter()
        .filter_map(|(name, matcher)| Some((name.to_string(), equal(matcher)?.as_str()?.to_owned())));
    let mut body = Map::new();
    for (path, matcher) in &refusal.body {
        // A path of names, as every declared refusal has; others are left out, and the status speaks alone.
        let text = path.to_string();
        let names: Vec<&str> =
            text.trim_start_matches('$').split('.').filter(|name| !name.is_empty()).collect();
        if let (Some(value), false) = (equal(matcher), text.contains('[')) {
            put(&mut body, &names, value.clone());
        }
    }
    let status = refusal.status.unwrap_or(if kind == RefusalKind::Insufficient { 403 } else { 401 });
    answer(status, challenge.chain(fields).collect(), body)
}

/// The value that a matcher asks for, where it asks for one.
fn equal(matcher: &Matcher) -> Option<&Value> {
    matcher.rules.iter().find_map(|rule| match rule {
        Rule::Equals(value) => Some(value),
        Rule::OneOf(values) => values.first(),
        Rule::Exists
        | Rule::Absent
        | Rule::Matches(_)
        | Rule::Type(_)
        | Rule::EqualsStatus
        | Rule::Optional => None,
    })
}

fn put(members: &mut Map<String, Value>, names: &[&str], value: Value) {
    match names {
        [] => {}
        [last] => drop(members.insert((*last).to_owned(), value)),
        [first, rest @ ..] => {
            let inner = members.entry(*first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// An answer that tells of the inside of the platform, in a field and in its body.
fn answer(status: u16, mut headers: Vec<(String, String)>, mut body: Map<String, Value>) -> UpstreamAct {
    headers.push(("X-Platform-Node".to_owned(), INTERNAL.to_owned()));
    body.insert("internal".to_owned(), Value::String(format!("{INTERNAL}: node 7, table api_keys")));
    UpstreamAct::Answers { status, headers, body: Value::Object(body).to_string() }
}
