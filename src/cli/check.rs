//! `lockproof check`: contracts and scenarios, without sending anything.

use std::path::PathBuf;

use clap::Args;

use crate::contract;
use crate::document::{Diagnostics, Source};
use crate::load;
use crate::outcome::ExitCode;
use crate::scenario::{self, builtin_files};

use super::error::Failure;
use super::output;
use super::{Done, bundle, suite, supply};

/// Check contracts, scenarios and load plans, all mistakes at once; send nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  lockproof check                          the contract in this folder, or the built-in suite\n  lockproof check lockproof.yaml my-checks/  a contract and a folder of scenarios"
)]
pub(super) struct CheckArgs {
    /// Contracts, scenarios, load plans, and folders of scenarios.
    files: Vec<PathBuf>,
}

pub(super) fn run(args: &CheckArgs) -> Done {
    let sources = if args.files.is_empty() { default_sources()? } else { named_sources(&args.files)? };
    let wrong: Vec<Diagnostics> = sources.iter().filter_map(|source| check(source).err()).collect();
    if !wrong.is_empty() {
        return Err(Failure::Documents(wrong));
    }
    let count = sources.len();
    let plural = if count == 1 { "" } else { "s" };
    output::print(format!("{count} file{plural} without a mistake\n").as_bytes())?;
    Ok(ExitCode::Conformant)
}

fn default_sources() -> Result<Vec<Source>, Failure> {
    let contract = PathBuf::from("lockproof.yaml");
    if contract.exists() {
        return Ok(vec![bundle::read_source(&contract)?]);
    }
    Ok(builtin_files().into_iter().map(|file| Source { name: file.path, text: file.text }).collect())
}

fn named_sources(paths: &[PathBuf]) -> Result<Vec<Source>, Failure> {
    let files = suite::collect(paths)?;
    if files.is_empty() {
        return Err(Failure::usage("there is no *.yaml under the given paths"));
    }
    Ok(files.into_iter().map(|file| Source { name: file.path, text: file.text }).collect())
}

/// A contract says `lockproof: 1` on a line of its own, a load plan `load: 1`; everything else is a scenario.
fn check(source: &Source) -> Result<(), Diagnostics> {
    let says = |word: &str| source.text.lines().any(|line| line.starts_with(word));
    if says("lockproof:") {
        contract::load(source.clone(), &supply::variable).map(drop)
    } else if says("load:") {
        load::format::read(source.clone()).map(drop)
    } else {
        scenario::load(source.clone()).map(drop)
    }
}
