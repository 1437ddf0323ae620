//! `lockproof snapshot`: every refusal in normal form, frozen, compared and reviewed.

mod folder;
mod frozen;
mod keyboard;
mod record;
mod review;
mod sample;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Done;
use super::output::Output;
use super::run::{PaceArgs, SelectArgs};
use super::supply;
use super::target::TargetArgs;

pub(super) use frozen::{Frozen, Judged};
pub(super) use record::interrupted;
pub(super) use sample::{SAMPLES, observed, refine};

/// Where snapshots are, where nobody says otherwise.
const FOLDER: &str = "snapshots";

const EXAMPLES: &str = "\
Examples:
  lockproof snapshot --contract lockproof.yaml       record every refusal; what is new or changed waits for a review
  lockproof snapshot review                          look at each, and accept, reject or skip it
  lockproof snapshot review --accept '401-*'         the same without a terminal
  lockproof snapshot --only 'key-*' --approve        record some of the cases, as approved
  lockproof snapshot --prune                         record, and remove what no case belongs to any more
  lockproof run --snapshots snapshots                compare: what is unseen, stale or changed fails the run

Each refusal is asked for several times. What differs becomes a placeholder: <uuid>, <timestamp>, <number>, <opaque>;
and so does what is volatile by its look (UUIDs, RFC 3339 and HTTP dates) or by its name (Date, Retry-After, X-Request-Id,
request_id, timestamp, trace_id, ...). `snapshots:` in the contract adds to that or forbids it.

The files are those of the insta crate: `cargo insta review` works on them too. In CI (where CI is set) nothing is
written: what would have been ends with exit code 1.";

/// Record every refusal in normal form, to see what changes later.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct SnapshotArgs {
    #[command(subcommand)]
    part: Option<Part>,
    #[command(flatten)]
    record: RecordArgs,
}

#[derive(Debug, Subcommand)]
enum Part {
    Review(review::ReviewArgs),
}

/// What is to be recorded, and where.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
struct RecordArgs {
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    pace: PaceArgs,
    /// Where the snapshots are.
    #[arg(long, value_name = "FOLDER", default_value = FOLDER, help_heading = "Snapshots")]
    snapshots: PathBuf,
    /// How often each refusal is asked for, to see what of it is volatile.
    #[arg(long, value_name = "N", default_value_t = sample::SAMPLES, help_heading = "Snapshots")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=20))]
    samples: u16,
    /// Write everything as approved, without a review.
    #[arg(long, help_heading = "Snapshots")]
    approve: bool,
    /// Remove snapshots that no case belongs to any more; of the built-in suite only, not with --scenarios.
    #[arg(long, help_heading = "Snapshots")]
    prune: bool,
}

pub(super) fn run(args: &SnapshotArgs, output: &Output) -> Done {
    match &args.part {
        Some(Part::Review(review)) => review::run(review, output),
        None => record::run(&args.record, output),
    }
}

/// Whether we run where nobody looks at what is written.
fn in_ci() -> bool {
    supply::variable("CI").is_some_and(|value| !["", "0", "false"].contains(&value.as_str()))
}
