//! `lockproof init`: a first contract to begin with.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::contract::starter::{self, Edge};
use crate::outcome::ExitCode;

use super::error::Failure;
use super::output;
use super::{Done, reports};

const EXAMPLES: &str = "\
Examples:
  lockproof init                          lockproof.yaml, for an API with errors of its own
  lockproof init --from kong api.yaml     for an edge that is well known, as it comes out of the box
  lockproof init --list                   the kinds of edge
  lockproof init -                        on standard output";

/// Write a first contract, to be edited.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(super) struct InitArgs {
    /// The file; `-` is standard output.
    #[arg(default_value = "lockproof.yaml")]
    file: PathBuf,
    /// The kind of edge.
    #[arg(long, value_name = "KIND", default_value = "plain", value_parser = kinds())]
    #[arg(hide_possible_values = true)]
    from: String,
    /// Replace a file that is there already.
    #[arg(long)]
    force: bool,
    /// Print the kinds of edge, and end.
    #[arg(long)]
    list: bool,
}

fn kinds() -> PossibleValuesParser {
    starter::edges().iter().map(|edge| PossibleValue::new(edge.name).help(edge.about)).into()
}

pub(super) fn run(args: &InitArgs) -> Done {
    if args.list {
        output::print(list().as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let edge = starter::edge(&args.from)
        .ok_or_else(|| Failure::usage(format!("there is no kind of edge `{}`", args.from)))?;
    let text = starter::text(edge).map_err(|error| Failure::System(error.to_string()))?;
    if args.file == Path::new("-") {
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let written = if args.force { reports::write_atomically } else { reports::create_atomically };
    written(&args.file, text.as_bytes()).map_err(|error| not_written(&args.file, &error))?;
    output::print(next_steps(&args.file, edge).as_bytes())?;
    Ok(ExitCode::Conformant)
}

fn list() -> String {
    let width = starter::edges().iter().map(|edge| edge.name.len()).max().unwrap_or(0);
    let lines = starter::edges().iter().map(|edge| format!("{:width$}  {}", edge.name, edge.about));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

fn not_written(file: &Path, error: &io::Error) -> Failure {
    let file = file.display();
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Failure::usage(format!("{file} is there already; --force replaces it"));
    }
    Failure::Report(format!("could not write {file}: {error}"))
}

/// What to do with it, in the order in which it is done.
fn next_steps(file: &Path, edge: &Edge) -> String {
    let file = file.display();
    let mut text = Vec::new();
    writeln!(text, "{file} is a first contract for {}.\n", edge.about).ok();
    writeln!(
        text,
        "1. Edit it: your operations, your credentials, your refusals. Then see whether it can be read:"
    )
    .ok();
    writeln!(text, "     lockproof check {file}").ok();
    writeln!(text, "2. Put the keys where it says, and try it on the built-in reference server:").ok();
    writeln!(text, "     lockproof run --contract {file} --reference").ok();
    writeln!(text, "3. Hold it against your API:").ok();
    writeln!(text, "     lockproof run --contract {file}").ok();
    String::from_utf8_lossy(&text).into_owned()
}
