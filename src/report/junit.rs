//! `junit.xml`: every case a test case, for build servers.
//!
//! A server that shows nothing but this file must never show green for a run that is not conformant, so the run
//! itself is a test case too. The file is read back before it is given out: a file that a parser rejects counts
//! as "no tests", and that is green on many servers.

use std::time::Duration;

use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::evidence::{self, Limits};
use super::{FormatEntry, ReportError, Style, Usual, escape_terminal};
use crate::outcome::{
    CaseResult, CheckInfo, Control, ControlKind, Exchange, ExitCode, Redacted, RunResult, RunVerdict, Verdict,
};

/// This format.
pub(super) const FORMAT: FormatEntry =
    FormatEntry { name: "junit", file_name: "junit.xml", usual: Usual::Written, render, load: None };

/// How much is shown of an exchange.
const LIMITS: Limits = Limits { headers: 50, lines: 50, width: 1_000 };

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let mut report = Report::new(escape_terminal(&format!("lockproof: {}", result.contract.api)));
    report.set_time(Duration::from_millis(result.duration_ms));
    report.add_test_suites(suites(result));
    let text = report.to_string().map_err(|error| problem(&error))?;
    let read = Report::deserialize_from_str(&text).map_err(|error| problem(&error))?;
    if cases_in(&read) == cases_in(&report) {
        Ok(text.into_bytes())
    } else {
        Err(problem(&"it does not read back"))
    }
}

fn problem(problem: &dyn std::fmt::Display) -> ReportError {
    ReportError::Render { format: FORMAT.name, problem: problem.to_string() }
}

fn cases_in(report: &Report) -> usize {
    report.test_suites.iter().map(|suite| suite.test_cases.len()).sum()
}

/// The run, its controls, and every family.
fn suites(result: &RunResult) -> Vec<TestSuite> {
    let mut families: IndexMap<&str, Vec<&CaseResult>> = IndexMap::new();
    for case in &result.cases {
        families.entry(&case.family).or_default().push(case);
    }
    let mut suites = vec![suite(result, "run", vec![run_case(result)])];
    if !result.controls.is_empty() {
        suites.push(suite(result, "controls", result.controls.iter().map(control_case).collect()));
    }
    for (family, cases) in families {
        let took = cases.iter().map(|case| case.duration_us).fold(0, u64::saturating_add);
        let cases = cases.into_iter().map(|case| test_case(result, case)).collect();
        let mut suite = suite(result, family, cases);
        suite.set_time(Duration::from_micros(took));
        suites.push(suite);
    }
    suites
}

fn suite(result: &RunResult, name: &str, cases: Vec<TestCase>) -> TestSuite {
    let mut suite = TestSuite::new(escape_terminal(name));
    suite.add_property(("seed", result.seed.to_string().as_str()));
    suite.add_property(("contract", escape_terminal(&result.contract.file).as_str()));
    for target in &result.target {
        let name = format!("target.{}", escape_terminal(&target.environment));
        suite.add_property((name.as_str(), escape_terminal(target.url.as_str()).as_str()));
    }
    suite.add_test_cases(cases);
    suite
}

/// The run as a test case: red wherever the run is not conformant and no other test case need be red.
fn run_case(result: &RunResult) -> TestCase {
    let meaning = ExitCode::from_code(result.exit_code).map_or("unknown", ExitCode::meaning);
    let message = format!("the run is {} (exit {}: {meaning})", result.verdict, result.exit_code);
    let failed = result.cases.iter().any(|case| case.verdict == Verdict::Fail);
    let status = match result.verdict {
        RunVerdict::Conformant if result.exit_code == 0 => TestCaseStatus::success(),
        RunVerdict::NonConformant if failed => TestCaseStatus::success(),
        RunVerdict::Conformant | RunVerdict::NonConformant => {
            non_success(NonSuccessKind::Failure, &message, result.verdict.as_str())
        }
        RunVerdict::Inconclusive | RunVerdict::Aborted => {
            non_success(NonSuccessKind::Error, &message, result.verdict.as_str())
        }
    };
    let mut case = TestCase::new("verdict", status);
    case.set_classname("lockproof.run");
    let notices = result.notices.iter().map(Redacted::as_str);
    let body =
        notices.fold(Body::default().field("verdict", &message), |body, notice| body.field("notice", notice));
    case.set_system_out(body.text());
    case
}

fn control_case(control: &Control) -> TestCase {
    let kind = match control.kind {
        ControlKind::Positive => "positive",
        ControlKind::Negative => "negative",
    };
    let mut status = TestCaseStatus::success();
    if !control.held {
        status = non_success(NonSuccessKind::Error, control.actual.as_str(), "control");
        let body = Body::default().field("advice", &control.advice).exchange(control.exchange.as_ref());
        status.set_description(body.text());
    }
    let name = format!("{kind}/{}/{}/{}", control.environment, control.operation, control.when);
    let mut case = TestCase::new(escape_terminal(&name), status);
    case.set_classname(format!("lockproof.controls.{kind}"));
    case
}

fn test_case(result: &RunResult, case: &CaseResult) -> TestCase {
    let body = || case_body(result.checks.iter().find(|check| check.id == case.check), case).text();
    let status = match case.verdict {
        Verdict::Pass | Verdict::Warn => TestCaseStatus::success(),
        Verdict::Fail => {
            non_success(NonSuccessKind::Failure, case.requirement.as_str(), case.severity.as_str())
        }
        Verdict::Inconclusive | Verdict::Error => {
            non_success(NonSuccessKind::Error, case.actual.as_str(), case.verdict.as_str())
        }
        Verdict::Skip => TestCaseStatus::skipped(),
    };
    let mut test = TestCase::new(escape_terminal(&case.id), status);
    test.set_classname(escape_terminal(&format!("lockproof.{}.{}", case.family, case.check)));
    test.set_time(Duration::from_micros(case.duration_us));
    match case.verdict {
        Verdict::Pass => {}
        Verdict::Warn => drop(test.set_system_out(format!("verdict: warn\n{}", body()))),
        Verdict::Skip => drop(test.status.set_message(escape_terminal(case.actual.as_str()))),
        Verdict::Fail | Verdict::Inconclusive | Verdict::Error => drop(test.status.set_description(body())),
    }
    test
}

fn non_success(kind: NonSuccessKind, message: &str, ty: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(escape_terminal(message)).set_type(ty);
    status
}

fn case_body(check: Option<&CheckInfo>, case: &CaseResult) -> Body {
    let body = Body::default()
        .field("requirement", case.requirement.as_str())
        .field("expected", case.expected.as_str())
        .field("actual", case.actual.as_str())
        .block("reproduce", case.reproduce.iter().flat_map(|command| command.as_str().split('\n')));
    let body = match check {
        Some(check) => body.field("why", &check.why).field("advice", &check.advice),
        None => body,
    };
    body.exchange(case.exchange.as_ref())
}

/// Lines of text about a case, each escaped: none begins with text that is not ours.
#[derive(Default)]
struct Body(Vec<String>);

impl Body {
    fn field(mut self, name: &str, text: &str) -> Self {
        self.0.extend(Some(format!("{name}: {}", escape_terminal(text))).filter(|_| !text.is_empty()));
        self
    }

    fn block<'a>(mut self, label: &str, lines: impl Iterator<Item = &'a str>) -> Self {
        let mut lines = lines.map(|line| format!("| {}", escape_terminal(line))).peekable();
        self.0.extend(lines.peek().is_some().then(|| format!("{label}:")));
        self.0.extend(lines);
        self
    }

    fn exchange(self, exchange: Option<&Exchange>) -> Self {
        let parts = exchange.into_iter().flat_map(|exchange| evidence::of(exchange, LIMITS));
        parts.fold(self, |body, (label, lines)| body.block(&label, lines.iter().map(String::as_str)))
    }

    fn text(&self) -> String {
        self.0.join("\n")
    }
}
