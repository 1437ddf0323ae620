//! NDJSON: the result as a stream of events, one JSON object a line, for programs that read as it comes.
//!
//! The first line is `begin`, then every control and every case has its own, and the last is `end`: a file without it
//! was cut. A case has the fields that it has in `results.json`.
//!
//! While a run goes on, a [`Stream`] gives each line when there is something to be told. What a later control took back, or
//! another check explains, comes a second time: of the lines of a case, the last one counts.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

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
    /// A case: as it ended, or in the order of the plan where the run was over before.
    Case(&'a CaseResult),
    /// What it came to.
    End { verdict: RunVerdict, exit_code: u8, summary: Summary, notices: &'a [Redacted], duration_ms: u64 },
}

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let (mut stream, mut lines) = Stream::begin(result, result.cases.len())?;
    lines.extend(stream.end(result)?);
    Ok(lines)
}

/// The lines of one run, as it goes by.
#[derive(Debug)]
pub struct Stream {
    /// How many controls were told.
    controls: usize,
    /// A digest of what was last told of each case.
    told: BTreeMap<String, u64>,
}

impl Stream {
    /// The first lines: what is known of a run before anything is sent, and how many cases are planned.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn begin(known: &RunResult, cases: usize) -> Result<(Self, Vec<u8>), ReportError> {
        let begin = Event::Begin {
            format: STREAM,
            tool: &known.tool,
            contract: &known.contract,
            target: &known.target,
            seed: known.seed,
            started: &known.started,
            cases,
        };
        let checks = known.checks.iter().map(Event::Check);
        Ok((Self { controls: 0, told: BTreeMap::new() }, lines([begin].into_iter().chain(checks))?))
    }

    /// The line of a control.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn control(&mut self, control: &Control) -> Result<Vec<u8>, ReportError> {
        self.controls += 1;
        lines([Event::Control(control)])
    }

    /// The line of a case; nothing where the same was told before.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn case(&mut self, case: &CaseResult) -> Result<Vec<u8>, ReportError> {
        let line = lines([Event::Case(case)])?;
        let mut digest = DefaultHasher::new();
        line.hash(&mut digest);
        let digest = digest.finish();
        let same = self.told.insert(case.id.clone(), digest) == Some(digest);
        Ok(if same { Vec::new() } else { line })
    }

    /// The last lines: what was not told yet, what came to something else than was told, and what all of it came to.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn end(&mut self, result: &RunResult) -> Result<Vec<u8>, ReportError> {
        let mut rest = lines(result.controls.iter().skip(self.controls).map(Event::Control))?;
        for case in &result.cases {
            rest.extend(self.case(case)?);
        }
        let end = Event::End {
            verdict: result.verdict,
            exit_code: result.exit_code,
            summary: result.summary,
            notices: &result.notices,
            duration_ms: result.duration_ms,
        };
        rest.extend(lines([end])?);
        Ok(rest)
    }
}

fn lines<'a>(events: impl IntoIterator<Item = Event<'a>>) -> Result<Vec<u8>, ReportError> {
    let mut text = Vec::new();
    for event in events {
        serde_json::to_writer(&mut text, &event)
            .map_err(|error| ReportError::Render { format: FORMAT.name, problem: error.to_string() })?;
        text.push(b'\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Verdict;
    use crate::report::sample;

    #[test]
    fn what_came_to_something_else_than_was_told_comes_again_and_nothing_else_does() {
        let result = sample::mixed();
        let (mut stream, begin) = Stream::begin(&result, result.cases.len()).unwrap();
        let mut all = begin;
        for control in &result.controls {
            all.extend(stream.control(control).unwrap());
        }
        for (number, case) in result.cases.iter().enumerate().rev() {
            let verdict = if number == 0 { Verdict::Error } else { case.verdict };
            all.extend(stream.case(&CaseResult { verdict, ..case.clone() }).unwrap());
        }
        let end = String::from_utf8(stream.end(&result).unwrap()).unwrap();
        let (again, last) = end.trim_end().split_once('\n').unwrap();
        assert!(again.contains(&format!("\"id\":{:?}", result.cases[0].id)), "{end}");
        assert!(last.starts_with(r#"{"event":"end""#), "{end}");
    }
}
