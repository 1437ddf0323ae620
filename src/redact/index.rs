//! Where in a text a seed may begin: the first four bytes of every seed, looked up at every byte of the text.
//!
//! A table of bits passes over almost every byte, and is kept sparse. What it lets by is looked up, and whoever is told
//! compares it. Nothing is prepared that would have to be prepared again for one more seed.

use std::collections::HashMap;

/// How many bytes of a seed are looked up.
const LENGTH: usize = 4;
/// The bit that tells upper case from lower: letters are looked up in one case, and compared later.
const CASE: u32 = 0x2020_2020;
/// So many bits for each seed at the least: few bytes of a text are let by that begin nothing.
const BITS_FOR_EACH: usize = 16;
/// How many bits there are at first, as a power of two: 1 KiB.
const FIRST_BITS: u32 = 13;
/// An odd number without a pattern: the golden ratio.
const SPREAD: u32 = 0x9e37_79b9;

/// A short run of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seed {
    /// The number of the form.
    pub(super) form: usize,
    /// Where in the form.
    pub(super) at: usize,
}

/// The beginnings of seeds.
pub(super) struct Index {
    /// One bit for each hash that a beginning has; as many as a power of two, which is `bits`.
    hashes: Vec<u64>,
    bits: u32,
    /// The first and the last of the seeds with the same beginning.
    chains: HashMap<u32, (u32, u32)>,
    /// Each seed, and the next with its beginning; its own number where there is none.
    seeds: Vec<(Seed, u32)>,
    /// Seeds that are shorter than a beginning. Only keys of a few characters have any.
    short: Vec<Seed>,
}

impl Default for Index {
    fn default() -> Self {
        let (chains, seeds, short) = (HashMap::new(), Vec::new(), Vec::new());
        Self { hashes: table(FIRST_BITS), bits: FIRST_BITS, chains, seeds, short }
    }
}

impl Index {
    /// Adds a seed; `text` is what it looks like.
    pub(super) fn add(&mut self, text: &[u8], seed: Seed) {
        let (Some(beginning), Ok(number)) = (text.first_chunk(), u32::try_from(self.seeds.len())) else {
            self.short.push(seed);
            return;
        };
        let gram = gram(*beginning);
        let (_, last) = self.chains.entry(gram).or_insert((number, number));
        let before = std::mem::replace(last, number);
        self.seeds.push((seed, number));
        if let Some((_, next)) = self.seeds.get_mut(usize::try_from(before).unwrap_or(usize::MAX)) {
            *next = number;
        }
        if self.seeds.len() * BITS_FOR_EACH > 1 << self.bits {
            self.bits += 1;
            self.hashes = table(self.bits);
            let grams: Vec<u32> = self.chains.keys().copied().collect();
            for gram in grams {
                self.mark(gram);
            }
        } else {
            self.mark(gram);
        }
    }

    fn mark(&mut self, gram: u32) {
        let (index, bit) = self.slot(gram);
        self.hashes.get_mut(index).into_iter().for_each(|bits| *bits |= bit);
    }

    /// Tells of every place at which a seed may begin, with the seed, in the order of the text.
    pub(super) fn search(&self, text: &[u8], mut tell: impl FnMut(usize, Seed)) {
        if !self.short.is_empty() {
            let places = 0..text.len();
            places.for_each(|at| self.short.iter().for_each(|seed| tell(at, *seed)));
        }
        if self.seeds.is_empty() {
            return;
        }
        for (at, bytes) in text.windows(LENGTH).enumerate() {
            let Some(bytes) = bytes.first_chunk() else { return };
            let gram = gram(*bytes);
            let (index, bit) = self.slot(gram);
            if self.hashes.get(index).is_some_and(|bits| bits & bit != 0) {
                self.seeds_of(gram).for_each(|seed| tell(at, seed));
            }
        }
    }

    /// The seeds with a beginning, in the order in which they were added.
    fn seeds_of(&self, gram: u32) -> impl Iterator<Item = Seed> {
        let mut next = self.chains.get(&gram).map(|(first, _)| *first);
        std::iter::from_fn(move || {
            let number = next?;
            let (seed, behind) = self.seeds.get(usize::try_from(number).ok()?)?;
            next = Some(*behind).filter(|behind| *behind != number);
            Some(*seed)
        })
    }

    fn slot(&self, gram: u32) -> (usize, u64) {
        let hash = gram.wrapping_mul(SPREAD) >> (u32::BITS - self.bits);
        (usize::try_from(hash >> 6).unwrap_or(0), 1 << (hash & 63))
    }
}

fn table(bits: u32) -> Vec<u64> {
    vec![0; 1 << (bits - 6)]
}

fn gram(bytes: [u8; LENGTH]) -> u32 {
    u32::from_le_bytes(bytes) | CASE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place and form that is told of in a text.
    fn told(index: &Index, text: &str) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        index.search(text.as_bytes(), |at, seed| all.push((at, seed.form)));
        all
    }

    #[test]
    fn every_seed_is_told_of_in_any_case_in_the_order_in_which_they_were_added() {
        let mut index = Index::default();
        for (form, text) in ["abcdef", "xyz1", "ABCDxx"].into_iter().enumerate() {
            index.add(text.as_bytes(), Seed { form, at: 0 });
        }
        assert_eq!(told(&index, "..abcd XYZ1abc"), [(2, 0), (2, 2), (7, 1)]);
        assert_eq!(told(&index, "abc"), []);
        assert_eq!(told(&index, ""), []);
    }

    #[test]
    fn a_seed_of_less_than_a_beginning_is_told_of_everywhere() {
        let mut index = Index::default();
        index.add(b"ab", Seed { form: 7, at: 0 });
        assert_eq!(told(&index, "xy"), [(0, 7), (1, 7)]);
    }

    #[test]
    fn none_is_lost_when_there_are_many() {
        let mut index = Index::default();
        let text = |number: usize| format!("{number:05}");
        for number in 0..5_000 {
            index.add(text(number).as_bytes(), Seed { form: number, at: 0 });
            assert!(index.hashes.len() * 64 >= (number + 1) * BITS_FOR_EACH);
        }
        for number in 0..5_000 {
            assert!(told(&index, &text(number)).contains(&(0, number)), "{number}");
        }
    }
}
