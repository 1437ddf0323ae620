//! Two samples of which is known how many values lie in each bucket of a histogram: no value is needed, and millions
//! cost no more than hundreds.

use super::normal::two_sided;
use super::number;
use super::versus::Ranking;

/// A sample, as how often each value came.
#[derive(Clone, Debug, PartialEq)]
pub struct Buckets {
    /// The values in order, each with its count, which is never 0.
    counts: Vec<(u64, u64)>,
    total: u64,
}

/// How two samples compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    /// How likely so large a difference comes about by chance: Mann-Whitney, both sides, ties corrected for.
    pub p: f64,
    /// Cliff's delta: how much likelier a value of the other sample is the larger one, from -1 to 1.
    pub delta: f64,
}

/// How the far ends of two samples compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// The share of the other sample's values that are beyond a quantile of the first.
    pub share: f64,
    /// How likely so large a share comes about by chance: two proportions, both sides.
    pub p: f64,
}

impl Buckets {
    /// A sample from counts by value; nothing where there are none.
    pub fn of(mut counts: Vec<(u64, u64)>) -> Option<Self> {
        counts.retain(|(_, count)| *count > 0);
        counts.sort_unstable();
        let total = counts.iter().map(|(_, count)| count).sum();
        (total > 0).then_some(Self { counts, total })
    }

    /// How many values there are.
    pub fn count(&self) -> u64 {
        self.total
    }

    /// The smallest value that so large a share of all values does not exceed.
    pub fn quantile(&self, share: f64) -> u64 {
        let wanted = share * real(self.total);
        let mut seen = 0;
        let reached = self.counts.iter().find(|(_, count)| {
            seen += count;
            real(seen) >= wanted
        });
        reached.or(self.counts.last()).map_or(0, |(value, _)| *value)
    }

    /// How many values are larger than this.
    fn beyond(&self, value: u64) -> u64 {
        self.counts.iter().filter(|(own, _)| *own > value).map(|(_, count)| count).sum()
    }
}

/// Compares another sample with a first one.
pub fn shift(one: &Buckets, other: &Buckets) -> Shift {
    let mut groups: std::collections::BTreeMap<u64, (f64, f64)> = std::collections::BTreeMap::new();
    for (value, count) in &one.counts {
        groups.entry(*value).or_default().0 += real(*count);
    }
    for (value, count) in &other.counts {
        groups.entry(*value).or_default().1 += real(*count);
    }
    let ranking = Ranking::of_groups((real(one.total), real(other.total)), groups.into_values());
    Shift { p: ranking.p(), delta: ranking.delta() }
}

/// Compares what is beyond a quantile of the first sample.
pub fn tail(one: &Buckets, other: &Buckets, quantile: f64) -> Tail {
    let bound = one.quantile(quantile);
    let (own, theirs) = (real(one.beyond(bound)), real(other.beyond(bound)));
    let p = proportions((own, real(one.total)), (theirs, real(other.total)));
    Tail { share: theirs / real(other.total), p }
}

/// How likely two shares differ so much by chance: hits of tries, twice.
pub fn proportions((hits, tries): (f64, f64), (other_hits, other_tries): (f64, f64)) -> f64 {
    let pooled = (hits + other_hits) / (tries + other_tries);
    let variance = pooled * (1.0 - pooled) * (1.0 / tries + 1.0 / other_tries);
    if variance <= 0.0 || variance.is_nan() {
        return 1.0;
    }
    two_sided((other_hits / other_tries - hits / tries) / variance.sqrt())
}

fn real(count: u64) -> f64 {
    number(usize::try_from(count).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Sorted, compare};
    use super::*;

    fn of(values: &[u64]) -> Buckets {
        Buckets::of(values.iter().map(|value| (*value, 1)).collect()).expect("a sample")
    }

    #[test]
    fn nothing_is_no_sample() {
        assert_eq!((Buckets::of(Vec::new()), Buckets::of(vec![(5, 0)])), (None, None));
    }

    #[test]
    fn a_tail_is_told_by_how_many_are_in_it() {
        let one: Vec<u64> = (1..=1000).collect();
        let slow: Vec<u64> = (1..=1000).map(|value| if value % 20 == 0 { 5000 } else { value }).collect();
        let tail = |other: &[u64]| super::tail(&of(&one), &of(other), 0.99);
        assert!((tail(&one).share - 0.01).abs() < 1e-9 && tail(&one).p > 0.99);
        assert!(tail(&slow).share > 0.05 && tail(&slow).p < 1e-6, "{:?}", tail(&slow));
    }

    #[test]
    fn two_shares_come_out_as_published() {
        // NIST/SEMATECH e-Handbook, 7.3.3: 38 of 200 and 36 of 100 defective, z = 3.223 one way or the other.
        let p = proportions((38.0, 200.0), (36.0, 100.0));
        assert!((p - two_sided(3.223)).abs() < 1e-4, "{p}");
    }

    proptest! {
        #[test]
        fn buckets_of_single_values_compare_like_the_values(
            one in prop::collection::vec(0_u64..30, 1..40),
            other in prop::collection::vec(0_u64..30, 1..40),
        ) {
            let sorted = |values: &[u64]| Sorted::of(values.iter().map(|value| real(*value)).collect()).expect("values");
            let exact = compare(&sorted(&one), &sorted(&other), &mut |bound| bound / 2);
            let shift = shift(&of(&one), &of(&other));
            prop_assert!((shift.p - exact.p).abs() < 1e-9 && (shift.delta - exact.delta).abs() < 1e-9);
        }
    }
}
