//! What the shards come to together.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::part::Part;
use super::seconds;
use crate::contract::Keyring;
use crate::load::collect::Collected;
use crate::load::conclude::{Conclusion, Header, concluded, counts, derived_notices, wires};
use crate::load::format::Model;
use crate::load::honesty::{Limits, Surroundings};
use crate::load::sheet::{ClassSheet, KeyLife, Sheet};
use crate::load::tally::{ClassTimes, Counts};
use crate::load::threshold;
use crate::load::written::Recorded;
use crate::outcome::load::{Class, LoadModel, LoadResult, LoadVerdict};
use crate::outcome::{ContractInfo, ExitCode};
use crate::redact::Redactor;
use crate::runner::Signal;

type Parts = BTreeMap<u64, Part>;

/// All times of all shards, added up.
pub(super) fn recorded(parts: &Parts) -> Recorded {
    let mut sum = Recorded::default();
    for part in parts.values() {
        sum.classes.resize_with(part.times.classes.len(), ClassTimes::default);
        sum.classes.iter_mut().zip(&part.times.classes).for_each(|(sum, times)| sum.add(times));
        sum.warm_up.add(&part.times.warm_up);
        sum.lag.add(&part.times.lag);
        sum.connecting.add(&part.times.connecting);
    }
    sum
}

/// When the first of them began.
pub(super) fn started(parts: &Parts) -> &str {
    parts.values().map(|part| part.result.started.as_str()).min().unwrap_or_default()
}

/// What they come to.
pub(super) fn conclude(parts: &Parts) -> Conclusion {
    let results: Vec<&LoadResult> = parts.values().map(|part| &part.result).collect();
    let sheet = sheet(&results);
    let mut collected = collected(&results, recorded(parts));
    let absent = absent(parts);
    collected.going_on |= !absent.is_empty();
    let header = Header {
        contract: results.first().map_or_else(no_contract, |first| first.contract.clone()),
        started: started(parts).to_owned(),
        notices: notices(parts, &absent),
        limits: Limits::default(),
        surroundings: Surroundings::default(),
        answered: None,
        ceiling: None,
    };
    let causes = parts.values().flat_map(|part| {
        let of = of(part);
        part.result.generator.causes.iter().map(move |cause| format!("{of}{cause}"))
    });
    let causes = causes.collect();
    let mut conclusion = concluded(header, &sheet, &collected, causes);
    let result = &mut conclusion.result;
    result.whole = absent.is_empty() && results.iter().all(|one| one.whole);
    result.seconds = seconds::told(parts);
    result.surprises = results.iter().flat_map(|one| one.surprises.clone()).collect();
    result.timeline = results.iter().flat_map(|one| one.timeline.clone()).collect();
    result.parts = results.into_iter().cloned().collect();
    conclusion
}

fn no_contract() -> ContractInfo {
    let (api, file) = (String::new(), String::new());
    ContractInfo { api, file, environments: Vec::new(), operations: Vec::new(), credentials: Vec::new() }
}

/// The numbers of the shards that are not there.
fn absent(parts: &Parts) -> Vec<String> {
    let of = parts.values().next().map_or(0, |part| part.shard().of);
    (1..=of).filter(|number| !parts.contains_key(number)).map(|number| number.to_string()).collect()
}

/// Which shard says something, before what it says.
fn of(part: &Part) -> String {
    let shard = part.shard();
    if shard.of == 1 { String::new() } else { format!("shard {}/{}: ", shard.number, shard.of) }
}

/// What a reader must know: what is missing, what all shards say, and what some of them say. What follows from counts is
/// said anew, about all of them.
fn notices(parts: &Parts, absent: &[String]) -> Vec<String> {
    let mut notices = Vec::new();
    if !absent.is_empty() {
        let of = parts.values().next().map_or(0, |part| part.shard().of);
        notices.push(format!("a part of the plan: of {of} shards, these are missing: {}", absent.join(", ")));
    }
    let told: Vec<(String, BTreeSet<String>)> =
        parts.values().map(|part| (of(part), own_notices(part))).collect();
    let everywhere = |notice: &String| told.iter().all(|(_, own)| own.contains(notice));
    for (number, (of, own)) in told.iter().enumerate() {
        let common = own.iter().filter(|notice| number == 0 && everywhere(notice));
        notices.extend(common.cloned());
        notices.extend(own.iter().filter(|notice| !everywhere(notice)).map(|notice| format!("{of}{notice}")));
    }
    notices
}

fn own_notices(part: &Part) -> BTreeSet<String> {
    let alone = [&part.result];
    let derived = derived_notices(&sheet(&alone), &collected(&alone, part.times.clone()));
    let own = part.result.notices.iter().map(|notice| notice.as_str().to_owned());
    own.filter(|notice| !derived.iter().any(|other| other.as_str() == notice)).collect()
}

fn sheet(results: &[&LoadResult]) -> Sheet {
    let sum = |of: &dyn Fn(&LoadResult) -> usize| results.iter().map(|one| of(one)).sum();
    let longest = |of: &dyn Fn(&LoadResult) -> u64| {
        Duration::from_micros(results.iter().map(|one| of(one)).max().unwrap_or(0))
    };
    let first = results.first();
    let mut identity = first.map(|first| first.identity.clone()).unwrap_or_default();
    identity.shard = None;
    let thresholds = first.map_or(&[][..], |first| &first.thresholds);
    let model = first.map_or(LoadModel::Open, |first| first.model);
    Sheet {
        name: first.map(|first| first.plan.clone()).unwrap_or_default(),
        title: first.map(|first| first.title.clone()).unwrap_or_default(),
        identity,
        model: if model == LoadModel::Open { Model::Open } else { Model::Closed },
        target: first.map(|first| first.target.clone()).unwrap_or_default(),
        authorized: results.iter().find_map(|one| one.authorized.clone()),
        seed: first.map_or(0, |first| first.seed),
        planned: (model == LoadModel::Open).then(|| results.iter().map(|one| one.planned).sum()),
        span: longest(&|one| one.span_us),
        warm_up: longest(&|one| one.warm_up_us),
        alone: longest(&|one| one.alone_us),
        classes: first.map_or(&[][..], |first| &first.classes).iter().map(class).collect(),
        thresholds: thresholds
            .iter()
            .filter_map(|one| threshold::parse(one.threshold.as_str()).ok())
            .collect(),
        acts: Vec::new(),
        threads: sum(&|one| one.generator.threads),
        connections: sum(&|one| one.generator.connections),
        timeout: longest(&|one| one.generator.timeout_us),
        // What comes from results has been redacted when they were made.
        redactor: Redactor::new(&Keyring::default()),
    }
}

fn class(class: &Class) -> ClassSheet {
    ClassSheet {
        name: class.name.clone(),
        entry: class.entry.clone(),
        operation: class.operation.clone(),
        credential: class.credential.clone(),
        accepts: class.accepts,
        turn: class.turn,
        expected: class.expected.clone(),
        key: if class.outlived_us.is_some() { KeyLife::Ends } else { KeyLife::Lasts },
    }
}

fn collected(results: &[&LoadResult], times: Recorded) -> Collected {
    let classes = results.first().map_or(0, |first| first.classes.len());
    let mut sum = Collected {
        measured: vec![Counts::default(); classes],
        warm_up: vec![Counts::default()],
        times: times.classes,
        warm_up_times: times.warm_up,
        lag: times.lag,
        connecting: times.connecting,
        ..Collected::default()
    };
    for result in results {
        sum.measured.iter_mut().zip(&result.classes).for_each(|(sum, class)| *sum += &counts(class));
        if let (Some(own), Some(class)) = (sum.warm_up.first_mut(), &result.warm_up) {
            *own += &counts(class);
        }
        sum.wires += &wires(result);
        let generator = &result.generator;
        sum.cpu += generator.cpu_us * 1000;
        sum.stall = sum.stall.max(generator.stall_us * 1000);
        sum.opened_first += generator.connections;
        sum.missing += generator.lost_threads;
        sum.going_on |= !result.whole;
        sum.duration = sum.duration.max(Duration::from_millis(result.duration_ms));
        sum.signal = sum.signal.or_else(|| signal(result));
        if result.verdict == LoadVerdict::Error {
            sum.failures.push("the process of a shard ended with an error of its own".to_owned());
        }
    }
    sum
}

fn signal(result: &LoadResult) -> Option<Signal> {
    match result.exit_code {
        code if code == ExitCode::Interrupted.code() => Some(Signal::Interrupt),
        code if code == ExitCode::Terminated.code() => Some(Signal::Terminate),
        _ => None,
    }
}
