//! The difference between two texts, line by line, with what differs within a line.

use similar::{ChangeTag, TextDiff};

/// Lines around a difference that are shown with it.
const AROUND: usize = 2;

/// A line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where it stands.
    pub sign: Sign,
    /// Its pieces, and of each whether the difference is there.
    pub pieces: Vec<(bool, String)>,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// In both texts.
    Both,
    /// In the old one alone.
    Old,
    /// In the new one alone.
    New,
    /// Lines are left out here.
    Gap,
}

impl Line {
    /// The line as one text.
    pub fn text(&self) -> String {
        self.pieces.iter().map(|(_, piece)| piece.as_str()).collect()
    }
}

/// The lines in which two texts differ, with a few around them.
pub fn difference(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(AROUND) {
        if !lines.is_empty() {
            lines.push(Line { sign: Sign::Gap, pieces: Vec::new() });
        }
        for change in group.iter().flat_map(|op| diff.iter_inline_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => Sign::Both,
                ChangeTag::Delete => Sign::Old,
                ChangeTag::Insert => Sign::New,
            };
            let strings = change.iter_strings_lossy();
            let pieces = strings.map(|(differs, text)| (differs, text.trim_end_matches('\n').to_owned()));
            lines.push(Line { sign, pieces: pieces.collect() });
        }
    }
    lines
}
