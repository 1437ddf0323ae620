//! The command line: the only room that prints, reads the environment and decides an exit code.

mod bundle;
mod check;
mod checks_page;
mod child;
mod client;
mod compare;
mod completions;
mod diff;
mod error;
mod explain;
mod hardening;
mod init;
mod load;
mod merge;
mod mock;
mod output;
mod plan_text;
mod progress;
mod prove;
mod reference;
mod report;
mod reports;
mod run;
mod saved;
mod scan;
mod scenarios;
mod schema;
mod sending;
mod signals;
mod snapshot;
mod streams;
mod suite;
mod supply;
mod target;

use std::panic;
use std::process;

use clap::{Parser, Subcommand};

use crate::outcome::ExitCode;
use error::Failure;

const EXAMPLES: &str = "\
Examples:
  lockproof init                                   write a first contract, to be edited
  lockproof run                                    try the suite on the built-in reference server
  lockproof run --contract lockproof.yaml          test your API; the contract says where it is
  lockproof run --contract lockproof.yaml --list   see the cases, send nothing
  lockproof run --defect ignore-expiry             see what a finding looks like
  lockproof snapshot                               freeze every refusal, to see what changes later
  lockproof compare old.json new.json              what fails now, and what no longer does
  lockproof diff --target staging --target production --contract lockproof.yaml
                                                   who accepts what the other refuses
  lockproof load                                   send good and bad keys at a rate, every answer judged
  lockproof report reports/latest/results.json     look at a result again, in any format
  lockproof scan app-release.apk                   look for keys in what is shipped
  lockproof explain key-expired                    what a check asks, why, and what to change
  lockproof check lockproof.yaml                   check a contract or scenarios, send nothing
  lockproof mock --contract lockproof.yaml         serve your contract, to develop against
  lockproof prove                                  see that the suite finds what it is there to find

Exit codes: 0 conformant, 1 a check failed or an answer was wrong, 2 wrong usage or contract, 3 inconclusive,
4 a load threshold was missed, 5 the load result is void, 6 a report could not be written, 70 internal error,
130 and 143 interrupted.";

/// Does the lock on our API hold? Conformance tests for HTTP APIs that are guarded by API keys.
#[derive(Debug, Parser)]
#[command(name = "lockproof", version, after_help = EXAMPLES, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    output: output::OutputArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Init(init::InitArgs),
    Run(Box<run::RunArgs>),
    Snapshot(Box<snapshot::SnapshotArgs>),
    Diff(Box<diff::DiffArgs>),
    Compare(compare::CompareArgs),
    Load(Box<load::LoadArgs>),
    Merge(merge::MergeArgs),
    Report(report::ReportArgs),
    Check(check::CheckArgs),
    Scan(scan::ScanArgs),
    Explain(explain::ExplainArgs),
    Scenarios(scenarios::ScenariosArgs),
    Schema(schema::SchemaArgs),
    Mock(Box<mock::MockArgs>),
    Completions(completions::CompletionsArgs),
    Prove(prove::ProveArgs),
}

/// Runs the program and tells how it ended.
pub fn main() -> process::ExitCode {
    hardening::harden();
    panic::set_hook(Box::new(hardening::report_panic));
    let exit = panic::catch_unwind(dispatch).unwrap_or(ExitCode::Internal);
    process::ExitCode::from(exit.code())
}

fn dispatch() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = cli.output.resolve();
    let done = match cli.verb {
        Verb::Init(args) => init::run(&args),
        Verb::Run(args) => run::run(&args, &output),
        Verb::Snapshot(args) => snapshot::run(&args, &output),
        Verb::Diff(args) => diff::run(&args, &output),
        Verb::Compare(args) => compare::run(&args, &output),
        Verb::Load(args) => load::run(&args, &output),
        Verb::Merge(args) => merge::run(&args, &output),
        Verb::Report(args) => report::run(&args, &output),
        Verb::Check(args) => check::run(&args),
        Verb::Scan(args) => scan::run(&args, &output),
        Verb::Explain(args) => explain::run(&args, &output),
        Verb::Scenarios(args) => scenarios::run(&args),
        Verb::Schema(args) => schema::run(&args),
        Verb::Mock(args) => mock::run(&args, &output),
        Verb::Completions(args) => completions::run(&args),
        Verb::Prove(args) => prove::run(&args, &output),
    };
    done.unwrap_or_else(|failure| {
        output::say(&failure.render(&output));
        failure.exit()
    })
}

/// Help and version are answers; everything else is wrong usage.
fn usage(error: &clap::Error) -> ExitCode {
    error.print().ok();
    if error.use_stderr() { ExitCode::Usage } else { ExitCode::Conformant }
}

/// What a verb comes to.
type Done = Result<ExitCode, Failure>;
