//! From what was collected to what is concluded: the result that reports know, and the exit code.

mod counted;
mod timeline;
mod weigh;
mod words;

use counted::{breakages, connections, counted};
pub(super) use counted::{counts, wires};

use super::collect::Collected;
use super::engine::TICK;
use super::format::Model;
use super::honesty::{self, Limits, Surroundings};
use super::job::Job;
use super::measured::Figures;
use super::number::{real, share, whole};
use super::second::SecondSum;
use super::sheet::{ClassSheet, KeyLife, Sheet};
use super::tally::{ClassTimes, Counts, Surprise};
use super::times::Times;
use super::verdict::Outcome;
use crate::outcome::load::{
    self, Generator, LOAD_FORMAT, LoadModel, LoadResult, LoadVerdict, Percentiles, Range, Second,
    ThresholdResult, Turn,
};
use crate::outcome::{ContractInfo, ExitCode, Redacted, Tool};
use crate::runner::evidence;

/// What a result says beside what was collected.
#[derive(Clone, Debug)]
pub struct Header {
    /// The contract.
    pub contract: ContractInfo,
    /// When it began, in UTC (RFC 3339).
    pub started: String,
    /// What a reader must know first.
    pub notices: Vec<String>,
    /// How far the generator may fall behind.
    pub limits: Limits,
    /// What happened around the generator.
    pub surroundings: Surroundings,
    /// How many requests a second the generator was found to be able to send here, where that was measured.
    pub ceiling: Option<f64>,
    /// How many requests the reference server says to have answered, where it was the target.
    pub answered: Option<u64>,
}

/// The whole result, and how the program is to end.
#[derive(Clone, Debug)]
pub struct Conclusion {
    /// The result.
    pub result: LoadResult,
    /// How to end.
    pub exit: ExitCode,
}

/// Concludes a load.
pub fn conclude(mut header: Header, job: &Job, collected: &Collected) -> Conclusion {
    let mut causes = honesty::causes(job, collected, header.limits);
    causes.extend(honesty::around(collected, header.surroundings));
    header.notices.extend(header.ceiling.and_then(|ceiling| honesty::near(job, ceiling)));
    concluded(header, &Sheet::of(job), collected, causes)
}

/// The same of a load that is going on: all that is left should the program be killed.
pub fn checkpoint(mut header: Header, job: &Job, collected: &Collected) -> Conclusion {
    let words = "a checkpoint: the load was still going on when this was written";
    header.notices.push(words.to_owned());
    let mut conclusion = conclude(header, job, &collected.settled());
    conclusion.result.whole = false;
    conclusion
}

/// Concludes what was collected, void for some causes or for none.
pub(super) fn concluded(
    header: Header,
    job: &Sheet,
    collected: &Collected,
    causes: Vec<String>,
) -> Conclusion {
    let total = collected.total();
    let planned = job.planned.unwrap_or(total.sent + total.dropped);
    let thresholds = thresholds(job, collected);
    let mismatches = weigh::mismatches(collected, planned, header.answered);
    let (verdict, exit) = weigh::weigh(collected, (&causes, &mismatches), &thresholds);
    let notices = words::notices(header.notices, job, collected, &mismatches);
    let weighed = Weighed { planned, causes, thresholds, notices, verdict, exit };
    Conclusion { result: result((header.contract, header.started), job, collected, weighed), exit }
}

/// What was concluded, before it is written down.
struct Weighed {
    planned: u64,
    causes: Vec<String>,
    thresholds: Vec<ThresholdResult>,
    notices: Vec<Redacted>,
    verdict: LoadVerdict,
    exit: ExitCode,
}

fn result(
    (contract, started): (ContractInfo, String),
    job: &Sheet,
    collected: &Collected,
    weighed: Weighed,
) -> LoadResult {
    let (total, all) = (collected.total(), collected.times_of(0..job.classes.len()));
    counted!(&total => LoadResult {
        format: LOAD_FORMAT.to_owned(),
        tool: tool(),
        contract,
        identity: job.identity.clone(),
        whole: true,
        plan: job.name.clone(),
        title: job.title.clone(),
        model: if job.model == Model::Open { LoadModel::Open } else { LoadModel::Closed },
        target: job.target.clone(),
        authorized: job.authorized.clone(),
        seed: job.seed,
        started,
        duration_ms: u64::try_from(collected.duration.as_millis()).unwrap_or(u64::MAX),
        span_us: micros(job.span),
        warm_up_us: micros(job.warm_up),
        alone_us: micros(job.alone),
        verdict: weighed.verdict,
        exit_code: weighed.exit.code(),
        notices: weighed.notices,
        planned: weighed.planned,
        in_flight: total.in_flight,
        not_started: weighed.planned.saturating_sub(total.sent + total.dropped),
        breakages: breakages(&total),
        generator: generator(job, collected, weighed.causes),
        response_time_us: percentiles(&all.response),
        service_time_us: percentiles(&all.service),
        distribution: distribution(&all.response),
        warm_up: (!job.warm_up.is_zero()).then(|| warm_up(collected)),
        classes: classes(job, collected),
        seconds: collected.seconds.iter().map(|(number, sum)| second(*number, sum)).collect(),
        connections: connections(&collected.wires, &collected.connecting),
        timeline: timeline::results(job, collected),
        thresholds: weighed.thresholds,
        surprises: collected.surprises.iter().map(|one| surprise(job, one)).collect(),
        parts: Vec::new(),
    })
}

fn tool() -> Tool {
    Tool { name: "lockproof".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() }
}

/// The notices that follow from what was collected.
pub(super) fn derived_notices(job: &Sheet, collected: &Collected) -> Vec<Redacted> {
    words::notices(Vec::new(), job, collected, &[])
}

fn micros(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn thresholds(job: &Sheet, collected: &Collected) -> Vec<ThresholdResult> {
    let figures = Figures { job, collected };
    let weighed = job.thresholds.iter().map(|threshold| (threshold, threshold.weigh(&figures)));
    weighed
        .enumerate()
        .map(|(number, (threshold, weighed))| ThresholdResult {
            threshold: job.redactor.redact(&threshold.text),
            // What ended the run was missed, whatever came in while that ended.
            met: weighed.met && collected.broken != Some(number),
            actual: words::actual(threshold, weighed),
        })
        .collect()
}

fn generator(job: &Sheet, collected: &Collected, causes: Vec<String>) -> Generator {
    let sent = collected.total().sent + collected.total_warm_up().sent;
    Generator {
        cpu_us: collected.cpu / 1000,
        cpu_us_per_request: share(collected.cpu, sent).map(|nanos| (nanos / 10.0).round() / 100.0),
        lag_p99_us: collected.lag.at(99.0),
        valid: causes.is_empty(),
        causes,
        threads: job.threads,
        lost_threads: collected.missing,
        connections: job.connections,
        tick_us: TICK / 1000,
        stall_us: collected.stall / 1000,
        timeout_us: micros(job.timeout),
        second_looks: collected.wires.second_looks,
        missed: collected.wires.missed,
    }
}

fn percentiles(times: &Times) -> Percentiles {
    Percentiles {
        count: times.count(),
        p50: times.percentile(50.0),
        p75: times.percentile(75.0),
        p90: times.percentile(90.0),
        p99: times.percentile(99.0),
        p999: times.percentile(99.9),
        max: times.longest(),
    }
}

/// Ranges that grow by a half or so: 1, 1.5, 2, 3, 5, 7 and 10 of every power of ten.
fn distribution(times: &Times) -> Vec<Range> {
    let mut ranges = Vec::new();
    let mut from = 1;
    for power in 0..9 {
        for step in [15, 20, 30, 50, 70, 100] {
            let to = 10_u64.pow(power) * step / 10;
            let count = times.between(from, to.saturating_sub(1).max(from));
            if to > from && count > 0 {
                ranges.push(Range { from_us: from, to_us: to, count });
            }
            from = to.max(from);
        }
    }
    ranges
}

fn classes(job: &Sheet, collected: &Collected) -> Vec<load::Class> {
    let numbered = job.classes.iter().enumerate();
    let known = numbered.filter_map(|(number, class)| {
        Some((class, collected.measured.get(number)?, collected.times.get(number)?))
    });
    known.map(|(class, counts, times)| result_of(Some(class), (counts, times))).collect()
}

fn warm_up(collected: &Collected) -> load::Class {
    result_of(None, (&collected.total_warm_up(), &collected.warm_up_times))
}

fn result_of(class: Option<&ClassSheet>, (counts, times): (&Counts, &ClassTimes)) -> load::Class {
    counted!(counts => load::Class {
        name: class.map_or_else(|| "warm-up".to_owned(), |class| class.name.clone()),
        operation: class.and_then(|class| class.operation.clone()),
        credential: class.and_then(|class| class.credential.clone()),
        entry: class.map_or_else(String::new, |class| class.entry.clone()),
        accepts: class.is_some_and(|class| class.accepts),
        turn: class.map_or(Turn::InTheMix, |class| class.turn),
        expected: class.map_or_else(|| Redacted::fixed(""), |class| class.expected.clone()),
        in_flight: counts.in_flight,
        breakages: breakages(counts),
        response_time_us: percentiles(&times.response),
        service_time_us: percentiles(&times.service),
        other_response_time_us: percentiles(&times.other_response),
        outlived_us: class.filter(|class| class.key == KeyLife::Ends).map(|_| percentiles(&times.outlived)),
    })
}

/// One second, as results have it.
pub(super) fn second(number: u64, sum: &SecondSum) -> Second {
    let (counts, figures) = (&sum.counts, sum.figures());
    let (cpu, span) = sum.cpu.iter().fold((0, 0), |(cpu, span), (c, s)| (cpu + c, span + s));
    counted!(counts => Second {
        second: number,
        p50_us: figures.p50,
        p99_us: figures.p99,
        max_us: figures.max,
        lag_p99_us: figures.lag_p99,
        cpu_percent: whole(share(cpu, span).unwrap_or(0.0) * 100.0),
    })
}

fn surprise(job: &Sheet, surprise: &Surprise) -> load::Surprise {
    let class = job.classes.get(surprise.class);
    load::Surprise {
        kind: surprise.kind(),
        class: class.map_or_else(String::new, |class| class.name.clone()),
        at_ms: whole(real(surprise.at) / 1e6),
        expected: class.map_or_else(|| Redacted::fixed(""), |class| class.expected.clone()),
        actual: job.redactor.redact(&surprise.actual).truncated(2048),
        exchange: surprise.exchange.as_ref().map(|exchange| evidence(exchange, &job.redactor)),
    }
}
