//! One connection and the request that is under way on it.

use super::pace::Due;
use super::reader::Reader;
use super::transport::Transport;
use crate::load::job::{Pick, Settings};
use crate::load::number::nanos_of;

/// The longest pause between two attempts to connect, in nanoseconds.
const LONGEST_PAUSE: u64 = 1_000_000_000;
/// The shortest.
const SHORTEST_PAUSE: u64 = 5_000_000;
/// So many attempts that came to nothing are enough to begin without a connection.
const HOPELESS: u32 = 3;

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It is not there, and asked for again at this time.
    Down(u64),
    /// It was asked for at this time.
    Opening(u64),
    /// It waits for a request.
    Idle,
    /// A request is under way on it.
    Busy,
}

/// A request that is under way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flight {
    pub(super) due: Due,
    pub(super) pick: Pick,
    /// When it was sent, in nanoseconds from the start.
    pub(super) sent_at: u64,
    /// How much of it was written.
    pub(super) written: usize,
}

/// A connection.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "its place in a queue and the other end's silence are two things"
)]
pub(super) struct Connection {
    pub(super) transport: Option<Transport>,
    pub(super) state: State,
    pub(super) reader: Reader,
    pub(super) flight: Flight,
    /// The request that is under way, where it holds something that is another each time.
    pub(super) own: Vec<u8>,
    /// Whether it stands in the queue of those that wait for a request.
    pub(super) queued: bool,
    /// Whether the other end will send no more.
    pub(super) half_closed: bool,
    /// When it was asked for, and when it was there without TLS, in nanoseconds from the start.
    pub(super) asked_at: u64,
    pub(super) there_at: Option<u64>,
    /// When it stood.
    stood_at: u64,
    /// How many answers came on it.
    answers: u32,
    /// How many attempts to get an answer on it have failed in a row.
    failures: u32,
}

impl Connection {
    pub(super) fn new() -> Self {
        Self {
            transport: None,
            state: State::Down(0),
            reader: Reader::new(),
            flight: Flight::default(),
            own: Vec::new(),
            queued: false,
            half_closed: false,
            asked_at: 0,
            there_at: None,
            stood_at: 0,
            answers: 0,
            failures: 0,
        }
    }

    /// Takes a connection that was asked for.
    pub(super) fn opening(&mut self, transport: Transport, now: u64) {
        self.transport = Some(transport);
        self.half_closed = false;
        self.state = State::Opening(now);
        (self.asked_at, self.there_at, self.answers) = (now, None, 0);
    }

    /// Notes that it stands.
    pub(super) fn stands(&mut self, now: u64) {
        self.stood_at = now;
        self.state = State::Idle;
    }

    /// Notes that an answer came on it; whether it is used for another request.
    pub(super) fn lives(&mut self, settings: &Settings, now: u64) -> bool {
        self.failures = 0;
        self.answers = self.answers.saturating_add(1);
        self.answers < settings.life_requests && !self.is_old(settings, now)
    }

    /// Whether it was asked for in vain so often that nobody should wait for it.
    pub(super) fn is_hopeless(&self) -> bool {
        matches!(self.state, State::Down(_)) && self.failures >= HOPELESS
    }

    /// Whether an answer came on it.
    pub(super) fn has_answered(&self) -> bool {
        self.answers > 0
    }

    /// Whether it has been used for as long as it may be.
    pub(super) fn is_old(&self, settings: &Settings, now: u64) -> bool {
        now.saturating_sub(self.stood_at) >= nanos_of(settings.life_time)
    }

    /// Gives up, and waits longer before every further attempt.
    pub(super) fn give_up(&mut self, now: u64) {
        self.transport = None;
        let pause = SHORTEST_PAUSE.saturating_mul(1 << self.failures.min(16)).min(LONGEST_PAUSE);
        self.failures = self.failures.saturating_add(1);
        self.state = State::Down(now + pause);
    }
}
