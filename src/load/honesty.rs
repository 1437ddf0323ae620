//! Whether what was measured is the target, and not the generator: where it is not, the result is void, and says why.

use super::collect::Collected;
use super::format::Model;
use super::job::Job;
use super::number::share;

/// How far the generator may fall behind before its result is void.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The 99th percentile of its lag, in microseconds; a tenth of the median response time is allowed in any case.
    pub lag_us: u64,
    /// How much of a processor a thread may use, in percent, in all but one of twenty seconds.
    pub cpu_percent: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { lag_us: 1000, cpu_percent: 85 }
    }
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
    let median = collected.times_of(0..job.classes.len()).response.at(50.0).unwrap_or(0);
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
