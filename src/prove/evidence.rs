//! Whether a find is a proof: the right verdict, about the right requirement, with something to show for it.

use super::seen::Seen;
use crate::outcome::{CaseResult, RunVerdict, Verdict};
use crate::scenario::{Scenario, Severity};

/// What is wrong with a check's find, if anything is: without sound evidence it does not count.
pub(super) fn weakness(case: &CaseResult, check: &Scenario, seen: &Seen) -> Option<String> {
    wrong_verdict(case, check)
        .or_else(|| wrong_run(case, seen))
        .or_else(|| wrong_evidence(case, check).map(str::to_owned))
}

fn wrong_verdict(case: &CaseResult, check: &Scenario) -> Option<String> {
    let right = match check.severity {
        Severity::Must => Verdict::Fail,
        Severity::Should => Verdict::Warn,
        Severity::Info => Verdict::Pass,
    };
    let severity = check.severity.as_str();
    (case.verdict != right).then(|| format!("the verdict is {}, of a {severity} it is {right}", case.verdict))
}

/// A failure makes the whole run fail; a warning alone leaves it as it is.
fn wrong_run(case: &CaseResult, seen: &Seen) -> Option<String> {
    let run = seen.verdict;
    let right = match case.verdict {
        Verdict::Fail => run == RunVerdict::NonConformant,
        Verdict::Warn => matches!(run, RunVerdict::NonConformant | RunVerdict::Conformant),
        Verdict::Pass | Verdict::Skip | Verdict::Inconclusive | Verdict::Error => false,
    };
    (!right).then(|| format!("the run came to {run}"))
}

fn wrong_evidence(case: &CaseResult, check: &Scenario) -> Option<&'static str> {
    let answer = case.exchange.as_ref().and_then(|exchange| exchange.received.as_ref());
    let empty = |text: &str| text.trim().is_empty();
    match case {
        _ if case.requirement.as_str() != check.title => Some("the requirement is not the check's title"),
        _ if empty(case.expected.as_str()) => Some("it does not say what was expected"),
        _ if empty(case.actual.as_str()) => Some("it does not say what was seen"),
        _ if answer.is_none() => Some("there is no answer to show"),
        _ if case.reproduce.as_ref().is_none_or(|line| empty(line.as_str())) => {
            Some("there is no command to reproduce it")
        }
        _ => None,
    }
}
