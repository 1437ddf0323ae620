//! How much was tested, by family.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::outcome::{RunResult, Summary};

/// A family of checks, and what its cases came to.
#[derive(Debug, Default)]
pub(super) struct Family<'a> {
    /// The ids of its checks.
    pub(super) checks: BTreeSet<&'a str>,
    /// How many cases came to each verdict.
    pub(super) summary: Summary,
}

/// The families of a run, by name, in the order of the checks.
pub(super) fn of(result: &RunResult) -> IndexMap<&str, Family<'_>> {
    let mut families: IndexMap<&str, Family<'_>> = IndexMap::new();
    for check in &result.checks {
        families.entry(&check.family).or_default().checks.insert(&check.id);
    }
    for case in &result.cases {
        let family = families.entry(&case.family).or_default();
        family.checks.insert(&case.check);
        family.summary = family.summary.and(case.verdict);
    }
    families
}
