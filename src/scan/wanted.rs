//! What is looked for.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::redact::{Redactor, Sieve, Trace};

use super::pattern::KeyPattern;

/// The shortest part without a digit that is told: a key that is made of words has many in common with any text.
const SHORTEST_WORDS: usize = 16;

/// What stands in a name for a text that looks like a key.
const VEIL: &str = "[looks like a key]";

/// The keys of a contract, and what keys look like.
#[derive(Clone, Debug)]
pub struct Wanted {
    sieve: Sieve,
    pattern: Option<KeyPattern>,
    known: BTreeSet<String>,
}

impl Wanted {
    /// The keys that a redactor knows, and texts that look like one unless they are `known` to be none.
    pub fn new(keys: &Redactor, pattern: Option<KeyPattern>, known: BTreeSet<String>) -> Self {
        Self { sieve: keys.sieve(), pattern, known }
    }

    /// So much must two windows have in common.
    pub(super) fn reach(&self) -> usize {
        self.sieve.reach()
    }

    /// Every trace of a key that could be of nothing else.
    pub(super) fn keys(&self, text: &[u8]) -> Vec<Trace> {
        let mut traces = self.sieve.find(text);
        traces.retain(|trace| !is_word(trace, text));
        traces
    }

    /// Everything that looks like a key and is not known to be none.
    pub(super) fn lookalikes(&self, text: &[u8]) -> Vec<Range<usize>> {
        let Some(pattern) = &self.pattern else { return Vec::new() };
        let known = |at: &Range<usize>| {
            let text = text.get(at.clone()).and_then(|text| std::str::from_utf8(text).ok());
            text.is_some_and(|text| self.known.contains(text))
        };
        pattern.find(text).filter(|at| !known(at)).collect()
    }

    /// Both: what looks like a key and is one is told as that alone.
    pub(super) fn both(&self, text: &[u8]) -> (Vec<Trace>, Vec<Range<usize>>) {
        let (traces, mut lookalikes) = (self.keys(text), self.lookalikes(text));
        lookalikes
            .retain(|at| !traces.iter().any(|trace| trace.at.start < at.end && at.start < trace.at.end));
        (traces, lookalikes)
    }

    /// A name as it may be told: without what looks like a key.
    pub(super) fn veiled(&self, name: &str) -> String {
        let mut veiled = String::new();
        let mut from = 0;
        for at in self.lookalikes(name.as_bytes()) {
            veiled.push_str(name.get(from..at.start).unwrap_or_default());
            veiled.push_str(VEIL);
            from = at.end;
        }
        veiled + name.get(from..).unwrap_or_default()
    }
}

/// Whether a part of a key may be a word like any other.
fn is_word(trace: &Trace, text: &[u8]) -> bool {
    let seen = text.get(trace.at.clone()).unwrap_or_default();
    let letters = seen.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    let plain = ["in part", "in part, reversed"].contains(&trace.form);
    plain && letters < SHORTEST_WORDS && !seen.iter().any(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_key_that_is_made_of_words_is_no_finding_and_the_key_is_one() {
        let words = Redactor::of_text("words", "correct-horse-battery-staple-development");
        let wanted = Wanted::new(&words, None, BTreeSet::new());
        assert!(wanted.keys(b"The development of a battery-driven stapler").is_empty());
        assert_eq!(wanted.keys(b"correct-horse-battery-staple-development").len(), 1);
        assert_eq!(wanted.keys(b"horse-battery-staple").len(), 1);
        let random = Redactor::of_text("random", "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G");
        assert_eq!(Wanted::new(&random, None, BTreeSet::new()).keys(b"x Qm7tR2xV y").len(), 1);
    }
}
