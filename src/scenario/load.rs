//! From text to a scenario, or to every mistake at once.

use super::Scenario;
use crate::document::{self, Diagnostic, Diagnostics, Document, Source};

/// Reads a scenario. Its family is the name of the folder that its file lies in.
///
/// # Errors
/// All of its mistakes at once.
pub fn load(source: Source) -> Result<Scenario, Diagnostics> {
    document::load(source, &|_| None, &names).map(|(scenario, _)| scenario)
}

fn names(_document: &Document) -> Vec<Diagnostic> {
    Vec::new()
}
