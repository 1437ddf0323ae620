//! How often requests of a class came to nothing, before and after.

use serde::Serialize;

use super::loads::real;
use crate::judge::statistics::proportions;

/// By what part of itself a share must have grown.
const SHARE_PART: f64 = 0.1;

/// Which share of the requests of a class came to something.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// Of the earlier load, from 0 to 1.
    pub old: f64,
    /// Of the later one.
    pub new: f64,
    /// Whether it is more, by enough to matter, and hardly by chance.
    pub more: bool,
}

/// Compares two shares, each so many of so many, where a difference may come about by chance in so large a share of all
/// cases.
pub(super) fn share((old, of): (u64, u64), (new, of_new): (u64, u64), alpha: f64) -> Share {
    let p = proportions((real(old), real(of)), (real(new), real(of_new)));
    let [old, new] = [(old, of), (new, of_new)].map(|(count, of)| real(count) / real(of.max(1)));
    Share { old, new, more: p < alpha && new > old * (1.0 + SHARE_PART) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_more_where_that_is_hardly_chance_and_enough_to_matter() {
        for (old, new, more) in [
            ((0, 1000), (1000, 1000), true),
            ((0, 1000), (50, 1000), true),
            ((1000, 1000), (1000, 1000), false),
            ((1000, 1000), (0, 1000), false),
            // Chance.
            ((0, 1000), (2, 1000), false),
            // Sure, and too little to matter.
            ((1_000_000, 10_000_000), (1_010_000, 10_000_000), false),
            // Nothing was sent.
            ((0, 0), (0, 0), false),
            ((0, 0), (5, 5), false),
        ] {
            assert_eq!(share(old, new, 0.001).more, more, "{old:?} {new:?}");
        }
    }
}
