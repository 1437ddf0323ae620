//! `lockproof report`: a result that was written earlier, in any format.

use std::path::PathBuf;

use clap::Args;

use crate::outcome::{ExitCode, Saved};
use crate::report::{Colour, Format, Style};

use super::Done;
use super::error::Failure;
use super::output::{self, Output};
use super::reports::write_atomically;
use super::saved;

const EXAMPLES: &str = "\
Examples:
  lockproof report reports/latest/results.json            the page for the terminal
  lockproof report results.json --format html --output page.html
  lockproof report results.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  lockproof report load.json --format html --output load.html
  lockproof run --report json=- | lockproof report - --format github

The exit code is 0 where the report was written, whatever it says of the target; 2 where FILE is no
result, and 6 where the report could not be written.";

/// Show a result that was written earlier, in any format.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReportArgs {
    /// The result: results.json of a run, or load.json of a load; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How it is to be shown: terminal, html, markdown, json, junit, sarif, tap, github or ndjson. A load can be shown as
    /// terminal, html, markdown and json.
    #[arg(long, short, value_name = "FORMAT", default_value = "terminal", value_parser = format)]
    format: Format,
    /// Where the report goes, instead of to standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn format(name: &str) -> Result<Format, String> {
    Format::parse(name).map_err(|error| error.to_string())
}

pub(super) fn run(args: &ReportArgs, output: &Output) -> Done {
    let saved = saved::read(&args.file)?;
    let style = match args.output {
        Some(_) => Style { colour: Colour::Off, ..output.style() },
        None => output.style(),
    };
    let report = render(&saved, args.format, style)?;
    match &args.output {
        Some(path) => write_atomically(path, &report)
            .map_err(|error| Failure::Report(format!("could not write {}: {error}", path.display())))?,
        None => output::print(&report)?,
    }
    Ok(ExitCode::Conformant)
}

fn render(saved: &Saved, format: Format, style: Style) -> Result<Vec<u8>, Failure> {
    let rendered = match saved {
        Saved::Run(result) => format.render(result, style),
        Saved::Load(_) if !format.shows_load() => {
            return Err(Failure::usage(format!("{} shows no load; {}", format.name(), showing_load())));
        }
        Saved::Load(result) => format.render_load(result, style),
    };
    rendered.map_err(|error| Failure::Report(format!("could not {error}")))
}

/// The formats that a load can be shown in.
fn showing_load() -> String {
    let names = Format::ALL.iter().filter(|format| format.shows_load()).map(|format| format.name());
    format!("these do: {}", names.collect::<Vec<_>>().join(", "))
}
