//! Counts and fractions: the conversions between them, each in one place and none that can surprise.

use std::time::Duration;

/// Nanoseconds in a second.
const NANOS: f64 = 1_000_000_000.0;

/// A count as a number with a fraction; exact up to 2^53, which no run reaches.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53, which no run reaches")]
pub(super) fn real(count: u64) -> f64 {
    count as f64
}

/// The whole part of a number: 0 for what is below it or no number, the largest count for what is above it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the conversion saturates")]
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}

/// Seconds as nanoseconds.
pub(super) fn nanos(seconds: f64) -> u64 {
    whole((seconds * NANOS).round())
}

/// Nanoseconds as seconds.
pub(super) fn seconds(nanos: u64) -> f64 {
    real(nanos) / NANOS
}

/// A length of time in nanoseconds: more than any run takes is as long as can be said.
pub(super) fn nanos_of(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// A part of a whole, nothing where there is no whole.
pub(super) fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| real(part) / real(of))
}

/// A well-mixed number for a seed and a place in a sequence (the finaliser of `SplitMix64`).
pub(super) fn mixed(seed: u64, place: u64) -> u64 {
    let mut mixed =
        seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The same as a number from 0 to 1, 1 left out.
pub(super) fn unit(seed: u64, place: u64) -> f64 {
    // The upper 53 bits are as many as a number with a fraction holds.
    real(mixed(seed, place) >> 11) / real(1 << 53)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_the_nearest_that_does() {
        assert_eq!((whole(-1.0), whole(f64::NAN), whole(1e300), whole(2.9)), (0, 0, u64::MAX, 2));
        assert_eq!(nanos(1.5), 1_500_000_000);
        assert_eq!((share(1, 4), share(1, 0)), (Some(0.25), None));
    }

    #[test]
    fn mixed_numbers_are_spread_evenly() {
        let below = (0..10_000).filter(|place| unit(7, *place) < 0.25).count();
        assert!((2_300..2_700).contains(&below), "{below}");
        assert_ne!(mixed(1, 1), mixed(2, 1));
    }
}
