//! Mistakes as a person reads them: message, place, line, caret, hint.
//!
//! The text comes from a file that may be anybody's: hidden parts are covered with `*`, and nothing that could
//! steer a terminal gets through.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::{Diagnostic, Diagnostics, Span, secrecy};

/// The most mistakes that are shown in full.
const MOST: usize = 100;

/// Characters of a line that are shown before and after a mistake, at most.
const AROUND: usize = 160;

/// Whether colours may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// They may.
    On,
    /// They may not.
    Off,
}

impl Diagnostics {
    /// Every mistake with its line, for a terminal of this many columns.
    pub fn render(&self, colour: Colour, width: usize) -> String {
        let renderer = match colour {
            Colour::On => Renderer::styled(),
            Colour::Off => Renderer::plain(),
        };
        let renderer = renderer.term_width(width);
        let shown = self.all.iter().take(MOST);
        let mut parts: Vec<String> = shown.map(|mistake| self.render_one(mistake, &renderer)).collect();
        if let Some(more @ 1..) = self.all.len().checked_sub(MOST) {
            let plural = if more == 1 { "mistake" } else { "mistakes" };
            parts.push(format!("and {more} more {plural} in {}", clean(&self.source.name)));
        }
        parts.join("\n\n") + "\n"
    }

    fn render_one(&self, mistake: &Diagnostic, renderer: &Renderer) -> String {
        let line = Line::around(&self.source.text, &mistake.span, &self.hidden);
        let name = clean(&self.source.name);
        let shown_column = line.text.get(..line.mark.start).map_or(0, |head| head.chars().count()) + 1;
        let place = |column: usize| format!("{name}:{}:{column}", line.number);
        let (shown_place, real_place) = (place(shown_column), place(line.column));
        let annotation = AnnotationKind::Primary.span(line.mark);
        let snippet = Snippet::source(line.text).path(&name).line_start(line.number).annotation(annotation);
        let hint = mistake.hint.as_deref().map(clean);
        let group = Level::ERROR.primary_title(clean(&mistake.message)).element(snippet);
        let group = group.elements(hint.map(|hint| Level::HELP.message(hint)));
        // The renderer counts columns in what it is given, and a long line is given to it cut.
        renderer.render(&[group]).replacen(&shown_place, &real_place, 1)
    }
}

/// One line of a text, ready to be shown.
#[derive(Debug)]
struct Line {
    /// Its number, from 1.
    number: usize,
    /// The column of the mistake, in characters, from 1.
    column: usize,
    /// What is shown of it.
    text: String,
    /// What of that is the mistake.
    mark: Span,
}

impl Line {
    /// The line in which a mistake begins; of a mistake of several lines, only the first is shown.
    fn around(text: &str, span: &Span, hidden: &[Span]) -> Self {
        let at = text.floor_char_boundary(span.start);
        let (before, after) = text.split_at(at);
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let end = after.find(['\n', '\r']).map_or(text.len(), |length| at + length);
        let number = before.matches('\n').count() + 1;
        let bom = usize::from(start == 0 && text.starts_with('\u{feff}'));
        let column = before.get(start..).map_or(0, |head| head.chars().count()) + 1 - bom;
        let mut line = Self { number, column: column.max(1), text: String::new(), mark: 0..0 };
        let marked = at..text.floor_char_boundary(span.end).clamp(at, end);
        line.fill(text, start..end, &marked, hidden);
        line
    }

    fn fill(&mut self, text: &str, line: Span, marked: &Span, hidden: &[Span]) {
        let head = text.get(line.start..marked.start).unwrap_or_default();
        let from =
            head.char_indices().rev().take(AROUND).last().map_or(marked.start, |(at, _)| line.start + at);
        let rest = text.get(marked.start..line.end).unwrap_or_default();
        let to = rest.char_indices().nth(AROUND).map_or(line.end, |(at, _)| marked.start + at);
        if from > line.start {
            self.text.push_str("...");
        }
        for (at, c) in text.get(from..to).unwrap_or_default().char_indices() {
            let at = from + at;
            if at == marked.start {
                self.mark.start = self.text.len();
            }
            self.text.push(cover(c, at, hidden));
            if at < marked.end {
                self.mark.end = self.text.len();
            }
        }
        if marked.start >= to {
            self.mark.start = self.text.len();
        }
        self.mark.end = self.mark.end.max(self.mark.start);
        if to < line.end {
            self.text.push_str("...");
        }
    }
}

/// The character that is shown for one of the text.
fn cover(c: char, at: usize, hidden: &[Span]) -> char {
    if !c.is_whitespace() && secrecy::is_hidden(hidden, &(at..at + 1)) {
        return '*';
    }
    match c {
        '\t' => ' ',
        c if steers(c) => '\u{fffd}',
        c => c,
    }
}

/// Text without anything that could steer a terminal.
fn clean(text: &str) -> String {
    let shown = |c: char| if steers(c) { format!("{}", c.escape_unicode()) } else { c.to_string() };
    text.chars().map(shown).collect()
}

/// Control characters, marks that turn the direction of writing, and characters without a width.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Source;

    fn rendered(text: &str, span: Span, hidden: Option<Span>) -> String {
        let source = Source { name: "a.yaml".into(), text: text.into() };
        let mistake = Diagnostic::new("this is wrong", span).hint("make it right");
        Diagnostics::new(source, vec![mistake], hidden.into_iter().collect()).render(Colour::Off, 100)
    }

    #[test]
    fn a_mistake_is_shown_with_its_place_its_line_and_its_cure() {
        let shown = rendered("a: 1\nbb: two\n", 9..12, None);
        insta::assert_snapshot!(shown, @r"
        error: this is wrong
         --> a.yaml:2:5
          |
        2 | bb: two
          |     ^^^
          |
          = help: make it right
        ");
    }

    #[test]
    fn hidden_parts_are_covered() {
        let shown = rendered("key: sk_live_1 # x\n", 0..3, Some(5..14));
        assert!(shown.contains("key: ********* # x"), "{shown}");
    }

    #[test]
    fn nothing_that_steers_a_terminal_gets_through() {
        let text = "a\u{1b}[2J: \u{202e}x\r\n";
        let source = Source { name: "\u{1b}]0;x".into(), text: text.into() };
        let mistake = Diagnostic::new("bad `\u{1b}[2J`", 0..1).hint("\u{7}");
        let shown = Diagnostics::new(source, vec![mistake], vec![]).render(Colour::Off, 80);
        assert!(!shown.chars().any(|c| c != '\n' && steers(c)), "{shown:?}");
    }

    #[test]
    fn a_long_line_is_cut_on_both_sides_of_its_mistake() {
        let text = format!("{}é!{}", "é".repeat(5000), "ü".repeat(5000));
        let shown = rendered(&text, 10_000..10_003, None);
        assert!(shown.len() < 2000 && shown.contains("a.yaml:1:5001"), "{shown}");
    }
}
