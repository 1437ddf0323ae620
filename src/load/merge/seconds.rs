//! The seconds of shards, put together: counts and histograms added up, figures told of the sums.

use std::collections::{BTreeMap, BTreeSet};

use super::part::Part;
use crate::load::packed::{Packed, SecondTimes};
use crate::load::times::Times;
use crate::outcome::load::{LoadResult, Second};

type Parts = BTreeMap<u64, Part>;

/// The seconds as a result tells them.
pub(super) fn told(parts: &Parts) -> Vec<Second> {
    let results = || parts.values().map(|part| &part.result);
    let threads = |one: &LoadResult| u64::try_from(one.generator.threads).unwrap_or(1);
    let all_threads = results().map(threads).sum::<u64>().max(1);
    let mut sums: BTreeMap<u64, Second> = BTreeMap::new();
    let mut busy: BTreeMap<u64, u64> = BTreeMap::new();
    for (result, second) in results().flat_map(|one| one.seconds.iter().map(move |second| (one, second))) {
        *busy.entry(second.second).or_default() += second.cpu_percent * threads(result);
        match sums.entry(second.second) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(second.clone());
            }
            std::collections::btree_map::Entry::Occupied(mut place) => add(place.get_mut(), second),
        }
    }
    for (number, second) in &mut sums {
        second.cpu_percent = busy.get(number).copied().unwrap_or(0) / all_threads;
        if parts.len() > 1 {
            let (response, lag) = (responses(parts, *number), lags(parts, *number));
            second.p50_us = response.as_ref().and_then(|times| times.percentile(50.0));
            second.p99_us = response.as_ref().and_then(|times| times.percentile(99.0));
            second.lag_p99_us = lag.and_then(|times| times.at(99.0));
        }
    }
    sums.into_values().collect()
}

fn add(sum: &mut Second, other: &Second) {
    let Second { sent, completed, right_accept, right_refusal, false_accept, false_refusal, .. } = other;
    sum.sent += sent;
    sum.completed += completed;
    sum.right_accept += right_accept;
    sum.right_refusal += right_refusal;
    sum.false_accept += false_accept;
    sum.false_refusal += false_refusal;
    sum.shed += other.shed;
    sum.broken += other.broken;
    sum.timed_out += other.timed_out;
    sum.late += other.late;
    sum.dropped += other.dropped;
    sum.max_us = sum.max_us.max(other.max_us);
}

/// The times of every second, put together.
pub(super) fn together(parts: &Parts) -> BTreeMap<u64, SecondTimes> {
    let numbers: BTreeSet<u64> = parts.values().flat_map(|part| part.times.seconds.keys().copied()).collect();
    let pack = |times: Option<Times>| times.map_or_else(Packed::default, |times| Packed::of(&times));
    let one = |number| {
        let (response, lag) = (pack(responses(parts, number)), pack(lags(parts, number)));
        (number, SecondTimes { response, lag })
    };
    numbers.into_iter().map(one).collect()
}

/// The response times of a second.
fn responses(parts: &Parts, number: u64) -> Option<Times> {
    sum(parts, number, (|second| second.max_us.is_some(), |times| &times.response))
}

/// How late the generators were in a second.
fn lags(parts: &Parts, number: u64) -> Option<Times> {
    sum(parts, number, (|second| second.lag_p99_us.is_some(), |times| &times.lag))
}

/// How it is known that there are times of one kind, and where they are.
type Kind = (fn(&Second) -> bool, fn(&SecondTimes) -> &Packed);

/// The times of one kind of all shards; nothing where a shard has such times and did not write them down.
fn sum(parts: &Parts, number: u64, (has, of): Kind) -> Option<Times> {
    let mut sum = Times::default();
    for part in parts.values() {
        let packed = part.times.seconds.get(&number).map(of).filter(|packed| !packed.is_empty());
        let told = &part.result.seconds;
        let second =
            told.binary_search_by_key(&number, |second| second.second).ok().and_then(|at| told.get(at));
        match packed {
            Some(packed) => sum.add(&packed.times()),
            None if second.is_some_and(has) => return None,
            None => {}
        }
    }
    Some(sum)
}
