//! Cases put together: by check, and by reason.

use indexmap::IndexMap;

use crate::outcome::{CaseResult, CheckInfo, RunResult, Verdict};

/// The cases of one check that came to one verdict.
pub(super) struct Group<'a> {
    /// The check's id.
    pub(super) check: &'a str,
    /// What is known of the check.
    pub(super) info: Option<&'a CheckInfo>,
    /// The first of the cases: the example.
    pub(super) first: &'a CaseResult,
    /// The others.
    pub(super) others: Vec<&'a CaseResult>,
    /// How many cases the check has in all.
    pub(super) total: usize,
}

/// The cases that came to a verdict, by check, in the order of the plan.
pub(super) fn by_check(result: &RunResult, verdict: Verdict) -> Vec<Group<'_>> {
    let mut groups: IndexMap<&str, Group<'_>> = IndexMap::new();
    for case in result.cases.iter().filter(|case| case.verdict == verdict) {
        match groups.get_mut(case.check.as_str()) {
            Some(group) => group.others.push(case),
            None => drop(groups.insert(&case.check, group(result, case))),
        }
    }
    groups.into_values().collect()
}

fn group<'a>(result: &'a RunResult, first: &'a CaseResult) -> Group<'a> {
    Group {
        check: &first.check,
        info: result.checks.iter().find(|check| check.id == first.check),
        first,
        others: Vec::new(),
        total: result.cases.iter().filter(|case| case.check == first.check).count(),
    }
}

/// The cases that came to a verdict, by what was said of them, the most frequent first.
pub(super) fn by_reason(result: &RunResult, verdict: Verdict) -> Vec<(&str, Vec<&CaseResult>)> {
    let mut reasons: IndexMap<&str, Vec<&CaseResult>> = IndexMap::new();
    for case in result.cases.iter().filter(|case| case.verdict == verdict) {
        reasons.entry(case.actual.as_str()).or_default().push(case);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, cases)| std::cmp::Reverse(cases.len()));
    reasons
}
