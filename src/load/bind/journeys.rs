//! Journeys over a contract: each request of a step becomes a class, each deed what a check would do.

use super::keys::{deeds, once};
use super::{BindError, Bound, Place, cases, class, expectation, known, sendable};
use crate::load::format::{Entry, Journey, JourneyStep, LoadPlan};
use crate::load::job::Class;
use crate::load::trip::{Move, Trip};
use crate::plan::{Case, Deed};
use crate::scenario::{CredentialPick, Step};

/// How many users there are where nothing is said.
const USERS: u32 = 10;

/// Binds every journey of a plan.
pub(super) fn bind(plan: &LoadPlan, place: &Place<'_>, bound: &mut Bound) -> Result<(), BindError> {
    for journey in &plan.journeys {
        let trip = trip(journey, place, bound)?;
        bound.trips.push(trip);
    }
    bound.users = usize::try_from(plan.users.unwrap_or(USERS)).unwrap_or(1);
    Ok(())
}

fn trip(journey: &Journey, place: &Place<'_>, bound: &mut Bound) -> Result<Trip, BindError> {
    let mut moves = Vec::new();
    let mut known_deeds: Vec<Deed> = Vec::new();
    for entry in journey.steps.iter().filter_map(JourneyStep::entry) {
        let case = only_case(journey, entry, place)?;
        if known_deeds.is_empty() {
            known_deeds = deeds(&case).to_vec();
        }
        let failed = |why: String| BindError::NothingToSend { entry: named(journey, entry), why };
        let (draft, _) = sendable(&case).map_err(failed)?;
        moves.push(Move::Send { class: bound.classes.len(), draft: Box::new(draft.clone()) });
        let class = class(named(journey, entry), entry, &case, place)?;
        bound.classes.push(Class { entry: journey.name.to_string(), ..class });
    }
    let (mut sends, mut deeds) = (moves.into_iter(), known_deeds.into_iter());
    let next = |step: &JourneyStep| match step {
        JourneyStep::Control(_) => deeds.next().map(|deed| Move::Perform(Box::new(deed))),
        JourneyStep::Send(_) => sends.next(),
    };
    let moves: Option<Vec<Move>> = journey.steps.iter().map(next).collect();
    let moves = moves.ok_or_else(|| BindError::NothingToSend {
        entry: journey.name.to_string(),
        why: "no step of it is sent with a key that it makes".to_owned(),
    })?;
    let think = journey.think.as_ref().map(|think| (think.from.duration(), think.to.duration()));
    Ok(Trip { name: journey.name.to_string(), weight: journey.weight, think, moves })
}

/// What a step is called: a part of the mix has its own name, a step stands behind its journey's.
fn named(journey: &Journey, entry: &Entry) -> String {
    format!("{}/{}", journey.name, entry.name)
}

/// The first case of a step that can be sent.
fn only_case(journey: &Journey, entry: &Entry, place: &Place<'_>) -> Result<Case, BindError> {
    known(entry, place.contract)?;
    let created = matches!(entry.request.credential, Some(CredentialPick::Created(_)));
    let controls = journey.steps.iter().filter_map(JourneyStep::deed).filter(|_| created);
    let controls = controls.map(|deed| Step { control: Some(deed.step()), ..once() });
    let steps: Vec<Step> = if created { controls.chain([once()]).collect() } else { Vec::new() };
    let cases = cases(entry, (&steps, expectation(entry, entry.expect)), place)?;
    let why = cases.iter().find_map(|case| sendable(case).err());
    cases.into_iter().find(|case| sendable(case).is_ok()).ok_or_else(|| BindError::NothingToSend {
        entry: named(journey, entry),
        why: why.unwrap_or_else(|| "the contract has no such operation".to_owned()),
    })
}
