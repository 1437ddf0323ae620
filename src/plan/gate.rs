//! Whether a case may be sent, and whether it applies at all: decided before anything goes out.

use super::bind::Cell;
use super::compose;
use super::lines::lacks;
use super::{BoundOperation, Frames};
use crate::contract::{Action, Carrier, Contract, Effect};
use crate::scenario::{BodyTwist, Carry, KeyTwist, LikeTheKey, Need, TheCredential, Twist};

impl Cell<'_> {
    /// A protected environment is asked only where the operator says so.
    pub(super) fn permitted(&self) -> Result<(), String> {
        let (name, environment) = self.environment;
        if environment.protected && !self.inputs.permits.allows(name) {
            return Err(format!("the environment `{name}` is protected; ask it with --allow {name}"));
        }
        Ok(())
    }

    /// What changes the target is accepted only where the operator says so.
    pub(super) fn effects_permitted(&self, operation: &BoundOperation) -> Result<(), String> {
        if operation.operation.effect == Effect::None || self.inputs.permits.effects {
            return Ok(());
        }
        Err(format!("an accepted `{}` changes the target; permit it with --allow-effects", operation.id))
    }

    /// Whether a need is met, or which line of the contract would meet it.
    pub(super) fn has(&self, need: &Need) -> Result<(), String> {
        let contract = self.inputs.contract;
        let environment = self.environment.1;
        let (there, cure) = match need {
            Need::Tls => (environment.base_url.starts_with("https:"), "an https `base_url`".to_owned()),
            Need::Http2 => return self.has_http2(),
            Need::Plaintext => (environment.plaintext_url.is_some(), "a `plaintext_url`".to_owned()),
            Need::Nodes => (!environment.nodes.is_empty(), "a line `nodes` of the environment".to_owned()),
            Need::Elsewhere => return Ok(()),
            Need::Unrouted | Need::PlatformField => return self.names(need),
            Need::UnknownField
            | Need::Idempotency
            | Need::Validator
            | Need::KeyId
            | Need::Limits(_)
            | Need::Alike(_) => return self.says(need),
            Need::Scheme(scheme) => {
                let declared = contract.authentication.carrier.scheme();
                let same = declared.is_some_and(|declared| declared.eq_ignore_ascii_case(scheme));
                (same, format!("`authentication.carrier.scheme: {scheme}`"))
            }
            Need::Operation(name) => {
                let there = contract.operations().any(|(_, operation)| !operation.carries.is_empty());
                (there, format!("an operation with a line `{name}`"))
            }
            Need::Policy(name) => {
                // There are lines that say nothing where they say `false`.
                let value = if name == "problem_details" { ": true" } else { "" };
                (has_policy(contract, name), format!("a line `policy.{name}{value}`"))
            }
            Need::Refusal(name) => {
                let there = contract.refusals.keys().any(|kind| kind.as_str() == name);
                (there, format!("a line `refusals.{name}`"))
            }
            Need::Tokens(name) => {
                let there = contract.tokens.as_ref().is_some_and(|tokens| tokens.says(name));
                let cure = if name == "opaque" {
                    "tokens that say nothing: a JWT is not guessed, it is forged".to_owned()
                } else {
                    format!("a line `tokens.{name}`")
                };
                (there, cure)
            }
            Need::Document(name) => {
                (contract.documents.named(name).is_some(), format!("a line `documents.{name}`"))
            }
            Need::Control(name) => {
                let call = Action::find(name).and_then(|action| contract.control.call(action));
                (call.is_some(), format!("a line `control.{name}`"))
            }
        };
        if there { Ok(()) } else { Err(format!("the contract lacks {cure}")) }
    }

    /// Whether what is behind a backend has something of a name.
    fn names(&self, need: &Need) -> Result<(), String> {
        let names = self.inputs.contract.behind.as_ref().map(|behind| behind.names(&self.operation.id));
        if names.is_some_and(|names| names.contains_key(&*need.to_string())) {
            return Ok(());
        }
        Err("the contract lacks an operation that no route is for, or a header field as carrier".to_owned())
    }

    /// Over TLS it is agreed on; in the clear nobody offers it, and the operator has to know.
    fn has_http2(&self) -> Result<(), String> {
        match self.inputs.permits.frames {
            Frames::Anywhere => Ok(()),
            Frames::OverTls if self.environment.1.base_url.starts_with("https:") => Ok(()),
            Frames::OverTls => {
                let cure = "an https `base_url`, or --http 2 where the target expects it in the clear";
                Err(format!("this takes HTTP/2: {cure}"))
            }
            Frames::Nowhere(why) => Err(format!("this takes a client of exact frames, and {why}")),
        }
    }

    /// Whether the contract leaves something to twist: an id, a scheme or a name, and a place that is not its own.
    pub(super) fn twistable(&self, twist: &Twist, credential: Option<&str>) -> Result<(), String> {
        let declared = &self.inputs.contract.authentication.carrier;
        let lacks_id = || {
            let found = self.credentials().find(|(name, _)| Some(*name) == credential);
            found.is_none_or(|(_, credential)| credential.id.is_none())
        };
        if twist.key == Some(KeyTwist::Id(TheCredential::Own)) && lacks_id() {
            return Err("the contract gives the credential no `id`".to_owned());
        }
        let idempotency = self.operation.operation.idempotency.as_ref();
        if twist.idempotency.is_some() && idempotency.is_none() {
            return Err(lacks(&self.line("idempotency")));
        }
        let other = idempotency.and_then(|it| it.other_body.as_ref());
        if twist.body == Some(BodyTwist::Other(true)) && other.is_none() {
            return Err(lacks(&self.line("idempotency.other_body")));
        }
        if twist.key == Some(KeyTwist::Random(LikeTheKey::SameId)) {
            self.says(&Need::KeyId)?;
        }
        match &twist.carry {
            Some(Carry::Scheme(_)) if declared.scheme().is_none() => {
                Err("the contract declares no scheme".to_owned())
            }
            Some(Carry::Alias(separator)) if compose::alias(declared, *separator).is_none() => {
                Err("the contract declares no header field with a hyphen in its name".to_owned())
            }
            Some(carry) if self.scenario.needs.contains(&Need::Elsewhere) && is_at(declared, carry) => {
                Err("the contract declares that very place for its keys".to_owned())
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether a key that is carried so stands in the declared place.
fn is_at(declared: &Carrier, carry: &Carry) -> bool {
    match (declared, carry) {
        (Carrier::Header { name, .. }, Carry::Header(other)) => {
            name.as_str().eq_ignore_ascii_case(other.as_str())
        }
        (Carrier::Query(name), Carry::Query(other)) | (Carrier::Cookie(name), Carry::Cookie(other)) => {
            name == other
        }
        (Carrier::Header { .. } | Carrier::Query(_) | Carrier::Cookie(_), _) => false,
    }
}

fn has_policy(contract: &Contract, name: &str) -> bool {
    match name {
        "problem_details" => contract.policy.problem_details == Some(true),
        "max_revocation_lag" => contract.policy.max_revocation_lag.is_some(),
        name => contract.policy.status(name).is_some(),
    }
}
