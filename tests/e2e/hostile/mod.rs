//! Targets that cannot be judged, or must not be trusted: each ends in the right exit code, in time, in little
//! memory, and with a message that says what to do.

mod endless;
mod midway;
mod redirects;
mod torn;
mod unfair;
mod unreachable;

use std::time::Duration;

use crate::support::Outcome;

/// The most memory that any target may make the program hold.
const MEMORY_KIB: u64 = 64 * 1024;

/// What a run must come to.
struct Expected<'a> {
    code: i32,
    verdict: &'a str,
    /// What the operator must be told.
    says: &'a str,
    /// How long it may take at the most.
    within: Duration,
}

/// Nothing was found out, and the operator is told what to do.
fn inconclusive(says: &str) -> Expected<'_> {
    Expected { code: 3, verdict: "inconclusive", says, within: Duration::from_secs(10) }
}

/// The target does not keep the contract.
fn non_conformant(says: &str) -> Expected<'_> {
    Expected { code: 1, verdict: "non-conformant", ..inconclusive(says) }
}

impl Expected<'_> {
    fn within(self, within: Duration) -> Self {
        Self { within, ..self }
    }

    fn check(&self, outcome: &Outcome) {
        assert_eq!(outcome.code, Some(self.code), "{outcome}");
        assert_eq!(outcome.verdict(), self.verdict, "{outcome}");
        assert!(outcome.says(self.says), "it does not say `{}`: {outcome}", self.says);
        assert!(outcome.took < self.within, "{outcome}");
        assert!(outcome.peak_kib > 0 && outcome.peak_kib < MEMORY_KIB, "{outcome}");
    }

    /// The same, and not one case was judged.
    fn check_unjudged(&self, outcome: &Outcome) {
        self.check(outcome);
        let judged: u64 =
            ["pass", "fail", "warn", "error"].map(|verdict| outcome.count(verdict)).iter().sum();
        assert_eq!(judged, 0, "{}", outcome.complaints());
        assert!(outcome.count("inconclusive") > 0, "{outcome}");
    }
}
