//! From text to a contract, or to every mistake at once.

use super::Contract;
use crate::document::{Diagnostic, Diagnostics, Document, Format, Source, Variables};

static FORMAT: Format<Contract> = Format::new();

/// Reads a contract.
///
/// # Errors
/// All of its mistakes at once: YAML, variables, schema, and names that lead nowhere.
pub fn load(source: Source, variables: Variables<'_>) -> Result<Contract, Diagnostics> {
    FORMAT.load(source, variables, &dangling).map(|(contract, _)| contract)
}

/// Names that lead nowhere.
fn dangling(_document: &Document) -> Vec<Diagnostic> {
    Vec::new()
}
