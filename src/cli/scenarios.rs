//! `lockproof scenarios`: the built-in suite, to look at and to copy out.

use std::io::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::outcome::ExitCode;
use crate::scenario::builtin_files;

use super::error::Failure;
use super::output;
use super::{Done, checks_page, reports, suite};

/// List the built-in scenarios, write their document, or copy them out to change them.
#[derive(Debug, Args)]
pub(super) struct ScenariosArgs {
    #[command(subcommand)]
    verb: ScenariosVerb,
}

#[derive(Debug, Subcommand)]
enum ScenariosVerb {
    /// One line a check: id, severity, title.
    List,
    /// The document about all of the checks, in Markdown: docs/checks.md.
    Docs,
    /// Copy the built-in scenarios into a folder; files that are there already are left alone.
    Export {
        /// The folder.
        folder: PathBuf,
        /// Replace files that are there already.
        #[arg(long)]
        force: bool,
    },
}

pub(super) fn run(args: &ScenariosArgs) -> Done {
    match &args.verb {
        ScenariosVerb::List => list()?,
        ScenariosVerb::Docs => output::print(checks_page::write(&suite::read(&[])?.scenarios).as_bytes())?,
        ScenariosVerb::Export { folder, force } => {
            let kept = if *force { Existing::Replaced } else { Existing::Kept };
            export(folder, kept)?;
        }
    }
    Ok(ExitCode::Conformant)
}

fn list() -> Result<(), Failure> {
    let suite = suite::read(&[])?;
    let width = suite.scenarios.iter().map(|scenario| scenario.id.as_str().len()).max().unwrap_or(0);
    let mut text = Vec::new();
    for one in &suite.scenarios {
        let slow = if one.slow { " (slow)" } else { "" };
        writeln!(text, "{:width$}  {:6}  {}{slow}", one.id.as_str(), one.severity.as_str(), one.title).ok();
    }
    output::print(&text)
}

/// What becomes of a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Existing {
    Kept,
    Replaced,
}

fn export(folder: &std::path::Path, existing: Existing) -> Result<(), Failure> {
    let (mut written, mut kept) = (0, 0);
    for file in builtin_files() {
        let path = folder.join(&file.path);
        if existing == Existing::Kept && path.exists() {
            kept += 1;
            continue;
        }
        reports::write_atomically(&path, file.text.as_bytes())
            .map_err(|error| Failure::Report(format!("could not write {}: {error}", path.display())))?;
        written += 1;
    }
    let rest = if kept == 0 { String::new() } else { format!(", {kept} left as they were") };
    output::print(format!("{written} scenarios written to {}{rest}\n", folder.display()).as_bytes())
}
