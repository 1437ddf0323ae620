//! What a thread counts: small numbers that are handed over every second, and histograms that are handed over at the
//! end. Nobody but the thread itself touches them meanwhile.

use std::ops::AddAssign;

use super::times::Times;
use super::verdict::Outcome;
use crate::outcome::WrongKind;
use crate::wire::Exchange;

/// How many examples of each kind are kept, of each class and thread.
const KEPT: u32 = 3;

/// The two parts of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before anything is measured.
    WarmUp,
    /// What is measured.
    Measured,
}

/// The counts of one class in one phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Requests of which a first byte was sent.
    pub sent: u64,
    /// What came of them.
    pub outcomes: [u64; Outcome::COUNT],
    /// Requests that had no answer when all was over.
    pub in_flight: u64,
    /// Requests that were due and had to wait for a connection.
    pub late: u64,
    /// Requests that were due and were never sent.
    pub dropped: u64,
}

impl Counts {
    /// How often something came of a request.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(outcome.place()).copied().unwrap_or(0)
    }

    /// How many whole answers came.
    pub fn completed(&self) -> u64 {
        Outcome::ALL.into_iter().filter(|outcome| outcome.is_complete()).map(|outcome| self.of(outcome)).sum()
    }

    /// How often the lock failed.
    pub fn false_accepts(&self) -> u64 {
        self.of(Outcome::FalseAccept)
    }

    /// How often a good key was refused.
    pub fn false_refusals(&self) -> u64 {
        self.of(Outcome::FalseRefusal)
    }

    /// How often the target was too busy.
    pub fn shed(&self) -> u64 {
        self.of(Outcome::Shed)
    }

    /// What is broken: whole answers that are nothing the contract knows, and what was no whole answer.
    pub fn broken(&self) -> u64 {
        [Outcome::WrongAnswer, Outcome::Malformed, Outcome::Closed, Outcome::Reset]
            .into_iter()
            .map(|outcome| self.of(outcome))
            .sum()
    }

    /// Takes what has come to nothing yet for being under way.
    pub(super) fn settle(&mut self) {
        self.in_flight = self.sent.saturating_sub(self.outcomes.iter().sum());
    }

    /// Whether everything that was sent came to something.
    pub fn adds_up(&self) -> bool {
        self.sent == self.outcomes.iter().sum::<u64>() + self.in_flight
    }
}

impl AddAssign<&Self> for Counts {
    fn add_assign(&mut self, other: &Self) {
        self.sent += other.sent;
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(own, other)| *own += other);
        self.in_flight += other.in_flight;
        self.late += other.late;
        self.dropped += other.dropped;
    }
}

/// The times of one class.
#[derive(Clone, Debug, Default)]
pub struct ClassTimes {
    /// From when they were due: those with a right answer, and those without any in time.
    pub response: Times,
    /// The same from when they were sent.
    pub service: Times,
    /// From when they were due: those with another answer.
    pub other_response: Times,
    /// The same from when they were sent.
    pub other_service: Times,
    /// How long behind the end of its key an accepted request was sent.
    pub outlived: Times,
}

/// How long connections took.
#[derive(Clone, Debug, Default)]
pub struct Connecting {
    /// From when they were asked for until they were there, TLS left out.
    pub connect: Times,
    /// What TLS took from then on.
    pub handshake: Times,
}

impl Connecting {
    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        self.connect.add(&other.connect);
        self.handshake.add(&other.handshake);
    }
}

impl ClassTimes {
    /// Adds all of another's.
    pub fn add(&mut self, other: &Self) {
        self.response.add(&other.response);
        self.service.add(&other.service);
        self.other_response.add(&other.other_response);
        self.other_service.add(&other.other_service);
        self.outlived.add(&other.outlived);
    }
}

/// The times of the classes, and those of the warm-up, all classes together.
#[derive(Clone, Debug, Default)]
pub(super) struct Finals {
    /// By class.
    pub(super) times: Vec<ClassTimes>,
    /// The warm-up.
    pub(super) warm_up: ClassTimes,
    /// How long connections took.
    pub(super) connecting: Connecting,
}

/// What happened to connections, and what kept requests from being sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wires {
    /// Connections that came to be.
    pub opened: u64,
    /// TLS handshakes that were completed.
    pub handshakes: u64,
    /// Connections that the target closed, or asked us to close.
    pub closed: u64,
    /// Connections that nobody took.
    pub refused: u64,
    /// Connections that could not be asked for: no port was left (`EADDRNOTAVAIL`).
    pub no_port: u64,
    /// Connections that could not be asked for: no file was left (`EMFILE`, `ENFILE`).
    pub no_file: u64,
    /// TLS handshakes that failed.
    pub no_tls: u64,
    /// Connections on which bytes came that nobody had asked for.
    pub surplus: u64,
    /// Answers that lacked a mark and turned out to be right when they were judged in full.
    pub second_looks: u64,
    /// Right answers that were judged in full to make sure, and were not.
    pub missed: u64,
}

impl AddAssign<&Self> for Wires {
    fn add_assign(&mut self, other: &Self) {
        self.opened += other.opened;
        self.handshakes += other.handshakes;
        self.closed += other.closed;
        self.refused += other.refused;
        self.no_port += other.no_port;
        self.no_file += other.no_file;
        self.no_tls += other.no_tls;
        self.surplus += other.surplus;
        self.second_looks += other.second_looks;
        self.missed += other.missed;
    }
}

/// A surprise, with its evidence.
#[derive(Clone, Debug)]
pub struct Surprise {
    /// The class.
    pub class: usize,
    /// What it came to; nothing for bytes that nobody asked for.
    pub outcome: Option<Outcome>,
    /// What was seen.
    pub actual: String,
    /// When, in nanoseconds from the start.
    pub at: u64,
    /// The request and what came back.
    pub exchange: Option<Box<Exchange>>,
}

impl Surprise {
    /// Its kind.
    pub fn kind(&self) -> WrongKind {
        self.outcome.and_then(Outcome::kind).unwrap_or(WrongKind::Surplus)
    }
}

/// What one thread counted in one second.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    /// The thread.
    pub thread: usize,
    /// The second, from the start.
    pub second: u64,
    /// How long it counted, in nanoseconds.
    pub span: u64,
    /// By class: the warm-up.
    pub warm_up: Vec<Counts>,
    /// By class: what is measured.
    pub measured: Vec<Counts>,
    /// Response times of all that is measured.
    pub response: Times,
    /// How late the thread looked at what was due.
    pub lag: Times,
    /// The times since they were last handed over; not with every second.
    pub finals: Option<Box<Finals>>,
    /// What happened to connections.
    pub wires: Wires,
    /// The thread's own time on a processor, in nanoseconds.
    pub cpu: u64,
    /// The longest time in which the thread did not run when it should have, in nanoseconds.
    pub stall: u64,
    /// Surprises, the first of each kind.
    pub surprises: Vec<Surprise>,
    /// What the system said when it refused a connection.
    pub problem: Option<String>,
}

impl Tally {
    /// An empty one.
    pub(super) fn new(thread: usize, classes: usize) -> Self {
        Self {
            thread,
            second: 0,
            span: 0,
            warm_up: vec![Counts::default(); classes],
            measured: vec![Counts::default(); classes],
            response: Times::default(),
            lag: Times::default(),
            finals: None,
            wires: Wires::default(),
            cpu: 0,
            stall: 0,
            surprises: Vec::new(),
            problem: None,
        }
    }

    /// The counts of a class in a phase.
    pub(super) fn counts(&mut self, phase: Phase, class: usize) -> Option<&mut Counts> {
        match phase {
            Phase::WarmUp => self.warm_up.get_mut(class),
            Phase::Measured => self.measured.get_mut(class),
        }
    }
}

/// How many examples of each kind a thread has kept.
#[derive(Clone, Debug)]
pub(super) struct Album {
    kept: Vec<[u32; Outcome::COUNT]>,
    surplus: u32,
}

impl Album {
    /// An empty one.
    pub(super) fn new(classes: usize) -> Self {
        Self { kept: vec![[0; Outcome::COUNT]; classes], surplus: 0 }
    }

    /// Whether there is room for one more example of an outcome, or of bytes that nobody asked for; takes it.
    pub(super) fn has_room(&mut self, class: usize, outcome: Option<Outcome>) -> bool {
        let kept = match outcome {
            None => Some(&mut self.surplus),
            Some(outcome) => self.kept.get_mut(class).and_then(|row| row.get_mut(outcome.place())),
        };
        kept.is_some_and(|kept| {
            *kept += 1;
            *kept <= KEPT
        })
    }
}
