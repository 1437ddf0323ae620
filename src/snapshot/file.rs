//! A snapshot as a file, in the format of the `insta` crate: a head of YAML between lines of `---`, and the text.
//!
//! `cargo insta review` reads and writes these files too. Which cases a snapshot speaks for stands under `info`, which
//! insta keeps as it is.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::scope::Scope;
use crate::document::{Diagnostics, Format, Part, Source, WriteError, write};

/// The line before and behind the head.
const FENCE: &str = "---";

/// A snapshot: what some cases answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snap {
    /// The contract that it was taken under.
    pub source: String,
    /// The cases that it speaks for.
    pub scopes: Vec<Scope>,
    /// The refusal in normal form.
    pub text: String,
}

/// Why a file is no snapshot.
#[derive(Debug, thiserror::Error)]
pub enum SnapError {
    /// It has no head, or one that never ends.
    #[error(
        "its head is to stand between two lines of `---`, at the top; restore it, or delete the file and record again"
    )]
    NoHead,
    /// Its head has mistakes.
    #[error("its head has mistakes")]
    Head(Box<Diagnostics>),
    /// It speaks for no cases that can be known.
    #[error("{0}; `info.cases` lists the ids of the cases that it speaks for")]
    Cases(String),
}

/// The head, as insta knows it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "insta's own entries are known, and not looked at")]
struct Head {
    source: Option<String>,
    assertion_line: Option<u32>,
    description: Option<String>,
    expression: Option<String>,
    input_file: Option<String>,
    snapshot_kind: Option<String>,
    #[serde(default)]
    info: Info,
}

/// What Lockproof adds to it.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Info {
    #[serde(default)]
    cases: Vec<String>,
}

impl Snap {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not a snapshot of ours.
    pub fn read(name: &str, text: &str) -> Result<Self, SnapError> {
        static HEAD: Format<Head> = Format::new();
        let text = text.replace("\r\n", "\n");
        let inside =
            text.strip_prefix(FENCE).and_then(|rest| rest.strip_prefix('\n')).ok_or(SnapError::NoHead)?;
        let (head, body) = inside.split_once("\n---\n").ok_or(SnapError::NoHead)?;
        // Behind an empty line in the place of the first fence, every line keeps its number.
        let source = Source { name: name.to_owned(), text: format!("\n{head}\n") };
        let (head, _) = HEAD
            .load(source, &|_| None, &|_| Vec::new())
            .map_err(|diagnostics| SnapError::Head(Box::new(diagnostics)))?;
        let scopes = head.info.cases.iter().map(|case| Scope::parse(case)).collect::<Result<Vec<_>, _>>();
        let scopes = scopes.map_err(SnapError::Cases)?;
        if scopes.is_empty() {
            return Err(SnapError::Cases("it speaks for no case".to_owned()));
        }
        let source = head.source.unwrap_or_default();
        Ok(Self { source, scopes, text: body.trim_end().to_owned() })
    }

    /// Writes a file.
    ///
    /// # Errors
    /// When the head cannot be written.
    pub fn write(&self) -> Result<String, WriteError> {
        let cases: Vec<_> = self.scopes.iter().map(ToString::to_string).collect();
        let head = write(&[
            Part::value("source", json!(self.source)),
            Part::value("info", json!({ "cases": cases })),
        ])?;
        let head: String =
            head.lines().filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect();
        Ok(format!("{FENCE}\n{head}{FENCE}\n{}\n", self.text))
    }
}
