//! Measured values in order.

use std::time::Duration;

/// Values from the smallest to the largest, never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Sorted(Vec<f64>);

impl Sorted {
    /// Puts values in order; nothing where there are none, or where one of them is not a number.
    pub fn of(mut values: Vec<f64>) -> Option<Self> {
        if values.is_empty() || values.iter().any(|value| value.is_nan()) {
            return None;
        }
        values.sort_by(f64::total_cmp);
        Some(Self(values))
    }

    /// Puts times in order, in microseconds.
    pub fn of_times(times: &[Duration]) -> Option<Self> {
        Self::of(times.iter().map(|time| time.as_secs_f64() * 1e6).collect())
    }

    /// How many there are.
    #[expect(clippy::len_without_is_empty, reason = "it is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The values.
    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The median: the middle one, or what lies between the two in the middle.
    pub fn median(&self) -> f64 {
        let (low, high) = (self.at((self.len() - 1) / 2), self.at(self.len() / 2));
        f64::midpoint(low, high)
    }

    /// The smallest value that at least so many of a thousand do not exceed.
    pub fn permille(&self, permille: usize) -> f64 {
        let rank = (self.len() * permille.min(1000)).div_ceil(1000);
        self.at(rank.saturating_sub(1))
    }

    fn at(&self, index: usize) -> f64 {
        self.0.get(index).or(self.0.last()).copied().unwrap_or_default()
    }
}

/// A count as a number to calculate with; no count here comes near 2^32.
pub fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sorted(values: &[f64]) -> Sorted {
        Sorted::of(values.to_vec()).unwrap()
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((sorted(&[3.0, 1.0, 2.0]).median() - 2.0).abs() < f64::EPSILON);
        assert!((sorted(&[4.0, 1.0, 2.0, 3.0]).median() - 2.5).abs() < f64::EPSILON);
        assert!((sorted(&[7.0]).median() - 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred = Sorted::of((1..=100).map(f64::from).collect()).unwrap();
        for (permille, value) in [(0, 1.0), (10, 1.0), (500, 50.0), (990, 99.0), (991, 100.0), (1000, 100.0)]
        {
            assert!((hundred.permille(permille) - value).abs() < f64::EPSILON, "{permille}");
        }
    }

    #[test]
    fn nothing_has_no_order() {
        assert_eq!(Sorted::of(Vec::new()), None);
        assert_eq!(Sorted::of(vec![1.0, f64::NAN]), None);
        assert_eq!(Sorted::of_times(&[Duration::from_millis(2)]).unwrap().values(), [2000.0]);
    }

    proptest! {
        #[test]
        fn half_of_the_values_lie_on_either_side_of_the_median(values in prop::collection::vec(-1e6_f64..1e6, 1..60)) {
            let all = sorted(&values);
            let half = values.len().div_ceil(2);
            prop_assert!(values.iter().filter(|value| **value <= all.median()).count() >= half);
            prop_assert!(values.iter().filter(|value| **value >= all.median()).count() >= half);
        }
    }
}
