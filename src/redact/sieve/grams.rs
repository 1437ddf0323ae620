//! Short runs of every form, looked up by their bytes.
//!
//! A run of `window` characters of a form, met at every fifth byte, holds a gram of `window - 4` bytes that begins there.
//! Grams are of four, six or eight bytes: the longer, the rarer in a text that holds no key.

use std::collections::HashMap;

use crate::redact::engine::Engine;
use crate::redact::form::Form;
use crate::redact::index::Seed;

/// How far apart the bytes are that are looked at.
const STRIDE: usize = 5;
/// The lengths that a gram can have.
const LENGTHS: [usize; 3] = [4, 6, 8];
/// The bit that tells upper case from lower: letters are looked up in one case, and compared later.
const CASE: u64 = 0x2020_2020_2020_2020;
/// How many bits the table of hashes has, as a power of two: 64 KiB.
const BITS: u32 = 19;
/// An odd number without a pattern: the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The grams of an engine's forms.
pub(super) struct Grams {
    /// One bit for each hash that a gram has.
    hashes: Vec<u64>,
    /// Where each gram stands in the forms.
    places: HashMap<u64, Vec<Seed>>,
}

impl Grams {
    /// Every gram that the first look into a trace can meet.
    pub(super) fn of(engine: &Engine) -> Self {
        let mut places: HashMap<u64, Vec<Seed>> = HashMap::new();
        let mut hashes = vec![0; 1 << (BITS - 6)];
        for (number, (_, form)) in engine.forms.iter().enumerate() {
            let length = length_for(form);
            let last = (form.secret.end - form.secret.start).saturating_sub(form.window) + STRIDE - 1;
            for at in form.secret.start..=form.secret.start + last {
                let Some(bytes) = form.text.get(at..at + length) else { break };
                let gram = word(bytes) & mask(length);
                let (index, bit) = slot(gram);
                hashes.get_mut(index).into_iter().for_each(|bits| *bits |= bit);
                places.entry(gram).or_default().push(Seed { form: number, at });
            }
        }
        Self { hashes, places }
    }

    /// Tells of every gram at a fifth byte of a text.
    pub(super) fn sift(&self, text: &[u8], mut tell: impl FnMut(usize, Seed)) {
        if self.places.is_empty() {
            return;
        }
        let mut at = 0;
        for bytes in text.windows(8).step_by(STRIDE) {
            let word = word(bytes);
            if self.maybe(word) {
                self.look_up(word, |seed| tell(at, seed));
            }
            at += STRIDE;
        }
        while let Some(bytes) = text.get(at..).filter(|bytes| bytes.len() >= LENGTHS[0]) {
            self.look_up(word(bytes), |seed| tell(at, seed));
            at += STRIDE;
        }
    }

    /// Whether a gram may begin here; often wrong, and never where one does.
    #[inline]
    fn maybe(&self, word: u64) -> bool {
        let [four, six, eight] = LENGTHS.map(|length| self.bit(word & mask(length)));
        (four | six | eight) != 0
    }

    #[inline]
    fn bit(&self, gram: u64) -> u64 {
        let (index, bit) = slot(gram);
        self.hashes.get(index).map_or(0, |bits| bits & bit)
    }

    fn look_up(&self, word: u64, mut tell: impl FnMut(Seed)) {
        for length in LENGTHS {
            self.places.get(&(word & mask(length))).into_iter().flatten().copied().for_each(&mut tell);
        }
    }
}

/// The longest gram that the first look into any trace meets whole.
fn length_for(form: &Form) -> usize {
    let most = (form.window + 1).saturating_sub(STRIDE);
    LENGTHS.into_iter().rev().find(|length| *length <= most).unwrap_or(LENGTHS[0])
}

/// Up to eight bytes as a number, letters in one case.
#[inline]
fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk() {
        Some(bytes) => u64::from_le_bytes(*bytes) | CASE,
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(byte | 0x20)),
    }
}

#[inline]
fn mask(length: usize) -> u64 {
    u64::MAX >> (64 - 8 * length)
}

#[inline]
fn slot(gram: u64) -> (usize, u64) {
    let hash = gram.wrapping_mul(SPREAD) >> (64 - BITS);
    (usize::try_from(hash >> 6).unwrap_or(0), 1 << (hash & 63))
}
