//! Refusals asked for several times, to see what of them is volatile.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::outcome::CaseResult;
use crate::plan::Plan;
use crate::runner::{Collected, Signal};
use crate::snapshot::{Form, Observed, Rules, is_refusal};

use super::super::error::Failure;
use super::super::sending::Sending;

/// How often each is asked for, where nobody says otherwise.
pub(in crate::cli) const SAMPLES: u16 = 3;

/// What every refusal of a run looks like. A procedure's answers have no one form.
pub(in crate::cli) fn observed(plan: &Plan, collected: &Collected, rules: &Rules) -> Vec<Observed> {
    let pairs = plan.cases.iter().zip(&collected.cases);
    let single = pairs.filter(|(case, result)| case.scenario.procedure.is_none() && is_refusal(result));
    single
        .filter_map(|(_, result)| Some(Observed { case: result.id.clone(), form: Ok(form(result, rules)?) }))
        .collect()
}

fn form(result: &CaseResult, rules: &Rules) -> Option<Form> {
    let received = result.exchange.as_ref()?.received.as_ref()?;
    Some(Form::of(received, rules))
}

/// Asks for some cases again, as often as it takes, and puts what differs into the place of what was seen first. Returns the
/// signal that cut this short, if one did.
///
/// Every sample has a seed of its own, so that what depends on a random value is seen to differ.
pub(in crate::cli) fn refine(
    sending: &Sending<'_>,
    plan: &Plan,
    (seed, samples): (u64, u16),
    (observed, open): (&mut [Observed], &BTreeSet<String>),
) -> Result<Option<Signal>, Failure> {
    let rules = Rules::of(&sending.aimed().bundle.contract);
    let mut part = plan.clone();
    part.cases.retain(|case| open.contains(&case.id));
    if part.cases.is_empty() {
        return Ok(None);
    }
    let part = Arc::new(part);
    for number in 1..samples {
        let collected = sending.send(&part, seed.wrapping_add(u64::from(number)))?;
        if collected.signal.is_some() {
            return Ok(collected.signal);
        }
        let by_id: BTreeMap<&str, &CaseResult> =
            collected.cases.iter().map(|case| (case.id.as_str(), case)).collect();
        for one in observed.iter_mut().filter(|one| open.contains(&one.case)) {
            let again = by_id.get(one.case.as_str()).filter(|result| result.answered.is_some());
            let Some(again) = again else { continue };
            let merged = one.form.as_ref().map_err(Clone::clone).and_then(|form| also(form, again, &rules));
            one.form = merged;
        }
    }
    Ok(None)
}

/// What a form and one more sample have in common.
fn also(seen: &Form, again: &CaseResult, rules: &Rules) -> Result<Form, String> {
    let other = form(again, rules).filter(|_| is_refusal(again));
    seen.merge(&other.ok_or("refused once, and not another time")?)
}
