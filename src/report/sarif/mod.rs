//! SARIF 2.1.0, for code scanning and whatever else collects findings: every finding a result of its check's rule.
//!
//! A result is located at the check's file, holds the exchange as SARIF has it, and keeps its fingerprint from run to
//! run. What could not be judged is no result but a notification: a collector would take it for a finding.

mod model;
mod results;
mod rules;

use super::{FormatEntry, ReportError, Style, Usual};
use crate::outcome::{ExitCode, Redacted, RunResult, RunVerdict, Verdict};
use crate::report::{group, words};
use model::{Driver, Invocation, Log, Message, Notification, Run, Tool};

/// This format.
pub(super) const FORMAT: FormatEntry =
    FormatEntry { name: "sarif", file_name: "results.sarif", usual: Usual::OnRequest, render, load: None };

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let log = Log { schema: model::SCHEMA, version: model::VERSION, runs: vec![run(result)] };
    super::json::pretty(&log, FORMAT.name)
}

fn run(result: &RunResult) -> Run<'_> {
    let driver = Driver {
        name: &result.tool.name,
        version: &result.tool.version,
        rules: result.checks.iter().map(rules::rule).collect(),
    };
    let findings = result.cases.iter().filter(|case| matches!(case.verdict, Verdict::Fail | Verdict::Warn));
    Run {
        tool: Tool { driver },
        invocations: vec![invocation(result)],
        results: findings.map(|case| results::result(result, case)).collect(),
        column_kind: "unicodeCodePoints",
    }
}

fn invocation(result: &RunResult) -> Invocation<'_> {
    let completed = match result.verdict {
        RunVerdict::Conformant | RunVerdict::NonConformant => true,
        RunVerdict::Inconclusive | RunVerdict::Aborted => false,
    };
    Invocation {
        start_time_utc: &result.started,
        exit_code: result.exit_code,
        exit_code_description: ExitCode::from_code(result.exit_code).map_or("unknown", ExitCode::meaning),
        execution_successful: completed,
        tool_execution_notifications: notifications(result),
    }
}

/// What a reader must know, the controls that did not hold, and what could not be judged.
fn notifications(result: &RunResult) -> Vec<Notification> {
    let notice = |level, text: &str| Notification { level, message: Message::plain(text) };
    let mut all: Vec<_> =
        result.notices.iter().map(Redacted::as_str).map(|text| notice("warning", text)).collect();
    for control in result.controls.iter().filter(|control| !control.held) {
        let place = format!("{} in {}, {} the run", control.operation, control.environment, control.when);
        all.push(notice("error", &format!("a control did not hold ({place}): {}", control.actual)));
    }
    for verdict in [Verdict::Inconclusive, Verdict::Error] {
        for (reason, cases) in group::by_reason(result, verdict) {
            all.push(notice("error", &format!("{} {verdict}: {reason}", words::cases(cases.len()))));
        }
    }
    all
}
