//! What a case comes to in the light of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Name;
use crate::outcome::{CaseResult, Verdict};
use crate::plan::Case;
use crate::redact::Redactor;

use super::schedule::Finished;

/// Where each check came to some verdict: the operations, by check and environment.
type Places = BTreeMap<(String, String), BTreeSet<String>>;

/// What the cases came to before any of them was explained.
struct Field {
    failed: Places,
    warned: Places,
    sent: Places,
}

/// Folds what another check explains: where a check that this one depends on went wrong in the same environment, and
/// for the same operation if it covers that one, this one has nothing to add.
///
/// A failure explains anything; a warning never explains that something was accepted.
pub(super) fn explain(finished: Vec<Finished>, cases: &[Case], redactor: &Redactor) -> Vec<CaseResult> {
    let field = Field {
        failed: places(&finished, |verdict| verdict == Verdict::Fail),
        warned: places(&finished, |verdict| verdict == Verdict::Warn),
        sent: places(&finished, |verdict| verdict != Verdict::Skip),
    };
    finished
        .into_iter()
        .zip(cases)
        .map(|(Finished { mut result, witnessed }, case)| {
            let open = matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Inconclusive);
            let mut suspects = case.scenario.depends_on.iter().map(Name::as_str).filter(|_| open);
            let cause = suspects.find(|check| {
                field.explains(&field.failed, check, &result)
                    || (!witnessed && field.explains(&field.warned, check, &result))
            });
            if let Some(cause) = cause {
                let why = format!("explained by {cause}, which went wrong here too");
                result.actual = redactor.redact(&why);
                result.verdict = Verdict::Skip;
                result.explained_by = Some(cause.to_owned());
            }
            result
        })
        .collect()
}

impl Field {
    fn explains(&self, wrong: &Places, check: &str, result: &CaseResult) -> bool {
        let place = (check.to_owned(), result.environment.clone());
        let covers = self.sent.get(&place).is_some_and(|operations| operations.contains(&result.operation));
        wrong.get(&place).is_some_and(|operations| !covers || operations.contains(&result.operation))
    }
}

fn places(finished: &[Finished], counts: impl Fn(Verdict) -> bool) -> Places {
    let mut found = Places::new();
    for Finished { result, .. } in finished.iter().filter(|one| counts(one.result.verdict)) {
        let place = (result.check.clone(), result.environment.clone());
        found.entry(place).or_default().insert(result.operation.clone());
    }
    found
}
