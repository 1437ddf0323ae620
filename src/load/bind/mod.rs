//! A load plan over a contract: each part of the mix becomes cases by the same plan as a check's, and each case a class
//! of requests.

mod journeys;
mod keys;
mod sendable;

use std::fmt;
use std::sync::OnceLock;

use keys::Keys;
use sendable::sendable;
use serde_json::json;

use super::format::{Alone, Entry, Expected, LoadPlan};
use super::job::{Class, Sealed};
use super::stamp::blanks;
use super::steer::{Act, Unsealed};
use super::trip::Trip;
use super::weights::Share;
use crate::contract::{Contract, Keyring, RefusalKind};
use crate::document::{Millis, Name, suggest};
use crate::judge::Fast;
use crate::outcome::load::Turn;
use crate::plan::{Case, Dice, Filter, Inputs, Permits, Plan};
use crate::runner::Steering;
use crate::scenario::{
    CredentialPick, Expectation, KeyTwist, OperationSelector, Scenario, Selected, Step, Suite,
};
use crate::wire::{ClientOptions, Origin, SealError, seal};

/// How many requests are made of one whose key is drawn by chance: a cache of refused keys must not answer for all.
const CHANCES: usize = 64;

/// What a plan is bound to.
#[derive(Debug)]
pub struct Place<'a> {
    /// The contract, what its bodies are, what may be sent.
    pub contract: &'a Contract,
    /// The content of every body file.
    pub bodies: &'a std::collections::BTreeMap<String, Vec<u8>>,
    /// What the operator permits.
    pub permits: &'a Permits,
    /// The keys.
    pub keyring: &'a Keyring,
    /// The environment's name.
    pub environment: &'a str,
    /// Its origin.
    pub origin: &'a Origin,
    /// The seed of chance.
    pub seed: u64,
}

/// Why a plan cannot be sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// A part of the mix applies to nothing.
    #[error("send `{entry}`: {why}")]
    NothingToSend {
        /// The part of the mix.
        entry: String,
        /// Why.
        why: String,
    },
    /// A request cannot be made.
    #[error("make a request of `{entry}`: {source}")]
    Seal {
        /// The part of the mix.
        entry: String,
        /// Why not.
        source: SealError,
    },
    /// A check could not be made of it: our own fault.
    #[error("make a check of `{entry}`: {why}")]
    Scenario {
        /// The part of the mix.
        entry: String,
        /// Why not.
        why: String,
    },
}

/// What it takes to steer the target.
#[derive(Clone, Debug)]
pub struct Wheel {
    /// How it is steered.
    pub steering: Steering,
    /// The keys to model others on.
    pub keyring: Keyring,
    /// Where requests go.
    pub origin: Origin,
    /// How they are sent by an ordinary client.
    pub options: ClientOptions,
}

/// What is sent, and what of the plan does not apply.
#[derive(Debug, Default)]
pub struct Bound {
    /// The classes.
    pub classes: Vec<Class>,
    /// How often each class is sent, and when.
    pub shares: Vec<Share>,
    /// What is done to the target meanwhile; instants are counted from the end of the warm-up.
    pub acts: Vec<Act>,
    /// What virtual users do.
    pub trips: Vec<Trip>,
    /// How many of them there are.
    pub users: usize,
    /// The classes whose keys are made by it.
    pub drafts: Vec<Unsealed>,
    /// What does not apply, and why.
    pub left_out: Vec<String>,
}

/// Binds a plan.
///
/// # Errors
/// When a part of the mix has nothing to send.
pub fn bind(plan: &LoadPlan, place: &Place<'_>) -> Result<Bound, BindError> {
    let mut bound = Bound::default();
    for entry in &plan.mix {
        known(entry, place.contract)?;
        let keys = Keys { acts: &plan.timeline, entry };
        let cases = cases(entry, (&keys.steps(), keys.before()), place)?;
        let (good, bad): (Vec<_>, Vec<_>) = cases.iter().partition(|case| sendable(case).is_ok());
        if good.is_empty() {
            let why = bad.first().and_then(|case| sendable(case).err());
            let why = why.unwrap_or_else(|| "the contract has no such operation".to_owned());
            if is_named(entry) {
                return Err(BindError::NothingToSend { entry: entry.name.to_string(), why });
            }
            bound.left_out.push(format!("`{}` is not sent: {why}", entry.name));
            continue;
        }
        let left_out =
            bad.iter().filter_map(|case| Some(format!("{}: {}", case.operation.id, sendable(case).err()?)));
        bound.left_out.extend(left_out.map(|why| format!("`{}` is not sent to {why}", entry.name)));
        bound.add((&keys, Turn::InTheMix), &good, place)?;
        if plan.alone.as_ref().is_some_and(|alone| alone.has(entry)) {
            bound.add((&keys, Turn::Alone), &good, place)?;
        }
    }
    journeys::bind(plan, place, &mut bound)?;
    if bound.classes.is_empty() {
        let why = bound.left_out.join("; ");
        return Err(BindError::NothingToSend { entry: "anything".to_owned(), why });
    }
    Ok(bound)
}

impl Bound {
    /// Adds the classes of a part of the mix, which share its weight.
    fn add(
        &mut self,
        (keys, turn): (&Keys<'_>, Turn),
        cases: &[&Case],
        place: &Place<'_>,
    ) -> Result<(), BindError> {
        let entry = keys.entry;
        let time = |time: &Option<Millis>| time.as_ref().map(Millis::duration);
        let each = f64::from(entry.weight) / f64::from(u32::try_from(cases.len()).unwrap_or(u32::MAX));
        let part = match turn {
            Turn::Alone => Alone::name(entry.name.as_str()),
            Turn::InTheMix => entry.name.to_string(),
        };
        for case in cases {
            let name = if cases.len() == 1 { part.clone() } else { format!("{part}/{}", case.operation.id) };
            let class = class(name, entry, case, place)?;
            keys.bind((Class { entry: part.clone(), turn, ..class }, case), place, self)?;
            self.shares.push(Share {
                weight: each,
                turn,
                from: time(&entry.from),
                until: time(&entry.until),
            });
        }
        Ok(())
    }
}

/// Whether a part of the mix names what it is about: where the contract has no such thing, the plan is wrong.
fn is_named(entry: &Entry) -> bool {
    matches!(entry.operations, OperationSelector::Named(Selected::Named(_)))
        || matches!(entry.request.credential, Some(CredentialPick::Named(_) | CredentialPick::Created(_)))
}

/// That the contract has every operation that a part of the mix names: what is not sent is not found out.
fn known(entry: &Entry, contract: &Contract) -> Result<(), BindError> {
    let OperationSelector::Named(Selected::Named(names)) = &entry.operations else { return Ok(()) };
    let known: Vec<_> = contract.operations().map(|(id, _)| id.to_string()).collect();
    let Some(unknown) = names.iter().find(|name| !known.contains(name)) else { return Ok(()) };
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let hint = suggest(unknown, &known).map(|hint| format!(": {hint}")).unwrap_or_default();
    let why = format!("the contract has no operation `{unknown}`{hint}");
    Err(BindError::NothingToSend { entry: entry.name.to_string(), why })
}

/// The cases of a part of the mix: those of a check that says the same.
fn cases(
    entry: &Entry,
    (steps, expect): (&[Step], Expectation),
    place: &Place<'_>,
) -> Result<Vec<Case>, BindError> {
    let failed =
        |why: &dyn fmt::Display| BindError::Scenario { entry: entry.name.to_string(), why: why.to_string() };
    let blank = json!({
        "id": entry.name.as_str(), "title": "load", "severity": "must", "sources": [], "why": "", "advice": ""
    });
    let mut scenario: Scenario = serde_json::from_value(blank).map_err(|error| failed(&error))?;
    scenario.over.operations = entry.operations.clone();
    scenario.over.environments = Selected::Named(vec![place.environment.to_owned()]);
    scenario.request = entry.request.clone();
    scenario.steps = steps.to_vec();
    scenario.expect = expect;
    let suite = Suite { scenarios: vec![scenario] };
    let Place { contract, bodies, permits, .. } = *place;
    Ok(Plan::expand(&Inputs { contract, bodies, suite: &suite, permits }, &Filter::default()).cases)
}

/// What is right: said, or implied by the contract; and what the plan allows besides.
fn expectation(entry: &Entry, expected: Option<Expected>) -> Expectation {
    let stated = expected.map_or_else(|| implied(entry), stated);
    if entry.also.is_empty() {
        return stated;
    }
    let also = entry.also.iter().map(|one| self::stated(*one));
    Expectation { any_of: std::iter::once(stated).chain(also).collect(), ..Expectation::default() }
}

fn stated(expected: Expected) -> Expectation {
    let set = Expectation::default();
    match expected {
        Expected::Acceptance => Expectation { accepted: Some(true), ..set },
        Expected::Refusal => Expectation { refused: Some(true), ..set },
        Expected::Missing
        | Expected::Invalid
        | Expected::Expired
        | Expected::Revoked
        | Expected::Disabled
        | Expected::NotYetValid
        | Expected::Insufficient
        | Expected::WrongEnvironment => Expectation { refusal: expected.kind(), ..set },
    }
}

/// A key to which anything is done was never issued; for every other request the contract says what is right.
fn implied(entry: &Entry) -> Expectation {
    let invalid = Expectation { refusal: Some(RefusalKind::Invalid), ..Expectation::default() };
    match (&entry.request.key, &entry.request.credential) {
        (Some(_), pick) if *pick != Some(CredentialPick::None) => invalid,
        _ => Expectation { declared: Some(true), ..Expectation::default() },
    }
}

fn class(name: String, entry: &Entry, case: &Case, place: &Place<'_>) -> Result<Class, BindError> {
    let (draft, requirement) =
        sendable(case).map_err(|why| BindError::NothingToSend { entry: entry.name.to_string(), why })?;
    let failed = |source| BindError::Seal { entry: entry.name.to_string(), source };
    let by_chance = matches!(entry.request.key, Some(KeyTwist::Random(_)));
    let mut dice = Dice::new(place.seed, &name);
    let mut sealed = || {
        let request = seal(draft, place.origin, place.keyring, &blanks(), &mut dice);
        request.map(Sealed::new).map_err(failed)
    };
    let count = if by_chance { CHANCES } else { 1 };
    let created = matches!(entry.request.credential, Some(CredentialPick::Created(_)));
    let variants = if created {
        OnceLock::new()
    } else {
        (0..count).map(|_| sealed()).collect::<Result<Vec<_>, _>>()?.into()
    };
    let accepted = case.operation.operation.accepted.clone();
    Ok(Class {
        name,
        entry: entry.name.to_string(),
        operation: case.operation.id.to_string(),
        credential: case.credential.clone(),
        accepts: requirement.wants_acceptance(),
        turn: Turn::InTheMix,
        fast: Fast::compile(requirement, place.contract, &accepted),
        requirement: requirement.clone(),
        accepted,
        end: None,
        variants,
    })
}

/// The environment that a plan is for: the one it names, or the first that may be asked.
///
/// # Errors
/// Why none can be.
pub fn environment<'a>(
    contract: &'a Contract,
    wanted: Option<&str>,
    permits: &Permits,
) -> Result<&'a Name, String> {
    let permitted = |name: &Name| permits.environments.iter().any(|allowed| allowed == name.as_str());
    let mut all = contract.environments.iter();
    match wanted {
        None => all
            .find(|(name, environment)| !environment.protected || permitted(name))
            .map(|(name, _)| name)
            .ok_or_else(|| "every environment is protected; ask one with --allow NAME".to_owned()),
        Some(wanted) => {
            let known: Vec<_> = contract.environments.keys().map(ToString::to_string).collect();
            let found = all.find(|(name, _)| name.as_str() == wanted).map(|(name, _)| name);
            found.ok_or_else(|| {
                format!("the contract has no environment `{wanted}`; it has {}", known.join(", "))
            })
        }
    }
}
