//! Two loads: latency by class, throughput, wrong verdicts and what came to nothing, each with the statistics that a
//! difference needs.
//!
//! A difference counts where it is hardly chance and large enough to matter: two runs of one target differ a little too,
//! and with millions of answers even that is no chance.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shares::{Share, share};
use super::{Compared, Trend};
use crate::judge::statistics::{self, Buckets, Sorted, proportions, shift, tail};
use crate::outcome::LoadResult;
use crate::outcome::load::{Class, LoadVerdict};

/// How likely a difference may come about by chance, over all comparisons together.
const ALPHA: f64 = 0.01;
/// How much likelier a time must be to be the longer one, as Cliff's delta: a medium effect.
const EFFECT: f64 = 0.33;
/// By what part of itself a median must have moved, and by how many microseconds at the least.
const MEDIAN_PART: f64 = 0.1;
const MEDIAN_US: f64 = 50.0;
/// What is looked at as the tail, which share of the later times must be beyond it, and how much longer it must be.
const TAIL: f64 = 0.99;
const TAIL_SHARE: f64 = 0.03;
const TAIL_PART: f64 = 1.5;
/// The fewest answers of a class that are compared.
const FEWEST: u64 = 100;
/// By what part of itself throughput must have moved.
const RATE_PART: f64 = 0.05;

/// A load, and the response times of its classes: how often each time came, in microseconds.
#[derive(Clone, Debug)]
pub struct Measured {
    /// The result.
    pub result: LoadResult,
    /// The times.
    pub times: BTreeMap<String, Vec<(u64, u64)>>,
}

/// How two loads compare.
#[derive(Clone, Debug, Serialize)]
pub struct LoadComparison {
    /// The name and version of this format.
    pub format: &'static str,
    /// The earlier load.
    pub old: String,
    /// The later one.
    pub new: String,
    /// What a reader must know before trusting anything below.
    pub notices: Vec<String>,
    /// Whether anything follows: not where a result is void, inconclusive, a checkpoint, interrupted or one shard of
    /// several.
    pub valid: bool,
    /// What each came to.
    pub verdicts: Verdicts,
    /// How many right answers came in a second.
    pub throughput: Throughput,
    /// The classes that both have.
    pub classes: Vec<ClassComparison>,
    /// Classes that are gone.
    pub vanished: Vec<String>,
    /// Classes that were not there.
    pub appeared: Vec<String>,
    /// Thresholds that are missed, and were not.
    pub newly_missed: Vec<String>,
}

/// What two loads came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Verdicts {
    /// The earlier one.
    pub old: LoadVerdict,
    /// The later one.
    pub new: LoadVerdict,
}

impl Verdicts {
    /// Whether the later load was wrong and the earlier was not: in its warm-up, or by what came unasked, as well.
    pub fn are_newly_wrong(self) -> bool {
        self.new == LoadVerdict::Wrong && self.old != LoadVerdict::Wrong
    }
}

/// Right answers in a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Throughput {
    /// Of the earlier load.
    pub old: f64,
    /// Of the later one.
    pub new: f64,
    /// How likely so large a difference comes about by chance, second by second; nothing where there are too few.
    pub p: Option<f64>,
    /// Whether it is less, by enough to matter, and hardly by chance.
    pub less: bool,
}

/// How a class compares.
#[derive(Clone, Debug, Serialize)]
pub struct ClassComparison {
    /// Its name.
    pub name: String,
    /// How long its answers took; nothing where there are too few.
    pub latency: Option<Latency>,
    /// Wrong verdicts of the earlier load: false acceptances and false refusals.
    pub old_wrong: u64,
    /// The same of the later one.
    pub new_wrong: u64,
    /// Whether there are more, and hardly by chance; one false acceptance where there was none is always more.
    pub more_wrong: bool,
    /// Which share of its requests the target was too busy for.
    pub shed: Share,
    /// Which share came to nothing that the contract knows, or to no whole answer.
    pub broken: Share,
    /// Which share had no whole answer in time.
    pub timed_out: Share,
}

/// How two distributions of response times compare.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// The median of the earlier load, in microseconds.
    pub old_p50_us: u64,
    /// The same of the later one.
    pub new_p50_us: u64,
    /// The 99th percentile of the earlier load.
    pub old_p99_us: u64,
    /// The same of the later one.
    pub new_p99_us: u64,
    /// How much likelier a later time is the longer one, from -1 to 1 (Cliff's delta).
    pub delta: f64,
    /// How likely so large a difference comes about by chance (Mann-Whitney).
    pub p: f64,
    /// Which share of the later times is beyond the earlier 99th percentile.
    pub tail_share: f64,
    /// How likely so large a share comes about by chance.
    pub tail_p: f64,
    /// What that comes to.
    pub verdict: Pace,
}

/// What two distributions come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As a whole, it takes longer.
    Slower,
    /// As a whole it does not, but more of it takes very long.
    LongerTail,
    /// As a whole, it takes less.
    Faster,
    /// Nothing that counts.
    Same,
}

impl ClassComparison {
    /// What its answers can be besides right and wrong, by name, and how often they are.
    pub fn shares(&self) -> [(&'static str, Share); 3] {
        [("shed", self.shed), ("broken", self.broken), ("timed out", self.timed_out)]
    }

    fn is_worse(&self) -> bool {
        let slow = |latency: Latency| matches!(latency.verdict, Pace::Slower | Pace::LongerTail);
        self.latency.is_some_and(slow) || self.shares().iter().any(|(_, share)| share.more)
    }
}

impl LoadComparison {
    /// Where it goes.
    pub fn trend(&self) -> Trend {
        Trend::of(self)
    }
}

impl Compared for LoadComparison {
    /// A key is judged wrongly that was not, wherever in the load, or a threshold is missed that was not.
    fn has_new_failures(&self) -> bool {
        let missed = self.valid && !self.newly_missed.is_empty();
        missed || self.verdicts.are_newly_wrong() || self.classes.iter().any(|class| class.more_wrong)
    }

    fn is_worse(&self) -> bool {
        self.has_new_failures()
            || !self.vanished.is_empty()
            || self.valid && (self.throughput.less || self.classes.iter().any(ClassComparison::is_worse))
    }
}

/// Compares a later load with an earlier one.
pub fn loads(old: &Measured, new: &Measured) -> LoadComparison {
    let before: BTreeMap<&str, &Class> = by_name(&old.result);
    let after: BTreeMap<&str, &Class> = by_name(&new.result);
    let both: Vec<_> = after.iter().filter_map(|(name, new)| Some((*before.get(name)?, *new))).collect();
    let chance = |each: usize| ALPHA / statistics::number((each * both.len()).max(1));
    let class = |(was, is): &(&Class, &Class)| {
        let (one, other) = (old.times.get(&was.name), new.times.get(&is.name));
        let latency = one.zip(other).and_then(|(one, other)| latency(one, other, chance(2)));
        of_class((was, is), latency, chance(3))
    };
    let missing = |one: &BTreeMap<&str, &Class>, other: &BTreeMap<&str, &Class>| {
        one.keys().filter(|name| !other.contains_key(*name)).map(|name| (*name).to_owned()).collect()
    };
    LoadComparison {
        format: "lockproof-compare-load/1",
        old: named(&old.result),
        new: named(&new.result),
        notices: notices(&old.result, &new.result),
        valid: is_valid(&old.result) && is_valid(&new.result),
        verdicts: Verdicts { old: old.result.verdict, new: new.result.verdict },
        throughput: throughput(&old.result, &new.result),
        classes: both.iter().map(class).collect(),
        vanished: missing(&before, &after),
        appeared: missing(&after, &before),
        newly_missed: newly_missed(&old.result, &new.result),
    }
}

fn by_name(result: &LoadResult) -> BTreeMap<&str, &Class> {
    result.classes.iter().map(|class| (class.name.as_str(), class)).collect()
}

fn of_class((was, is): (&Class, &Class), latency: Option<Latency>, alpha: f64) -> ClassComparison {
    let wrong = |class: &Class| class.false_accept + class.false_refusal;
    let (old_wrong, new_wrong) = (wrong(was), wrong(is));
    let p = proportions((real(old_wrong), real(was.sent)), (real(new_wrong), real(is.sent)));
    let rate = |wrong: u64, class: &Class| real(wrong) / real(class.sent.max(1));
    let more_often = p < ALPHA && rate(new_wrong, is) > rate(old_wrong, was);
    let more_wrong = more_often || (is.false_accept > 0 && was.false_accept == 0);
    let of = |count: fn(&Class) -> u64| share((count(was), was.sent), (count(is), is.sent), alpha);
    ClassComparison {
        name: is.name.clone(),
        latency,
        old_wrong,
        new_wrong,
        more_wrong,
        shed: of(|class| class.shed),
        broken: of(|class| class.broken),
        timed_out: of(|class| class.timed_out),
    }
}

/// How two distributions compare, where a difference may come about by chance in so large a share of all cases.
fn latency(one: &[(u64, u64)], other: &[(u64, u64)], alpha: f64) -> Option<Latency> {
    let enough = |counts: &[(u64, u64)]| Buckets::of(counts.to_vec()).filter(|all| all.count() >= FEWEST);
    let (one, other) = (enough(one)?, enough(other)?);
    let (shift, tail) = (shift(&one, &other), tail(&one, &other, TAIL));
    let [old_p50_us, old_p99_us] = [0.5, TAIL].map(|share| one.quantile(share));
    let [new_p50_us, new_p99_us] = [0.5, TAIL].map(|share| other.quantile(share));
    let moved = (real(new_p50_us) - real(old_p50_us)).abs();
    let counts = shift.p < alpha
        && shift.delta.abs() >= EFFECT
        && moved >= MEDIAN_US.max(MEDIAN_PART * real(old_p50_us));
    let longer_tail = tail.p < alpha
        && tail.share >= TAIL_SHARE
        && real(new_p99_us) >= (TAIL_PART * real(old_p99_us)).max(real(old_p99_us) + MEDIAN_US);
    let verdict = match (counts, longer_tail) {
        (true, _) if shift.delta > 0.0 => Pace::Slower,
        (_, true) => Pace::LongerTail,
        (true, false) => Pace::Faster,
        (false, false) => Pace::Same,
    };
    let (delta, p, tail_share, tail_p) = (shift.delta, shift.p, tail.share, tail.p);
    Some(Latency { old_p50_us, new_p50_us, old_p99_us, new_p99_us, delta, p, tail_share, tail_p, verdict })
}

fn throughput(old: &LoadResult, new: &LoadResult) -> Throughput {
    let (before, after) = (rates(old), rates(new));
    let mean = |rates: &[f64]| rates.iter().sum::<f64>() / statistics::number(rates.len().max(1));
    let (old, new) = (mean(&before), mean(&after));
    let samples = Sorted::of(before).zip(Sorted::of(after));
    // The interval of the medians is not looked at: nothing has to be drawn.
    let p = samples.map(|(one, other)| statistics::compare(&one, &other, &mut |bound| bound / 2).p);
    let less = p.is_some_and(|p| p < ALPHA) && new < old * (1.0 - RATE_PART);
    Throughput { old, new, p, less }
}

/// Right answers in each whole second behind the warm-up.
fn rates(result: &LoadResult) -> Vec<f64> {
    let first = result.warm_up_us.div_ceil(1_000_000);
    let end = result.span_us / 1_000_000;
    let whole = result.seconds.iter().filter(|second| (first..end).contains(&second.second));
    whole.map(|second| real(second.right_accept + second.right_refusal)).collect()
}

fn named(result: &LoadResult) -> String {
    let kept = if result.whole { "" } else { ", a checkpoint" };
    let part = part(result).map(|part| format!(", {part}")).unwrap_or_default();
    format!("{}, {}, {}{part}{kept}", result.plan, result.started, result.target.url)
}

fn is_valid(result: &LoadResult) -> bool {
    let sound = match result.verdict {
        LoadVerdict::Sound | LoadVerdict::Wrong | LoadVerdict::Missed => true,
        LoadVerdict::Void | LoadVerdict::Inconclusive | LoadVerdict::Aborted | LoadVerdict::Error => false,
    };
    result.whole && sound && part(result).is_none()
}

/// Which shard it is, where it is one of several.
fn part(result: &LoadResult) -> Option<String> {
    let shard = result.identity.shard.filter(|shard| shard.of > 1)?;
    Some(format!("shard {}/{}", shard.number, shard.of))
}

/// Why nothing follows from a load.
fn why_void(result: &LoadResult) -> String {
    let mut causes = result.generator.causes.clone();
    causes.extend(
        part(result).map(|part| format!("it is {part}, put all of them together with `lockproof merge`")),
    );
    if result.verdict == LoadVerdict::Inconclusive {
        causes.push("it was inconclusive, see its report".to_owned());
    }
    if causes.is_empty() { "it is not whole".to_owned() } else { causes.join("; ") }
}

fn notices(old: &LoadResult, new: &LoadResult) -> Vec<String> {
    let mut notices = Vec::new();
    // The digest of a plan holds where it is sent to, which may differ.
    let what = |result: &LoadResult| (result.plan.clone(), result.model, result.planned, result.span_us);
    if what(old) != what(new) {
        notices.push("the two did not send the same: their plans differ".to_owned());
    }
    if old.identity.contract != new.identity.contract {
        notices.push("the two were not held to the same: their contracts differ".to_owned());
    }
    for (word, result) in [("earlier", old), ("later", new)] {
        if !is_valid(result) {
            notices.push(format!("nothing follows from the {word} load: {}", why_void(result)));
        }
    }
    notices
}

fn newly_missed(old: &LoadResult, new: &LoadResult) -> Vec<String> {
    let was_missed = |text: &str| {
        old.thresholds.iter().any(|threshold| threshold.threshold.as_str() == text && !threshold.met)
    };
    let missed = new.thresholds.iter().filter(|threshold| !threshold.met);
    let texts = missed.map(|threshold| threshold.threshold.to_string());
    texts.filter(|text| !was_missed(text)).collect()
}

pub(super) fn real(count: u64) -> f64 {
    statistics::number(usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Response times around one second, drawn by a simple generator; a part of them, in percent, is so many times longer.
    fn times(seed: u64, scale: u64, (part, longer): (u64, u64)) -> Vec<(u64, u64)> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let one = |_| {
            let spread = (0..6).map(|_| next() % 100).sum::<u64>();
            let time = (700 + spread) * scale / 100;
            (if next() % 100 < part { time * longer } else { time }, 1)
        };
        (0..2000).map(one).collect()
    }

    fn pace(old: &[(u64, u64)], new: &[(u64, u64)]) -> Option<Pace> {
        latency(old, new, ALPHA).map(|latency| latency.verdict)
    }

    #[test]
    fn a_shift_a_tail_and_nothing_are_told_apart() {
        let old = times(1, 100, (0, 1));
        assert_eq!(pace(&old, &times(2, 150, (0, 1))), Some(Pace::Slower));
        assert_eq!(pace(&old, &times(2, 60, (0, 1))), Some(Pace::Faster));
        assert_eq!(pace(&old, &times(2, 100, (5, 10))), Some(Pace::LongerTail));
        // Sure, and too little to matter.
        assert_eq!(pace(&old, &times(2, 104, (0, 1))), Some(Pace::Same));
        assert_eq!(pace(&old, &old.iter().copied().take(99).collect::<Vec<_>>()), None, "too few to say");
    }

    proptest! {
        #[test]
        fn two_samples_of_one_target_are_the_same(one: u64, other: u64, scale in 10_u64..1000) {
            prop_assert_eq!(pace(&times(one, scale, (1, 3)), &times(other, scale, (1, 3))), Some(Pace::Same));
        }
    }
}
