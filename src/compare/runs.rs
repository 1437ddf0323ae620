//! Two runs: what fails now, what no longer does, and what nobody knows any more.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::sheet::{Sheet, Table};
use super::{Compared, Trend};
use crate::outcome::{CaseResult, Redacted, RunResult, Verdict};
use crate::report::Ink;

/// How two runs compare.
#[derive(Clone, Debug, Serialize)]
pub struct RunComparison {
    /// The name and version of this format.
    pub format: &'static str,
    /// Which results: when each began, and where it went.
    pub old: String,
    /// The same of the later one.
    pub new: String,
    /// What a reader must know before trusting anything below.
    pub notices: Vec<String>,
    /// Cases that fail, and did not.
    pub new_failures: Vec<CaseChange>,
    /// Cases that warn, and did neither warn nor fail.
    pub new_warnings: Vec<CaseChange>,
    /// Cases that failed or warned, and pass.
    pub fixed: Vec<CaseChange>,
    /// Cases that fail as they did, and those that warn and warned or failed.
    pub unchanged: Vec<CaseChange>,
    /// Cases that were judged, and are not, whoever is at fault: of these nobody knows.
    pub unjudged: Vec<CaseChange>,
    /// Checks that are gone with all of their cases.
    pub vanished: Vec<String>,
    /// Checks that were not there.
    pub appeared: Vec<String>,
    /// Cases that pass, and passed.
    pub passing: usize,
}

/// What became of a case.
#[derive(Clone, Debug, Serialize)]
pub struct CaseChange {
    /// The case.
    pub case: String,
    /// What it came to; nothing where it was not there.
    pub was: Option<Verdict>,
    /// What it comes to; nothing where it is not there.
    pub is: Option<Verdict>,
    /// What was seen last.
    pub actual: Redacted,
}

impl RunComparison {
    /// Where it goes.
    pub fn trend(&self) -> Trend {
        Trend::of(self)
    }
}

impl Compared for RunComparison {
    fn has_new_failures(&self) -> bool {
        !self.new_failures.is_empty()
    }

    /// A failure, a warning, or something that nobody knows any more.
    fn is_worse(&self) -> bool {
        self.has_new_failures()
            || !self.new_warnings.is_empty()
            || !self.unjudged.is_empty()
            || !self.vanished.is_empty()
    }
}

/// Compares a later run with an earlier one, case by case.
pub fn runs(old: &RunResult, new: &RunResult) -> RunComparison {
    let mut comparison = RunComparison {
        format: "lockproof-compare/1",
        old: named(old),
        new: named(new),
        notices: notices(old, new),
        new_failures: Vec::new(),
        new_warnings: Vec::new(),
        fixed: Vec::new(),
        unchanged: Vec::new(),
        unjudged: Vec::new(),
        vanished: only_in(old, new),
        appeared: only_in(new, old),
        passing: 0,
    };
    let before: BTreeMap<&str, &CaseResult> = old.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    for case in &new.cases {
        sort_in(&mut comparison, before.get(case.id.as_str()).copied(), Some(case));
    }
    let after: BTreeSet<&str> = new.cases.iter().map(|case| case.id.as_str()).collect();
    let gone = old.cases.iter().filter(|case| !after.contains(case.id.as_str()));
    for case in gone.filter(|case| !comparison.vanished.contains(&case.check)).collect::<Vec<_>>() {
        sort_in(&mut comparison, Some(case), None);
    }
    comparison
}

fn sort_in(comparison: &mut RunComparison, old: Option<&CaseResult>, new: Option<&CaseResult>) {
    let (was, is) = (old.map(|case| case.verdict), new.map(|case| case.verdict));
    let Some(case) = new.or(old) else { return };
    let change = || CaseChange { case: case.id.clone(), was, is, actual: case.actual.clone() };
    // On an error we broke ourselves: it says no more of the target than what is inconclusive.
    let is_open = |verdict: Option<Verdict>| matches!(verdict, Some(Verdict::Fail | Verdict::Warn));
    let [fail, pass] = [Some(Verdict::Fail), Some(Verdict::Pass)];
    let is_known = |verdict| is_open(verdict) || verdict == pass;
    let list = if is == fail && was != fail {
        &mut comparison.new_failures
    } else if is_open(is) && !is_open(was) {
        &mut comparison.new_warnings
    } else if is_open(is) {
        &mut comparison.unchanged
    } else if is == pass && is_open(was) {
        &mut comparison.fixed
    } else if is_known(was) && !is_known(is) {
        &mut comparison.unjudged
    } else {
        comparison.passing += usize::from(is == pass && was == pass);
        return;
    };
    list.push(change());
}

fn named(result: &RunResult) -> String {
    let targets: Vec<_> = result.target.iter().map(|target| target.url.as_str()).collect();
    format!("{}, {}, {}", result.started, targets.join(" "), result.verdict)
}

fn notices(old: &RunResult, new: &RunResult) -> Vec<String> {
    let mut notices = Vec::new();
    if old.contract.api != new.contract.api {
        notices.push(format!("these are two APIs: {} and {}", old.contract.api, new.contract.api));
    }
    if old.tool.version != new.tool.version {
        let (old, new) = (&old.tool.version, &new.tool.version);
        notices.push(format!("two versions of the suite: {old} and {new}"));
    }
    for (word, result) in [("earlier", old), ("later", new)] {
        if result.verdict == crate::outcome::RunVerdict::Aborted {
            notices.push(format!("the {word} run was interrupted"));
        }
    }
    notices
}

/// The checks that only the first result has.
fn only_in(one: &RunResult, other: &RunResult) -> Vec<String> {
    let names = |result: &RunResult| -> BTreeSet<String> {
        result.cases.iter().map(|case| case.check.clone()).collect()
    };
    names(one).difference(&names(other)).cloned().collect()
}

impl RunComparison {
    /// How many of each there are, in words.
    fn counts(&self) -> String {
        let counts = [
            (self.new_failures.len(), "new failures:"),
            (self.new_warnings.len(), "new warnings:"),
            (self.unjudged.len(), "no longer judged:"),
            (self.fixed.len(), "fixed:"),
            (self.unchanged.len(), "unchanged:"),
            (self.vanished.len(), "checks gone:"),
        ];
        counts.map(|(number, what)| format!("{what} {number}")).join(", ")
    }
}

impl From<&RunComparison> for Sheet {
    fn from(comparison: &RunComparison) -> Self {
        let RunComparison { new_failures, new_warnings, fixed, unchanged, unjudged, .. } = comparison;
        let cases = |title, ink, list: &[CaseChange]| {
            let word = |verdict: Option<Verdict>| verdict.map_or("absent", Verdict::as_str);
            let row = |change: &CaseChange| {
                let went = format!("{} to {}", word(change.was), word(change.is));
                vec![change.case.clone(), went, change.actual.to_string()]
            };
            Table {
                title,
                ink,
                head: vec!["case", "went from", "seen"],
                rows: list.iter().map(row).collect(),
            }
        };
        let checks = |title, ink, list: &[String]| {
            let rows = list.iter().map(|check| vec![check.clone()]).collect();
            Table { title, ink, head: vec!["check"], rows }
        };
        let ink = match comparison.trend() {
            Trend::NewFailures => Ink::Bad,
            Trend::Worse => Ink::Doubt,
            Trend::NotWorse => Ink::Good,
        };
        Self {
            title: "Two runs".to_owned(),
            facts: vec![
                ("old", comparison.old.clone()),
                ("new", comparison.new.clone()),
                ("notice", comparison.notices.join("; ")),
                ("passing", format!("as they did: {}", comparison.passing)),
            ],
            tables: vec![
                cases("new failures", Ink::Bad, new_failures),
                cases("new warnings", Ink::Doubt, new_warnings),
                cases("no longer judged", Ink::Doubt, unjudged),
                checks("checks that are gone", Ink::Doubt, &comparison.vanished),
                cases("fixed", Ink::Good, fixed),
                cases("unchanged", Ink::Plain, unchanged),
                checks("checks that are new", Ink::Plain, &comparison.appeared),
            ],
            verdict: (ink, comparison.counts()),
        }
    }
}
