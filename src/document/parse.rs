//! From YAML text to a tree, with every mistake that the text has as YAML.
//!
//! What Lockproof reads is YAML without its traps: one document, text as keys, no key twice, and none of
//! anchors, aliases, tags and merge keys. Each of those is reported and passed over, so that the rest of the
//! file is still read; only what is not YAML at all, or is too large, too deep or not text, ends the reading.

use std::collections::HashSet;

use granit_parser::{Event, Parser, ScalarStyle, ScanError};
use serde_json::Value;

use super::builder::{Builder, Collection};
use super::syntax;
use super::{Diagnostic, Node, NodeKind, Span, scalar, secrecy};

/// The largest file, in bytes: many times what the largest contract needs.
const LARGEST: usize = 256 * 1024;

/// The deepest nesting: many times what the formats need, and shallow enough for every recursion.
const DEEPEST: usize = 64;

/// What came of reading a text.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The tree, unless the reading ended early.
    pub(super) root: Option<Node>,
    /// The mistakes so far.
    pub(super) mistakes: Vec<Diagnostic>,
    /// Parts of the text that are never shown, in order, none touching another.
    pub(super) hidden: Vec<Span>,
    /// Where nodes begin whose value is a stand-in, because their text was a mistake.
    pub(super) doubtful: HashSet<usize>,
}

/// Reads a text.
pub(super) fn read(text: &str) -> Reading {
    if let Some(mistake) = unreadable(text) {
        return Reading {
            mistakes: vec![mistake],
            hidden: secrecy::merged([secrecy::by_line(text), secrecy::by_address(text)].concat()),
            ..Reading::default()
        };
    }
    let mut reader = Reader { text, builder: Builder::default() };
    let ended = reader.events().err();
    let mut reading = reader.builder.finish(text.len());
    if let Some(mistake) = ended {
        reading.root = None;
        reading.hidden.extend(secrecy::by_line(text));
        reading.mistakes.push(mistake);
    }
    reading.hidden.extend(secrecy::by_property(text));
    reading.hidden.extend(secrecy::by_shape(text));
    reading.hidden.extend(secrecy::by_address(text));
    reading.hidden = secrecy::merged(reading.hidden);
    reading
}

/// What is said of nesting that is too deep.
pub(super) fn too_deep() -> String {
    format!("the nesting is deeper than {DEEPEST} levels")
}

/// Why a text cannot be read at all.
fn unreadable(text: &str) -> Option<Diagnostic> {
    if text.len() > LARGEST {
        let message = format!("the file is larger than {} KiB", LARGEST / 1024);
        let hint = Some("nothing that is meant to be read by people is; is it the right file?".into());
        return Some(Diagnostic { message, span: 0..0, hint });
    }
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}');
    let (at, control) = text.char_indices().find(|(_, c)| is_control(*c))?;
    Some(Diagnostic {
        message: format!("the file holds the control character U+{:04X}", u32::from(control)),
        span: at..at + control.len_utf8(),
        hint: Some("remove it, or write it as an escape in double quotes".into()),
    })
}

struct Reader<'a> {
    text: &'a str,
    builder: Builder,
}

impl Reader<'_> {
    /// Takes every event of the text.
    ///
    /// # Errors
    /// The mistake that ends the reading.
    fn events(&mut self) -> Result<(), Diagnostic> {
        let options = granit_parser::options! {
            emit_unresolved_aliases: true,
            emit_anchor_events: true,
            emit_comments: false,
        };
        let mut documents = 0_u32;
        for event in Parser::new_from_str_with_options(self.text, options) {
            let (event, span) = event.map_err(|error| self.not_yaml(&error))?;
            let place = self.clip(span.byte_range());
            if matches!(event, Event::DocumentStart(..)) {
                documents += 1;
                if documents > 1 {
                    self.builder.report(
                        "a file holds one document",
                        place,
                        Some("make it a file of its own"),
                    );
                    return Ok(());
                }
            }
            if let Some(tag) = span.tag_span() {
                let hint = Some("remove it; quote what must be text");
                self.builder.report("tags are not used here", self.clip(tag.byte_range()), hint);
            }
            self.event(event, place, span.start.line())?;
        }
        Ok(())
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other events hold nothing of a tree")]
    fn event(&mut self, event: Event<'_>, place: Span, line: usize) -> Result<(), Diagnostic> {
        match event {
            Event::Scalar(value, style, ..) if self.builder.awaits_key() => {
                self.key(&value, style, place, line);
            }
            Event::Scalar(value, style, ..) => self.scalar(&value, style, place),
            Event::SequenceStart(..) => self.open(place, Collection::Sequence)?,
            Event::MappingStart(..) => self.open(place, Collection::Mapping)?,
            Event::SequenceEnd | Event::MappingEnd => self.builder.close(self.end_of_content(place.end)),
            Event::Anchor(..) => {
                self.builder.report(
                    "anchors are not used here",
                    place,
                    Some("remove it and write the value out"),
                );
            }
            Event::Alias(..) | Event::UnresolvedAlias(..) => {
                self.builder.report("aliases are not used here", place.clone(), Some("write the value out"));
                self.builder.stand_in(place);
            }
            _ => {}
        }
        Ok(())
    }

    fn key(&mut self, text: &str, style: ScalarStyle, place: Span, line: usize) {
        let plain = style == ScalarStyle::Plain;
        if plain && text == "<<" {
            self.builder.unsound_key("merge keys are not used here", place, "write the entries out");
        } else if plain && place.is_empty() {
            self.builder.unsound_key("there is a value without a key", place, "write its key before the `:`");
        } else {
            self.builder.key(text, place, line);
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, place: Span) {
        let span = place.start..self.end_of_content(place.end).max(place.start);
        let plain = style == ScalarStyle::Plain;
        let value = if plain { scalar::resolve(text) } else { Value::String(text.to_owned()) };
        self.builder.value(Node { kind: NodeKind::Scalar(value), span });
    }

    fn open(&mut self, place: Span, collection: Collection) -> Result<(), Diagnostic> {
        if self.builder.depth() >= DEEPEST {
            return Err(Diagnostic::new(too_deep(), place.start..place.start));
        }
        self.builder.open(place.start, collection);
        Ok(())
    }

    /// The end of what stands before a place: the parser lets a block reach to the beginning of what follows.
    fn end_of_content(&self, end: usize) -> usize {
        self.text.get(..end).map_or(end, |text| text.trim_end().len())
    }

    fn not_yaml(&self, error: &ScanError) -> Diagnostic {
        let at = self.clip(error.marker().byte_offset().map(|at| at..at));
        syntax::explain(self.text, error.kind(), at.start)
    }

    /// A span that lies in the text, on boundaries of characters.
    fn clip(&self, span: Option<Span>) -> Span {
        let span = span.unwrap_or_default();
        let start = self.text.floor_char_boundary(span.start);
        let end = self.text.floor_char_boundary(span.end).max(start);
        start..end
    }
}
