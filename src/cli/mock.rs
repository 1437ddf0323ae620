//! `lockproof mock`: the reference server.
use super::{Done, error::Failure, output::Output};
use clap::Args;
/// Serve a contract: a correct edge before eKYC and ABIS operations, to develop and to prove against.
#[derive(Debug, Args)]
pub(super) struct MockArgs {}
pub(super) fn run(_: &MockArgs, _: &Output) -> Done {
    Err(Failure::System("not yet".to_owned()))
}
