//! What a comparison means for a run: findings like any other, so that every report shows them.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::compare::{Change, Comparison, Stale, Unseen};
use super::diff::{Sign, difference};
use super::name::SnapName;
use crate::outcome::{CaseResult, CheckInfo, Redacted, Verdict};
use crate::redact::Redactor;
use crate::scenario::Severity;

/// The family of these checks.
const FAMILY: &str = "snapshot";
/// What stands where a finding is about no operation.
const NONE: &str = "-";

/// A check that snapshots come to.
#[derive(Clone, Copy, Debug)]
struct SnapCheck {
    /// Its id.
    id: &'static str,
    /// What holds when it passes.
    title: &'static str,
    /// What goes wrong in the world when it does not.
    why: &'static str,
    /// What to do.
    advice: &'static str,
}

const CHANGED: SnapCheck = SnapCheck {
    id: "snapshot-changed",
    title: "A refusal is as it was approved",
    why: "Clients act upon refusals: they look at the status, at a code, at a text for people. A refusal that changes \
          by accident breaks them, and nobody notices on the server's side.",
    advice: "Look at the difference with `lockproof snapshot review`: accept it, or mend the server.",
};

const UNSEEN: SnapCheck = SnapCheck {
    id: "snapshot-unseen",
    title: "Every refusal was approved",
    why: "A refusal that nobody has looked at may say too much, or something else than the others of its kind.",
    advice: "Record it with `lockproof snapshot`, look at it with `lockproof snapshot review`, and accept it.",
};

const STALE: SnapCheck = SnapCheck {
    id: "snapshot-stale",
    title: "Every approved refusal belongs to a case",
    why: "A snapshot that nothing is compared with guards nothing, and looks as if it did.",
    advice: "Remove what is stale with `lockproof snapshot --prune`.",
};

/// The checks that snapshots come to, for a reader of a result.
pub fn checks() -> Vec<CheckInfo> {
    let info = |check: SnapCheck| CheckInfo {
        id: check.id.to_owned(),
        family: FAMILY.to_owned(),
        title: check.title.to_owned(),
        severity: Severity::Must,
        sources: vec!["the approved snapshots".to_owned()],
        why: check.why.to_owned(),
        advice: check.advice.to_owned(),
        // Where they are by default: the finding itself names the file.
        file: "snapshots".to_owned(),
        site: None,
    };
    [CHANGED, UNSEEN, STALE].map(info).to_vec()
}

/// What a comparison comes to, each snapshot and each difference a case.
pub fn findings(
    comparison: &Comparison,
    book: &Book,
    cases: &[CaseResult],
    redactor: &Redactor,
) -> Vec<CaseResult> {
    let by_id = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut writer = Writer { book, by_id, redactor, taken: BTreeSet::new() };
    let changed: Vec<&SnapName> = comparison.changed.iter().map(|change| &change.name).collect();
    let steady = comparison.same.iter().filter(|(name, _)| !changed.contains(name));
    let mut all: Vec<_> = steady.map(|(name, cases)| writer.same(name, cases)).collect();
    all.extend(comparison.changed.iter().map(|change| writer.changed(change)));
    all.extend(comparison.unseen.iter().map(|unseen| writer.unseen(unseen)));
    all.extend(comparison.stale.iter().map(|stale| writer.stale(stale)));
    all
}

struct Writer<'a> {
    book: &'a Book,
    by_id: BTreeMap<&'a str, &'a CaseResult>,
    redactor: &'a Redactor,
    /// The ids that were given.
    taken: BTreeSet<String>,
}

impl Writer<'_> {
    fn same(&mut self, name: &SnapName, cases: &[String]) -> CaseResult {
        let actual = format!("the same in {}", count(cases.len()));
        let expected = format!("as in {name}.snap");
        let (expected, actual) = (self.redact(&expected), self.redact(&actual));
        let case = self.case(CHANGED, name.as_str(), cases);
        // Nothing is to be looked into: what was sent stands with the case itself.
        CaseResult { verdict: Verdict::Pass, expected, actual, exchange: None, reproduce: None, ..case }
    }

    fn changed(&mut self, change: &Change) -> CaseResult {
        let approved = self.book.get(&change.name).map(|snap| snap.text.as_str()).unwrap_or_default();
        let what = match &change.seen {
            Ok(seen) => in_words(approved, seen),
            Err(why) => format!("it is not answered alike each time: {why}"),
        };
        let actual = format!("{what}, in {}", count(change.cases.len()));
        let expected = format!("as in {}.snap", change.name);
        let case = self.case(CHANGED, change.name.as_str(), &change.cases);
        CaseResult { expected: self.redact(&expected), actual: self.redact(&actual), ..case }
    }

    fn unseen(&mut self, unseen: &Unseen) -> CaseResult {
        let check = first_check(&unseen.cases).unwrap_or_default();
        let actual = format!("no approved snapshot speaks for {}", count(unseen.cases.len()));
        let case = self.case(UNSEEN, &format!("{}-{check}", unseen.status), &unseen.cases);
        CaseResult { expected: Redacted::fixed("an approved snapshot"), actual: self.redact(&actual), ..case }
    }

    fn stale(&mut self, stale: &Stale) -> CaseResult {
        let scopes: Vec<_> = stale.scopes.iter().map(ToString::to_string).collect();
        let actual = match (stale.whole, &*scopes) {
            (true, _) => format!("nothing belongs to {}.snap any more", stale.name),
            (false, scopes) => {
                format!("{}.snap speaks for {}, which is no case", stale.name, scopes.join(", "))
            }
        };
        let case = self.case(STALE, stale.name.as_str(), &[]);
        let expected = Redacted::fixed("a case for each snapshot, and for everything that it speaks for");
        CaseResult { expected, actual: self.redact(&actual), ..case }
    }

    /// A finding with the evidence of the first of its cases.
    fn case(&mut self, check: SnapCheck, last: &str, cases: &[String]) -> CaseResult {
        let first = cases.first().and_then(|case| self.by_id.get(case.as_str())).copied();
        let environment = first.map_or(NONE, |case| &case.environment);
        let operation = first.map_or(NONE, |case| &case.operation);
        let begin = format!("{}/{environment}/{operation}", check.id);
        let last = self.told_apart(&begin, [last, first_check(cases).unwrap_or(last)]);
        CaseResult {
            id: format!("{begin}/{last}"),
            check: check.id.to_owned(),
            family: FAMILY.to_owned(),
            severity: Severity::Must,
            environment: environment.to_owned(),
            operation: operation.to_owned(),
            credential: first.and_then(|case| case.credential.clone()),
            expects: None,
            variant: Some(last),
            verdict: Verdict::Fail,
            answered: first.and_then(|case| case.answered),
            explained_by: None,
            requirement: Redacted::fixed(check.title),
            expected: Redacted::default(),
            actual: Redacted::default(),
            reproduce: first.and_then(|case| case.reproduce.clone()),
            exchange: first.and_then(|case| case.exchange.clone()),
            duration_us: 0,
            file: None,
        }
    }

    /// The last part of an id that no other case has: where it is taken with the check that met it first, and at last
    /// with a number. The order of the cases is that of the plan, and so it is the same each time.
    fn told_apart(&mut self, begin: &str, [last, check]: [&str; 2]) -> String {
        let long = format!("{last}-{check}");
        let numbered = (2..).map(|number: u32| format!("{long}-{number}"));
        let mut names = [last.to_owned(), long.clone()].into_iter().chain(numbered);
        let name = names.find(|name| self.taken.insert(format!("{begin}/{name}")));
        name.unwrap_or_else(|| long.clone())
    }

    fn redact(&self, text: &str) -> Redacted {
        self.redactor.redact(text).truncated(2048)
    }
}

/// The check of the first of some cases.
fn first_check(cases: &[String]) -> Option<&str> {
    cases.first().and_then(|case| case.split('/').next())
}

/// A difference in one line: what there was, and what there is.
fn in_words(approved: &str, seen: &str) -> String {
    let lines = difference(approved, seen);
    let those = |sign: Sign| {
        let lines = lines
            .iter()
            .filter(|line| line.sign == sign)
            .map(|line| line.text().trim().trim_end_matches(',').to_owned());
        lines.collect::<Vec<_>>().join(" ")
    };
    match (those(Sign::Old), those(Sign::New)) {
        (old, new) if old.is_empty() => format!("there is more: {new}"),
        (old, new) if new.is_empty() => format!("there is no more: {old}"),
        (old, new) => format!("it says {new} and no longer {old}"),
    }
}

fn count(cases: usize) -> String {
    format!("{cases} case{}", if cases == 1 { "" } else { "s" })
}
