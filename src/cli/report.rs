//! `lockproof report`: a result that was written earlier, in any format.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::outcome::{ExitCode, Saved};
use crate::report::{Colour, Format, Style};

use super::Done;
use super::error::Failure;
use super::output::{self, Output};
use super::reports::write_atomically;

const EXAMPLES: &str = "\
Examples:
  lockproof report reports/latest/results.json            the page for the terminal
  lockproof report results.json --format html --output page.html
  lockproof report results.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"
  lockproof report load.json --format html --output load.html
  lockproof run --report json=- | lockproof report - --format github

The exit code is 0 where the report was written, whatever it says of the target; 2 where FILE is no
result, and 6 where the report could not be written.";

/// The largest result that is read: many times that of ten thousand cases.
const LARGEST: u64 = 256 * 1024 * 1024;

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
    let saved = read(&args.file)?;
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

fn read(path: &Path) -> Result<Saved, Failure> {
    let text =
        if path == Path::new("-") { bytes(io::stdin().lock()) } else { File::open(path).and_then(bytes) };
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    let problem = |why: &dyn std::fmt::Display| Failure::usage(format!("could not read {name}: {why}"));
    let text = text.map_err(|error| problem(&error))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST) {
        return Err(problem(&format!("it is larger than {} MiB, and no result is", LARGEST / 1024 / 1024)));
    }
    Saved::read(&text).map_err(|error| problem(&error))
}

/// All that there is, as far as it could be a result.
fn bytes(from: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut text)?;
    Ok(text)
}
