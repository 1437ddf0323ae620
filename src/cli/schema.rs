//! `lockproof schema`: the published JSON Schemas.

use clap::{Args, ValueEnum};

use crate::contract::Contract;
use crate::document::published;
use crate::load::format::LoadPlan;
use crate::outcome::{ExitCode, LoadResult, RunResult, ScanResult};
use crate::prove::Matrix;
use crate::scenario::Scenario;

use super::Done;
use super::error::Failure;
use super::output;

/// Print the JSON Schema of a format.
#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// The format.
    format: Schema,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Schema {
    /// lockproof.yaml
    Contract,
    /// A check.
    Scenario,
    /// results.json
    Results,
    /// defect-matrix.json
    Matrix,
    /// A load plan.
    Load,
    /// load.json
    LoadResults,
    /// scan.json
    ScanResults,
}

pub(super) fn run(args: &SchemaArgs) -> Done {
    let schema = match args.format {
        Schema::Contract => published::<Contract>(),
        Schema::Scenario => published::<Scenario>(),
        Schema::Results => published::<RunResult>(),
        Schema::Matrix => published::<Matrix>(),
        Schema::Load => published::<LoadPlan>(),
        Schema::LoadResults => published::<LoadResult>(),
        Schema::ScanResults => published::<ScanResult>(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| Failure::System(error.to_string()))?;
    output::print(format!("{text}\n").as_bytes())?;
    Ok(ExitCode::Conformant)
}
