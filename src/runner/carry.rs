//! Carries one case out: prepares, sends, judges, confirms.

use std::time::Duration;

use crate::judge::{Evidence, Finding, Judgement, Recogniser, Volatile, is_wrongly_accepted, judge};
use crate::plan::{Case, Dice, Draft, PlannedStep, Preparation};
use crate::wire::{Captures, Exchange, FailureKind, seal};

use super::{Job, Lane};

/// The longest that a target may ask us to wait before we try again.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How often a busy target, or one that closed a connection, is asked again.
const RETRIES: u32 = 2;
/// How often a broken requirement is looked at again with the same bytes.
const CONFIRMATIONS: u32 = 2;

/// What came of a case.
#[derive(Debug)]
pub(super) struct Carried {
    /// Whether the requirement holds.
    pub(super) finding: Finding,
    /// What was seen.
    pub(super) actual: String,
    /// The exchange that decided.
    pub(super) exchange: Option<Exchange>,
    /// The step that decided, from 0.
    pub(super) step: usize,
    /// Whether the target was seen to accept what it should refuse: a fact, whatever else is unclear.
    pub(super) witnessed: bool,
}

/// Carries a case out, and where it fails, twice more, so that a report says how steady the failure is.
pub(super) async fn case(job: &Job, case: &Case, steps: &[PlannedStep]) -> Carried {
    let first = attempt(job, case, steps).await;
    if first.finding != Finding::Broken {
        return first;
    }
    let mut broken = 1;
    for _ in 0..CONFIRMATIONS {
        broken += u32::from(attempt(job, case, steps).await.finding == Finding::Broken);
    }
    let times = CONFIRMATIONS + 1;
    let steady =
        if broken == times { String::new() } else { format!(" ({broken} of {times} times: not steady)") };
    Carried { actual: format!("{}{steady}", first.actual), ..first }
}

/// One case under way.
struct Attempt<'a> {
    job: &'a Job,
    case: &'a Case,
    lane: &'a Lane,
    captures: Captures,
    dice: Dice,
}

async fn attempt(job: &Job, case: &Case, steps: &[PlannedStep]) -> Carried {
    let unclear = |actual: String| Carried {
        finding: Finding::Unclear,
        actual,
        exchange: None,
        step: 0,
        witnessed: false,
    };
    let Some(lane) = job.lanes.get(&case.environment) else {
        return unclear(format!("no way to the environment `{}`", case.environment));
    };
    let dice = Dice::new(job.settings.seed, &case.id);
    let mut attempt = Attempt { job, case, lane, captures: Captures::new(), dice };
    match attempt.steps(steps).await {
        Ok(carried) => carried,
        Err(why) => unclear(why),
    }
}

impl Attempt<'_> {
    /// All steps in order; the first that does not hold decides.
    async fn steps(&mut self, steps: &[PlannedStep]) -> Result<Carried, String> {
        let mut earlier = Vec::new();
        let mut decided = None;
        for (at, step) in steps.iter().enumerate() {
            for turn in 0..step.repeat {
                let exchange = self.step(step).await?;
                let (judgement, witnessed) = self.judge(step, &exchange, &earlier);
                let holds = judgement.finding == Finding::Holds;
                self.capture(step, &exchange);
                if turn == 0 {
                    earlier.push(exchange.clone());
                }
                let Judgement { finding, actual } = judgement;
                let carried = Carried { finding, actual, exchange: Some(exchange), step: at, witnessed };
                if !holds {
                    return Ok(carried);
                }
                decided = Some(carried);
            }
        }
        decided.ok_or_else(|| "the case has nothing to send".to_owned())
    }

    async fn step(&mut self, step: &PlannedStep) -> Result<Exchange, String> {
        for (name, preparation) in &step.draft.preparations {
            if !self.captures.contains_key(name) {
                let value = self.prepare(preparation).await?;
                self.captures.insert(name.clone(), value);
            }
        }
        self.send(&step.draft).await
    }

    fn judge(&self, step: &PlannedStep, exchange: &Exchange, earlier: &[Exchange]) -> (Judgement, bool) {
        let recogniser = Recogniser::new(&self.job.contract, &self.case.operation.operation.accepted);
        let volatile = Volatile::of(&self.job.contract);
        let redactor = &self.job.redactor;
        let evidence = Evidence { exchange, recogniser: &recogniser, earlier, redactor, volatile: &volatile };
        let judgement = judge(&step.requirement, &evidence);
        let accepted =
            judgement.finding == Finding::Broken && is_wrongly_accepted(&step.requirement, &evidence);
        (judgement, accepted)
    }

    fn capture(&mut self, step: &PlannedStep, exchange: &Exchange) {
        let Some(answer) = exchange.answer.as_ref().filter(|_| !step.capture.is_empty()) else { return };
        let Ok(json) = serde_json::from_slice(&answer.body) else { return };
        for (name, path) in &step.capture {
            if let Some(value) = path.select(&json).first() {
                self.captures.insert(name.to_string(), text(value));
            }
        }
    }

    /// Makes something real and returns its name.
    async fn prepare(&mut self, preparation: &Preparation) -> Result<String, String> {
        let exchange = self.send(&preparation.draft).await?;
        let what = format!("`{}`, which makes the object that the path names,", preparation.operation);
        let answer = exchange.answer.as_ref().filter(|answer| answer.status == preparation.status);
        let Some(answer) = answer else {
            let seen = exchange.answer.as_ref().map_or_else(
                || exchange.failure.as_ref().map_or_else(String::new, ToString::to_string),
                |answer| format!("status {}", answer.status),
            );
            return Err(format!("{what} was not accepted: {seen}"));
        };
        let json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let value = preparation.capture.select(&json).first().map(|value| text(value));
        value.ok_or_else(|| format!("{what} answered without {}", preparation.capture))
    }

    /// Sends a draft; waits for a busy target and asks again where a connection was closed, within bounds.
    async fn send(&mut self, draft: &Draft) -> Result<Exchange, String> {
        let origin = match (&self.lane.plaintext, draft.plaintext) {
            (Some(plaintext), true) => plaintext,
            (None, true) => return Err("the environment has no plain address".to_owned()),
            (_, false) => &self.lane.origin,
        };
        let request = seal(draft, origin, &self.job.keyring, &self.captures, &mut self.dice)
            .map_err(|error| format!("could not {error}"))?;
        for _ in 0..RETRIES {
            let exchange = self.lane.send(draft.sender, request.clone()).await;
            match again_after(&exchange) {
                None => return Ok(exchange),
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
        Ok(self.lane.send(draft.sender, request).await)
    }
}

/// Whether to ask again, and after how long.
fn again_after(exchange: &Exchange) -> Option<Duration> {
    if let Some(failure) = &exchange.failure {
        return (failure.kind == FailureKind::Closed && exchange.answer.is_none()).then_some(Duration::ZERO);
    }
    let answer = exchange.answer.as_ref().filter(|answer| [429, 503].contains(&answer.status))?;
    let seconds: u64 = answer.header("retry-after").next()?.trim().parse().ok()?;
    let wait = Duration::from_secs(seconds);
    (wait <= LONGEST_WAIT).then_some(wait)
}

/// A JSON value as it would stand in a path or a header.
fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
