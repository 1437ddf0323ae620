//! Waits outside the runtime, with deadlines that no target can starve.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use crate::judge::Sight;
use crate::outcome::Control;

use super::schedule::{self, Finished, Message};
use super::{Collected, Event, Job, Shared, patience, record, settle};

/// How long cases under way may go on after the operator wanted to stop.
const GRACE: Duration = Duration::from_secs(5);
/// How often deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);
/// What is said of a case whose exchanges never ended.
const STARVED: &str = "no end came, and the client's own time-outs were not heard: the target starved it";

/// Why a run was cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: somebody pressed Ctrl-C.
    Interrupt,
    /// SIGTERM or SIGHUP.
    Terminate,
}

/// Lets somebody stop a run.
#[derive(Clone, Debug)]
pub struct Interrupter(Sender<Message>);

impl Interrupter {
    /// Asks the run to stop: the first time it finishes what is under way, the second time it does not. Says whether
    /// anybody heard of it: whoever is over does not.
    pub fn interrupt(&self, signal: Signal) -> bool {
        self.0.send(Message::Interrupted(signal)).is_ok()
    }
}

/// Runs a job and waits for it. `interruptible` is given the means to stop it; `listener` is told what happens.
///
/// # Errors
/// When the system gives us no threads.
pub fn run(
    job: Job,
    interruptible: impl FnOnce(Interrupter),
    listener: &mut dyn FnMut(&Event<'_>),
) -> std::io::Result<Collected> {
    let job = Arc::new(job);
    let (tell, told) = mpsc::channel();
    interruptible(Interrupter(tell.clone()));
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(4);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()?;
    let stop = Arc::new(AtomicBool::new(false));
    listener(&Event::Started { cases: job.plan.cases.len() });
    runtime.spawn(schedule::run(Arc::clone(&job), Arc::clone(&stop), tell));
    let mut collector = Collector::new(job, stop);
    let end = collector.collect(&told, listener);
    // Whatever still hangs is left behind; it ends with the process.
    runtime.shutdown_background();
    let steering = &collector.job.steering;
    let left = steering.undo.rest(&steering.plane);
    Ok(Collected { left, ..collector.finish(end) })
}

/// How collecting came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The runtime had nothing more to tell.
    Done,
    /// The run's deadline, or the grace behind an interruption, was over.
    Deadline,
    /// Nothing more will come: the target starved whatever waited for it.
    Starved,
}

struct Collector {
    job: Shared,
    stop: Arc<AtomicBool>,
    began: Instant,
    ends: Instant,
    results: BTreeMap<usize, Finished>,
    under_way: BTreeMap<usize, Instant>,
    stuck: usize,
    /// Since when controls are being probed.
    probing: Option<Instant>,
    /// When deadlines of cases were last looked at.
    looked: Instant,
    /// The cases that were finished since the controls were probed.
    unconfirmed: Vec<usize>,
    controls: Vec<Control>,
    signal: Option<Signal>,
}

impl Collector {
    fn new(job: Shared, stop: Arc<AtomicBool>) -> Self {
        let began = Instant::now();
        let ends = began + job.settings.deadline;
        Self {
            job,
            stop,
            began,
            ends,
            results: BTreeMap::new(),
            under_way: BTreeMap::new(),
            stuck: 0,
            probing: None,
            looked: began,
            unconfirmed: Vec::new(),
            controls: Vec::new(),
            signal: None,
        }
    }

    fn collect(&mut self, told: &Receiver<Message>, listener: &mut dyn FnMut(&Event<'_>)) -> End {
        let end = loop {
            let now = Instant::now();
            if now >= self.ends {
                break End::Deadline;
            }
            match told.recv_timeout(TICK.min(self.ends - now)) {
                Ok(Message::Done) | Err(RecvTimeoutError::Disconnected) => break End::Done,
                Ok(Message::Interrupted(signal)) => self.interrupted(signal, listener),
                Ok(message) => self.take(message, listener),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.looked.elapsed() >= TICK {
                self.looked = Instant::now();
                self.give_up_overdue(listener);
            }
            // A worker is lost for every case that is stuck; with all of them lost, nothing more will come.
            if self.stuck >= self.job.settings.jobs || self.probes_are_overdue() {
                break End::Starved;
            }
        };
        self.stop.store(true, Ordering::Relaxed);
        end
    }

    /// Whether the controls must long have been answered: their own time-outs were not heard.
    fn probes_are_overdue(&self) -> bool {
        let allowed = patience::longest(self.job.settings.exchange_limit) + Duration::from_secs(1);
        self.probing.is_some_and(|since| since.elapsed() > allowed)
    }

    /// The first time, what is under way may be finished; the second time, nothing may.
    fn interrupted(&mut self, signal: Signal, listener: &mut dyn FnMut(&Event<'_>)) {
        listener(&Event::Interrupted);
        let grace = if self.signal.is_none() { GRACE } else { Duration::ZERO };
        self.signal = Some(signal);
        self.ends = self.ends.min(Instant::now() + grace);
        self.stop.store(true, Ordering::Relaxed);
    }

    fn take(&mut self, message: Message, listener: &mut dyn FnMut(&Event<'_>)) {
        match message {
            Message::Probing => self.probing = Some(Instant::now()),
            Message::Probed => {
                self.probing = None;
                self.unconfirmed.clear();
            }
            Message::Control(control) => {
                listener(&Event::Control(&control));
                self.controls.push(*control);
            }
            Message::Started(at) => drop(self.under_way.insert(at, Instant::now())),
            Message::Finished(at, result) => {
                if self.under_way.remove(&at).is_some() {
                    listener(&Event::Case(&result.result));
                    self.results.insert(at, *result);
                    self.unconfirmed.push(at);
                } else {
                    self.stuck = self.stuck.saturating_sub(1);
                }
            }
            Message::Withdrawn(at, why) => {
                if let Some(result) = self.results.get_mut(&at) {
                    record::withdraw(&mut result.result, &why, &self.job.redactor);
                }
            }
            Message::Done | Message::Interrupted(_) => {}
        }
    }

    /// Gives up on every case whose exchanges must long have ended: their own time-outs were not heard.
    fn give_up_overdue(&mut self, listener: &mut dyn FnMut(&Event<'_>)) {
        let job = Arc::clone(&self.job);
        let allowed = |at: &usize| {
            let exchanges = job.plan.cases.get(*at).map_or(1, crate::plan::Case::exchanges);
            patience::longest(job.settings.exchange_limit) * exchanges + Duration::from_secs(1)
        };
        let overdue: Vec<usize> = self
            .under_way
            .iter()
            .filter(|(at, since)| since.elapsed() > allowed(at))
            .map(|(at, _)| *at)
            .collect();
        for at in overdue {
            self.under_way.remove(&at);
            self.stuck += 1;
            if let Some(case) = job.plan.cases.get(at) {
                let result = record::unjudged(case, STARVED, &job.redactor);
                listener(&Event::Case(&result));
                self.results.insert(at, Finished { result, sight: Sight::Other });
            }
        }
    }

    /// Takes back what no control came after: the target may have been beyond judging by then.
    fn withdraw_unconfirmed(&mut self, why: &str) {
        for at in std::mem::take(&mut self.unconfirmed) {
            let Some(Finished { result, sight }) = self.results.get_mut(&at) else { continue };
            if schedule::is_judgement(result.verdict) && *sight != Sight::Accepted {
                record::withdraw(result, why, &self.job.redactor);
            }
        }
    }

    fn finish(mut self, end: End) -> Collected {
        let cause = match (self.signal, end) {
            (Some(_), _) => "the run was interrupted",
            (None, End::Done | End::Deadline) => "the run's deadline came; allow more with --deadline",
            (None, End::Starved) => STARVED,
        };
        if end != End::Done {
            self.withdraw_unconfirmed(&format!("no control came after it: {cause}"));
        }
        let why = format!("not judged: {cause}");
        let job = Arc::clone(&self.job);
        let cases = job.plan.cases.iter().enumerate().map(|(at, case)| {
            self.results.remove(&at).unwrap_or_else(|| {
                let result = match &case.work {
                    Ok(_) => record::unjudged(case, &why, &job.redactor),
                    Err(reason) => record::skipped(case, reason, &job.redactor),
                };
                Finished { result, sight: Sight::Other }
            })
        });
        let finished: Vec<Finished> = cases.collect();
        let cases = settle::explain(finished, &job.plan.cases, &job.redactor);
        Collected {
            cases,
            controls: self.controls,
            signal: self.signal,
            left: Vec::new(),
            duration: self.began.elapsed(),
        }
    }
}
