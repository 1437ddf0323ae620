//! NDJSON: the result as a stream of events, one JSON object a line, for programs that read as it comes.
//!
//! The first line is `begin`, then every control and every case has its own, and the last is `end`: a file without it
//! was cut. A case has the fields that it has in `results.json`.

use serde::Serialize;

use super::{FormatEntry, ReportError, Style, Usual};
use crate::outcome::{
    CaseResult, CheckInfo, ContractInfo, Control, Redacted, RunResult, RunVerdict, Summary, Target, Tool,
};

/// This format.
pub(super) const FORMAT: FormatEntry =
    FormatEntry { name: "ndjson", file_name: "events.ndjson", usual: Usual::OnRequest, render, load: None };

/// The name and version of the stream.
const STREAM: &str = "lockproof-events/1";

/// One line.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Event<'a> {
    /// What is run.
    Begin {
        format: &'static str,
        tool: &'a Tool,
        contract: &'a ContractInfo,
        target: &'a [Target],
        seed: u64,
        started: &'a str,
        cases: usize,
    },
    /// A check that the cases belong to.
    Check(&'a CheckInfo),
    /// A control.
    Control(&'a Control),
    /// A case, in the order of the plan.
    Case(&'a CaseResult),
    /// What it came to.
    End { verdict: RunVerdict, exit_code: u8, summary: Summary, notices: &'a [Redacted], duration_ms: u64 },
}

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let begin = Event::Begin {
        format: STREAM,
        tool: &result.tool,
        contract: &result.contract,
        target: &result.target,
        seed: result.seed,
        started: &result.started,
        cases: result.cases.len(),
    };
    let end = Event::End {
        verdict: result.verdict,
        exit_code: result.exit_code,
        summary: result.summary,
        notices: &result.notices,
        duration_ms: result.duration_ms,
    };
    let mut stream = Vec::new();
    let checks = result.checks.iter().map(Event::Check);
    let controls = result.controls.iter().map(Event::Control);
    let cases = result.cases.iter().map(Event::Case);
    for event in [begin].into_iter().chain(checks).chain(controls).chain(cases).chain([end]) {
        serde_json::to_writer(&mut stream, &event)
            .map_err(|error| ReportError::Render { format: FORMAT.name, problem: error.to_string() })?;
        stream.push(b'\n');
    }
    Ok(stream)
}
