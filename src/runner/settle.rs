//! What a case comes to in the light of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Name;
use crate::outcome::{CaseResult, Verdict};
use crate::plan::Case;
use crate::redact::Redactor;

/// Where each check failed: the operations of each environment.
type Failures<'a> = BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>;

/// Folds failures that another check explains: where a check that this one depends on failed in the same environment,
/// and for the same operation if it covers that one, this one has nothing to add.
pub(super) fn explain(results: &mut [CaseResult], cases: &[Case], redactor: &Redactor) {
    let failed = by_check(results, |result| matches!(result.verdict, Verdict::Fail | Verdict::Warn));
    let covered = by_check(results, |result| result.verdict != Verdict::Skip);
    let explained: Vec<Option<String>> = results
        .iter()
        .zip(cases)
        .map(|(result, case)| {
            let open = matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Inconclusive);
            let depends_on = case.scenario.depends_on.iter().filter(|_| open);
            depends_on
                .map(Name::as_str)
                .find(|check| explains(check, result, (&failed, &covered)))
                .map(str::to_owned)
        })
        .collect();
    for (result, check) in results.iter_mut().zip(explained) {
        if let Some(check) = check {
            result.verdict = Verdict::Skip;
            let why = format!("explained by {check}, which failed here; seen: {}", result.actual);
            result.actual = redactor.redact(&why);
        }
    }
}

fn explains(check: &str, result: &CaseResult, (failed, covered): (&Failures<'_>, &Failures<'_>)) -> bool {
    let place = (check, &*result.environment);
    let covers = covered.get(&place).is_some_and(|operations| operations.contains(&*result.operation));
    failed.get(&place).is_some_and(|operations| !covers || operations.contains(&*result.operation))
}

fn by_check(results: &[CaseResult], counts: impl Fn(&CaseResult) -> bool) -> Failures<'_> {
    let mut found = Failures::new();
    for result in results.iter().filter(|result| counts(result)) {
        found.entry((&result.check, &result.environment)).or_default().insert(&result.operation);
    }
    found
}
