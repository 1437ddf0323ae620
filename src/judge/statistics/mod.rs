//! Statistics, as pure functions: is one class of answers slower than another, by how much, and how small a difference
//! would have been seen; and can somebody who has some tokens guess another.

mod buckets;
mod guess;
mod normal;
mod resample;
mod sorted;
mod versus;

pub use buckets::{Buckets, Shift, Tail, proportions, shift, tail};
pub use guess::{Guessed, Guessing, Ordered, Way, guess};
pub use resample::Interval;
pub use sorted::{Sorted, number};
pub use versus::{Comparison, Rules, compare, smallest_visible};

/// The most by which something may happen that was never seen in `n` independent tries, at 95 %: the rule of three.
///
/// With a probability of 3/n, `n` tries without a single hit come about in one of twenty runs.
pub fn at_most(tries: usize) -> f64 {
    if tries == 0 { 1.0 } else { (3.0 / number(tries)).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_never_seen_may_still_happen() {
        assert!((at_most(0) - 1.0).abs() < f64::EPSILON);
        assert!((at_most(2) - 1.0).abs() < f64::EPSILON);
        assert!((at_most(300) - 0.01).abs() < 1e-12);
        // (1 - 3/n)^n is one of twenty, near enough.
        let chance = (1.0 - at_most(3000)).powi(3000);
        assert!((chance - 0.05).abs() < 0.001, "{chance}");
    }
}
