//! Histograms: identical everywhere, so that adding two of them is exact.

use std::fmt;

use hdrhistogram::Histogram;

/// The longest time that is told from longer ones, in microseconds: an hour.
pub(super) const LONGEST_US: u64 = 3_600_000_000;
/// Significant digits.
const DIGITS: u8 = 3;

/// Times in microseconds, from 1 to an hour, to three digits.
#[derive(Default)]
pub struct Times {
    histogram: Option<Histogram<u64>>,
    /// Times that were longer than an hour, counted as an hour.
    clipped: u64,
}

impl fmt::Debug for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Times({})", self.count())
    }
}

impl Clone for Times {
    fn clone(&self) -> Self {
        Self { histogram: self.histogram.clone(), clipped: self.clipped }
    }
}

/// A histogram without a time in it. The bounds are constants that the library takes.
fn empty() -> Option<Histogram<u64>> {
    Histogram::new_with_bounds(1, LONGEST_US, DIGITS).ok()
}

impl Times {
    /// Records a time in nanoseconds; nothing is shorter than a microsecond.
    pub fn record(&mut self, nanos: u64) {
        let micros = (nanos / 1000).max(1);
        if micros > LONGEST_US {
            self.clipped += 1;
        }
        // The first one takes the memory: most kinds of time never come.
        if self.histogram.is_none() {
            self.histogram = empty();
        }
        if let Some(histogram) = &mut self.histogram {
            histogram.saturating_record(micros.min(LONGEST_US));
        }
    }

    /// Adds all of another's times, bucket by bucket.
    pub fn add(&mut self, other: &Self) {
        self.clipped += other.clipped;
        let Some(other) = &other.histogram else { return };
        if self.histogram.is_none() {
            self.histogram = empty();
        }
        if let Some(own) = &mut self.histogram {
            // Bounds are the same everywhere, so the library finds nothing that does not fit.
            own.add(other).ok();
        }
    }

    /// Those of a histogram that was written down; nothing where its bounds are others.
    pub fn written(histogram: Histogram<u64>) -> Option<Self> {
        let same = histogram.high() == LONGEST_US && histogram.low() == 1 && histogram.sigfig() == DIGITS;
        same.then_some(Self { histogram: Some(histogram), clipped: 0 })
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.histogram.as_ref().map_or(0, Histogram::len)
    }

    /// How many were longer than an hour.
    pub fn clipped(&self) -> u64 {
        self.clipped
    }

    /// A percentile in microseconds, where so many samples support it that ten of them are beyond it.
    pub fn percentile(&self, percent: f64) -> Option<u64> {
        let beyond = super::number::real(self.count()) * (100.0 - percent) / 100.0;
        // What a fraction cannot say exactly must not cost a percentile.
        (beyond >= 10.0 - 1e-9).then(|| self.at(percent)).flatten()
    }

    /// The value at a percentile, however few samples there are; nothing where there are none.
    pub fn at(&self, percent: f64) -> Option<u64> {
        let histogram = self.histogram.as_ref().filter(|histogram| !histogram.is_empty())?;
        Some(histogram.value_at_percentile(percent))
    }

    /// The longest, in microseconds.
    pub fn longest(&self) -> Option<u64> {
        self.histogram.as_ref().filter(|histogram| !histogram.is_empty()).map(Histogram::max)
    }

    /// How many times lie between two bounds, in microseconds, both included.
    pub fn between(&self, low: u64, high: u64) -> u64 {
        self.histogram.as_ref().map_or(0, |histogram| histogram.count_between(low, high))
    }

    /// The histogram itself, for those who write it down.
    pub fn histogram(&self) -> Option<&Histogram<u64>> {
        self.histogram.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(times: impl IntoIterator<Item = u64>) -> Times {
        let mut all = Times::default();
        times.into_iter().for_each(|micros| all.record(micros * 1000));
        all
    }

    #[test]
    fn a_percentile_needs_ten_samples_beyond_it() {
        assert_eq!(of(1..=999).percentile(99.0), None);
        assert!(of(1..=1000).percentile(99.0).is_some());
        assert_eq!(of(1..=20).percentile(50.0), Some(10));
        assert_eq!((of([]).at(50.0), of([]).longest()), (None, None));
    }

    #[test]
    fn what_is_longer_than_an_hour_is_an_hour_and_counted() {
        let times = of([LONGEST_US + 1, 5]);
        assert_eq!((times.count(), times.clipped()), (2, 1));
        assert!(times.longest().is_some_and(|longest| longest >= LONGEST_US));
    }

    proptest! {
        #[test]
        fn parts_put_together_are_the_whole(times in prop::collection::vec(1..10_000_000_u64, 0..300), shares in prop::collection::vec(0..4_usize, 300)) {
            let mut parts = [of([]), of([]), of([]), of([])];
            for (time, share) in times.iter().zip(&shares) {
                parts[*share].record(time * 1000);
            }
            let mut together = of([]);
            for part in &parts {
                together.add(part);
            }
            let whole = of(times);
            prop_assert_eq!(together.histogram(), whole.histogram());
        }
    }
}
