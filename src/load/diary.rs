//! What journeys come to: the same counts, times and surprises as the engine's, kept behind one lock. Users that think
//! are few, and a lock is nothing beside a client that makes a request from scratch.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::collect::{Collected, Event};
use super::job::Job;
use super::number::nanos_of;
use super::schedule::second_of;
use super::steer::Performed;
use super::tally::{Album, ClassTimes, Counts, Phase, Surprise};
use super::verdict::{self, Outcome};
use crate::judge::{Evidence, Recogniser, Volatile};
use crate::wire::{Exchange, FailureKind};

/// Problems of journeys that are kept; more of them say nothing new.
const PROBLEMS: usize = 5;

/// A diary that all users write.
#[derive(Debug)]
pub(super) struct Diary {
    job: Arc<Job>,
    start: Instant,
    book: Mutex<Book>,
}

#[derive(Debug)]
struct Book {
    collected: Collected,
    album: Album,
    /// The next second that is told.
    second: u64,
    /// How many surprises were told.
    told: usize,
}

impl Diary {
    /// An empty one, that begins now.
    pub(super) fn new(job: Arc<Job>) -> Self {
        let classes = job.classes.len();
        let collected = Collected {
            warm_up: vec![Counts::default(); classes],
            measured: vec![Counts::default(); classes],
            times: vec![ClassTimes::default(); classes],
            opened_first: job.settings.connections,
            ..Collected::default()
        };
        let book = Book { collected, album: Album::new(classes), second: 0, told: 0 };
        Self { job, start: Instant::now(), book: Mutex::new(book) }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// When it began.
    pub(super) fn start(&self) -> Instant {
        self.start
    }

    fn now(&self) -> u64 {
        nanos_of(self.start.elapsed())
    }

    /// The phase of a request, by when it was sent.
    fn phase(&self, sent_at: u64) -> Phase {
        if sent_at < nanos_of(self.job.warm_up) { Phase::WarmUp } else { Phase::Measured }
    }

    /// Notes that a request is sent; tells when, in nanoseconds from the start.
    pub(super) fn sent(&self, class: usize) -> u64 {
        let now = self.now();
        self.book().count((class, now), self.phase(now), &|counts| counts.sent += 1);
        now
    }

    /// Judges what came back; whether it is right.
    pub(super) fn answered(&self, class: usize, sent_at: u64, exchange: Exchange) -> bool {
        let now = self.now();
        let (outcome, actual) = self.judge(class, &exchange, (sent_at, now));
        let phase = self.phase(sent_at);
        let mut book = self.book();
        book.count((class, now), phase, &|counts| {
            if let Some(count) = counts.outcomes.get_mut(outcome.place()) {
                *count += 1;
            }
        });
        if outcome.is_complete() || outcome == Outcome::TimedOut {
            book.time((class, phase), outcome, (sent_at, now));
        }
        if !outcome.is_right() && book.album.has_room(class, Some(outcome)) {
            let exchange = Some(Box::new(exchange));
            let surprise = Surprise { class, outcome: Some(outcome), actual, at: now, exchange };
            book.collected.surprises.push(surprise);
        }
        outcome.is_right()
    }

    fn judge(&self, class: usize, exchange: &Exchange, (sent_at, now): (u64, u64)) -> (Outcome, String) {
        if let Some(failure) = &exchange.failure {
            return (of_failure(failure.kind), failure.to_string());
        }
        let Some(class) = self.job.classes.get(class) else { return (Outcome::WrongAnswer, String::new()) };
        let recogniser = Recogniser::new(&self.job.contract, &class.accepted);
        let volatile = Volatile::of(&self.job.contract);
        let evidence = Evidence {
            exchange,
            recogniser: &recogniser,
            earlier: &[],
            redactor: &self.job.redactor,
            volatile: &volatile,
        };
        verdict::of_either(class.right(sent_at, now), &evidence, &self.job.shed)
    }

    /// Notes why a journey did not go on.
    pub(super) fn problem(&self, why: String) {
        let performed = &mut self.book().collected.performed;
        if performed.len() < PROBLEMS {
            performed.push(Performed { act: 0, at: None, took: Duration::ZERO, problem: Some(why) });
        }
    }

    /// Tells of surprises, and of the seconds that are over.
    pub(super) fn tell(&self, notice: &mut dyn FnMut(&Event<'_>)) {
        let over = second_of(self.now());
        let mut book = self.book();
        let Book { collected, second, told, .. } = &mut *book;
        collected.surprises.iter().skip(*told).for_each(|surprise| notice(&Event::Surprise(surprise)));
        *told = collected.surprises.len();
        let shard = collected.shard;
        for number in *second..over {
            notice(&Event::Second(number, collected.seconds.entry(number).or_default()));
            // A second later, so that no answer that was timed in it is still on its way here.
            if let Some(sum) = number.checked_sub(1).and_then(|before| collected.seconds.get_mut(&before)) {
                sum.close(shard);
            }
        }
        *second = over.max(*second);
    }

    /// Closes it: what has no answer by now is under way.
    pub(super) fn close(&self) -> Collected {
        let mut collected = std::mem::take(&mut self.book().collected);
        for counts in collected.measured.iter_mut().chain(&mut collected.warm_up) {
            counts.in_flight = counts.sent.saturating_sub(counts.outcomes.iter().sum());
        }
        collected
    }
}

impl Book {
    fn count(&mut self, (class, at): (usize, u64), phase: Phase, note: &dyn Fn(&mut Counts)) {
        let second = self.collected.seconds.entry(second_of(at)).or_default();
        note(&mut second.counts);
        let all = match phase {
            Phase::WarmUp => &mut self.collected.warm_up,
            Phase::Measured => &mut self.collected.measured,
        };
        all.get_mut(class).into_iter().for_each(note);
    }

    /// A user sends when it likes: nothing was due before.
    fn time(&mut self, (class, phase): (usize, Phase), outcome: Outcome, (sent_at, now): (u64, u64)) {
        let time = now.saturating_sub(sent_at);
        let own = match phase {
            Phase::WarmUp => Some(&mut self.collected.warm_up_times),
            Phase::Measured => {
                self.collected.seconds.entry(second_of(now)).or_default().response.record(time);
                self.collected.times.get_mut(class)
            }
        };
        let Some(times) = own else { return };
        let both = if outcome.is_right() || outcome == Outcome::TimedOut {
            [&mut times.response, &mut times.service]
        } else {
            [&mut times.other_response, &mut times.other_service]
        };
        for times in both {
            times.record(time);
        }
    }
}

/// What a request without a whole answer comes to.
fn of_failure(kind: FailureKind) -> Outcome {
    match kind {
        FailureKind::Timeout => Outcome::TimedOut,
        FailureKind::Closed | FailureKind::Unseen => Outcome::Closed,
        FailureKind::Connect | FailureKind::Tls | FailureKind::NotOffered => Outcome::Reset,
        FailureKind::Malformed | FailureKind::Oversize | FailureKind::Rewritten => Outcome::Malformed,
    }
}
