//! Carries one case out: prepares, sends, judges, confirms.

use std::pin::pin;
use std::time::Duration;

use tokio::time::Instant;

use crate::contract::Secret;
use crate::judge::{
    Evidence, Finding, Judgement, Recogniser, Requirement, Sight, Volatile, decoded, judge, sight,
};
use crate::plan::{Case, Deed, Dice, Draft, PlannedStep, Preparation};
use crate::scenario::{IfRefused, OTHER_UNIQUE, UNIQUE};
use crate::wire::{Answer, Captures, Exchange, Gate, Script, Until, seal};

use super::steer::{Hands, Objection};
use super::{Job, Lane, Shared, patience, procedure, tokens, unique};

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
    /// What the deciding exchange shows of the lock.
    pub(super) sight: Sight,
    /// What was expected, where it is not what the request that decided was to be answered with.
    pub(super) expected: Option<String>,
}

impl Carried {
    fn unclear(actual: String) -> Self {
        let (exchange, decided, expected) = (None, Decided::Step(0), None);
        Self { finding: Finding::Unclear, actual, exchange, decided, sight: Sight::Other, expected }
    }
}

/// The request that decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decided {
    /// The twin, which was not accepted: nothing was said of the case itself.
    Twin,
    /// The step of this number, from 0.
    Step(usize),
    /// None: the target does not let itself be measured, and that is no fault.
    Unmeasurable,
}

/// Carries out the case of this number, if there is one that can be sent.
pub(super) async fn numbered(job: Shared, at: usize) -> Option<Carried> {
    let case = job.plan.cases.get(at)?;
    Some(self::case(&job, case, case.work.as_ref().ok()?).await)
}

/// Carries a case out, and where it fails, twice more, so that a report says how steady the failure is.
async fn case(job: &Job, case: &Case, steps: &[PlannedStep]) -> Carried {
    if let Some(procedure) = &case.scenario.procedure {
        return procedure::carry(job, case, (procedure, steps)).await;
    }
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
    hands: Hands<'a>,
    captures: Captures,
    dice: Dice,
    /// The tokens that were minted on the way.
    minted: Vec<Secret>,
    /// What it comes to that something could not be made, where that is right too.
    settled: Option<Carried>,
    /// How often a request had to be sent once more.
    again: u32,
}

async fn attempt(job: &Job, case: &Case, steps: &[PlannedStep]) -> Carried {
    let Some(lane) = job.lanes.get(&case.environment) else {
        return Carried::unclear(format!("no way to the environment `{}`", case.environment));
    };
    let dice = Dice::new(job.settings.seed, &case.id);
    let hands = Hands::new(job.grip(), &case.id);
    let (captures, minted) = (told(job, case), Vec::new());
    let mut attempt = Attempt { job, case, lane, hands, captures, dice, minted, settled: None, again: 0 };
    let carried = match attempt.twin().await {
        Ok(Some(unaccepted)) => Ok(unaccepted),
        Ok(None) => attempt.steps(steps).await,
        Err(why) => Err(why),
    };
    let settled = attempt.settled.take();
    let mut carried = carried.unwrap_or_else(|why| settled.unwrap_or_else(|| Carried::unclear(why)));
    // An answer that mints a token has to hold it; whatever is reported of it must not.
    tokens::keep(job, &attempt.minted);
    let left = attempt.hands.take_back().await;
    if !left.is_empty() {
        carried.actual = format!("{}; not taken back: {}", carried.actual, left.join("; "));
        if carried.finding == Finding::Holds {
            carried.finding = Finding::Unclear;
        }
    }
    match attempt.again {
        0 => carried,
        1 => Carried { actual: format!("{} (asked once more)", carried.actual), ..carried },
        more => Carried { actual: format!("{} (asked {more} times more)", carried.actual), ..carried },
    }
}

/// What is told before anything is asked: values that were never sent.
pub fn fresh() -> Captures {
    [UNIQUE, OTHER_UNIQUE].into_iter().map(|name| (name.to_owned(), unique::uuid())).collect()
}

/// The same, and what is known of what is behind the target.
fn told(job: &Job, case: &Case) -> Captures {
    let mut told = fresh();
    let names = job.contract.behind.iter().flat_map(|behind| behind.names(&case.operation.id));
    told.extend(names.map(|(name, value)| (name.to_owned(), value)));
    told.extend(job.upstream.iter().map(|upstream| ("stranger".to_owned(), upstream.stranger().to_owned())));
    told
}

impl Attempt<'_> {
    /// The case's twin, if it has one; what there is to say where it is not accepted.
    async fn twin(&mut self) -> Result<Option<Carried>, String> {
        let Some(twin) = self.case.twin.as_ref() else { return Ok(None) };
        let named = |why: String| format!("its twin, a request that must be accepted, was not: {why}");
        let exchange = self.step(twin).await.map_err(named)?;
        // What was made for it is its own: the case may need somebody else's.
        self.captures = told(self.job, self.case);
        let (judgement, _) = self.judge(twin, &exchange, &[]);
        Ok((judgement.finding != Finding::Holds).then(|| Carried {
            actual: named(judgement.actual),
            exchange: Some(exchange),
            decided: Decided::Twin,
            ..Carried::unclear(String::new())
        }))
    }

    /// All steps in order; the first that does not hold decides.
    async fn steps(&mut self, steps: &[PlannedStep]) -> Result<Carried, String> {
        let mut earlier = Vec::new();
        let mut last = None;
        for (at, step) in steps.iter().enumerate() {
            if let Some(stopped) = self.perform(&step.before, (last.as_ref(), at)).await {
                return Ok(stopped);
            }
            for turn in 0..step.repeat {
                let (exchange, judgement, sight) = self.until(step, &earlier).await?;
                let holds = judgement.finding == Finding::Holds;
                self.capture(step, &exchange);
                if turn == 0 && at + 1 < steps.len() {
                    earlier.push(exchange.clone());
                }
                let Judgement { finding, actual } = judgement;
                let (decided, expected) = (Decided::Step(at), None);
                let exchange = Some(exchange);
                let carried = Carried { finding, actual, exchange, decided, sight, expected };
                if !holds {
                    return Ok(carried);
                }
                last = Some(carried);
            }
            if let Some(stopped) = self.perform(&step.after, (last.as_ref(), at)).await {
                return Ok(stopped);
            }
        }
        last.ok_or_else(|| "the case has nothing to send".to_owned())
    }

    /// Does something to the target; what there is to say where the case cannot go on behind it.
    async fn perform(&mut self, deeds: &[Deed], (last, at): (Option<&Carried>, usize)) -> Option<Carried> {
        for deed in deeds {
            let Err(objection) = self.hands.perform(deed).await else { continue };
            let exchange = last.and_then(|last| last.exchange.clone());
            let decided = last.map_or(Decided::Step(at), |last| last.decided);
            let carried = Carried { exchange, decided, ..Carried::unclear(String::new()) };
            return Some(match objection {
                Objection::Unclear(actual) => Carried { actual, ..carried },
                Objection::Broken { expected, actual } => {
                    Carried { finding: Finding::Broken, actual, expected: Some(expected), ..carried }
                }
            });
        }
        None
    }

    /// Sends a step, again and again where it is to be sent until something holds.
    async fn until(
        &mut self,
        step: &PlannedStep,
        earlier: &[Exchange],
    ) -> Result<(Exchange, Judgement, Sight), String> {
        let since = self.hands.changed().unwrap_or_else(Instant::now);
        loop {
            let asked = since.elapsed();
            let exchange = self.step(step).await?;
            let (judgement, sight) = self.judge(step, &exchange, earlier);
            let Some(until) = step.until else { return Ok((exchange, judgement, sight)) };
            let Judgement { finding, actual } = judgement;
            if finding == Finding::Holds {
                let actual = format!("{actual}, {} ms after the change", asked.as_millis());
                return Ok((exchange, Judgement { finding, actual }, sight));
            }
            if since.elapsed() >= until.within {
                let actual = format!("{actual}, still {} ms after the change", asked.as_millis());
                return Ok((exchange, Judgement { finding, actual }, sight));
            }
            tokio::time::sleep(pause((until.every, until.within), since.elapsed())).await;
        }
    }

    async fn step(&mut self, step: &PlannedStep) -> Result<Exchange, String> {
        for (name, preparation) in &step.draft.preparations {
            if !self.captures.contains_key(name) {
                let value = self.prepare(preparation).await?;
                self.captures.insert(name.clone(), value);
            }
        }
        self.send(&step.draft, (self.lane, Some(&step.requirement))).await
    }

    fn judge(&self, step: &PlannedStep, exchange: &Exchange, earlier: &[Exchange]) -> (Judgement, Sight) {
        let recogniser = Recogniser::new(&self.job.contract, &self.case.operation.operation.accepted);
        let volatile = Volatile::of(&self.job.contract);
        let redactor = &self.job.redactor;
        let evidence = Evidence { exchange, recogniser: &recogniser, earlier, redactor, volatile: &volatile };
        let judgement = judge(&step.requirement, &evidence);
        let broken = judgement.finding == Finding::Broken;
        let sight = if broken { sight(&step.requirement, &evidence) } else { Sight::Other };
        (judgement, sight)
    }

    fn capture(&mut self, step: &PlannedStep, exchange: &Exchange) {
        let Some(answer) = exchange.answer.as_ref() else { return };
        for (name, field) in &step.capture_headers {
            if let Some(value) = answer.header(field.as_str()).next() {
                self.captures.insert(name.to_string(), value.to_owned());
            }
        }
        if step.capture.is_empty() {
            return;
        }
        let Some(json) = json(answer) else { return };
        for (name, path) in &step.capture {
            if let Some(value) = path.select(&json).first() {
                self.captures.insert(name.to_string(), text(value));
            }
        }
    }

    /// Makes something real and returns its name.
    async fn prepare(&mut self, preparation: &Preparation) -> Result<String, String> {
        let lane = preparation.environment.as_ref().map_or(Some(self.lane), |name| self.job.lanes.get(name));
        let lane = lane.ok_or("the run has no way to another environment")?;
        let exchange = self.send(&preparation.draft, (lane, None)).await?;
        let what = format!("`{}`, which has to come first,", preparation.operation);
        let answer = exchange.answer.as_ref().filter(|answer| answer.status == preparation.status);
        let Some(answer) = answer else {
            let seen = exchange.answer.as_ref().map_or_else(
                || exchange.failure.as_ref().map_or_else(String::new, ToString::to_string),
                |answer| format!("status {}", answer.status),
            );
            let why = format!("{what} was not accepted: {seen}");
            self.settled = settled(preparation, exchange, &why);
            return Err(why);
        };
        let json = json(answer).unwrap_or_default();
        let value = preparation.capture.select(&json).first().map(|value| text(value));
        value.ok_or_else(|| format!("{what} answered without {}", preparation.capture))
    }

    /// Sends a draft, with patience; what is to be done in the middle of it is done there.
    async fn send(
        &mut self,
        draft: &Draft,
        (lane, wanted): (&Lane, Option<&Requirement>),
    ) -> Result<Exchange, String> {
        let origin = lane.origin_of(draft)?;
        let mut request = seal(draft, origin, self.hands.keyring(), &self.captures, &mut self.dice)
            .map_err(|error| format!("could not {error}"))?;
        if let Some(script) = request.script.as_mut().filter(|_| wanted.is_some_and(Requirement::wants_end)) {
            script.until = Until::End;
        }
        let gates: Vec<Gate> = request.script.iter().flat_map(Script::gates).cloned().collect();
        let wanted = |status: u16| wanted.is_some_and(|wanted| wanted.names(status));
        let upstream = self.job.upstream.as_ref();
        if let Some(upstream) = upstream {
            upstream.begin(draft.upstream.clone());
        }
        let mut sending = pin!(async {
            match upstream {
                // What is sent twice arrives twice behind it.
                Some(_) => (lane.send(draft.sender, request).await, 0),
                None => patience::send(lane, draft.sender, request, &wanted).await,
            }
        });
        let hands = &mut self.hands;
        let doing = async {
            for (gate, deed) in gates.iter().zip(draft.deeds()) {
                gate.reached().await;
                hands.perform(deed).await.map_err(Objection::into_words)?;
                gate.open();
            }
            Ok::<(), String>(())
        };
        let (mut exchange, again) = tokio::select! {
            biased;
            sent = &mut sending => sent,
            done = doing => {
                done?;
                sending.await
            }
        };
        if let Some(upstream) = upstream {
            exchange.behind = Some(upstream.overheard().await);
        }
        self.again += again;
        self.minted.extend(tokens::minted(self.job, &exchange));
        self.minted.extend(tokens::carried(draft, &exchange));
        Ok(exchange)
    }
}

/// What it comes to that something was refused that had to come first, where the case takes that for right.
fn settled(preparation: &Preparation, exchange: Exchange, why: &str) -> Option<Carried> {
    let status = exchange.answer.as_ref().map_or(0, |answer| answer.status);
    let right = preparation.if_refused == IfRefused::Holds && refuses(status);
    right.then(|| Carried {
        finding: Finding::Holds,
        exchange: Some(exchange),
        expected: Some("that, or a refusal of what has to come first".to_owned()),
        ..Carried::unclear(why.to_owned())
    })
}

/// Whether a status says no. Who is busy (RFC 6585 section 4) or did not get the request in time has not decided.
fn refuses(status: u16) -> bool {
    (400..500).contains(&status) && ![408, 429].contains(&status)
}

/// How long to wait before a step is sent once more: the last time at the end of what it may take, and not behind it, where
/// what holds by then would hold too late.
fn pause((every, within): (Duration, Duration), elapsed: Duration) -> Duration {
    every.min(within.saturating_sub(elapsed))
}

/// The body of an answer as JSON, whatever it is compressed with.
fn json(answer: &Answer) -> Option<serde_json::Value> {
    serde_json::from_slice(&decoded(answer).ok()?).ok()
}

/// A JSON value as it would stand in a path or a header.
fn text(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_is_busy_has_refused_nothing() {
        let refusing: Vec<u16> = (100..600).filter(|status| refuses(*status)).collect();
        assert!([400, 401, 403, 404, 422].iter().all(|status| refusing.contains(status)));
        assert!(![200, 302, 408, 429, 503].iter().any(|status| refusing.contains(status)));
    }

    #[test]
    fn the_last_look_is_not_behind_the_time_that_a_change_may_take() {
        let ms = Duration::from_millis;
        let pauses =
            [0, 3_900, 4_800, 5_000, 6_000].map(|elapsed| pause((ms(1_000), ms(5_000)), ms(elapsed)));
        assert_eq!(pauses, [ms(1_000), ms(1_000), ms(200), ms(0), ms(0)]);
    }
}
