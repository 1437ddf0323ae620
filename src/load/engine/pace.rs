//! Which request is next, and when: a thread's share of the schedule, or one request after the other.

use std::collections::VecDeque;

use crate::load::format::Model;
use crate::load::job::Job;
use crate::load::number::nanos_of;
use crate::load::schedule::Cursor;

/// A request that is due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// Its number in the whole plan.
    pub(super) number: u64,
    /// When it is due, in nanoseconds from the start.
    pub(super) at: u64,
}

/// A thread's share of the plan.
#[derive(Debug)]
pub(super) struct Pace {
    cursor: Option<Cursor>,
    /// The next request of the share.
    next: u64,
    /// How far apart its requests are in the whole plan.
    stride: u64,
    /// The first number that is not sent any more.
    beyond: u64,
    /// When that is due; nothing when all were.
    next_at: Option<u64>,
    /// When no more requests begin.
    end: u64,
    /// What is due and waits for a connection.
    backlog: VecDeque<Due>,
    room: usize,
}

impl Pace {
    /// The share of one thread of several.
    pub(super) fn new(job: &Job, thread: usize) -> Self {
        let threads = job.settings.threads.max(1);
        let cursor = match job.model {
            Model::Open => job.schedule.as_ref().map(Cursor::new),
            Model::Closed => None,
        };
        let room = job.settings.backlog.div_ceil(threads);
        let shard = job.settings.shard;
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX / 2048);
        let mut pace = Self {
            cursor,
            next: shard.first() + number(thread) * shard.of(),
            stride: number(threads) * shard.of(),
            beyond: job.settings.requests,
            next_at: None,
            end: nanos_of(job.span),
            backlog: VecDeque::with_capacity(room),
            room,
        };
        pace.look_up(job);
        pace
    }

    fn look_up(&mut self, job: &Job) {
        self.next_at = match (&mut self.cursor, &job.schedule) {
            (Some(cursor), Some(schedule)) if self.next < self.beyond => cursor.due(schedule, self.next),
            _ => None,
        };
    }

    /// When the next request is due; nothing where none is to come.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.next_at
    }

    /// Takes the next request that is due by now.
    pub(super) fn take(&mut self, job: &Job, now: u64) -> Option<Due> {
        let at = self.next_at.filter(|at| *at <= now)?;
        let due = Due { number: self.next, at };
        self.next += self.stride;
        self.look_up(job);
        Some(due)
    }

    /// The next request where each follows the answer to another: due at once.
    pub(super) fn follow(&mut self, now: u64) -> Option<Due> {
        (self.is_closed() && now < self.end && self.next < self.beyond).then(|| {
            let due = Due { number: self.next, at: now };
            self.next += self.stride;
            due
        })
    }

    /// Whether each user sends again as soon as it has its answer.
    pub(super) fn is_closed(&self) -> bool {
        self.cursor.is_none()
    }

    /// Lets a request wait; whether there is room for it.
    pub(super) fn wait(&mut self, due: Due) -> bool {
        let fits = self.backlog.len() < self.room;
        if fits {
            self.backlog.push_back(due);
        }
        fits
    }

    /// Lets a request that could not be sent after all wait before all others.
    pub(super) fn wait_first(&mut self, due: Due) {
        self.backlog.push_front(due);
    }

    /// The request that waits longest.
    pub(super) fn waiting(&mut self) -> Option<Due> {
        self.backlog.pop_front()
    }

    /// Whether anything waits.
    pub(super) fn has_waiting(&self) -> bool {
        !self.backlog.is_empty()
    }

    /// Whether no request begins any more because its time is over.
    pub(super) fn is_behind(&self, now: u64) -> bool {
        self.cursor.is_some() || now >= self.end || self.next >= self.beyond
    }

    /// Begins no more requests.
    pub(super) fn stop(&mut self) {
        self.next_at = None;
        self.end = 0;
    }
}
