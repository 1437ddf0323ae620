//! The page: lines of coloured words, wrapped and escaped.

use anstyle::{AnsiColor, Style as Ansi};

use super::words::shorten;
use super::{Colour, Style, escape_terminal};

/// The narrowest page that is laid out.
const NARROWEST: usize = 40;

/// Where the texts of fields begin.
const FIELD: usize = 13;

/// The most characters of a text in a paragraph: what is longer has lost its reader.
const LONGEST: usize = 1_200;

/// What a word is to look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Like everything else.
    Plain,
    /// Like something good.
    Good,
    /// Like something bad.
    Bad,
    /// Like something doubtful.
    Doubt,
    /// In the background.
    Faint,
    /// In the foreground.
    Strong,
}

impl Ink {
    fn ansi(self) -> Ansi {
        match self {
            Self::Plain => Ansi::new(),
            Self::Good => AnsiColor::Green.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Doubt => AnsiColor::Yellow.on_default(),
            Self::Faint => Ansi::new().dimmed(),
            Self::Strong => Ansi::new().bold(),
        }
    }
}

/// A page that is written from top to bottom. Every text is escaped on its way in.
#[derive(Debug)]
pub struct Page {
    text: String,
    style: Style,
}

impl Page {
    /// An empty page.
    pub fn new(style: Style) -> Self {
        Self { text: String::new(), style: Style { width: style.width.max(NARROWEST), ..style } }
    }

    /// What was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Columns that fit in a line.
    pub fn width(&self) -> usize {
        self.style.width
    }

    /// Begins a section: an empty line, unless the page is empty.
    pub fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// Begins a section with a title.
    pub fn heading(&mut self, title: &str) {
        self.gap();
        self.line(0, &[(Ink::Strong, title)]);
    }

    /// One line of words in their colours, as long as it gets.
    ///
    /// A line that a build server would obey (`::` at its beginning) is marked, and so harmless.
    pub fn line(&mut self, indent: usize, words: &[(Ink, &str)]) {
        let words: Vec<_> = words.iter().map(|(ink, word)| (*ink, escape_terminal(word))).collect();
        let plain: String = words.iter().map(|(_, word)| word.as_str()).collect();
        self.text.push_str(&" ".repeat(indent));
        if plain.trim_start().starts_with("::") {
            self.text.push_str("| ");
        }
        for (ink, word) in words {
            self.paint(ink, &word);
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }

    /// A text in as many lines as it takes, all but the first indented by `hang`.
    pub fn paragraph(&mut self, indent: usize, hang: usize, words: (Ink, &str)) {
        let (ink, text) = words;
        let lines = wrap(&escape_terminal(&shorten(text, LONGEST)), self.width().saturating_sub(hang));
        for (number, line) in lines.iter().enumerate() {
            self.line(if number == 0 { indent } else { hang }, &[(ink, line)]);
        }
    }

    /// A name and its text, the texts of all fields beneath each other. A field without a text is left out.
    pub fn field(&mut self, name: &str, words: (Ink, &str)) {
        let (ink, text) = words;
        let lines = wrap(&escape_terminal(&shorten(text, LONGEST)), self.width().saturating_sub(FIELD + 2));
        let mut name = format!("{:FIELD$}", shorten(name, FIELD - 1));
        for line in lines.iter().filter(|_| !text.is_empty()) {
            self.line(2, &[(Ink::Faint, &name), (ink, line)]);
            name = " ".repeat(FIELD);
        }
    }

    /// Lines of evidence, each marked as such and cut at the edge of the page.
    pub fn evidence(&mut self, label: &str, lines: &[String]) {
        self.line(2, &[(Ink::Faint, label)]);
        for line in lines {
            let line = shorten(&escape_terminal(line), self.width() - 6);
            self.line(4, &[(Ink::Faint, "| "), (Ink::Plain, &line)]);
        }
    }

    fn paint(&mut self, ink: Ink, word: &str) {
        let style = ink.ansi();
        let (word, space) = word.split_at(word.trim_end_matches(' ').len());
        if self.style.colour == Colour::Off || style.is_plain() || word.is_empty() {
            self.text.push_str(word);
        } else {
            let painted = format!("{style}{word}{style:#}");
            self.text.push_str(&painted);
        }
        self.text.push_str(space);
    }
}

/// A text in lines that are no wider than `width`, broken at spaces; a word that is wider has a line of its own.
/// An empty text is one empty line.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_inclusive(' ') {
        let length = line.chars().count() + word.trim_end_matches(' ').chars().count();
        if length > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() || word != " " {
            line.push_str(word);
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, write: impl Fn(&mut Page)) -> String {
        let mut page = Page::new(Style { width, colour: Colour::Off });
        write(&mut page);
        String::from_utf8(page.into_bytes()).expect("a page is text")
    }

    #[test]
    fn a_long_text_is_wrapped_beneath_its_beginning() {
        let text = page(40, |page| page.field("advice", (Ink::Plain, "one two three four five six seven")));
        assert_eq!(text, "  advice       one two three four five\n               six seven\n");
    }

    #[test]
    fn a_line_that_a_build_server_would_obey_is_marked_even_after_wrapping() {
        let text = page(40, |page| {
            page.paragraph(
                0,
                2,
                (Ink::Plain, "a text that is wrapped right before this: ::error::x ::set-env"),
            );
        });
        assert!(text.contains("::error"), "{text}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::")), "{text}");
    }

    #[test]
    fn evidence_is_cut_at_the_edge_of_the_page() {
        let text = page(40, |page| page.evidence("sent", &["x".repeat(100), "\x1b[31m".to_owned()]));
        assert_eq!(text, format!("  sent\n    | {}…\n    | \\u{{1b}}[31m\n", "x".repeat(33)));
    }

    #[test]
    fn colour_surrounds_words_and_only_where_it_is_wanted() {
        let mut page = Page::new(Style { width: 80, colour: Colour::On });
        page.line(2, &[(Ink::Good, "ok"), (Ink::Plain, " plain")]);
        assert_eq!(page.into_bytes(), b"  \x1b[32mok\x1b[0m plain\n");
    }
}
