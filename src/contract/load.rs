//! From text to a contract, or to every mistake at once.

use super::{Contract, check};
use crate::document::{Diagnostics, Format, Source, Variables};

static FORMAT: Format<Contract> = Format::new();

/// Reads a contract.
///
/// # Errors
/// All of its mistakes at once: YAML, variables, schema, names that lead nowhere and what contradicts itself.
pub fn load(source: Source, variables: Variables<'_>) -> Result<Contract, Diagnostics> {
    FORMAT.load(source, variables, &check::all).map(|(contract, _)| contract)
}
