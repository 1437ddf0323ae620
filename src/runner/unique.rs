//! Values that no request carried before, in this run or another: what a test of caches and repetitions needs.
//!
//! They are not of the seed, for a target may remember yesterday's.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// A UUID (RFC 9562 section 5.4). A counter through two keyed hashes: no clock, no lock.
pub(super) fn uuid() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    static KEYS: LazyLock<(RandomState, RandomState)> = LazyLock::new(Default::default);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let (high, low) = (KEYS.0.hash_one(count), KEYS.1.hash_one(count));
    let (first, second, third) = (high >> 32, high >> 16 & 0xFFFF, high & 0x0FFF);
    let (fourth, fifth) = (low >> 48 & 0x3FFF | 0x8000, low & 0xFFFF_FFFF_FFFF);
    format!("{first:08x}-{second:04x}-4{third:03x}-{fourth:04x}-{fifth:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_a_uuid_and_another() {
        let pattern =
            regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        let pattern = pattern.unwrap();
        let values: std::collections::HashSet<_> = (0..1000).map(|_| uuid()).collect();
        assert_eq!(values.len(), 1000);
        assert!(values.iter().all(|value| pattern.is_match(value)), "{values:?}");
    }
}
