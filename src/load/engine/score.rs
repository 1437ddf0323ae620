//! What a thread makes of its answers: judged, counted, timed, and the first surprises of each kind kept whole.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::connection::Flight;
use super::desk::{Desk, Message};
use super::evidence;
use super::pace::Due;
use super::reader::Reader;
use super::worker::phase;
use crate::judge::{Evidence, Recogniser, Right, Volatile};
use crate::load::job::{Class, Job, Pick, Sealed};
use crate::load::schedule::second_of;
use crate::load::tally::{Album, ClassTimes, Connecting, Counts, Finals, Phase, Surprise, Tally, Wires};
use crate::load::verdict::{self, Outcome};

/// Of so many right answers, one is judged in full all the same.
const SAMPLE: u64 = 1024;
/// So many answers of a class are found wrong in full in a second at most; beyond that they are counted by their status.
const IN_FULL: u32 = 5000;

/// How often times are handed over, in seconds: a program that is killed loses no more.
pub(in crate::load) const CHECKPOINT: u64 = 10;

/// What a thread counts.
pub(super) struct Score {
    job: Arc<Job>,
    tally: Tally,
    times: Finals,
    album: Album,
    /// Whole answers so far.
    answers: u64,
    /// How each class is looked at.
    looks: Vec<Looks>,
    /// The second that is counted.
    second: u64,
    /// When it began to be counted, in nanoseconds from the start.
    since: u64,
    /// The thread's time on a processor at its beginning.
    cpu: u64,
}

/// How the answers of a class are looked at.
#[derive(Clone, Copy, Debug, Default)]
struct Looks {
    /// How many were found wrong in full in this second.
    wrong: u32,
    /// Whether an answer was right that a quick look does not know for right: then only a full one tells wrong ones.
    needed: bool,
}

impl Looks {
    /// Notes what a full look said of an answer, and whether a quick one had known it for right.
    #[expect(clippy::fn_params_excessive_bools, reason = "two looks at one answer, and what each said")]
    fn saw(&mut self, quick: bool, right: bool) {
        self.needed |= right && !quick;
        self.wrong += u32::from(!right);
    }

    fn are_spent(self) -> bool {
        self.wrong >= IN_FULL && !self.needed
    }
}

/// What becomes of a request that finds no free connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// It waits.
    Late,
    /// There is no room to wait in.
    Dropped,
}

impl Score {
    pub(super) fn new(job: Arc<Job>, thread: usize) -> Self {
        let classes = job.classes.len();
        Self {
            tally: Tally::new(thread, classes),
            times: no_times(classes),
            album: Album::new(classes),
            answers: 0,
            looks: vec![Looks::default(); classes],
            second: 0,
            since: 0,
            cpu: cpu_time(),
            job,
        }
    }

    /// The counts of connections.
    pub(super) fn wires(&mut self) -> &mut Wires {
        &mut self.tally.wires
    }

    /// A connection stands: when it was asked for and when it was there, and when TLS was too.
    pub(super) fn stands(&mut self, (asked_at, there_at): (u64, u64), secured_at: Option<u64>) {
        self.tally.wires.opened += 1;
        self.times.connecting.connect.record(there_at.saturating_sub(asked_at));
        if let Some(at) = secured_at {
            self.tally.wires.handshakes += 1;
            self.times.connecting.handshake.record(at.saturating_sub(there_at));
        }
    }

    fn counts(&mut self, due: Due, class: usize) -> Option<&mut Counts> {
        let phase = phase(&self.job, due);
        self.tally.counts(phase, class)
    }

    /// Whoever is not woken for a second although it asked to be was not running.
    pub(super) fn turned(&mut self, since: u64) {
        self.tally.stall = self.tally.stall.max(since);
    }

    /// A request that was due was looked at.
    pub(super) fn noticed(&mut self, due: Due, now: u64) {
        self.tally.lag.record(now.saturating_sub(due.at));
    }

    /// A request that was due found no free connection.
    pub(super) fn waits(&mut self, due: Due, wait: Wait) {
        match wait {
            Wait::Late => {
                let class = self.class_of(due);
                if let Some(counts) = self.counts(due, class) {
                    counts.late += 1;
                }
            }
            Wait::Dropped => self.never_sent(due),
        }
    }

    /// A request that was due is not sent any more.
    pub(super) fn never_sent(&mut self, due: Due) {
        let class = self.class_of(due);
        if let Some(counts) = self.counts(due, class) {
            counts.dropped += 1;
        }
    }

    fn class_of(&self, due: Due) -> usize {
        self.job.class_of(due.number, due.at)
    }

    /// The first byte of a request was sent.
    pub(super) fn sent(&mut self, flight: &Flight) {
        if let Some(counts) = self.counts(flight.due, flight.pick.class) {
            counts.sent += 1;
        }
    }

    /// A request is still under way when all is over.
    pub(super) fn in_flight(&mut self, flight: &Flight) {
        if let Some(counts) = self.counts(flight.due, flight.pick.class) {
            counts.in_flight += 1;
        }
    }

    /// A whole answer came: judges it; whether all of its request had been sent.
    pub(super) fn answered(&mut self, flight: &Flight, reader: &Reader, now: u64) -> bool {
        let job = Arc::clone(&self.job);
        let Some((class, sealed)) = job.picked(flight.pick) else { return false };
        let (right, other) = class.right(flight.sent_at, now);
        let (status, body) = (reader.status(), reader.body());
        let quick = right.fast.right(status, body).or_else(|| other?.fast.right(status, body));
        self.answers += 1;
        let outcome = match quick {
            Some(right) if !self.answers.is_multiple_of(SAMPLE) => right.into(),
            _ => self.look(flight, (class, sealed), (reader, quick, now)),
        };
        self.count(flight, outcome, now);
        self.outlived(flight, class, outcome);
        if !reader.surplus().is_empty() {
            self.unasked(flight.pick, reader.surplus(), now);
        }
        flight.written == sealed.bytes.len()
    }

    /// Times how long behind the end of its key an accepted request was sent.
    fn outlived(&mut self, flight: &Flight, class: &Class, outcome: Outcome) {
        let accepted = matches!(outcome, Outcome::RightAccept | Outcome::FalseAccept);
        let since = class.end.as_ref().and_then(|end| end.since(flight.sent_at));
        let times = self.times.times.get_mut(flight.pick.class);
        if let (true, Some(since), Some(times)) = (accepted, since, times) {
            times.outlived.record(since);
        }
    }

    /// Judges an answer in full, and keeps it where it is a surprise.
    fn look(
        &mut self,
        flight: &Flight,
        (class, sealed): (&Class, &Sealed),
        (reader, quick, now): (&Reader, Option<Right>, u64),
    ) -> Outcome {
        let job = Arc::clone(&self.job);
        let (right, other) = class.right(flight.sent_at, now);
        let looks = self.looks.get(flight.pick.class).copied().unwrap_or_default();
        if quick.is_none() && looks.are_spent() && !right.fast.is_blind() && other.is_none() {
            return verdict::by_status(right, reader.status(), &job.shed);
        }
        let service = Duration::from_nanos(now.saturating_sub(flight.sent_at));
        let exchange =
            evidence::answered(job.stamp.filled(&sealed.request, flight.due.number), reader, service);
        let recogniser = Recogniser::new(&job.contract, &class.accepted);
        let volatile = Volatile::of(&job.contract);
        let evidence = Evidence {
            exchange: &exchange,
            recogniser: &recogniser,
            earlier: &[],
            redactor: &job.redactor,
            volatile: &volatile,
        };
        let (outcome, actual) = verdict::of_either((right, other), &evidence, &job.shed);
        if let Some(looks) = self.looks.get_mut(flight.pick.class) {
            looks.saw(quick.is_some(), outcome.is_right());
        }
        match (quick, outcome.is_right()) {
            (None, true) => self.tally.wires.second_looks += 1,
            (Some(_), false) => self.tally.wires.missed += 1,
            (None, false) | (Some(_), true) => {}
        }
        if !outcome.is_right() && self.album.has_room(flight.pick.class, Some(outcome)) {
            self.keep(flight.pick.class, (Some(outcome), actual, now), Some(exchange));
        }
        outcome
    }

    fn keep(
        &mut self,
        class: usize,
        (outcome, actual, at): (Option<Outcome>, String, u64),
        exchange: Option<crate::wire::Exchange>,
    ) {
        self.tally.surprises.push(Surprise { class, outcome, actual, at, exchange: exchange.map(Box::new) });
    }

    fn count(&mut self, flight: &Flight, outcome: Outcome, now: u64) {
        let class = flight.pick.class;
        let phase = phase(&self.job, flight.due);
        let place =
            self.tally.counts(phase, class).and_then(|counts| counts.outcomes.get_mut(outcome.place()));
        if let Some(place) = place {
            *place += 1;
        }
        let response = now.saturating_sub(flight.due.at);
        let service = now.saturating_sub(flight.sent_at);
        let times = match phase {
            Phase::WarmUp => Some(&mut self.times.warm_up),
            Phase::Measured => {
                self.tally.response.record(response);
                self.times.times.get_mut(class)
            }
        };
        let Some(times) = times else { return };
        if outcome.is_right() || outcome == Outcome::TimedOut {
            times.response.record(response);
            times.service.record(service);
        } else {
            times.other_response.record(response);
            times.other_service.record(service);
        }
    }

    /// A request has no whole answer. What is too late is timed as long as was waited for it.
    pub(super) fn failed(
        &mut self,
        flight: &Flight,
        reader: &Reader,
        (outcome, what, now): (Outcome, &'static str, u64),
    ) {
        if flight.written == 0 {
            return self.never_sent(flight.due);
        }
        let class = flight.pick.class;
        if outcome == Outcome::TimedOut {
            self.count(flight, outcome, now);
        } else if let Some(place) =
            self.counts(flight.due, class).and_then(|counts| counts.outcomes.get_mut(outcome.place()))
        {
            *place += 1;
        }
        let job = Arc::clone(&self.job);
        if let (true, Some((_, sealed))) =
            (self.album.has_room(class, Some(outcome)), job.picked(flight.pick))
        {
            let exchange = evidence::failed(
                job.stamp.filled(&sealed.request, flight.due.number),
                reader,
                (outcome, what),
            );
            self.keep(class, (Some(outcome), what.to_owned(), now), Some(exchange));
        }
    }

    /// Bytes came that nobody had asked for.
    pub(super) fn unasked(&mut self, pick: Pick, bytes: &[u8], now: u64) {
        self.tally.wires.surplus += 1;
        if self.album.has_room(pick.class, None) {
            let shown =
                String::from_utf8_lossy(bytes.get(..bytes.len().min(2048)).unwrap_or_default()).into_owned();
            self.keep(pick.class, (None, shown, now), None);
        }
    }

    /// A connection could not be had.
    pub(super) fn not_opened(&mut self, error: Option<&io::Error>) {
        let wires = &mut self.tally.wires;
        let number = error.and_then(io::Error::raw_os_error).map(rustix::io::Errno::from_raw_os_error);
        match number {
            Some(rustix::io::Errno::ADDRNOTAVAIL) => wires.no_port += 1,
            Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE) => wires.no_file += 1,
            Some(_) | None => wires.refused += 1,
        }
        if let Some(error) = error {
            self.problem(error);
        }
    }

    /// Notes what the system said, for a reader who wonders.
    pub(super) fn problem(&mut self, error: &io::Error) {
        self.tally.problem.get_or_insert_with(|| error.to_string());
    }

    /// Hands over what was counted, once a second.
    pub(super) fn hand_over(&mut self, now: u64, desk: &Desk) {
        if second_of(now) > self.second {
            let before = self.second;
            let mut tally = self.turn(now);
            if self.second / CHECKPOINT > before / CHECKPOINT || self.job.weighs_times_early() {
                tally.finals = Some(self.hand_over_times());
            }
            desk.tell.send(Message::Tally(Box::new(tally))).ok();
        }
    }

    fn turn(&mut self, now: u64) -> Tally {
        self.looks.iter_mut().for_each(|looks| looks.wrong = 0);
        let cpu = cpu_time();
        let fresh = Tally::new(self.tally.thread, self.job.classes.len());
        let mut tally = std::mem::replace(&mut self.tally, fresh);
        tally.second = std::mem::replace(&mut self.second, second_of(now));
        tally.span = now.saturating_sub(std::mem::replace(&mut self.since, now));
        tally.cpu = cpu.saturating_sub(self.cpu);
        self.cpu = cpu;
        tally
    }

    /// Hands over everything.
    pub(super) fn finish(mut self, now: u64, desk: &Desk) {
        let mut tally = self.turn(now);
        tally.finals = Some(self.hand_over_times());
        desk.tell.send(Message::Done(Box::new(tally))).ok();
    }

    /// The times since they were last handed over. They are given away whole: copying them would hold up what is due.
    fn hand_over_times(&mut self) -> Box<Finals> {
        Box::new(std::mem::replace(&mut self.times, no_times(self.job.classes.len())))
    }
}

fn no_times(classes: usize) -> Finals {
    Finals {
        times: vec![ClassTimes::default(); classes],
        warm_up: ClassTimes::default(),
        connecting: Connecting::default(),
    }
}

/// The time that this thread has had a processor, in nanoseconds.
fn cpu_time() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_counted_by_status_only_where_its_own_answers_are_wrong_and_a_quick_look_knows_right_ones() {
        let mut looks = Looks::default();
        (0..IN_FULL).for_each(|_| looks.saw(true, true));
        assert!(!looks.are_spent(), "what is right costs nothing");
        (0..IN_FULL).for_each(|_| looks.saw(false, false));
        assert!(looks.are_spent());
        // One that only a full look knows for right, and no other will do from then on.
        looks.saw(false, true);
        assert!(!looks.are_spent());
    }
}
