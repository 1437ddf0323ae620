//! Reports: one file a format, each a function of an outcome.

use crate::outcome::RunResult;

/// How a report is to look where that depends on who reads it.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns that fit in a line.
    pub width: usize,
    /// Whether colours may be used.
    pub colour: Colour,
}

/// Whether colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They may.
    On,
    /// They may not.
    Off,
}

/// A report that could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The result does not fit the format.
    #[error("make the {format} report: {problem}")]
    Render {
        /// The format.
        format: &'static str,
        /// What is wrong.
        problem: String,
    },
}

/// A kind of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `results.json`.
    Json,
}

impl Format {
    /// Renders a result.
    ///
    /// # Errors
    /// When the result does not fit the format.
    pub fn render(self, result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
        match self {
            Self::Json => serde_json::to_vec_pretty(result)
                .map_err(|error| ReportError::Render { format: "json", problem: error.to_string() }),
        }
    }
}
