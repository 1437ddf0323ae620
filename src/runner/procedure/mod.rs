//! Carries procedures out: what no list of requests can say. One file each.
//!
//! A procedure sends with the same clients as every other case, and without patience: that a target is busy, or slow,
//! is what it is about. It confirms what it finds by itself, as far as that can be chance.

mod exceed;
mod flood;
mod mint;
mod timing;

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::judge::{
    Evidence, Finding, Judgement, Recognised, Recogniser, Sight, Volatile, judge_limited, sight,
};
use crate::plan::{Case, Dice, PlannedStep};
use crate::scenario::Procedure;
use crate::wire::{Captures, Exchange, Request, seal};

use super::carry::{Carried, Decided};
use super::{Job, Lane};

/// Carries out the procedure of a case.
pub(super) async fn carry(
    job: &Job,
    case: &Case,
    (procedure, steps): (&Procedure, &[PlannedStep]),
) -> Carried {
    let Some(lane) = job.lanes.get(&case.environment) else {
        return unclear(format!("no way to the environment `{}`", case.environment));
    };
    let recogniser = Recogniser::new(&job.contract, &case.operation.operation.accepted);
    let bench = Bench { job, case, lane, steps, recogniser };
    let carried = match procedure {
        Procedure::Timing(timing) => timing::carry(&bench, timing).await,
        Procedure::Flood(flood) => flood::carry(&bench, flood).await,
        Procedure::Exceed(exceed) => exceed::carry(&bench, exceed).await,
        Procedure::Mint(mint) => mint::carry(&bench, mint).await,
    };
    carried.unwrap_or_else(unclear)
}

fn unclear(actual: String) -> Carried {
    Carried {
        finding: Finding::Unclear,
        actual,
        exchange: None,
        decided: Decided::Step(0),
        sight: Sight::Other,
        expected: None,
    }
}

/// What a procedure came to: what is right, in words; whether it holds; what was seen; and an exchange that shows it.
struct Came {
    expected: String,
    finding: Finding,
    actual: String,
    shown: Option<(usize, Exchange)>,
}

impl Came {
    fn carried(self) -> Carried {
        let (step, exchange) = self.shown.map_or((0, None), |(step, exchange)| (step, Some(exchange)));
        Carried {
            finding: self.finding,
            actual: self.actual,
            exchange,
            decided: Decided::Step(step),
            sight: Sight::Other,
            expected: Some(self.expected),
        }
    }
}

/// A case, and all that sending and judging its requests needs.
struct Bench<'a> {
    job: &'a Job,
    case: &'a Case,
    lane: &'a Lane,
    steps: &'a [PlannedStep],
    recogniser: Recogniser<'a>,
}

impl Bench<'_> {
    fn step(&self, at: usize) -> Result<&PlannedStep, String> {
        self.steps.get(at).ok_or_else(|| "the procedure lacks a request".to_owned())
    }

    /// Dice for one purpose of this case.
    fn dice(&self, purpose: &str) -> Dice {
        Dice::new(self.job.settings.seed, &format!("{} {purpose}", self.case.id))
    }

    /// The request of a step, with keys of its own where they are random.
    fn request(&self, at: usize, captures: &Captures, dice: &mut Dice) -> Result<Request, String> {
        let draft = &self.step(at)?.draft;
        if let Some(name) = draft.preparations.keys().next() {
            return Err(format!("the operation needs a `{name}` that exists; a procedure does not make any"));
        }
        seal(draft, &self.lane.origin, &self.job.keyring, captures, dice)
            .map_err(|error| format!("could not {error}"))
    }

    async fn send(&self, at: usize, request: Request) -> Result<Exchange, String> {
        let sender = self.step(at)?.draft.sender;
        Ok(self.lane.send(sender, request).await)
    }

    /// What an exchange comes to for its step, and what kind of answer it is.
    fn judge(&self, at: usize, exchange: &Exchange) -> Result<(Judgement, Kind), String> {
        let requirement = &self.step(at)?.requirement;
        let volatile = Volatile::of(&self.job.contract);
        let (recogniser, redactor) = (&self.recogniser, &self.job.redactor);
        let evidence = Evidence { exchange, recogniser, earlier: &[], redactor, volatile: &volatile };
        let judgement = judge_limited(requirement, &evidence);
        let kind = match &exchange.answer {
            None => Kind::None,
            Some(_) if sight(requirement, &evidence) == Sight::Accepted => Kind::Accepted,
            Some(answer) if is_shed(answer.status) => Kind::Shed,
            Some(answer) => match self.recogniser.recognise_answer(answer) {
                Recognised::Acceptance => Kind::Accepted,
                Recognised::Refusal(_) => Kind::Refused,
                Recognised::Neither if [401, 403].contains(&answer.status) => Kind::Refused,
                Recognised::Neither => Kind::Other,
            },
        };
        Ok((judgement, kind))
    }
}

/// What kind of answer it is, whatever was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// None came, or none that is whole.
    None,
    /// The target is too busy, or had enough of its client.
    Shed,
    /// An acceptance.
    Accepted,
    /// A refusal, declared or not.
    Refused,
    /// Anything else.
    Other,
}

/// Whether a status says that there is too much of something.
fn is_shed(status: u16) -> bool {
    [429, 503].contains(&status)
}

/// What only one of several clients touches at a time; nobody holds it while they wait.
fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A time in words: microseconds below a millisecond, milliseconds from there on.
fn micros(time: f64) -> String {
    if time.abs() < 1000.0 { format!("{time:.1} \u{b5}s") } else { format!("{:.1} ms", time / 1000.0) }
}

/// A probability in words.
fn chance(p: f64) -> String {
    if p < 1e-99 { "p < 1e-99".to_owned() } else { format!("p = {p:.1e}") }
}
