//! What is looked for.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::redact::{Redactor, Sieve, Trace};

use super::pattern::KeyPattern;

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

    /// Every trace of a key.
    pub(super) fn keys(&self, text: &[u8]) -> Vec<Trace> {
        self.sieve.find(text)
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
}
