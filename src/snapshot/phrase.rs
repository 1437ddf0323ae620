//! A text with gaps: a header field's value, a text of a JSON body, a body that is no JSON.
//!
//! Where two samples of a text differ, only the words that differ become gaps, so that a snapshot still says
//! everything that stays.

use std::fmt::{self, Write as _};
use std::sync::LazyLock;

use regex::Regex;

use super::gap::Gap;
use super::look;

/// A text with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase(Vec<Bit>);

/// A part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Bit {
    /// Letters and digits, and what else tokens are made of.
    Word(String),
    /// What stands between words.
    Between(String),
    /// A value that is volatile.
    Gap(Gap),
}

impl Phrase {
    /// A text in which what is volatile by its look is a gap already.
    pub(super) fn with_gaps(text: &str) -> Self {
        let mut bits = Vec::new();
        let mut rest = text;
        while let Some((at, gap)) = look::find(rest) {
            split(rest.get(..at.start).unwrap_or_default(), &mut bits);
            bits.push(Bit::Gap(gap));
            rest = rest.get(at.end..).unwrap_or_default();
        }
        split(rest, &mut bits);
        Self(bits)
    }

    /// A text as it is.
    pub(super) fn verbatim(text: &str) -> Self {
        let mut bits = Vec::new();
        split(text, &mut bits);
        Self(bits)
    }

    /// Nothing but a gap.
    pub(super) fn gap(gap: Gap) -> Self {
        Self(vec![Bit::Gap(gap)])
    }

    /// What both texts have in common, with gaps where they differ.
    pub(super) fn merge(&self, other: &Self) -> Self {
        if self == other {
            return self.clone();
        }
        self.word_by_word(other).unwrap_or_else(|| self.by_both_ends(other))
    }

    /// Texts of the same build differ in single words.
    fn word_by_word(&self, other: &Self) -> Option<Self> {
        let pairs = (self.0.len() == other.0.len()).then(|| self.0.iter().zip(&other.0))?;
        let bits = pairs.map(|(one, other)| match (one, other) {
            _ if one == other => Some(one.clone()),
            (Bit::Between(_), _) | (_, Bit::Between(_)) => None,
            _ => Some(Bit::Gap(one.kind().or(other.kind()))),
        });
        bits.collect::<Option<Vec<_>>>().map(Self)
    }

    /// Texts of another build share a beginning and an end.
    fn by_both_ends(&self, other: &Self) -> Self {
        let same = |(one, other): &(&Bit, &Bit)| one == other;
        let front = self.0.iter().zip(&other.0).take_while(same).count();
        let room = self.0.len().min(other.0.len()) - front;
        let back = self.0.iter().rev().zip(other.0.iter().rev()).take(room).take_while(same).count();
        let mut bits = self.0.get(..front).unwrap_or_default().to_vec();
        bits.push(Bit::Gap(Gap::Opaque));
        bits.extend_from_slice(self.0.get(self.0.len() - back..).unwrap_or_default());
        Self(bits)
    }
}

impl Bit {
    fn kind(&self) -> Gap {
        match self {
            Self::Word(word) => Gap::of(word),
            Self::Between(_) => Gap::Opaque,
            Self::Gap(gap) => *gap,
        }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for bit in &self.0 {
            match bit {
                Bit::Word(text) | Bit::Between(text) => f.write_str(text)?,
                Bit::Gap(gap) => write!(f, "{gap}")?,
            }
        }
        Ok(())
    }
}

/// A text as words and what is between them. What only looks like a gap is marked.
fn split(text: &str, bits: &mut Vec<Bit>) {
    static WORD: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9_~+/-](?:[A-Za-z0-9_~+/.-]*[A-Za-z0-9_~+/-])?=*").ok());
    let mut from = 0;
    for word in WORD.iter().flat_map(|pattern| pattern.find_iter(text)) {
        between(text.get(from..word.start()).unwrap_or_default(), text.get(word.range()), bits);
        bits.push(Bit::Word(word.as_str().to_owned()));
        from = word.end();
    }
    between(text.get(from..).unwrap_or_default(), None, bits);
}

fn between(text: &str, next: Option<&str>, bits: &mut Vec<Bit>) {
    if text.is_empty() {
        return;
    }
    let mut written = text.to_owned();
    let is_gap = |word: &str| Gap::ALL.iter().any(|gap| gap.as_str().trim_matches(['<', '>']) == word);
    if text.ends_with('<') && next.is_some_and(is_gap) {
        written.pop();
        // Writing to a string cannot fail.
        let _ = write!(written, "\\<");
    }
    bits.push(Bit::Between(written));
}
