//! A Markdown page, written from top to bottom; every text is escaped on its way in.

use std::fmt::Write as _;

use crate::report::escape::{escape_line, escape_terminal};
use crate::report::words::shorten;

/// The most characters of a text within a line.
const LONGEST: usize = 1_200;

/// A piece of a line.
#[derive(Clone, Copy, Debug)]
pub(super) enum Span<'a> {
    /// Words and marks of our own.
    Own(&'static str),
    /// A number.
    Number(usize),
    /// Somebody's text, to be read as prose.
    Text(&'a str),
    /// Somebody's text, to be read as it stands.
    Code(&'a str),
}

/// A page.
#[derive(Debug, Default)]
pub(super) struct Markdown(String);

impl Markdown {
    /// What was written.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }

    /// How many bytes were written so far.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A heading of some level.
    pub(super) fn heading(&mut self, level: usize, spans: &[Span<'_>]) {
        self.gap();
        self.push(&"#".repeat(level));
        self.push(" ");
        self.spans(spans);
        self.push("\n\n");
    }

    /// A paragraph.
    pub(super) fn paragraph(&mut self, spans: &[Span<'_>]) {
        self.gap();
        self.line(spans);
        self.push("\n");
    }

    /// An item of a list, unless it says nothing.
    pub(super) fn field(&mut self, name: &'static str, span: Span<'_>) {
        if !matches!(span, Span::Text("") | Span::Code("")) {
            self.line(&[Span::Own("- **"), Span::Own(name), Span::Own(":** "), span]);
        }
    }

    /// A line.
    pub(super) fn line(&mut self, spans: &[Span<'_>]) {
        self.spans(spans);
        self.push("\n");
    }

    /// The head of a table; the first column is aligned to the left, all others to the right.
    pub(super) fn table(&mut self, columns: &[Span<'_>]) {
        self.gap();
        self.row(columns);
        let aligned = columns.iter().enumerate().map(|(at, _)| if at == 0 { " :-- |" } else { " --: |" });
        let aligned: String = aligned.collect();
        self.push("|");
        self.push(&aligned);
        self.push("\n");
    }

    /// A row of a table.
    pub(super) fn row(&mut self, cells: &[Span<'_>]) {
        self.push("|");
        for cell in cells {
            self.push(" ");
            self.spans(&[*cell]);
            self.push(" |");
        }
        self.push("\n");
    }

    /// Something to be opened: its title, and what `inside` writes.
    pub(super) fn folded(&mut self, title: &[Span<'_>], inside: impl FnOnce(&mut Self)) {
        self.gap();
        self.push("<details><summary>");
        self.spans(title);
        self.push("</summary>\n\n");
        inside(self);
        self.gap();
        self.push("</details>\n\n");
    }

    /// Lines that are read as they stand.
    pub(super) fn block(&mut self, language: &'static str, lines: &[String]) {
        self.gap();
        let lines: Vec<_> = lines.iter().map(|line| escape_line(line)).collect();
        let fence = "`".repeat(lines.iter().map(|line| longest_run(line)).max().unwrap_or(0).max(2) + 1);
        self.push(&fence);
        self.push(language);
        self.push("\n");
        for line in lines {
            self.push(&line);
            self.push("\n");
        }
        self.push(&fence);
        self.push("\n\n");
    }

    /// An empty line between two things, unless one is there.
    pub(super) fn gap(&mut self) {
        if !self.0.is_empty() && !self.0.ends_with("\n\n") {
            self.push(if self.0.ends_with('\n') { "\n" } else { "\n\n" });
        }
    }

    fn spans(&mut self, spans: &[Span<'_>]) {
        for span in spans {
            match span {
                Span::Own(text) => self.push(text),
                Span::Number(number) => self.push(&number.to_string()),
                Span::Text(text) => self.push(&prose(text)),
                Span::Code(text) => self.push(&code(text)),
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.0.push_str(text);
    }
}

/// The longest row of backticks.
fn longest_run(line: &str) -> usize {
    line.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Somebody's text as prose: nothing in it is a mark, a tag, a link or a mention.
pub fn prose(text: &str) -> String {
    let text = escape_terminal(&shorten(text, LONGEST));
    let links = text.to_ascii_lowercase().contains("www.");
    entities(&text, |before, c, behind| match c {
        '.' => links,
        // An address, or the name of an emoji.
        ':' => behind.is_some_and(|c| !c.is_whitespace()),
        // Within a word it is only itself.
        '_' => !(before.is_some_and(char::is_alphanumeric) && behind.is_some_and(char::is_alphanumeric)),
        c => "\\`*[]<>&|~#@$".contains(c),
    })
}

/// Somebody's text as it stands, within a line and within a cell of a table.
fn code(text: &str) -> String {
    let text = escape_terminal(&shorten(text, LONGEST));
    let simple = !text.contains(['`', '|', '\\']) && text.trim() == text && !text.is_empty();
    if simple {
        return format!("`{text}`");
    }
    format!("<code>{}</code>", entities(&text, |_, c, _| !c.is_alphanumeric() && c != ' '))
}

/// Text with some of its characters as references: they are then what they look like, and nothing else. Whether one means
/// something depends on the one before it and the one behind it.
fn entities(text: &str, means_something: impl Fn(Option<char>, char, Option<char>) -> bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    let (mut before, mut chars) = (None, text.chars().peekable());
    while let Some(c) = chars.next() {
        if means_something(before, c, chars.peek().copied()) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "&#{};", u32::from(c));
        } else {
            escaped.push(c);
        }
        before = Some(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_code_is_left_readable_and_everything_else_becomes_references() {
        assert_eq!(code("key-missing/a/b.c/none"), "`key-missing/a/b.c/none`");
        assert_eq!(code("a|b"), "<code>a&#124;b</code>");
        assert_eq!(code("`x`"), "<code>&#96;x&#96;</code>");
        assert_eq!(code("a\\"), "<code>a&#92;</code>");
        assert_eq!(code(""), "<code></code>");
    }

    #[test]
    fn prose_holds_no_mark_no_link_and_no_mention() {
        assert_eq!(prose("it's *bold* @me"), "it's &#42;bold&#42; &#64;me");
        assert_eq!(prose("![x](http://a.b) www.x.y"), "!&#91;x&#93;(http&#58;//a&#46;b) www&#46;x&#46;y");
        assert_eq!(prose("a.b"), "a.b");
    }

    #[test]
    fn a_block_cannot_be_ended_from_within() {
        let mut page = Markdown::default();
        page.block("", &["````".to_owned(), "::error::x".to_owned()]);
        assert_eq!(page.0, "`````\n````\n:\\u{3a}error::x\n`````\n\n");
    }
}
