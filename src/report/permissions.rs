//! The permission matrix: what each key may do, as the target showed it.

use std::collections::BTreeMap;

use crate::outcome::{CaseResult, Expects, RunResult, Verdict};

/// What the target showed for one key and one operation; where several cases say different things, the last of
/// these counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shown {
    /// It accepted, and that is right.
    Accepted,
    /// It refused, and that is right.
    Refused,
    /// Nothing can be said.
    Unknown,
    /// It did what is wrong.
    Wrong,
}

impl Shown {
    /// What a case says, if it is a plain request of one credential and was asked.
    fn of(case: &CaseResult) -> Option<Self> {
        let expects = case.expects?;
        match (case.verdict, expects) {
            (Verdict::Pass, Expects::Acceptance) => Some(Self::Accepted),
            (Verdict::Pass, Expects::Refusal) => Some(Self::Refused),
            (Verdict::Fail | Verdict::Warn, _) => Some(Self::Wrong),
            (Verdict::Skip, _) if case.explained_by.is_some() => Some(Self::Wrong),
            (Verdict::Inconclusive | Verdict::Error, _) => Some(Self::Unknown),
            (Verdict::Skip, _) => None,
        }
    }
}

/// What was shown for one key and one operation, and the case that showed it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell<'a> {
    /// What was shown.
    pub(super) shown: Shown,
    /// By which case.
    pub(super) case: &'a CaseResult,
}

/// The cells of one environment, by credential and operation.
pub(super) type Cells<'a> = BTreeMap<(&'a str, &'a str), Cell<'a>>;

/// The cells of each environment in which anything was asked, in the order of the contract.
pub(super) fn of(result: &RunResult) -> Vec<(&str, Cells<'_>)> {
    let names = result.contract.environments.iter();
    let all = names.map(|name| (name.as_str(), cells(result, name)));
    all.filter(|(_, cells)| !cells.is_empty()).collect()
}

fn cells<'a>(result: &'a RunResult, environment: &str) -> Cells<'a> {
    let mut cells = Cells::new();
    for case in result.cases.iter().filter(|case| case.environment == environment) {
        if let (Some(credential), Some(shown)) = (&case.credential, Shown::of(case)) {
            let new = Cell { shown, case };
            let cell = cells.entry((credential.as_str(), case.operation.as_str())).or_insert(new);
            if shown > cell.shown {
                *cell = new;
            }
        }
    }
    cells
}
