//! Two samples against each other: the Mann-Whitney test, and how large the difference is.

use super::normal::{quantile_of_two_sides, two_sided};
use super::resample::{Interval, difference_of_medians};
use super::{Sorted, number};

/// The standard normal quantile of 80 %: how surely the smallest difference would be seen.
const POWER: f64 = 0.841_621_233_572_914_3;

/// When a difference counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// How likely a difference may come about by chance, over all comparisons together.
    pub alpha: f64,
    /// How many comparisons there are.
    pub comparisons: usize,
    /// How large it must be at the least, as Cliff's delta.
    pub effect: f64,
    /// How large the difference of the medians must be at the least.
    pub floor: f64,
}

impl Rules {
    /// How likely one difference may come about by chance: the share of each comparison (Bonferroni).
    pub fn share(&self) -> f64 {
        self.alpha / number(self.comparisons.max(1))
    }
}

/// How two samples compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// How likely so large a difference comes about by chance: Mann-Whitney, both sides, ties corrected for.
    pub p: f64,
    /// Cliff's delta: how much likelier a value of the other sample is the larger one than the smaller one, from -1
    /// to 1.
    pub delta: f64,
    /// The median of the other sample without that of the first.
    pub difference: f64,
    /// What that lies between, at 95 %.
    pub interval: Interval,
}

impl Comparison {
    /// Whether the difference counts: it is hardly chance, and large enough to matter.
    pub fn counts(&self, rules: &Rules) -> bool {
        self.p < rules.share() && self.delta.abs() >= rules.effect && self.difference.abs() >= rules.floor
    }
}

/// Compares another sample with a first one. `below` gives a random number below a bound.
pub fn compare(one: &Sorted, other: &Sorted, below: &mut dyn FnMut(usize) -> usize) -> Comparison {
    let ranking = Ranking::of(one, other);
    Comparison {
        p: ranking.p(),
        delta: ranking.delta(),
        difference: other.median() - one.median(),
        interval: difference_of_medians(one, other, below),
    }
}

/// The smallest effect, as Cliff's delta, that two samples of these sizes would show in four of five runs.
pub fn smallest_visible(one: usize, other: usize, rules: &Rules) -> f64 {
    let (one, other) = (number(one.max(1)), number(other.max(1)));
    let deviation = ((one + other + 1.0) / (12.0 * one * other)).sqrt();
    (2.0 * (quantile_of_two_sides(rules.share()) + POWER) * deviation).min(1.0)
}

/// Two samples, ranked together.
pub(super) struct Ranking {
    one: f64,
    other: f64,
    /// How often a value of the other sample is larger; a tie counts half.
    larger: f64,
    /// The sum of t^3 - t over every group of t equal values.
    ties: f64,
}

impl Ranking {
    fn of(one: &Sorted, other: &Sorted) -> Self {
        let (mut left, mut right) = (one.values(), other.values());
        let groups = std::iter::from_fn(|| {
            let value = smallest(left, right)?;
            Some((take(&mut left, value), take(&mut right, value)))
        });
        Self::of_groups((number(one.len()), number(other.len())), groups)
    }

    /// Two samples of these sizes, as groups of equal values in order: how many of each sample are in it.
    pub(super) fn of_groups((one, other): (f64, f64), groups: impl Iterator<Item = (f64, f64)>) -> Self {
        let (mut larger, mut ties, mut passed) = (0.0, 0.0, 0.0);
        // Whoever of the other sample is in a group has beaten all that were passed.
        for (ours, theirs) in groups {
            larger += theirs * (passed + ours / 2.0);
            passed += ours;
            let group = ours + theirs;
            ties += group * group * group - group;
        }
        Self { one, other, larger, ties }
    }

    pub(super) fn p(&self) -> f64 {
        let (pairs, all) = (self.one * self.other, self.one + self.other);
        let variance = pairs / 12.0 * (all + 1.0 - self.ties / (all * (all - 1.0)));
        // All are equal: there is nothing to tell apart.
        if variance <= 0.0 || variance.is_nan() {
            return 1.0;
        }
        // A count is whole and the curve is not: half a step toward the middle.
        let distance = ((self.larger - pairs / 2.0).abs() - 0.5).max(0.0);
        two_sided(distance / variance.sqrt())
    }

    pub(super) fn delta(&self) -> f64 {
        2.0 * self.larger / (self.one * self.other) - 1.0
    }
}

fn smallest(left: &[f64], right: &[f64]) -> Option<f64> {
    let heads = [left.first(), right.first()];
    heads.into_iter().flatten().copied().min_by(f64::total_cmp)
}

/// Takes the values off the front that are equal to one, and counts them.
fn take(values: &mut &[f64], value: f64) -> f64 {
    let equal = values.iter().take_while(|other| other.total_cmp(&value).is_eq()).count();
    *values = values.get(equal..).unwrap_or_default();
    number(equal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULES: Rules = Rules { alpha: 0.01, comparisons: 1, effect: 0.2, floor: 1.0 };

    fn against(one: &[f64], other: &[f64]) -> Comparison {
        let sorted = |values: &[f64]| Sorted::of(values.to_vec()).unwrap();
        compare(&sorted(one), &sorted(other), &mut |bound| bound / 2)
    }

    #[test]
    fn a_published_example_comes_out_as_published() {
        // Ages at which diabetes was found in men and in women: U = 17 and 3, p = 0.1113 (the example of
        // scipy.stats.mannwhitneyu, asymptotic method).
        let (men, women) = ([19.0, 22.0, 16.0, 29.0, 24.0], [20.0, 11.0, 17.0, 12.0]);
        let comparison = against(&men, &women);
        assert!((comparison.p - 0.111_346_886_533_140_41).abs() < 1e-12, "{}", comparison.p);
        assert!((comparison.delta - (2.0 * 3.0 / 20.0 - 1.0)).abs() < 1e-12);
        assert!((comparison.difference - (14.5 - 22.0)).abs() < 1e-12);
    }

    #[test]
    fn ties_count_half_and_narrow_the_curve() {
        // By hand: of 9 pairs 6 are larger and 2 are equal, so U = 7; two groups of two equal values, so the ties are
        // 2 * (8 - 2) = 12.
        let comparison = against(&[1.0, 2.0, 3.0], &[2.0, 3.0, 4.0]);
        assert!((comparison.delta - (2.0 * 7.0 / 9.0 - 1.0)).abs() < 1e-12, "{}", comparison.delta);
        let z = (7.0_f64 - 4.5 - 0.5) / (0.75 * (7.0 - 12.0 / 30.0_f64)).sqrt();
        assert!((comparison.p - super::two_sided(z)).abs() < 1e-12);
    }

    #[test]
    fn equal_samples_do_not_differ() {
        let comparison = against(&[5.0; 9], &[5.0; 7]);
        assert!((comparison.p - 1.0).abs() < f64::EPSILON && comparison.delta.abs() < f64::EPSILON);
        assert!(!comparison.counts(&RULES));
    }

    #[test]
    fn a_difference_counts_only_where_it_is_sure_and_large() {
        let one: Vec<f64> = (0..100).map(f64::from).collect();
        let shifted = |by: f64| one.iter().map(|value| value + by).collect::<Vec<_>>();
        assert!(against(&one, &shifted(60.0)).counts(&RULES));
        assert!(!against(&one, &shifted(60.0)).counts(&Rules { floor: 61.0, ..RULES }), "below the floor");
        assert!(
            !against(&one, &shifted(60.0)).counts(&Rules { effect: 0.95, ..RULES }),
            "too small an effect"
        );
        assert!(!against(&one, &shifted(5.0)).counts(&RULES), "may be chance");
        let many = Rules { comparisons: 1_000_000_000, alpha: 1e-20, ..RULES };
        assert!(!against(&one, &shifted(60.0)).counts(&many), "one of so many is bound to be");
    }

    #[test]
    fn more_samples_show_less() {
        let few = smallest_visible(100, 100, &RULES);
        let many = smallest_visible(10_000, 10_000, &RULES);
        assert!((few / many - 10.0).abs() < 0.1, "{few} {many}");
        // 2 * (2.5758 + 0.8416) * sqrt(201 / 120000)
        assert!((few - 0.2797).abs() < 0.001, "{few}");
        assert!((smallest_visible(1, 1, &RULES) - 1.0).abs() < f64::EPSILON);
    }

    fn values() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::vec((0_u32..20).prop_map(f64::from), 1..40)
    }

    proptest! {
        #[test]
        fn the_order_of_the_samples_changes_the_sign_alone(one in values(), other in values()) {
            let (there, back) = (against(&one, &other), against(&other, &one));
            prop_assert!((there.p - back.p).abs() < 1e-9);
            prop_assert!((there.delta + back.delta).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&there.p));
            prop_assert!((-1.0..=1.0).contains(&there.delta));
        }

        #[test]
        fn the_count_is_that_of_every_pair(one in values(), other in values()) {
            let pairs = one.iter().flat_map(|a| other.iter().map(move |b| match b.total_cmp(a) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.0,
                std::cmp::Ordering::Less => -1.0,
            }));
            let sum: f64 = pairs.sum();
            let delta = sum / (number(one.len()) * number(other.len()));
            prop_assert!((against(&one, &other).delta - delta).abs() < 1e-9);
        }
    }
}
