//! The engine: one thread a core, each with its own event queue, connections and share of the schedule.
//!
//! Threads share nothing that changes. What they count is handed over on a channel once a second, what they timed at the
//! end; whoever waits for them waits outside, with a deadline.

mod chunk;
mod connection;
mod desk;
mod evidence;
mod head;
mod pace;
mod reader;
mod score;
mod timer;
mod transport;
mod worker;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Instant;

pub(super) use desk::{Brake, Clock, Desk, Message, Stop};
pub(super) use score::CHECKPOINT;
pub(super) use worker::TICK;

use super::job::Job;
use worker::Worker;

/// The threads of a run, before and after their start.
#[derive(Debug)]
pub(super) struct Crew {
    /// What they tell.
    pub(super) hear: Receiver<Message>,
    /// How they are stopped.
    pub(super) brake: Brake,
    gates: Vec<Sender<Instant>>,
    size: usize,
}

impl Crew {
    /// Hires the threads; they open their connections and wait.
    pub(super) fn hire(job: &Arc<Job>, brake: Brake) -> std::io::Result<Self> {
        let (tell, hear) = channel();
        let mut gates = Vec::new();
        for number in 0..job.settings.threads.max(1) {
            let (open, gate) = channel();
            gates.push(open);
            let clock = Clock::since(Instant::now());
            let desk =
                Desk { thread: number, clock, started: None, tell: tell.clone(), gate, brake: brake.clone() };
            let job = Arc::clone(job);
            let named = thread::Builder::new().name(format!("load-{number}"));
            // Not joined: a thread that hangs must not make those who wait for it hang.
            drop(named.spawn(move || work(job, desk))?);
        }
        Ok(Self { hear, brake, size: gates.len(), gates })
    }

    /// How many threads there are.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Lets them all start at the same moment.
    pub(super) fn start(&mut self, start: Instant) {
        for gate in self.gates.drain(..) {
            gate.send(start).ok();
        }
    }

    /// Sends them home before they have started: they hand over that they did nothing.
    pub(super) fn dismiss(&mut self) {
        self.gates.clear();
    }
}

fn work(job: Arc<Job>, desk: Desk) {
    let tell = desk.tell.clone();
    let done = Worker::new(job, desk).and_then(Worker::run);
    if let Err(error) = done {
        tell.send(Message::Failed(error.to_string())).ok();
    }
}
