//! The event loop of one thread: what is due is sent, what comes is read, and nothing else happens.
//!
//! A request costs one `send`, one `recv` and a part of an `epoll_wait`. It allocates nothing, takes no lock and tells
//! nobody; what is counted is handed over once a second.

mod traffic;

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use mio::event::Event;
use mio::{Events, Poll, Token};

use super::connection::{Connection, State};
use super::desk::{Desk, Stop};
use super::pace::{Due, Pace};
use super::score::{Score, Wait};
use super::timer::Timer;
use super::transport::Transport;
use crate::load::job::Job;
use crate::load::number::nanos_of;
use crate::load::tally::Phase;
use crate::load::verdict::Outcome;

/// How often connections are looked after, in nanoseconds.
const ROUND: u64 = 10_000_000;
/// How long to sleep at least when requests are due soon, in nanoseconds: at high rates several are sent at once.
pub(in crate::load) const TICK: u64 = 100_000;
/// Events that are taken at once.
const EVENTS: usize = 1024;

/// One thread's part of the work.
pub(super) struct Worker {
    job: Arc<Job>,
    desk: Desk,
    poll: Poll,
    timer: Timer,
    connections: Vec<Connection>,
    /// Connections that wait for a request, the one that waits longest first; some may have gone since.
    free: VecDeque<usize>,
    /// Connections whose users have had their answers, where each then sends its next request.
    turns: Vec<usize>,
    pace: Pace,
    score: Score,
    busy: usize,
    /// When connections are looked after next.
    round_at: u64,
    /// When all is over, whatever is under way.
    deadline: u64,
    /// When the loop last went round.
    turned: u64,
}

impl Worker {
    pub(super) fn new(job: Arc<Job>, desk: Desk) -> io::Result<Self> {
        let poll = Poll::new()?;
        let timer = Timer::new(&poll)?;
        let (threads, all) = (job.settings.threads.max(1), job.settings.connections);
        let own = all / threads + usize::from(desk.thread < all % threads);
        let deadline = nanos_of(job.span) + nanos_of(job.settings.grace);
        Ok(Self {
            pace: Pace::new(&job, desk.thread),
            score: Score::new(Arc::clone(&job), desk.thread),
            connections: (0..own).map(|_| Connection::new()).collect(),
            free: VecDeque::with_capacity(own),
            turns: Vec::with_capacity(own),
            job,
            desk,
            poll,
            timer,
            busy: 0,
            round_at: 0,
            deadline,
            turned: 0,
        })
    }

    /// Opens the connections, waits for the start, works until the end, and hands everything over.
    pub(super) fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(EVENTS);
        self.open_all(&mut events)?;
        if self.desk.await_start(self.standing()) {
            self.start(&mut events)?;
            self.work(&mut events)?;
        }
        self.close();
        Ok(())
    }

    /// Opens every connection before the clock starts; those that do not stand in time are opened later.
    fn open_all(&mut self, events: &mut Events) -> io::Result<()> {
        let patience = nanos_of(self.job.settings.timeout).min(2_000_000_000);
        (0..self.connections.len()).for_each(|index| self.open(index));
        while self.desk.clock.now() < patience && self.standing() < self.connections.len() {
            let hopeless = self.connections.iter().any(Connection::is_hopeless);
            if hopeless || self.desk.stop() != Stop::Never {
                break;
            }
            let now = self.desk.clock.now();
            self.open_again(now);
            self.wait(events, (now, now + ROUND))?;
            events.iter().for_each(|event| self.notice(event));
        }
        Ok(())
    }

    /// Opens those that gave up and have paused.
    fn open_again(&mut self, now: u64) {
        for index in 0..self.connections.len() {
            let state = self.connections.get(index).map(|one| one.state);
            if matches!(state, Some(State::Down(again)) if again <= now) {
                self.open(index);
            }
        }
    }

    /// How many connections wait for a request.
    fn standing(&self) -> usize {
        self.connections.iter().filter(|one| one.state == State::Idle).count()
    }

    /// Gives those that wait for a request their first one. What became of a connection while the others were waited for
    /// comes before that.
    fn start(&mut self, events: &mut Events) -> io::Result<()> {
        loop {
            self.wait(events, (0, 0))?;
            events.iter().for_each(|event| self.notice(event));
            if events.iter().count() < EVENTS {
                break;
            }
        }
        for index in 0..self.connections.len() {
            if self.connections.get(index).is_some_and(|one| one.state == State::Idle) {
                self.ready(index, self.desk.clock.now());
            }
        }
        self.take_turns();
        Ok(())
    }

    /// Waits for events; that somebody's signal ends it is no error.
    fn wait(&mut self, events: &mut Events, span: (u64, u64)) -> io::Result<()> {
        match self.timer.wait(&mut self.poll, events, span) {
            Err(error) if error.kind() != ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }

    fn work(&mut self, events: &mut Events) -> io::Result<()> {
        loop {
            let now = self.desk.clock.now();
            self.score.turned(now.saturating_sub(self.turned));
            self.turned = now;
            self.begin_due(now);
            if now >= self.round_at {
                self.round(now);
            }
            if self.is_over(now) {
                return Ok(());
            }
            self.wait(events, (now, self.wake_at(now)))?;
            events.iter().for_each(|event| self.notice(event));
            self.take_turns();
        }
    }

    /// Begins what is due by now.
    fn begin_due(&mut self, now: u64) {
        while let Some(due) = self.pace.take(&self.job, now) {
            self.score.noticed(due, now);
            if let Some(index) = self.take_free() {
                self.send(index, due);
            } else {
                let wait = if self.pace.wait(due) { Wait::Late } else { Wait::Dropped };
                self.score.waits(due, wait);
            }
        }
    }

    /// The connection that has waited longest for a request.
    fn take_free(&mut self) -> Option<usize> {
        while let Some(index) = self.free.pop_front() {
            let Some(connection) = self.connections.get_mut(index) else { continue };
            connection.queued = false;
            if connection.state == State::Idle {
                return Some(index);
            }
        }
        None
    }

    /// Sends what users send who have had their answers. All that came is read first: what comes meanwhile is then read at
    /// one go, and a request costs less of a wait.
    fn take_turns(&mut self) {
        while let Some(index) = self.turns.pop() {
            if self.connections.get(index).is_some_and(|one| one.state == State::Idle) {
                self.ready(index, self.desk.clock.now());
            }
        }
    }

    /// When to wake: for what is due, not before a tick has gone by, and for the next round.
    fn wake_at(&self, now: u64) -> u64 {
        let due = self.pace.next_at().map_or(u64::MAX, |at| at.max(now + TICK));
        due.min(self.round_at)
    }

    fn is_over(&self, now: u64) -> bool {
        let exhausted = self.pace.next_at().is_none() && !self.pace.has_waiting() && self.pace.is_behind(now);
        now >= self.deadline || (exhausted && self.busy == 0)
    }

    /// Looks after the connections: answers that are too late, connections to be opened again, the operator's wishes.
    fn round(&mut self, now: u64) {
        self.round_at = now + ROUND;
        match self.desk.stop() {
            Stop::Never => {}
            Stop::Drain => {
                self.pace.stop();
                self.drop_waiting();
                self.deadline = self.deadline.min(now + nanos_of(self.job.settings.grace));
            }
            Stop::Now => {
                self.pace.stop();
                self.deadline = now;
            }
        }
        self.open_again(now);
        let timeout = nanos_of(self.job.settings.timeout);
        for index in 0..self.connections.len() {
            let Some(connection) = self.connections.get(index) else { continue };
            match connection.state {
                State::Opening(since) if now.saturating_sub(since) >= timeout => self.not_opened(index, None),
                State::Busy if now.saturating_sub(connection.flight.sent_at) >= timeout => {
                    self.fail(index, Outcome::TimedOut, "no complete answer in time");
                }
                State::Idle if connection.is_old(&self.job.settings, now) => {
                    self.score.wires().closed += 1;
                    self.open(index);
                }
                // Its user had nothing to send, because a key was not there.
                State::Idle => {
                    if let Some(due) = self.pace.follow(now) {
                        self.send(index, due);
                    }
                }
                State::Down(_) | State::Opening(_) | State::Busy => {}
            }
        }
        self.score.hand_over(now, &self.desk);
    }

    /// Takes notice of an event.
    fn notice(&mut self, event: &Event) {
        if self.timer.is_own(event.token()) {
            return;
        }
        let Token(index) = event.token();
        let Some(connection) = self.connections.get_mut(index) else { return };
        connection.half_closed |= event.is_read_closed();
        match connection.state {
            State::Opening(_) => self.opening(index),
            State::Busy => {
                if event.is_writable() {
                    self.push(index);
                }
                let readable = event.is_readable() || event.is_read_closed() || event.is_error();
                if readable && self.connections.get(index).is_some_and(|one| one.state == State::Busy) {
                    self.pull(index);
                }
            }
            State::Idle => self.pull(index),
            State::Down(_) => {}
        }
    }

    /// Asks for a connection.
    fn open(&mut self, index: usize) {
        let now = self.desk.clock.now();
        let target = &self.job.target;
        let Some(connection) = self.connections.get_mut(index) else { return };
        // The old one must be gone first: its port and its file may be the last.
        connection.transport = None;
        let at = (self.poll.registry(), Token(index));
        match Transport::connect(target.address, target.tls.as_ref(), at) {
            Ok(transport) => connection.opening(transport, now),
            Err(error) => self.not_opened(index, Some(&error)),
        }
    }

    /// Goes on with a connection that was asked for.
    fn opening(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        let Some(transport) = connection.transport.as_mut() else { return };
        match transport.stands() {
            Ok(false) => {}
            Err(error) => self.not_opened(index, Some(&error)),
            Ok(true) => match transport.shake_hands() {
                Ok(false) => connection.there_at = connection.there_at.or(Some(self.desk.clock.now())),
                Ok(true) => {
                    let now = self.desk.clock.now();
                    connection.stands(now);
                    let tls = self.job.target.tls.is_some();
                    let there = connection.there_at.filter(|_| tls).unwrap_or(now);
                    self.score.stands((connection.asked_at, there), tls.then_some(now));
                    self.ready(index, now);
                }
                Err(error) => {
                    self.score.wires().no_tls += 1;
                    self.score.problem(&error);
                    connection.give_up(self.desk.clock.now());
                }
            },
        }
    }

    fn not_opened(&mut self, index: usize, error: Option<&io::Error>) {
        self.score.not_opened(error);
        let now = self.desk.clock.now();
        if let Some(connection) = self.connections.get_mut(index) {
            connection.give_up(now);
        }
    }

    /// A connection waits for a request: it gets the next one, or waits.
    fn ready(&mut self, index: usize, now: u64) {
        let next = if self.desk.has_started() {
            self.pace.waiting().or_else(|| self.pace.follow(now))
        } else {
            None
        };
        match next {
            Some(due) => self.send(index, due),
            None => self.idle(index),
        }
    }

    /// A connection waits until there is a request for it.
    fn idle(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        connection.state = State::Idle;
        if !std::mem::replace(&mut connection.queued, true) {
            self.free.push_back(index);
        }
    }

    /// What waits is not sent any more.
    fn drop_waiting(&mut self) {
        while let Some(due) = self.pace.waiting() {
            self.score.never_sent(due);
        }
    }

    /// Counts what is still under way, and hands everything over.
    fn close(mut self) {
        self.drop_waiting();
        for connection in self.connections.iter().filter(|one| one.state == State::Busy) {
            if connection.flight.written > 0 {
                self.score.in_flight(&connection.flight);
            } else {
                self.score.never_sent(connection.flight.due);
            }
        }
        let now = self.desk.clock.now();
        self.score.finish(now, &self.desk);
    }
}

/// The phase in which a request is due.
pub(super) fn phase(job: &Job, due: Due) -> Phase {
    if due.at < nanos_of(job.warm_up) { Phase::WarmUp } else { Phase::Measured }
}
