//! What a case comes to in the light of others.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::Name;
use crate::judge::Sight;
use crate::outcome::{CaseResult, Verdict};
use crate::plan::Case;
use crate::redact::Redactor;

use super::schedule::Finished;

/// Where each check came to some verdict, by check and environment: the operations, and the statuses that were seen there.
type Places = BTreeMap<(String, String), BTreeMap<String, BTreeSet<u16>>>;

/// What the cases came to before any of them was explained.
struct Field {
    failed: Places,
    warned: Places,
    sent: Places,
}

/// Folds what another check explains: where a check that this one depends on went wrong in the same environment, and
/// for the same operation if it covers that one, this one has nothing to add.
///
/// A failure explains anything. A warning never explains that something was accepted, and a failure only where both saw the
/// same status: who is careless about the form of a refusal is not excused for what is no refusal.
pub(super) fn explain(finished: Vec<Finished>, cases: &[Case], redactor: &Redactor) -> Vec<CaseResult> {
    let field = Field {
        failed: places(&finished, |verdict| verdict == Verdict::Fail),
        warned: places(&finished, |verdict| verdict == Verdict::Warn),
        sent: places(&finished, |verdict| verdict != Verdict::Skip),
    };
    finished
        .into_iter()
        .zip(cases)
        .map(|(Finished { mut result, sight }, case)| {
            let open = matches!(result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Inconclusive);
            let mut suspects = case.scenario.depends_on.iter().map(Name::as_str).filter(|_| open);
            let cause = suspects.find(|check| {
                field.explains(&field.failed, check, &result).is_some()
                    || (sight != Sight::Accepted && field.excuses(check, &result))
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
    /// Whether a check that went wrong explains a result: the statuses that it saw.
    fn explains(&self, wrong: &Places, check: &str, result: &CaseResult) -> Option<BTreeSet<u16>> {
        let place = (check.to_owned(), result.environment.clone());
        let covers = self.sent.get(&place).is_some_and(|seen| seen.contains_key(&result.operation));
        let wrong = wrong.get(&place)?;
        if covers {
            return wrong.get(&result.operation).cloned();
        }
        Some(wrong.values().flatten().copied().collect())
    }

    /// Whether a check that warned explains a result.
    fn excuses(&self, check: &str, result: &CaseResult) -> bool {
        let seen = self.explains(&self.warned, check, result);
        seen.is_some_and(|seen| {
            result.verdict != Verdict::Fail || statuses(result).any(|status| seen.contains(&status))
        })
    }
}

/// The statuses that were seen in a case.
fn statuses(result: &CaseResult) -> impl Iterator<Item = u16> {
    let exchange = result.exchange.iter();
    exchange.flat_map(|exchange| {
        let heard = exchange.conversation.iter().flat_map(|all| &all.answers).map(|heard| &heard.received);
        exchange.received.iter().chain(heard).map(|received| received.status)
    })
}

fn places(finished: &[Finished], counts: impl Fn(Verdict) -> bool) -> Places {
    let mut found = Places::new();
    for Finished { result, .. } in finished.iter().filter(|one| counts(one.result.verdict)) {
        let place = (result.check.clone(), result.environment.clone());
        found.entry(place).or_default().entry(result.operation.clone()).or_default().extend(statuses(result));
    }
    found
}
