//! Tries every server, some at a time, and waits for them outside.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use super::matrix::Matrix;
use super::plans::Plans;
use super::seen::Seen;
use super::shipped;
use super::stage::{Fixture, Keeps, Stage};
use super::subject::{self, Pairs, Subject};
use super::trial;
use super::weigh::{Row, weigh};
use crate::mock::MockError;
use crate::plan::Slow;
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
    /// A contract whose tokens are JWTs.
    pub jwt: Fixture,
    /// How many seeds the sound server is tried with.
    pub seeds: u32,
    /// Whether defects are also planted two at a time.
    pub pairs: Pairs,
    /// Whether slow checks and what only they find are tried as well, one server at a time.
    pub slow: Slow,
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
    /// Says whether anybody heard of it.
    pub fn stop(&self, signal: Signal) -> bool {
        self.0.send(Message::Interrupted(signal)).is_ok()
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
    pub(super) plans: Plans,
    reference: Fixture,
    bearer: Fixture,
    jwt: Fixture,
}

impl Bench {
    /// The contract that is kept on a stage.
    pub(super) fn fixture(&self, stage: Stage) -> &Fixture {
        match stage.keeps {
            Keeps::Reference | Keeps::Between => &self.reference,
            Keeps::Bearer => &self.bearer,
            Keeps::Jwt => &self.jwt,
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
    let all = subject::all(&proof.suite, (proof.seeds, proof.slow), proof.pairs);
    // What takes a target's measure must have the machine for itself.
    let (slow, fast): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.slow == Slow::Included);
    let plans = Plans::default();
    let Proof { suite, reference, bearer, jwt, .. } = proof;
    let bench = Bench { suite, plans, reference, bearer, jwt };
    let bench = Arc::new(bench);
    let (tell, told) = mpsc::channel();
    stoppable(Stopper(tell.clone()));
    listener(&Event::Started { servers: fast.len() + slow.len() });
    let mut rows: Vec<Row> = Vec::new();
    for (subjects, jobs) in [(fast, proof.jobs), (slow, 1)] {
        rows.extend(try_all((subjects, jobs), &bench, (&tell, &told), listener)?);
    }
    let mut matrix = weigh(&bench.suite, proof.slow, &rows);
    shipped::prove(&bench.reference).enter(&mut matrix);
    Ok(matrix)
}

/// Tries servers, so many at once; what they showed, in their order.
fn try_all(
    (subjects, jobs): (Vec<Subject>, usize),
    bench: &Arc<Bench>,
    (tell, told): (&Sender<Message>, &Receiver<Message>),
    listener: &mut dyn FnMut(&Event<'_>),
) -> Result<Vec<Row>, ProveError> {
    let jobs = jobs.clamp(1, subjects.len().max(1));
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let order = order(&subjects);
    let crew = Arc::new(Crew { subjects, order, bench: Arc::clone(bench), next, stop });
    for _ in 0..jobs {
        let (crew, tell) = (Arc::clone(&crew), tell.clone());
        thread::Builder::new().spawn(move || crew.work(&tell))?;
    }
    let seen = collect(&crew, told, listener);
    // Whoever is still at work stops behind the server under way, or with the process.
    crew.stop.store(true, Ordering::Relaxed);
    Ok(crew.subjects.iter().copied().zip(seen?).collect())
}

/// In which order servers are tried: what waits longest, a backend in between that sits out a platform's silence, goes first,
/// so that nothing waits for it at the end.
fn order(subjects: &[Subject]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..subjects.len()).collect();
    order.sort_by_key(|at| subjects.get(*at).is_some_and(|it| it.stage.keeps != Keeps::Between));
    order
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

/// Those who try servers, each taking the next in order.
struct Crew {
    subjects: Vec<Subject>,
    order: Vec<usize>,
    bench: Arc<Bench>,
    next: AtomicUsize,
    stop: AtomicBool,
}

impl Crew {
    fn work(&self, tell: &Sender<Message>) {
        while !self.stop.load(Ordering::Relaxed) {
            let next = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(at) = self.order.get(next).copied() else { return };
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

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::contract::{KeySupply, Keyring};
    use crate::document::Source;
    use crate::scenario;

    /// Nothing: the contracts hold their own keys.
    struct Nowhere;

    impl KeySupply for Nowhere {
        fn variable(&self, _: &str) -> Option<String> {
            None
        }

        fn file(&self, _: &Path) -> Result<String, String> {
            Err("there are no files".to_owned())
        }

        fn stdin(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn fixture(name: &str) -> Fixture {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
        let text = std::fs::read_to_string(folder.join("lockproof.yaml")).unwrap();
        let contract =
            crate::contract::load(Source { name: name.to_owned(), text }, &|_| None).expect("it is sound");
        let paths = contract.operations().filter_map(|(_, operation)| operation.body.as_ref());
        let bodies =
            paths.map(|body| (body.path().to_owned(), std::fs::read(folder.join(body.path())).unwrap()));
        let (bodies, keyring) =
            (bodies.collect(), Keyring::fetch(&contract, &folder, &Nowhere).expect("it holds them"));
        Fixture { contract, bodies, keyring }
    }

    /// A proof of a suite of one check, which is there to find that nobody looks at the expiry of a key.
    fn proof(expect: &str) -> Proof {
        let text = format!(
            "id: one\ntitle: An expired key is refused\nseverity: must\nsources: [RFC 9110]\nwhy: Because.\n\
             advice: Do.\nover: {{ operations: {{ first_of: all }} }}\n\
             request: {{ credential: {{ state: expired }} }}\nexpect: {expect}\ncatches: [ignore-expiry]\n"
        );
        let one = scenario::load(Source { name: "core/one.yaml".to_owned(), text }).unwrap();
        Proof {
            suite: Suite { scenarios: vec![one] },
            reference: fixture("reference"),
            bearer: fixture("bearer"),
            jwt: fixture("jwt"),
            seeds: 1,
            pairs: Pairs::None,
            slow: Slow::LeftOut,
            jobs: 2,
        }
    }

    fn proved(expect: &str) -> Matrix {
        let mut tried = 0;
        let mut servers = 0;
        let matrix = run(proof(expect), drop, &mut |event| match event {
            Event::Started { servers: all } => servers = *all,
            Event::Tried { .. } => tried += 1,
        });
        assert_eq!(tried, servers);
        matrix.unwrap()
    }

    #[test]
    fn what_waits_longest_is_tried_first_and_everything_once() {
        let suite = Suite::read(scenario::builtin_files()).unwrap();
        let subjects = subject::all(&suite, (7, Slow::LeftOut), Pairs::None);
        let order = order(&subjects);
        let between = |at: &&usize| subjects[**at].stage.keeps == Keeps::Between;
        assert!(order.iter().take_while(between).count() > 1);
        assert!(order.iter().is_sorted_by_key(|at| !between(&at)));
        assert!(
            order
                .iter()
                .copied()
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .eq(0..subjects.len())
        );
    }

    #[test]
    fn a_toothless_check_is_seen_to_find_nothing() {
        let matrix = proved("{ status: [2xx, 4xx] }");
        assert!(!matrix.holds());
        assert_eq!(matrix.idle_checks, ["one"]);
        assert_eq!(matrix.missed_kills[0].to_string(), "ignore-expiry by one");
        assert!(matrix.survived.contains(&"ignore-expiry".to_owned()));
        assert!(matrix.false_alarms.is_empty());
    }

    #[test]
    fn a_check_that_is_wrong_raises_false_alarms() {
        let matrix = proved("{ status: [403] }");
        assert!(!matrix.holds());
        // The sound server, and every variant with each contract.
        assert_eq!(matrix.false_alarms.len(), 1 + 3 * matrix.variants.len());
        assert!(
            matrix.undeclared_kills.iter().any(|kill| kill.check == "one"),
            "it finds what it does not name"
        );
    }

    #[test]
    fn a_proof_that_is_stopped_says_so() {
        let stop = |stopper: Stopper| assert!(stopper.stop(Signal::Terminate));
        let stopped = run(proof("{ refused: true }"), stop, &mut |_| {});
        assert!(matches!(stopped, Err(ProveError::Interrupted(Signal::Terminate))), "{stopped:?}");
    }
}
