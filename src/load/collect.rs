//! Waits for the threads, from outside: puts together what they hand over, tells how it goes, passes on signals, and
//! does not wait longer than the plan can take.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::engine::{CHECKPOINT, Crew, Message, Stop};
use super::interrupter::Interrupter;
use super::job::{Job, Settings};
use super::measured;
use super::prepare::Pace;
use super::second::SecondSum;
use super::shard::Shard;
use super::sheet::Sheet;
use super::steer::{Helm, Performed};
use super::tally::{ClassTimes, Connecting, Counts, Finals, Surprise, Tally, Wires};
use super::threshold::Threshold;
use super::times::Times;
use crate::runner::Signal;

/// How long threads may take beyond what the plan can take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the connections may take to open, all together.
const OPENING: Duration = Duration::from_secs(10);

/// How long before its start a load opens its connections.
const LEAD: Duration = Duration::from_secs(2);
/// How long what is handed over takes to arrive.
const MOMENT: Duration = Duration::from_millis(300);

/// What happens during a load.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many connections stand; requests are sent from now on.
    Started(usize),
    /// A second is over.
    Second(u64, &'a SecondSum),
    /// There was a surprise, the first of its kind in its class.
    Surprise(&'a Surprise),
    /// The operator wants it to stop: what is under way is finished first.
    Interrupted,
    /// A threshold does not hold that ends it where it does not: what is under way is finished first.
    Broken(&'a Threshold),
    /// What was collected until now: all that is left should the program be killed.
    Checkpoint(&'a Collected),
}

/// What was collected, before it is concluded.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// By class: the warm-up.
    pub warm_up: Vec<Counts>,
    /// By class: what was measured.
    pub measured: Vec<Counts>,
    /// The times of the classes.
    pub times: Vec<ClassTimes>,
    /// The times of the warm-up.
    pub warm_up_times: ClassTimes,
    /// How long connections took.
    pub connecting: Connecting,
    /// What was done to the target.
    pub performed: Vec<Performed>,
    /// What was done to the target and could not be taken back.
    pub left: Vec<String>,
    /// How late the threads looked at what was due.
    pub lag: Times,
    /// What happened to connections.
    pub wires: Wires,
    /// By second.
    pub seconds: BTreeMap<u64, SecondSum>,
    /// The time on processors, in nanoseconds.
    pub cpu: u64,
    /// The longest time in which a thread did not run, in nanoseconds.
    pub stall: u64,
    /// Surprises.
    pub surprises: Vec<Surprise>,
    /// What the system said when it refused a connection.
    pub problem: Option<String>,
    /// Connections that stood before the start.
    pub opened_first: usize,
    /// Why threads could not go on.
    pub failures: Vec<String>,
    /// Threads that never handed over their last.
    pub missing: usize,
    /// The signal that cut it short, if one did.
    pub signal: Option<Signal>,
    /// The threshold that cut it short, by its number, if one did.
    pub broken: Option<usize>,
    /// How long it took.
    pub duration: Duration,
    /// Whether there is more to come: this is not all.
    pub going_on: bool,
    /// How long the machine slept meanwhile.
    pub slept: Duration,
    /// Which part of the plan it is of.
    pub shard: Shard,
}

/// Sends a load and collects what comes of it.
///
/// # Errors
/// When the system gives us no threads.
pub fn run(
    job: &Arc<Job>,
    stoppable: impl FnOnce(Interrupter),
    notice: &mut dyn FnMut(&Event<'_>),
) -> io::Result<Collected> {
    let interrupter = Interrupter::default();
    #[cfg(feature = "goose")]
    if let Some(trips) = &job.trips {
        stoppable(interrupter.clone());
        return super::journeys::run(job, trips, &interrupter, notice);
    }
    stoppable(interrupter.clone());
    if let Some(start) = job.settings.start {
        // A connection that is opened long before it is used may be closed again by then.
        interrupter.sleep_until(start.checked_sub(LEAD).unwrap_or(start));
    }
    let mut crew = Crew::hire(job, interrupter.brake())?;
    let classes = job.classes.len();
    let mut collected = Collected {
        warm_up: vec![Counts::default(); classes],
        measured: vec![Counts::default(); classes],
        times: vec![ClassTimes::default(); classes],
        missing: crew.size(),
        shard: job.settings.shard,
        ..Collected::default()
    };
    collected.await_ready(&crew);
    let helm = Helm::take(job, &mut collected.performed)?;
    let start = job.settings.start.unwrap_or_else(Instant::now);
    interrupter.sleep_until(start);
    let slept = asleep();
    match interrupter.heard() {
        None if collected.is_steered() => {
            if let Some(helm) = &helm {
                helm.start(start);
            }
            crew.start(start);
        }
        None | Some(_) => crew.dismiss(),
    }
    notice(&Event::Started(collected.opened_first));
    notice(&Event::Checkpoint(&collected));
    collected.gather((job, &crew), (start, beyond(job.span, &job.settings)), &interrupter, notice);
    if collected.missing > 0 {
        collected.settle();
    }
    collected.duration = start.elapsed();
    if let Some(helm) = helm {
        collected.left = helm.leave(job, &mut collected.performed);
    }
    collected.slept = asleep().saturating_sub(slept);
    collected.signal = interrupter.heard();
    Ok(collected)
}

/// How long a load can take, whatever its target does, from when it may open its connections.
pub fn longest(pace: &Pace) -> Duration {
    longest_of(pace.span, &pace.settings)
}

/// The same of a load that takes so long by its plan.
pub(super) fn longest_of(span: Duration, settings: &Settings) -> Duration {
    OPENING + beyond(span, settings) + PATIENCE
}

fn beyond(span: Duration, settings: &Settings) -> Duration {
    span + settings.grace + settings.timeout + PATIENCE
}

/// How long the machine has slept since it was started: one clock of the system goes on then, the other does not.
fn asleep() -> Duration {
    #[cfg(target_os = "linux")]
    {
        use rustix::time::{ClockId, clock_gettime};
        let since = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
        let awake = since(ClockId::Monotonic);
        since(ClockId::Boottime).saturating_sub(awake)
    }
    #[cfg(not(target_os = "linux"))]
    Duration::ZERO
}

impl Collected {
    /// Whether all was done to the target that had to be done by now.
    pub(super) fn is_steered(&self) -> bool {
        self.performed.iter().all(|one| one.problem.is_none())
    }

    /// Waits until every thread has opened its connections, or has given up on some.
    fn await_ready(&mut self, crew: &Crew) {
        let until = Instant::now() + OPENING;
        for _ in 0..crew.size() {
            match crew.hear.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(Message::Ready(open)) => self.opened_first += open,
                Ok(Message::Failed(why)) => self.failures.push(format!("a thread could not go on: {why}")),
                Ok(Message::Tally(_) | Message::Done(_)) | Err(_) => {}
            }
        }
    }

    /// Puts together what is handed over until every thread is done.
    fn gather(
        &mut self,
        (job, crew): (&Job, &Crew),
        (start, longest): (Instant, Duration),
        interrupter: &Interrupter,
        notice: &mut dyn FnMut(&Event<'_>),
    ) {
        let mut told = false;
        let sheet = job.thresholds.iter().any(|threshold| threshold.abort.is_some()).then(|| Sheet::of(job));
        let mut checkpoint = Duration::from_secs(CHECKPOINT);
        while self.missing > self.failures.len() {
            let left = longest.saturating_sub(start.elapsed());
            if interrupter.heard().is_some() && !told {
                told = true;
                notice(&Event::Interrupted);
            }
            // A moment later, when the times of all threads have come.
            if start.elapsed() > checkpoint + MOMENT {
                checkpoint += Duration::from_secs(CHECKPOINT);
                self.duration = start.elapsed();
                notice(&Event::Checkpoint(self));
            }
            match crew.hear.recv_timeout(left.min(Duration::from_millis(200))) {
                Ok(Message::Tally(tally)) => {
                    let second = tally.second;
                    self.add(*tally, crew.size(), notice);
                    self.duration = start.elapsed();
                    self.weigh(sheet.as_ref(), second, crew, notice);
                }
                Ok(Message::Done(tally)) => {
                    self.add(*tally, crew.size(), notice);
                    self.missing -= 1;
                }
                Ok(Message::Failed(why)) => {
                    self.failures.push(format!("a thread could not go on: {why}"));
                    crew.brake.pull(Stop::Drain);
                }
                Err(RecvTimeoutError::Timeout) if left.is_zero() => return,
                Ok(Message::Ready(_)) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Ends it where a threshold does not hold that is to end it, once a second is complete and its grace is over. What
    /// was not measured yet ends nothing.
    fn weigh(&mut self, sheet: Option<&Sheet>, second: u64, crew: &Crew, notice: &mut dyn FnMut(&Event<'_>)) {
        let Some(job) = sheet else { return };
        let complete = self.seconds.get(&second).is_some_and(|sum| sum.threads == crew.size());
        if !complete || self.broken.is_some() {
            return;
        }
        let measured = Duration::from_secs(second + 1).saturating_sub(job.warm_up);
        let figures = measured::Figures { job, collected: self };
        let breaks = |threshold: &Threshold| {
            let weighed = threshold.weigh(&figures);
            weighed.figure.is_some() && weighed.bound.is_some() && !weighed.met
        };
        let due = |threshold: &Threshold| threshold.abort.is_some_and(|grace| measured >= grace);
        let broken = job.thresholds.iter().position(|threshold| due(threshold) && breaks(threshold));
        if let Some(threshold) = broken.and_then(|number| job.thresholds.get(number)) {
            self.broken = broken;
            crew.brake.pull(Stop::Drain);
            notice(&Event::Broken(threshold));
        }
    }

    fn add(&mut self, tally: Tally, threads: usize, notice: &mut dyn FnMut(&Event<'_>)) {
        let second = self.seconds.entry(tally.second).or_default();
        second.threads += 1;
        second.cpu.push((tally.cpu, tally.span));
        second.response.add(&tally.response);
        second.lag.add(&tally.lag);
        for (sums, counts) in [(&mut self.warm_up, &tally.warm_up), (&mut self.measured, &tally.measured)] {
            for (sum, counts) in sums.iter_mut().zip(counts) {
                *sum += counts;
                second.counts += counts;
            }
        }
        if second.threads == threads {
            notice(&Event::Second(tally.second, second));
            second.close(self.shard);
        }
        if let Some(finals) = &tally.finals {
            self.add_times(finals);
        }
        self.lag.add(&tally.lag);
        self.wires += &tally.wires;
        self.cpu += tally.cpu;
        self.stall = self.stall.max(tally.stall);
        self.problem = self.problem.take().or(tally.problem);
        for surprise in tally.surprises {
            let same = |one: &Surprise| one.class == surprise.class && one.outcome == surprise.outcome;
            if !self.surprises.iter().any(same) {
                notice(&Event::Surprise(&surprise));
            }
            self.surprises.push(surprise);
        }
    }

    fn add_times(&mut self, finals: &Finals) {
        self.warm_up_times.add(&finals.warm_up);
        self.connecting.add(&finals.connecting);
        self.times.iter_mut().zip(&finals.times).for_each(|(own, times)| own.add(times));
    }

    /// All classes together.
    pub fn total(&self) -> Counts {
        self.measured.iter().fold(Counts::default(), |mut sum, counts| {
            sum += counts;
            sum
        })
    }

    /// All classes together: the warm-up.
    pub fn total_warm_up(&self) -> Counts {
        self.warm_up.iter().fold(Counts::default(), |mut sum, counts| {
            sum += counts;
            sum
        })
    }

    fn settle(&mut self) {
        self.measured.iter_mut().chain(&mut self.warm_up).for_each(Counts::settle);
    }

    /// What it would be if all ended now: what has come to nothing yet is under way.
    pub(super) fn settled(&self) -> Self {
        let mut settled = self.clone();
        settled.settle();
        (settled.going_on, settled.missing) = (true, 0);
        settled
    }

    /// The times of some classes, put together.
    pub(super) fn times_of(&self, classes: impl Iterator<Item = usize>) -> ClassTimes {
        let mut together = ClassTimes::default();
        classes.filter_map(|class| self.times.get(class)).for_each(|times| together.add(times));
        together
    }
}
