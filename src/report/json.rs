//! `results.json`: the result itself, in the published schema.

use super::{FormatEntry, ReportError, Style};
use crate::outcome::RunResult;

/// This format.
pub(super) const FORMAT: FormatEntry = FormatEntry { name: "json", file_name: "results.json", render };

/// The JSON Schema of `results.json`.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(RunResult).to_value()
}

fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let mut bytes = serde_json::to_vec_pretty(result)
        .map_err(|error| ReportError::Render { format: FORMAT.name, problem: error.to_string() })?;
    bytes.push(b'\n');
    Ok(bytes)
}
