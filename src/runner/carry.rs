//! Carries one case out: prepares, sends, judges, confirms.

use crate::judge::{Evidence, Finding, Judgement, Recogniser, Volatile, decoded, is_wrongly_accepted, judge};
use crate::plan::{Case, Dice, Draft, PlannedStep, Preparation};
use crate::wire::{Answer, Captures, Exchange, seal};

use super::{Job, Lane, patience};

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
    /// The request that decided.
    pub(super) decided: Decided,
    /// Whether the target was seen to accept what it should refuse: a fact, whatever else is unclear.
    pub(super) witnessed: bool,
}

/// The request that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decided {
    /// The twin, which was not accepted: nothing was said of the case itself.
    Twin,
    /// The step of this number, from 0.
    Step(usize),
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
    /// How often a request had to be sent once more.
    again: u32,
}

async fn attempt(job: &Job, case: &Case, steps: &[PlannedStep]) -> Carried {
    let unclear = |actual: String| Carried {
        finding: Finding::Unclear,
        actual,
        exchange: None,
        decided: Decided::Step(0),
        witnessed: false,
    };
    let Some(lane) = job.lanes.get(&case.environment) else {
        return unclear(format!("no way to the environment `{}`", case.environment));
    };
    let dice = Dice::new(job.settings.seed, &case.id);
    let mut attempt = Attempt { job, case, lane, captures: Captures::new(), dice, again: 0 };
    let carried = match attempt.twin().await {
        Ok(Some(unaccepted)) => Ok(unaccepted),
        Ok(None) => attempt.steps(steps).await,
        Err(why) => Err(why),
    };
    let carried = carried.unwrap_or_else(unclear);
    match attempt.again {
        0 => carried,
        1 => Carried { actual: format!("{} (asked once more)", carried.actual), ..carried },
        more => Carried { actual: format!("{} (asked {more} times more)", carried.actual), ..carried },
    }
}

impl Attempt<'_> {
    /// The case's twin, if it has one; what there is to say where it is not accepted.
    async fn twin(&mut self) -> Result<Option<Carried>, String> {
        let Some(twin) = self.case.twin.as_ref() else { return Ok(None) };
        let named = |why: String| format!("its twin, a request that must be accepted, was not: {why}");
        let exchange = self.step(twin).await.map_err(named)?;
        // What was made for it is its own: the case may need somebody else's.
        self.captures.clear();
        let (judgement, _) = self.judge(twin, &exchange, &[]);
        Ok((judgement.finding != Finding::Holds).then(|| Carried {
            finding: Finding::Unclear,
            actual: named(judgement.actual),
            exchange: Some(exchange),
            decided: Decided::Twin,
            witnessed: false,
        }))
    }

    /// All steps in order; the first that does not hold decides.
    async fn steps(&mut self, steps: &[PlannedStep]) -> Result<Carried, String> {
        let mut earlier = Vec::new();
        let mut last = None;
        for (at, step) in steps.iter().enumerate() {
            for turn in 0..step.repeat {
                let exchange = self.step(step).await?;
                let (judgement, witnessed) = self.judge(step, &exchange, &earlier);
                let holds = judgement.finding == Finding::Holds;
                self.capture(step, &exchange);
                if turn == 0 && at + 1 < steps.len() {
                    earlier.push(exchange.clone());
                }
                let Judgement { finding, actual } = judgement;
                let decided = Decided::Step(at);
                let carried = Carried { finding, actual, exchange: Some(exchange), decided, witnessed };
                if !holds {
                    return Ok(carried);
                }
                last = Some(carried);
            }
        }
        last.ok_or_else(|| "the case has nothing to send".to_owned())
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
        let Some(json) = json(answer) else { return };
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
        let json = json(answer).unwrap_or_default();
        let value = preparation.capture.select(&json).first().map(|value| text(value));
        value.ok_or_else(|| format!("{what} answered without {}", preparation.capture))
    }

    /// Sends a draft, with patience.
    async fn send(&mut self, draft: &Draft) -> Result<Exchange, String> {
        let origin = match (&self.lane.plaintext, draft.plaintext) {
            (Some(plaintext), true) => plaintext,
            (None, true) => return Err("the environment has no plain address".to_owned()),
            (_, false) => &self.lane.origin,
        };
        let request = seal(draft, origin, &self.job.keyring, &self.captures, &mut self.dice)
            .map_err(|error| format!("could not {error}"))?;
        let (exchange, again) = patience::send(self.lane, draft.sender, request).await;
        self.again += again;
        Ok(exchange)
    }
}

/// The body of an answer as JSON, whatever it is compressed with.
fn json(answer: &Answer) -> Option<serde_json::Value> {
    serde_json::from_slice(&decoded(answer).ok()?).ok()
}

/// A JSON value as it would stand in a path or a header.
fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
