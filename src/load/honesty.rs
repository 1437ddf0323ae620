//! Whether what was measured is the target, and not the generator: where it is not, the result is void, and says why.

use std::time::Duration;

use super::collect::Collected;
use super::format::Model;
use super::job::Job;
use super::number::{real, share};

/// How far the generator may fall behind before its result is void.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The 99th percentile of its lag, in microseconds; a tenth of the median service time is allowed in any case.
    pub lag_us: u64,
    /// How much of a processor a thread may use, in percent, in all but one of twenty seconds.
    pub cpu_percent: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lag_us: 1000, cpu_percent: 85 }
    }
}

/// What happened around the generator, as the system tells it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// How long the generator's control group was denied a processor that it had work for (`cpu.stat`).
    pub throttled: Duration,
}

impl Surroundings {
    /// What happened since an earlier moment.
    #[must_use]
    pub fn since(self, earlier: Self) -> Self {
        Self { throttled: self.throttled.saturating_sub(earlier.throttled) }
    }

    /// Of the file `cpu.stat` of a control group, of either version; nothing where it says nothing about it.
    pub fn parse(stat: &str) -> Option<Self> {
        let value = |name: &str| {
            let line = stat.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            line.and_then(|number| number.trim().parse::<u64>().ok())
        };
        let micros = value("throttled_usec").map(Duration::from_micros);
        let throttled = micros.or_else(|| value("throttled_time").map(Duration::from_nanos))?;
        Some(Self { throttled })
    }
}

/// Of so much of its time, a generator may be denied a processor for one part.
const THROTTLED_PART: u32 = 100;
/// A machine that slept for so long slept.
const SLEPT: Duration = Duration::from_millis(100);

/// Why a result is void that lies in nothing the generator did.
pub(super) fn around(collected: &Collected, surroundings: Surroundings) -> Vec<String> {
    let mut causes = Vec::new();
    let throttled = surroundings.throttled;
    if throttled * THROTTLED_PART > collected.duration && !throttled.is_zero() {
        causes.push(format!(
            "the system denied the generator a processor for {} ms (throttling of its control group): raise the limit of its \
             container, or ask for less",
            throttled.as_millis()
        ));
    }
    if collected.slept > SLEPT {
        let slept = collected.slept.as_millis();
        causes.push(format!("the machine slept for {slept} ms: no time that spans that means anything"));
    }
    causes
}

/// How much of what a generator can do a plan may ask of it, in percent.
const NEAR: f64 = 70.0;

/// What to tell where a plan asks for nearly all that the generator can send, in requests a second.
pub(super) fn near(job: &Job, ceiling: f64) -> Option<String> {
    let own = job.schedule.as_ref()?.peak() / real(job.settings.shard.of());
    let part = own / ceiling * 100.0;
    (part > NEAR).then(|| {
        format!(
            "the plan asks for {own:.0} requests a second at its peak, {part:.0} % of what the generator was calibrated to: \
             above {NEAR:.0} % times may be its own"
        )
    })
}

/// Of so many seconds, one may be too busy.
const BUSY_SECONDS: u64 = 20;
/// A thread that did not run for so long was stopped, in nanoseconds.
const STOPPED: u64 = 1_000_000_000;

/// Why a result is void; empty where it is not.
pub(super) fn causes(job: &Job, collected: &Collected, limits: Limits) -> Vec<String> {
    let mut causes = Vec::new();
    causes.extend(lag(job, collected, limits));
    causes.extend(cpu(collected, limits));
    if collected.stall > STOPPED {
        let stall = collected.stall / 1_000_000;
        causes.push(format!("the generator did not run for {stall} ms: it was stopped, or starved"));
    }
    let wires = &collected.wires;
    if wires.no_file > 0 {
        let hint = "raise the limit of open files (ulimit -n), or use fewer connections";
        causes.push(format!("no file was left for {} connections (EMFILE): {hint}", wires.no_file));
    }
    if wires.no_port > 0 {
        let hint = "too many new connections to one address; keep them open, or use more addresses";
        causes.push(format!("no port was left for {} connections (EADDRNOTAVAIL): {hint}", wires.no_port));
    }
    causes
}

fn lag(job: &Job, collected: &Collected, limits: Limits) -> Option<String> {
    if job.model == Model::Closed {
        return None;
    }
    let lag = collected.lag.at(99.0)?;
    // Not the response time: that is long where the generator is late, and would excuse what it should accuse.
    let median = collected.times_of(0..job.classes.len()).service.at(50.0).unwrap_or(0);
    let most = limits.lag_us.max(median / 10);
    (lag > most).then(|| {
        let hint = "give it more of the processor, more --threads, or a lower rate";
        format!("the generator was late by {lag} us (99th percentile), and {most} us are allowed: {hint}")
    })
}

fn cpu(collected: &Collected, limits: Limits) -> Option<String> {
    let all = collected.seconds.values().flat_map(|second| &second.cpu);
    // What is left of a second at the end says little.
    let whole: Vec<_> = all.filter(|(_, span)| *span > 500_000_000).collect();
    let busy = whole.iter().filter(|(cpu, span)| cpu * 100 > span * limits.cpu_percent).count();
    let (busy, of) = (u64::try_from(busy).unwrap_or(0), u64::try_from(whole.len()).unwrap_or(0));
    (limits.cpu_percent < 100 && busy * BUSY_SECONDS > of).then(|| {
        let part = share(busy, of).unwrap_or(0.0) * 100.0;
        let hint = "its own speed is what was measured; give it more --threads, or ask for less";
        format!(
            "the generator used over {} % of a processor in {part:.0} % of the time: {hint}",
            limits.cpu_percent
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling_is_read_as_either_kind_of_control_group_tells_it() {
        let second = "usage_usec 5\nnr_periods 9\nnr_throttled 3\nthrottled_usec 1500000\nnr_bursts 0\n";
        let first = "nr_periods 9\nnr_throttled 3\nthrottled_time 1500000000\n";
        let expected = Surroundings { throttled: Duration::from_millis(1500) };
        assert_eq!(
            (Surroundings::parse(second), Surroundings::parse(first)),
            (Some(expected), Some(expected))
        );
        assert_eq!(Surroundings::parse("usage_usec 5\n"), None);
        assert_eq!(
            expected.since(Surroundings { throttled: Duration::from_secs(1) }).throttled.as_millis(),
            500
        );
    }

    #[test]
    fn a_generator_that_was_denied_a_processor_names_it() {
        let run = Collected { duration: Duration::from_secs(10), ..Collected::default() };
        let throttled = |millis| Surroundings { throttled: Duration::from_millis(millis) };
        assert_eq!(around(&run, throttled(100)), Vec::<String>::new());
        let causes = around(&run, throttled(101));
        assert!(causes.iter().any(|cause| cause.contains("throttling of its control group")), "{causes:?}");
    }

    #[test]
    fn a_machine_that_slept_names_it() {
        let slept = |millis| Collected { slept: Duration::from_millis(millis), ..Collected::default() };
        assert!(around(&slept(100), Surroundings::default()).is_empty());
        assert!(
            around(&slept(5000), Surroundings::default())
                .iter()
                .any(|cause| cause.contains("slept for 5000 ms"))
        );
    }
}
