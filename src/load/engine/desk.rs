//! What a thread and those who wait for it tell each other: that it is ready, that it may start, what it counted, that
//! it is to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::time::Instant;

use crate::load::number::nanos_of;
use crate::load::tally::Tally;

/// What a thread tells.
#[derive(Debug)]
pub(in crate::load) enum Message {
    /// Its connections stand: so many of them.
    Ready(usize),
    /// What it counted in a second.
    Tally(Box<Tally>),
    /// It is done: what it counted since, and all of its times.
    Done(Box<Tally>),
    /// It cannot go on.
    Failed(String),
}

/// Whether to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::load) enum Stop {
    /// Not yet.
    Never,
    /// Begin nothing, finish what is under way.
    Drain,
    /// At once.
    Now,
}

/// How threads are told to stop.
#[derive(Clone, Debug, Default)]
pub(in crate::load) struct Brake(Arc<AtomicU8>);

impl Brake {
    /// Pulls it, or pulls it harder.
    pub(in crate::load) fn pull(&self, stop: Stop) {
        let strength = match stop {
            Stop::Never => 0,
            Stop::Drain => 1,
            Stop::Now => 2,
        };
        self.0.fetch_max(strength, Ordering::Relaxed);
    }

    pub(in crate::load) fn stop(&self) -> Stop {
        match self.0.load(Ordering::Relaxed) {
            0 => Stop::Never,
            1 => Stop::Drain,
            _ => Stop::Now,
        }
    }
}

/// The time since the start, in nanoseconds; a clock that never goes back.
#[derive(Clone, Copy, Debug)]
pub(in crate::load) struct Clock(Instant);

impl Clock {
    /// A clock that began to count at a moment.
    pub(in crate::load) fn since(start: Instant) -> Self {
        Self(start)
    }

    pub(in crate::load) fn now(self) -> u64 {
        nanos_of(self.0.elapsed())
    }
}

/// A thread's end of it all.
#[derive(Debug)]
pub(in crate::load) struct Desk {
    /// The number of the thread.
    pub(in crate::load) thread: usize,
    /// Its clock.
    pub(in crate::load) clock: Clock,
    /// Whether the start has been.
    pub(in crate::load) started: Option<Instant>,
    /// Where it tells what happens.
    pub(in crate::load) tell: Sender<Message>,
    /// Where it hears of the start.
    pub(in crate::load) gate: Receiver<Instant>,
    /// Where it sees whether to stop.
    pub(in crate::load) brake: Brake,
}

impl Desk {
    /// Tells that its connections stand, and waits for the start; whether there is one.
    pub(super) fn await_start(&mut self, open: usize) -> bool {
        self.tell.send(Message::Ready(open)).ok();
        self.started = self.gate.recv().ok();
        if let Some(start) = self.started {
            self.clock = Clock::since(start);
        }
        self.started.is_some()
    }

    pub(super) fn has_started(&self) -> bool {
        self.started.is_some()
    }

    pub(super) fn stop(&self) -> Stop {
        self.brake.stop()
    }
}
