//! Probes the controls, and remembers which parts of the target can be judged.

use std::collections::BTreeMap;

use crate::judge::{Evidence, Finding, Recogniser, Requirement, Volatile, describe_answer, judge};
use crate::outcome::{Control, ControlKind};
use crate::plan::{Case, ControlPair, Dice, Draft};
use crate::wire::{Captures, Exchange, seal};

use super::{Job, patience, record};

/// Which parts of the target cannot be judged, and why: by environment and service.
#[derive(Clone, Debug, Default)]
pub(super) struct Unjudgeable(BTreeMap<(String, String), String>);

impl Unjudgeable {
    /// Why a case cannot be judged, if it cannot.
    pub(super) fn why(&self, case: &Case, controls: &[ControlPair]) -> Option<&str> {
        let service = case.operation.id.service();
        let own = (case.environment.clone(), service.to_owned());
        let mut pairs = controls.iter().filter(|pair| pair.environment == case.environment);
        let has_own = pairs.clone().any(|pair| pair.operation.id.service() == service);
        if has_own {
            return self.0.get(&own).map(String::as_str);
        }
        // A service without a control of its own can be judged as long as any other of its environment can.
        let fails = |pair: &ControlPair| self.get(pair).is_some();
        if pairs.clone().count() == 0 {
            return Some(
                "no operation of this environment can serve as a control: a harmless one that a key may use",
            );
        }
        if pairs.clone().all(fails) { pairs.find_map(|pair| self.get(pair)) } else { None }
    }

    fn get(&self, pair: &ControlPair) -> Option<&str> {
        self.0.get(&key(pair)).map(String::as_str)
    }

    pub(super) fn contains(&self, pair: &ControlPair) -> bool {
        self.get(pair).is_some()
    }

    pub(super) fn add(&mut self, pair: &ControlPair, why: String) {
        self.0.insert(key(pair), why);
    }
}

fn key(pair: &ControlPair) -> (String, String) {
    (pair.environment.clone(), pair.operation.id.service().to_owned())
}

/// Probes one control.
pub(super) async fn probe(job: &Job, pair: &ControlPair, kind: ControlKind, when: &'static str) -> Control {
    let draft = match kind {
        ControlKind::Positive => &pair.positive,
        ControlKind::Negative => &pair.negative,
    };
    let control = |held: bool, actual: &str, advice: &str, exchange: Option<&Exchange>| Control {
        kind,
        environment: pair.environment.clone(),
        operation: pair.operation.id.to_string(),
        when: when.to_owned(),
        held,
        actual: job.redactor.redact(actual),
        advice: advice.to_owned(),
        exchange: exchange.map(|exchange| record::exchange(exchange, &job.redactor)),
    };
    let exchange = match send(job, pair, draft).await {
        Ok(exchange) => exchange,
        Err(why) => return control(false, &why, "correct the contract", None),
    };
    let (accepted, actual) = accepted(job, pair, &exchange);
    let held = match kind {
        ControlKind::Positive => accepted == Finding::Holds,
        // A target that is busy or gone says nothing of its lock, and neither does this probe.
        ControlKind::Negative => accepted != Finding::Holds,
    };
    let advice = if held { "" } else { advice(kind, &exchange) };
    control(held, &actual, advice, (!held).then_some(&exchange))
}

fn accepted(job: &Job, pair: &ControlPair, exchange: &Exchange) -> (Finding, String) {
    let accepted = &pair.operation.operation.accepted;
    let by_status = accepted.headers.is_empty() && accepted.body.is_empty();
    if let Some(page) = exchange.answer.as_ref().filter(|answer| by_status && answer.is_page()) {
        let why = "a page for people, and nothing but its status says that it is an acceptance";
        return (Finding::Unclear, format!("{}: {why}", describe_answer(page)));
    }
    let recogniser = Recogniser::new(&job.contract, accepted);
    let volatile = Volatile::of(&job.contract);
    let redactor = &job.redactor;
    let evidence =
        Evidence { exchange, recogniser: &recogniser, earlier: &[], redactor, volatile: &volatile };
    let judgement = judge(&Requirement::Acceptance, &evidence);
    (judgement.finding, judgement.actual)
}

async fn send(job: &Job, pair: &ControlPair, draft: &Draft) -> Result<Exchange, String> {
    let lane = job.lanes.get(&pair.environment).ok_or("no way to the environment")?;
    let mut dice = Dice::new(job.settings.seed, "control");
    let request = seal(draft, &lane.origin, &job.keyring, &Captures::new(), &mut dice)
        .map_err(|error| format!("could not {error}"))?;
    Ok(patience::send(lane, draft.sender, request, &|_| false).await.0)
}

fn advice(kind: ControlKind, exchange: &Exchange) -> &'static str {
    if kind == ControlKind::Negative {
        return "a request without a key is accepted: authentication is not enforced here at all";
    }
    if let Some(failure) = &exchange.failure {
        return failure.kind.advice();
    }
    match exchange.answer.as_ref().map_or(0, |answer| answer.status) {
        300..=399 => "the target redirects; correct base_url, or put the API itself there",
        401 | 403 => "the target refuses a key that the contract calls good; correct the key or the contract",
        404 | 405 => "the target does not know this operation; correct its path or base_url",
        429 => "the target limits our rate; lower --jobs, or raise its limit for this key",
        500..=599 => "the target is broken; see its log",
        _ => "the answer is not the acceptance that the contract declares; correct `accepted` or base_url",
    }
}
