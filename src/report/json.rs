//! `results.json`: the result itself, in the published schema.

use serde::Serialize;

use super::load::load_json;
use super::{FormatEntry, ReportError, Style, Usual};
use crate::outcome::RunResult;

/// This format.
pub(super) const FORMAT: FormatEntry = FormatEntry {
    name: "json",
    file_name: "results.json",
    usual: Usual::Written,
    render,
    load: Some(|result, _style| load_json(result)),
};

/// The JSON Schema of `results.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RunResult).to_value()
}

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    pretty(result, FORMAT.name)
}

/// A value as JSON for people and programs, its last line ended.
pub(super) fn pretty(value: &impl Serialize, format: &'static str) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(value)
        .map_err(|error| ReportError::Render { format, problem: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}
