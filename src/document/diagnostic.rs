//! A mistake in a document, with its place and its cure.

use super::Span;

/// A text and the name that a reader knows it by.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    /// The file's name, for messages.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl std::fmt::Debug for Source {
    /// Shows the name without the text: it may hold a key that somebody typed into it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
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

impl Diagnostic {
    /// A mistake at a place.
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, hint: None }
    }

    /// The same mistake with a cure.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same mistake with a cure, where there is one to offer.
    #[must_use]
    pub fn maybe_hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// Every mistake of one document, in the order of its text; never empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostics {
    /// The document.
    pub source: Source,
    /// Its mistakes.
    pub all: Vec<Diagnostic>,
    /// Parts of the text that are never shown, in order, none touching another.
    pub(super) hidden: Vec<Span>,
}

impl std::fmt::Debug for Diagnostics {
    /// Shows the mistakes without the text: it may hold a key that somebody typed into it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Diagnostics")
            .field("name", &self.source.name)
            .field("all", &self.all)
            .finish_non_exhaustive()
    }
}

impl Diagnostics {
    /// Puts mistakes in the order of their places; the same mistake at the same place is told once.
    pub(super) fn new(source: Source, mut all: Vec<Diagnostic>, hidden: Vec<Span>) -> Self {
        all.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
        all.dedup();
        Self { source, all, hidden }
    }
}
