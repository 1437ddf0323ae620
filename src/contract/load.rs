//! From text to a contract, or to every mistake at once.

use super::Contract;
use crate::document::{self, Diagnostic, Diagnostics, Document, Source, Variables};

/// Reads a contract.
///
/// # Errors
/// All of its mistakes at once: YAML, variables, schema, and names that lead nowhere.
pub fn load(source: Source, variables: Variables<'_>) -> Result<Contract, Diagnostics> {
    document::load(source, variables, &dangling).map(|(contract, _)| contract)
}

/// Names that lead nowhere.
fn dangling(_document: &Document) -> Vec<Diagnostic> {
    Vec::new()
}
