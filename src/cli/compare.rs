//! `lockproof compare`: an earlier and a later result, of a run or of a load.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::compare::{Measured, Sheet, Trend, loads, markdown, page, runs};
use crate::load::Merged;
use crate::outcome::load::LOAD_FORMAT;
use crate::outcome::{ExitCode, FORMAT, RunResult};
use crate::report::Page;

use super::Done;
use super::error::Failure;
use super::output::{self, Output};

const EXAMPLES: &str = "\
Examples:
  lockproof compare main/results.json reports/latest/results.json --fail-on new-failures
  lockproof compare old/load.json new/load.json --fail-on regression
  lockproof compare old.json new.json --format markdown >> $GITHUB_STEP_SUMMARY

Two results of `lockproof run` (results.json) or two of `lockproof load` (load.json, load.hlog beside it). A latency counts as
another one where that is hardly chance (p below 0.01 over all classes together) and large enough to matter: Cliff's delta of
0.33 and a median that moved by a tenth, or three times as many answers beyond the old 99th percentile, which grew by half.

Exit codes: 0 what --fail-on names is not there, 1 it is, 2 no results, 5 a load that is void or not whole.";

/// The largest result that is read, in bytes.
const LONGEST: u64 = 1024 * 1024 * 1024;

/// Compare an earlier and a later result.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CompareArgs {
    /// The earlier result: results.json or load.json.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The later result.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// How it is shown.
    #[arg(long, value_enum, default_value_t = ShownAs::Terminal, value_name = "FORMAT")]
    format: ShownAs,
    /// What ends with exit code 1: `new-failures` (failed checks, wrong verdicts, missed thresholds), or any `regression`
    /// (also warnings, what is no longer judged, slower answers).
    #[arg(long, value_enum, value_name = "WHAT")]
    fail_on: Option<FailOn>,
}

/// How a comparison is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ShownAs {
    /// For people.
    Terminal,
    /// For a pull request.
    Markdown,
    /// For programs.
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    NewFailures,
    Regression,
}

pub(super) fn run(args: &CompareArgs, output: &Output) -> Done {
    let (old, new) = (Read::from(&args.old)?, Read::from(&args.new)?);
    match (old, new) {
        (Read::Run(old), Read::Run(new)) => {
            let comparison = runs(&old, &new);
            show(args.format, (&comparison, &Sheet::from(&comparison)), output)?;
            Ok(args.exit(comparison.trend()))
        }
        (Read::Load(old), Read::Load(new)) => {
            let comparison = loads(&old, &new);
            show(args.format, (&comparison, &Sheet::from(&comparison)), output)?;
            // What was wrong is a fact, whatever the generator could do.
            if !comparison.valid && comparison.trend() < Trend::NewFailures {
                return Ok(ExitCode::LoadVoid);
            }
            Ok(args.exit(comparison.trend()))
        }
        (Read::Run(_), Read::Load(_)) | (Read::Load(_), Read::Run(_)) => {
            Err(Failure::usage("one is the result of a run and the other of a load; compare two of a kind"))
        }
    }
}

impl CompareArgs {
    fn exit(&self, trend: Trend) -> ExitCode {
        let bound = match self.fail_on {
            None => return ExitCode::Conformant,
            Some(FailOn::NewFailures) => Trend::NewFailures,
            Some(FailOn::Regression) => Trend::Worse,
        };
        if trend >= bound { ExitCode::NonConformant } else { ExitCode::Conformant }
    }
}

/// Prints a comparison.
pub(super) fn show<T: Serialize>(
    format: ShownAs,
    (value, sheet): (&T, &Sheet),
    output: &Output,
) -> Result<(), Failure> {
    match format {
        ShownAs::Terminal => {
            let mut text = Page::new(output.style());
            page(sheet, &mut text);
            output::print(&text.into_bytes())
        }
        ShownAs::Markdown => output::print(markdown(sheet).as_bytes()),
        ShownAs::Json => {
            let json = serde_json::to_string_pretty(value);
            let json = json.map_err(|error| Failure::Report(format!("could not write JSON: {error}")))?;
            output::print(format!("{json}\n").as_bytes())
        }
    }
}

/// A result that was read.
enum Read {
    Run(Box<RunResult>),
    Load(Box<Measured>),
}

impl Read {
    fn from(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let wrong = |problem: String| Failure::usage(format!("{shown}: {problem}"));
        let bytes = bytes(path)?;
        let format: Format = serde_json::from_slice(&bytes)
            .map_err(|error| wrong(format!("it is no result of ours: {error}")))?;
        match &*format.format {
            FORMAT => {
                let result = serde_json::from_slice(&bytes)
                    .map_err(|error| wrong(format!("it is no result of a run: {error}")))?;
                Ok(Self::Run(Box::new(result)))
            }
            LOAD_FORMAT => {
                let log = self::bytes(&path.with_extension("hlog"))?;
                let merged = Merged::read(&shown.to_string(), &bytes, &log)
                    .map_err(|error| Failure::usage(format!("could not {error}")))?;
                let result = serde_json::from_slice(&bytes)
                    .map_err(|error| wrong(format!("it is no result of a load: {error}")))?;
                Ok(Self::Load(Box::new(Measured { result, times: merged.response_times() })))
            }
            other => Err(wrong(format!("its format is `{other}`, neither `{FORMAT}` nor `{LOAD_FORMAT}`"))),
        }
    }
}

/// What every result says first.
#[derive(serde::Deserialize)]
struct Format {
    format: String,
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let wrong = |problem: String| Failure::usage(format!("could not read {}: {problem}", path.display()));
    let length = fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if length > LONGEST {
        return Err(wrong(format!("it is longer than {LONGEST} bytes")));
    }
    fs::read(path).map_err(|error| wrong(error.to_string()))
}
