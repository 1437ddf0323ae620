//! `lockproof merge`: the results of the shards of a load, put together to that of the whole plan.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::load::Merged;
use crate::report::{load_json, load_page};

use super::Done;
use super::error::Failure;
use super::output::{self, Output};
use super::reports::write_atomically;

const EXAMPLES: &str = "\
Examples:
  lockproof load my-plan.yaml --contract lockproof.yaml --shard 1/2 --start-at 2027-01-31T12:00:00Z --out shard-1 &
  lockproof load my-plan.yaml --contract lockproof.yaml --shard 2/2 --start-at 2027-01-31T12:00:00Z --out shard-2 &
  wait
  lockproof merge shard-1/load.json shard-2/load.json --out whole

Beside each FILE its histograms are read (load.hlog beside load.json). Counts and histograms add up to what one process
would have recorded; thresholds and the verdict are those of the whole. A shard that is given twice counts once, and what
was merged can be merged again. Exit codes are those of `lockproof load`; 3 where shards are missing.";

/// Put the results of the shards of a load together.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MergeArgs {
    /// The results: load.json of each shard, or of what was merged before.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where load.json and load.hlog of the whole are written.
    #[arg(long, value_name = "FOLDER", default_value = "reports/merged")]
    out: PathBuf,
}

pub(super) fn run(args: &MergeArgs, output: &Output) -> Done {
    let mut whole: Option<Merged> = None;
    for file in &args.files {
        let one = read(file)?;
        let joined = match whole.take() {
            Some(whole) => whole.join(one).map_err(|error| Failure::usage(format!("could not {error}")))?,
            None => one,
        };
        whole = Some(joined);
    }
    let whole = whole.ok_or_else(|| Failure::usage("there is nothing to merge"))?;
    let conclusion = whole.conclude();
    output::print(&load_page(&conclusion.result, output.style()))?;
    write(&args.out, &whole, &conclusion.result)?;
    Ok(conclusion.exit)
}

fn read(file: &Path) -> Result<Merged, Failure> {
    let bytes = |path: &Path| {
        fs::read(path).map_err(|error| Failure::usage(format!("could not read {}: {error}", path.display())))
    };
    let failed = |error| Failure::usage(format!("could not {error}"));
    let (name, result) = (file.display().to_string(), bytes(file)?);
    // Whoever gave another file than that of a load does not miss its histograms.
    Merged::result(&name, &result).map_err(failed)?;
    let log = bytes(&file.with_extension("hlog"))?;
    Merged::read(&name, &result, &log).map_err(failed)
}

fn write(folder: &Path, whole: &Merged, result: &crate::outcome::LoadResult) -> Result<(), Failure> {
    let started = humantime::parse_rfc3339_weak(whole.started()).unwrap_or(std::time::SystemTime::UNIX_EPOCH);
    let json = load_json(result).map_err(|error| Failure::Report(format!("could not {error}")))?;
    let log = whole.log(started);
    let log = log.map_err(|why| Failure::Report(format!("could not write the histograms: {why}")))?;
    let failed = |path: &Path, error: &std::io::Error| {
        Failure::Report(format!("could not write {}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    for (name, bytes) in [("load.json", json), ("load.hlog", log)] {
        let path = folder.join(name);
        write_atomically(&path, &bytes).map_err(|error| failed(&path, &error))?;
    }
    Ok(())
}
