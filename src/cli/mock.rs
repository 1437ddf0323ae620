//! `lockproof mock`: the reference server.
use clap::Args;
use super::{Done, output::Output, error::Failure};
/// Serve a contract: a correct edge before eKYC and ABIS operations, to develop and to prove against.
#[derive(Debug, Args)]
pub(super) struct MockArgs {}
pub(super) fn run(_: &MockArgs, _: &Output) -> Done { Err(Failure::System("not yet".to_owned())) }
