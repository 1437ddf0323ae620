//! The order of a run: controls, cases, controls, cases, ... controls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use futures_util::future::join_all;

use crate::judge::Sight;
use crate::outcome::{CaseResult, Control, ControlKind, Verdict};
use crate::plan::{Case, ControlPair, Dice};

use super::carry;
use super::controls::{self, Unjudgeable};
use super::{Job, Shared, record};

/// What the runtime tells those who wait outside it.
#[derive(Debug)]
pub(super) enum Message {
    /// The controls are being probed.
    Probing,
    /// All controls were probed: what was judged before is confirmed, or withdrawn next.
    Probed,
    /// A control was probed.
    Control(Box<Control>),
    /// A case is under way.
    Started(usize),
    /// A case is finished.
    Finished(usize, Box<Finished>),
    /// A case that was finished must be taken back: the target could not be judged at that time.
    Withdrawn(usize, String),
    /// Everything is finished.
    Done,
    /// The operator wants to stop.
    Interrupted(super::Signal),
}

/// A case that is finished.
#[derive(Debug)]
pub(super) struct Finished {
    /// What came of it.
    pub(super) result: CaseResult,
    /// What was seen of the lock.
    pub(super) sight: Sight,
}

/// Whether a verdict says something of the target.
pub(super) fn is_judgement(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Pass | Verdict::Fail | Verdict::Warn)
}

/// Runs everything in order. Ends early when `stop` is set; cases under way are finished.
pub(super) async fn run(job: Shared, stop: Arc<AtomicBool>, tell: Sender<Message>) {
    let mut order: Vec<usize> = (0..job.plan.cases.len()).collect();
    Dice::new(job.settings.seed, "order").shuffle(&mut order);
    let mut unjudgeable = Unjudgeable::default();
    let both = [ControlKind::Positive, ControlKind::Negative];
    probe(&job, &mut unjudgeable, (&both, "before"), &tell).await;
    let mut chunks = batches(&job, order).into_iter().peekable();
    while let Some(chunk) = chunks.next() {
        let known = Arc::new(unjudgeable.clone());
        let sent = send(&job, &chunk, &known, (&stop, &tell)).await;
        let when = if chunks.peek().is_some() { "during" } else { "after" };
        probe(&job, &mut unjudgeable, (&[ControlKind::Positive], when), &tell).await;
        withdraw(&job, &sent, &unjudgeable, &tell);
        if stop.load(Ordering::Relaxed) {
            break;
        }
    }
    tell.send(Message::Done).ok();
}

/// What is sent between two controls: many at once, and behind them one by one those that must be alone.
fn batches(job: &Job, order: Vec<usize>) -> Vec<Vec<usize>> {
    let is_alone = |at: &usize| job.plan.cases.get(*at).is_some_and(|case| case.is_alone() && case.applies());
    let (mut alone, together): (Vec<usize>, Vec<usize>) = order.into_iter().partition(is_alone);
    // What is slow may wear the target out: it comes last.
    alone.sort_by_key(|at| job.plan.cases.get(*at).is_some_and(|case| case.scenario.slow));
    let together = together.chunks(job.settings.control_every.max(1)).map(<[usize]>::to_vec);
    together.chain(alone.into_iter().map(|at| vec![at])).collect()
}

/// Probes every control that still held.
async fn probe(
    job: &Shared,
    unjudgeable: &mut Unjudgeable,
    (kinds, when): (&[ControlKind], &'static str),
    tell: &Sender<Message>,
) {
    let pairs: Vec<&ControlPair> =
        job.plan.controls.iter().filter(|pair| !unjudgeable.contains(pair)).collect();
    let probes = pairs.iter().flat_map(|pair| kinds.iter().map(move |kind| (*pair, *kind)));
    tell.send(Message::Probing).ok();
    // All at once: a target that does not answer costs one time-out, not one for each of them.
    let answers = probes.map(async |(pair, kind)| (pair, controls::probe(job, pair, kind, when).await));
    for (pair, control) in join_all(answers).await {
        if control.kind == ControlKind::Positive && !control.held {
            let why = format!("the control {when} failed: {}; {}", control.actual, control.advice);
            unjudgeable.add(pair, why);
        }
        tell.send(Message::Control(Box::new(control))).ok();
    }
    tell.send(Message::Probed).ok();
}

/// A case that was sent and may have to be taken back.
type Sent = (usize, Verdict, Sight);

/// Sends the cases of a chunk, so many at once.
async fn send(
    job: &Shared,
    chunk: &[usize],
    unjudgeable: &Arc<Unjudgeable>,
    (stop, tell): (&Arc<AtomicBool>, &Sender<Message>),
) -> Vec<Sent> {
    let next = Arc::new(AtomicUsize::new(0));
    let chunk: Arc<[usize]> = chunk.into();
    let workers: Vec<_> = (0..job.settings.jobs.max(1))
        .map(|_| {
            let work = Worker {
                job: Arc::clone(job),
                chunk: Arc::clone(&chunk),
                next: Arc::clone(&next),
                unjudgeable: Arc::clone(unjudgeable),
                stop: Arc::clone(stop),
                tell: tell.clone(),
            };
            tokio::spawn(work.work())
        })
        .collect();
    let mut sent = Vec::new();
    for worker in workers {
        sent.extend(worker.await.unwrap_or_default());
    }
    sent
}

/// One of those that send cases, each taking the next.
struct Worker {
    job: Shared,
    chunk: Arc<[usize]>,
    next: Arc<AtomicUsize>,
    unjudgeable: Arc<Unjudgeable>,
    stop: Arc<AtomicBool>,
    tell: Sender<Message>,
}

impl Worker {
    async fn work(self) -> Vec<Sent> {
        let mut sent = Vec::new();
        while let Some(&at) = self.chunk.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            let Some(case) = self.job.plan.cases.get(at) else { continue };
            self.tell.send(Message::Started(at)).ok();
            let (result, sight) = self.case(at, case).await;
            sent.push((at, result.verdict, sight));
            self.tell.send(Message::Finished(at, Box::new(Finished { result, sight }))).ok();
        }
        sent
    }

    /// One case; a panic in it is our own fault, and the run goes on.
    async fn case(&self, at: usize, case: &Case) -> (CaseResult, Sight) {
        let job = &self.job;
        if let Err(why) = &case.work {
            return (record::skipped(case, why, &job.redactor), Sight::Other);
        }
        if let Some(why) = self.unjudgeable.why(case, &job.plan.controls) {
            return (record::unjudged(case, why, &job.redactor), Sight::Other);
        }
        let started = std::time::Instant::now();
        let carrying = tokio::spawn(carry::numbered(Arc::clone(job), at));
        match carrying.await {
            Ok(Some(carried)) => {
                let sight = carried.sight;
                (record::case(job, case, carried, started.elapsed()), sight)
            }
            Ok(None) | Err(_) => (self.broken(case).await, Sight::Other),
        }
    }

    /// A case on which we ourselves broke: what it changed is taken back here, because nobody else knows of it.
    async fn broken(&self, case: &Case) -> CaseResult {
        let steering = &self.job.steering;
        let left = steering.undo.of_case(&case.id, &steering.plane).await;
        record::broke(case, &left, &self.job.redactor)
    }
}

/// Takes back what was judged while a control no longer held, all but what was seen to be accepted.
fn withdraw(job: &Shared, sent: &[Sent], unjudgeable: &Unjudgeable, tell: &Sender<Message>) {
    for (at, verdict, sight) in sent {
        let case = job.plan.cases.get(*at).filter(|_| is_judgement(*verdict) && *sight != Sight::Accepted);
        if let Some(why) = case.and_then(|case| unjudgeable.why(case, &job.plan.controls)) {
            tell.send(Message::Withdrawn(*at, why.to_owned())).ok();
        }
    }
}
