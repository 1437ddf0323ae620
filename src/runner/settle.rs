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
    let dependencies = cases.iter().map(|case| {
        let depends_on = case.scenario.depends_on.iter().map(Name::as_str).collect();
        (case.scenario.id.as_str(), depends_on)
    });
    let explained_by = causes(&finished, &dependencies.collect());
    finished
        .into_iter()
        .zip(explained_by)
        .map(|(Finished { mut result, .. }, cause)| {
            if let Some(cause) = cause {
                let why = format!("explained by {cause}, which went wrong here too");
                result.actual = redactor.redact(&why);
                result.verdict = Verdict::Skip;
                result.explained_by = Some(cause);
            }
            result
        })
        .collect()
}

/// What each check depends on.
type Checks<'c> = BTreeMap<&'c str, Vec<&'c str>>;

/// For each case the check that explains it, of those that its own depends on.
///
/// A failure that warnings alone explain will be no finding, so it explains no more than they do: else an acceptance would be
/// explained by it, and no finding would be left.
fn causes(finished: &[Finished], checks: &Checks<'_>) -> Vec<Option<String>> {
    let suspects = without_circles(checks);
    let of = |one: &Finished| suspects.get(one.result.check.as_str()).map(Vec::as_slice).unwrap_or_default();
    let cases = || finished.iter().map(|one| (one, of(one)));
    let mut excused = vec![false; finished.len()];
    loop {
        let field = Field::of(finished, &excused);
        let now: Vec<bool> = cases().map(|(one, suspects)| field.only_excuses(one, suspects)).collect();
        // Each round excuses what the last one did, and may excuse more.
        if now == excused {
            return cases().map(|(one, suspects)| field.cause(one, suspects)).collect();
        }
        excused = now;
    }
}

/// What each check depends on, without what depends on it in turn: of two failures that explain each other, none would be
/// left.
fn without_circles<'c>(checks: &Checks<'c>) -> Checks<'c> {
    let of = |(check, suspects): (&&'c str, &Vec<&'c str>)| {
        let apart = suspects.iter().copied().filter(|suspect| !leads_to(checks, suspect, check));
        (*check, apart.collect())
    };
    checks.iter().map(of).collect()
}

/// Whether a check depends on another, directly or by way of others.
fn leads_to(checks: &Checks<'_>, from: &str, to: &str) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(check) = next.pop() {
        if check == to {
            return true;
        }
        if seen.insert(check) {
            next.extend(checks.get(check).into_iter().flatten());
        }
    }
    false
}

impl Field {
    /// What the cases came to; failures that are excused count as warnings do.
    fn of(finished: &[Finished], excused: &[bool]) -> Self {
        let all = || finished.iter().zip(excused).map(|(one, excused)| (&one.result, *excused));
        Self {
            failed: places(all().filter(|(result, excused)| result.verdict == Verdict::Fail && !excused)),
            warned: places(all().filter(|(result, excused)| result.verdict == Verdict::Warn || *excused)),
            sent: places(all().filter(|(result, _)| result.verdict != Verdict::Skip)),
        }
    }

    /// The first check that explains a case.
    fn cause(&self, one: &Finished, suspects: &[&str]) -> Option<String> {
        let open = matches!(one.result.verdict, Verdict::Fail | Verdict::Warn | Verdict::Inconclusive);
        let mut suspects = suspects.iter().filter(|_| open);
        let cause = suspects.find(|check| self.fails(check, one) || self.excuses(check, one));
        cause.map(|check| (*check).to_owned())
    }

    /// Whether a case failed, and warnings alone explain it.
    fn only_excuses(&self, one: &Finished, suspects: &[&str]) -> bool {
        one.result.verdict == Verdict::Fail
            && self.cause(one, suspects).is_some()
            && !suspects.iter().any(|check| self.fails(check, one))
    }

    /// Whether a check that failed explains a case.
    fn fails(&self, check: &str, one: &Finished) -> bool {
        self.explains(&self.failed, check, &one.result).is_some()
    }

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

    /// Whether a check that warned explains a case.
    fn excuses(&self, check: &str, Finished { result, sight }: &Finished) -> bool {
        let seen = self.explains(&self.warned, check, result).filter(|_| *sight != Sight::Accepted);
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

fn places<'f>(results: impl Iterator<Item = (&'f CaseResult, bool)>) -> Places {
    let mut found = Places::new();
    for (result, _) in results {
        let place = (result.check.clone(), result.environment.clone());
        found.entry(place).or_default().entry(result.operation.clone()).or_default().extend(statuses(result));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{Exchange, Received, Redacted, Sent, Timing};
    use crate::scenario::Severity;

    fn exchange(status: u16) -> Exchange {
        let fixed = Redacted::fixed;
        let (headers, body) = (Vec::new(), fixed(""));
        let (version, cut) = ("HTTP/1.1".to_owned(), None);
        let received = Received { version, status, headers, body, body_bytes: 0, truncated: false, cut };
        let (method, url, headers) = (fixed("GET"), fixed("http://127.0.0.1/"), Vec::new());
        Exchange {
            sent: Sent { method, url, headers, body: None, body_bytes: 0 },
            received: Some(received),
            problem: None,
            timing: Timing::default(),
            conversation: None,
            behind: Vec::new(),
        }
    }

    /// A case of a check that came to a verdict on an answer; an acceptance is one that was not to be.
    fn case((check, verdict, status): (&str, Verdict, u16)) -> Finished {
        let fixed = Redacted::fixed;
        let result = CaseResult {
            id: check.to_owned(),
            check: check.to_owned(),
            family: "core".to_owned(),
            severity: Severity::Must,
            environment: "sandbox".to_owned(),
            operation: "orders.list".to_owned(),
            credential: None,
            expects: None,
            variant: None,
            verdict,
            answered: None,
            explained_by: None,
            requirement: fixed(""),
            expected: fixed(""),
            actual: fixed(""),
            reproduce: None,
            exchange: Some(exchange(status)),
            duration_us: 1,
            file: None,
        };
        Finished { result, sight: if status == 200 { Sight::Accepted } else { Sight::Other } }
    }

    /// What explains each of some cases, whose checks depend on these.
    fn explained(cases: &[(&str, Verdict, u16)], depends_on: &[(&str, &[&str])]) -> Vec<Option<String>> {
        let finished: Vec<_> = cases.iter().copied().map(case).collect();
        causes(&finished, &depends_on.iter().map(|(check, all)| (*check, all.to_vec())).collect())
    }

    /// The checks that explain them; nothing for a case that stands.
    fn by<const N: usize>(checks: [&str; N]) -> [Option<String>; N] {
        checks.map(|check| Some(check).filter(|check| !check.is_empty()).map(str::to_owned))
    }

    #[test]
    fn a_failure_explains_anything_and_a_warning_what_looks_the_same() {
        let depends_on: &[(&str, &[&str])] = &[("b", &["a"]), ("c", &["a"])];
        let with = |verdict| [("a", verdict, 400), ("b", Verdict::Fail, 400), ("c", Verdict::Fail, 200)];
        assert_eq!(explained(&with(Verdict::Fail), depends_on), by(["", "a", "a"]));
        assert_eq!(explained(&with(Verdict::Warn), depends_on), by(["", "a", ""]));
        assert_eq!(explained(&with(Verdict::Pass), depends_on), [None, None, None]);
    }

    #[test]
    fn a_failure_that_a_warning_explains_does_not_explain_an_acceptance() {
        let depends_on: &[(&str, &[&str])] = &[("b", &["a"]), ("c", &["b"]), ("d", &["c"]), ("e", &["c"])];
        let warned = [
            ("a", Verdict::Warn, 400),
            ("b", Verdict::Fail, 400),
            ("c", Verdict::Fail, 400),
            ("d", Verdict::Fail, 200),
            ("e", Verdict::Fail, 500),
        ];
        assert_eq!(explained(&warned, depends_on), by(["", "a", "b", "", ""]));
        let failed = warned.map(|(check, _, status)| (check, Verdict::Fail, status));
        assert_eq!(explained(&failed, depends_on), by(["", "a", "b", "c", "c"]));
    }

    #[test]
    fn failures_in_a_circle_do_not_explain_each_other() {
        let depends_on: &[(&str, &[&str])] = &[("a", &["b"]), ("b", &["c"]), ("c", &["a"]), ("d", &["a"])];
        let failed = ["a", "b", "c", "d"].map(|check| (check, Verdict::Fail, 200));
        assert_eq!(explained(&failed, depends_on), by(["", "", "", "a"]));
    }
}
