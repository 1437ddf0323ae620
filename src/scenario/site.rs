//! Where a check stands: its file, and the lines in it that a reader is shown.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::Document;

/// A place in a file, in lines and characters from 1; the end is behind the last character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Region {
    /// The line in which it begins.
    pub line: usize,
    /// The character of that line with which it begins.
    pub column: usize,
    /// The line in which it ends.
    pub end_line: usize,
    /// The character of that line before which it ends.
    pub end_column: usize,
}

impl Region {
    /// The place of the node behind a JSON pointer.
    pub(super) fn of(document: &Document, pointer: &str) -> Self {
        let span = document.span(pointer);
        let (line, column) = position(&document.source.text, span.start);
        let (end_line, end_column) = position(&document.source.text, span.end);
        Self { line, column, end_line, end_column }
    }
}

/// The line and the character of it at a byte, both from 1.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_lines_and_characters_from_1() {
        let text = "é: 1\nzwölf: 3\n";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, 2), (1, 2), "behind a character of two bytes");
        assert_eq!(position(text, text.find('3').unwrap()), (2, 8));
        assert_eq!(position(text, 1_000), (3, 1), "what is behind the text is its end");
    }
}
