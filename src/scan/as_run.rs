//! A scan as a run, for the reports that know runs: every finding a case, and everything that could not be looked into.

use crate::outcome::{
    CaseResult, CheckInfo, FORMAT, Redacted, RunResult, RunVerdict, ScanFinding, ScanResult, Summary, Unread,
    Verdict, place,
};
use crate::redact::Redactor;

use super::checks::{self, FAMILY};

/// The scan as a run.
pub fn as_run(result: &ScanResult, redactor: &Redactor) -> RunResult {
    let mut cases: Vec<_> = result.findings.iter().filter_map(|one| found(result, one, redactor)).collect();
    cases.extend(result.unread.iter().filter_map(|one| unread(result, one, redactor)));
    if cases.is_empty() && result.verdict == RunVerdict::Conformant {
        cases.extend(result.paths.iter().filter_map(|path| clean(result, path)));
    }
    RunResult {
        format: FORMAT.to_owned(),
        tool: result.tool.clone(),
        contract: result.contract.clone(),
        target: Vec::new(),
        seed: 0,
        started: result.started.clone(),
        duration_ms: result.duration_ms,
        verdict: result.verdict,
        exit_code: result.exit_code,
        summary: Summary::of(cases.iter().map(|case| case.verdict)),
        notices: result.notices.clone(),
        controls: Vec::new(),
        checks: result.checks.clone(),
        cases,
    }
}

fn found(result: &ScanResult, finding: &ScanFinding, redactor: &Redactor) -> Option<CaseResult> {
    let place = place(&finding.file, &finding.entries);
    let actual = format!("{place}: {}, at byte {}", finding.words(), finding.offset);
    let case = case(result, &finding.check, format!("{place}@{}", finding.offset))?;
    let credential = finding.credential.clone();
    let file = Some(finding.file.clone());
    Some(CaseResult { verdict: Verdict::Fail, credential, actual: redactor.redact(&actual), file, ..case })
}

fn unread(result: &ScanResult, unread: &Unread, redactor: &Redactor) -> Option<CaseResult> {
    let place = place(&unread.file, &unread.entries);
    let actual = format!("{place} could not be looked into: {}", unread.why);
    let case = case(result, checks::KEY, place)?;
    let file = Some(unread.file.clone());
    Some(CaseResult { verdict: Verdict::Inconclusive, actual: redactor.redact(&actual), file, ..case })
}

fn clean(result: &ScanResult, path: &Redacted) -> Option<CaseResult> {
    let case = case(result, checks::KEY, path.to_string())?;
    Some(CaseResult { verdict: Verdict::Pass, actual: Redacted::fixed("there is none"), ..case })
}

/// A case of a check at a place.
fn case(result: &ScanResult, check: &str, place: String) -> Option<CaseResult> {
    let CheckInfo { id, severity, .. } = result.checks.iter().find(|known| known.id == check)?;
    Some(CaseResult {
        id: format!("{id}/{place}"),
        check: id.clone(),
        family: FAMILY.to_owned(),
        severity: *severity,
        environment: String::new(),
        operation: String::new(),
        credential: None,
        expects: None,
        variant: Some(place),
        verdict: Verdict::Pass,
        answered: None,
        explained_by: None,
        requirement: Redacted::fixed("what is shipped holds no key"),
        expected: Redacted::fixed("no key, in no form"),
        actual: Redacted::default(),
        reproduce: None,
        exchange: None,
        duration_us: 0,
        file: None,
    })
}
