//! `lockproof compare`: an earlier and a later result, of a run or of a load.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use crate::compare::{Measured, Sheet, Trend, loads, markdown, page, runs};
use crate::load::Merged;
use crate::outcome::{ExitCode, LoadResult, Saved};
use crate::report::Page;

use super::Done;
use super::error::Failure;
use super::output::{self, Output};
use super::saved;

const EXAMPLES: &str = "\
Examples:
  lockproof compare main/results.json reports/latest/results.json --fail-on new-failures
  lockproof compare old/load.json new/load.json --fail-on regression
  lockproof compare old.json new.json --format markdown >> $GITHUB_STEP_SUMMARY

Two results of `lockproof run` (results.json) or two of `lockproof load` (load.json, load.hlog beside it). A latency counts as
another one where that is hardly chance (p below 0.01 over all classes together) and large enough to matter: Cliff's delta of
0.33 and a median that moved by a tenth, or three times as many answers beyond the old 99th percentile, which grew by half.

Exit codes: 0 what --fail-on names is not there, 1 it is, 2 no results, 5 it is not, and a load is void,
inconclusive or not whole.";

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
    /// (also warnings, what is no longer judged, slower, broken or missing answers).
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
    match (saved::read(&args.old)?, saved::read(&args.new)?) {
        (Saved::Run(old), Saved::Run(new)) => {
            let comparison = runs(&old, &new);
            show(args.format, (&comparison, &Sheet::from(&comparison)), output)?;
            Ok(exit(args.fail_on, comparison.trend(), ExitCode::Conformant))
        }
        (Saved::Load(old), Saved::Load(new)) => {
            let comparison = loads(&measured(*old, &args.old)?, &measured(*new, &args.new)?);
            show(args.format, (&comparison, &Sheet::from(&comparison)), output)?;
            let otherwise = if comparison.valid { ExitCode::Conformant } else { ExitCode::LoadVoid };
            Ok(exit(args.fail_on, comparison.trend(), otherwise))
        }
        (Saved::Run(_), Saved::Load(_)) | (Saved::Load(_), Saved::Run(_)) => {
            Err(Failure::usage("one is the result of a run and the other of a load; compare two of a kind"))
        }
    }
}

/// What was asked for and is there comes first: what was wrong is a fact, whatever the generator could do.
fn exit(fail_on: Option<FailOn>, trend: Trend, otherwise: ExitCode) -> ExitCode {
    let is_there = match fail_on {
        None => false,
        Some(FailOn::NewFailures) => trend >= Trend::NewFailures,
        Some(FailOn::Regression) => trend >= Trend::Worse,
    };
    if is_there { ExitCode::NonConformant } else { otherwise }
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

/// A load with its histograms, which stand in a file beside it.
fn measured(result: LoadResult, path: &Path) -> Result<Measured, Failure> {
    let beside = path.with_extension("hlog");
    if !beside.exists() {
        return Err(Failure::usage(format!(
            "could not read {}: a load is compared by its histograms, which `lockproof load` writes to that file beside {}",
            beside.display(),
            path.display()
        )));
    }
    let (text, log) = (saved::text(path)?, saved::text(&beside)?);
    let merged = Merged::read(&path.display().to_string(), &text, &log)
        .map_err(|error| Failure::usage(format!("could not {error}")))?;
    Ok(Measured { result, times: merged.response_times() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_comes_before_a_load_that_is_void() {
        use Trend::{NewFailures, NotWorse, Worse};
        let (asked, any) = (Some(FailOn::NewFailures), Some(FailOn::Regression));
        for (fail_on, trend, valid, void) in [
            (None, NotWorse, 0, 5),
            (None, Worse, 0, 5),
            (None, NewFailures, 0, 5),
            (asked, NotWorse, 0, 5),
            (asked, Worse, 0, 5),
            (asked, NewFailures, 1, 1),
            (any, NotWorse, 0, 5),
            (any, Worse, 1, 1),
            (any, NewFailures, 1, 1),
        ] {
            let codes =
                [ExitCode::Conformant, ExitCode::LoadVoid].map(|code| exit(fail_on, trend, code).code());
            assert_eq!(codes, [valid, void], "{fail_on:?} {trend:?}");
        }
    }
}
