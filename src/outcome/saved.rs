//! A result that was written earlier, read back: what it is, or why it is none.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::load::LOAD_FORMAT;
use super::{FORMAT, LoadResult, RunResult};

/// What a file holds.
#[derive(Clone, Debug)]
pub enum Saved {
    /// The result of a run: `results.json`.
    Run(Box<RunResult>),
    /// The result of a load: `load.json`.
    Load(Box<LoadResult>),
}

/// Why a file holds no result that can be read; the message fits behind "could not read FILE: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SavedError {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It ends too early.
    #[error("it ends in the middle, at line {line}: it was cut, or is still being written")]
    Cut {
        /// The last line.
        line: usize,
    },
    /// It is no JSON.
    #[error(
        "it is not JSON ({problem}); a result is results.json of `lockproof run`, or load.json of `lockproof load`"
    )]
    NotJson {
        /// Where and why.
        problem: String,
    },
    /// It is some other JSON.
    #[error("it is no result of Lockproof: it has no `format` that says so")]
    Stranger,
    /// It is a format that is not known here.
    #[error("it is of the format `{found}`, and this version reads {FORMAT} and {LOAD_FORMAT}")]
    OtherVersion {
        /// What it says.
        found: String,
    },
    /// It says that it is a result, and is not.
    #[error("it says to be {format}, and does not fit it: {problem}")]
    Misfit {
        /// What it says to be.
        format: &'static str,
        /// Where and why not.
        problem: String,
    },
}

/// As much of a result as tells what it is.
#[derive(Deserialize)]
struct Head {
    format: Option<String>,
}

impl Saved {
    /// Reads a result.
    ///
    /// # Errors
    /// When the text is none.
    pub fn read(text: &[u8]) -> Result<Self, SavedError> {
        if text.trim_ascii().is_empty() {
            return Err(SavedError::Empty);
        }
        let head: Head = serde_json::from_slice(text).map_err(|error| no_head(&error))?;
        match head.format {
            Some(format) if format == FORMAT => Ok(Self::Run(Box::new(whole(text, FORMAT)?))),
            Some(format) if format == LOAD_FORMAT => Ok(Self::Load(Box::new(whole(text, LOAD_FORMAT)?))),
            Some(found) => Err(SavedError::OtherVersion { found }),
            None => Err(SavedError::Stranger),
        }
    }
}

fn no_head(error: &serde_json::Error) -> SavedError {
    match error.classify() {
        serde_json::error::Category::Eof => SavedError::Cut { line: error.line() },
        serde_json::error::Category::Data => SavedError::Stranger,
        serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
            SavedError::NotJson { problem: error.to_string() }
        }
    }
}

fn whole<T: DeserializeOwned>(text: &[u8], format: &'static str) -> Result<T, SavedError> {
    serde_json::from_slice(text).map_err(|error| SavedError::Misfit { format, problem: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> SavedError {
        Saved::read(text.as_bytes()).expect_err("it is no result")
    }

    #[test]
    fn what_is_no_result_is_told_apart() {
        assert_eq!(refused(" \n"), SavedError::Empty);
        assert_eq!(
            refused("{\"format\": \"lockproof-results/1\",\n \"tool\": {"),
            SavedError::Cut { line: 2 }
        );
        assert!(matches!(refused("<html>"), SavedError::NotJson { .. }));
        assert_eq!(refused("[1]"), SavedError::Stranger);
        assert_eq!(refused("{\"a\": 1}"), SavedError::Stranger);
        let found = "lockproof-results/0".to_owned();
        assert_eq!(refused("{\"format\": \"lockproof-results/0\"}"), SavedError::OtherVersion { found });
        assert!(matches!(refused("{\"format\": \"lockproof-load/1\"}"), SavedError::Misfit { .. }));
    }
}
