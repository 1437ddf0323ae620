//! A mistake in a document, with its place and its cure.

use super::Span;

/// A text and the name that a reader knows it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The file's name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, as a fragment of a sentence.
    pub message: String,
    /// Where.
    pub span: Span,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Every mistake of one document, in the order of its text; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    /// The document.
    pub source: Source,
    /// Its mistakes.
    pub all: Vec<Diagnostic>,
}
