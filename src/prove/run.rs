//! Tries every server, some at a time, and waits for them outside.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::matrix::Matrix;
use super::seen::Seen;
use super::stage::{Fixture, Keeps, Stage};
use super::subject::{self, Pairs, Subject};
use super::trial;
use super::weigh::{Row, weigh};
use crate::mock::MockError;
use crate::runner::{LaneError, Signal};
use crate::scenario::Suite;

/// What is to be proved, and how thoroughly.
#[derive(Debug)]
pub struct Proof {
    /// The suite.
    pub suite: Suite,
    /// The reference contract.
    pub reference: Fixture,
    /// A contract whose key travels as a Bearer token.
    pub bearer: Fixture,
    /// How many seeds the sound server is tried with.
    pub seeds: u32,
    /// Whether defects are also planted two at a time.
    pub pairs: Pairs,
    /// How many servers are tried at once.
    pub jobs: usize,
}

/// What happens while a suite is being proved.
#[derive(Debug)]
pub enum Event<'a> {
    /// The first server is about to be tried.
    Started {
        /// How many there are.
        servers: usize,
    },
    /// A server was tried.
    Tried {
        /// What it is.
        server: &'a str,
    },
}

/// Why there is no matrix.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError {
    /// A server does not start.
    #[error("start {server}: {source}")]
    Start {
        /// Which.
        server: String,
        /// Why not.
        source: MockError,
    },
    /// A server cannot be reached.
    #[error(transparent)]
    Lane(#[from] LaneError),
    /// The system gave us no threads.
    #[error("start a run: {0}")]
    System(#[from] std::io::Error),
    /// We ourselves broke.
    #[error("try {0}: Lockproof itself broke; please report it")]
    Broke(String),
    /// Somebody stopped it.
    #[error("finish: it was interrupted")]
    Interrupted(Signal),
}

impl ProveError {
    pub(super) fn start(subject: &Subject, source: MockError) -> Self {
        Self::Start { server: subject.name(), source }
    }
}

/// Lets somebody stop it.
#[derive(Clone, Debug)]
pub struct Stopper(Sender<Message>);

impl Stopper {
    /// Stops at once: half a proof proves nothing, so there is nothing to keep.
    pub fn stop(&self, signal: Signal) {
        self.0.send(Message::Interrupted(signal)).ok();
    }
}

enum Message {
    Tried(usize, Box<Result<Seen, ProveError>>),
    Interrupted(Signal),
}

/// What every trial needs.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) suite: Suite,
    reference: Fixture,
    bearer: Fixture,
}

impl Bench {
    /// The contract that is kept on a stage.
    pub(super) fn fixture(&self, stage: Stage) -> &Fixture {
        match stage.keeps {
            Keeps::Reference => &self.reference,
            Keeps::Bearer => &self.bearer,
        }
    }
}

/// Proves a suite. `stoppable` is given the means to stop it; `listener` is told what happens.
///
/// # Errors
/// When a server cannot be tried, or somebody stops it.
pub fn run(
    proof: Proof,
    stoppable: impl FnOnce(Stopper),
    listener: &mut dyn FnMut(&Event<'_>),
) -> Result<Matrix, ProveError> {
    let subjects = subject::all(&proof.suite, proof.seeds, proof.pairs);
    let jobs = proof.jobs.clamp(1, subjects.len().max(1));
    let bench = Bench { suite: proof.suite, reference: proof.reference, bearer: proof.bearer };
    let crew = Arc::new(Crew { subjects, bench, next: AtomicUsize::new(0), stop: AtomicBool::new(false) });
    let (tell, told) = mpsc::channel();
    stoppable(Stopper(tell.clone()));
    listener(&Event::Started { servers: crew.subjects.len() });
    for _ in 0..jobs {
        let (crew, tell) = (Arc::clone(&crew), tell.clone());
        thread::Builder::new().spawn(move || crew.work(&tell))?;
    }
    let seen = collect(&crew, &told, listener);
    // Whoever is still at work stops behind the server under way, or with the process.
    crew.stop.store(true, Ordering::Relaxed);
    let rows: Vec<Row> = crew.subjects.iter().copied().zip(seen?).collect();
    Ok(weigh(&crew.bench.suite, &rows))
}

/// Waits for every server; what they showed, in their order.
fn collect(
    crew: &Crew,
    told: &Receiver<Message>,
    listener: &mut dyn FnMut(&Event<'_>),
) -> Result<Vec<Seen>, ProveError> {
    let mut seen: Vec<Option<Seen>> = crew.subjects.iter().map(|_| None).collect();
    while seen.iter().any(Option::is_none) {
        match told.recv() {
            Ok(Message::Tried(at, shown)) => {
                let shown = (*shown)?;
                if let (Some(subject), Some(place)) = (crew.subjects.get(at), seen.get_mut(at)) {
                    listener(&Event::Tried { server: &subject.name() });
                    *place = Some(shown);
                }
            }
            Ok(Message::Interrupted(signal)) => return Err(ProveError::Interrupted(signal)),
            Err(_) => return Err(ProveError::Broke("the servers".to_owned())),
        }
    }
    Ok(seen.into_iter().flatten().collect())
}

/// Those who try servers, each taking the next.
struct Crew {
    subjects: Vec<Subject>,
    bench: Bench,
    next: AtomicUsize,
    stop: AtomicBool,
}

impl Crew {
    fn work(&self, tell: &Sender<Message>) {
        while !self.stop.load(Ordering::Relaxed) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(subject) = self.subjects.get(at) else { return };
            let trial = || trial::carry_out(subject, &self.bench);
            // Whoever waits must hear of a panic too.
            let shown = catch_unwind(AssertUnwindSafe(trial))
                .unwrap_or_else(|_| Err(ProveError::Broke(subject.name())));
            if tell.send(Message::Tried(at, Box::new(shown))).is_err() {
                return;
            }
        }
    }
}
