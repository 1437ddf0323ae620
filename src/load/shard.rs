//! A part of a plan that one of several processes sends: every n-th request, so that all parts together are the plan.

use std::fmt;

/// One of several equal parts of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Its number, from 0.
    index: u64,
    /// How many parts there are, from 1.
    of: u64,
}

impl Shard {
    /// The whole plan.
    pub const WHOLE: Self = Self { index: 0, of: 1 };

    /// The most parts that a plan can have.
    pub const MOST: u64 = 1024;

    /// Reads `2/4`: the second of four.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no part of a plan; write 1/4, 2/4, 3/4 and 4/4 for four parts");
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of): (u64, u64) =
            (number.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
        Self::new(number, of).ok_or_else(wrong)
    }

    /// The part of a number, from 1, of so many; nothing where there is no such part.
    pub fn new(number: u64, of: u64) -> Option<Self> {
        ((1..=Self::MOST).contains(&of) && (1..=of).contains(&number)).then(|| Self { index: number - 1, of })
    }

    /// Its number, from 1.
    pub fn number(self) -> u64 {
        self.index + 1
    }

    /// How many parts there are.
    pub fn of(self) -> u64 {
        self.of
    }

    /// Whether it is the whole plan.
    pub fn is_whole(self) -> bool {
        self.of == 1
    }

    /// The first request that is its own; those after it are so far apart as there are parts.
    pub(super) fn first(self) -> u64 {
        self.index
    }

    /// How many of the first requests of a plan are its own.
    pub fn share(self, requests: u64) -> u64 {
        requests.saturating_sub(self.index).div_ceil(self.of)
    }

    /// Its part of what cannot be less than one, such as connections.
    pub(super) fn part(self, whole: usize) -> usize {
        let share = self.share(u64::try_from(whole).unwrap_or(u64::MAX));
        usize::try_from(share).unwrap_or(usize::MAX).max(1)
    }
}

impl Default for Shard {
    fn default() -> Self {
        Self::WHOLE
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number(), self.of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shard_is_read_as_it_is_written() {
        for text in ["1/1", "1/4", "4/4", "1024/1024"] {
            assert_eq!(Shard::parse(text).unwrap().to_string(), text);
        }
        for text in ["0/4", "5/4", "4", "a/4", "1/0", "1/1025", "", "/", "-1/4"] {
            assert!(Shard::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_shards_together_have_every_request_once(of in 1..64_u64, requests in 0..10_000_u64) {
            let all: u64 = (1..=of).filter_map(|number| Shard::new(number, of)).map(|one| one.share(requests)).sum();
            prop_assert_eq!(all, requests);
        }

        #[test]
        fn a_shard_has_as_many_requests_as_there_are_numbers_of_its_own(of in 1..9_u64, number in 1..9_u64, requests in 0..100_u64) {
            prop_assume!(number <= of);
            let shard = Shard::new(number, of).unwrap();
            let own = (0..requests).filter(|request| request % of == shard.first()).count() as u64;
            prop_assert_eq!(shard.share(requests), own);
        }
    }
}
