//! Histograms of which there are many, one or two for each second: kept as they are written down, in some hundred bytes
//! instead of some hundred thousand.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::{Deserializer, Serializer as _, V2DeflateSerializer};

use super::times::Times;

/// A histogram, compressed, in base64; empty where there is no time in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Packed {
    text: String,
    /// The longest time, in microseconds.
    longest: u64,
}

/// The times of one second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SecondTimes {
    /// Response times.
    pub(super) response: Packed,
    /// How late the generator was.
    pub(super) lag: Packed,
}

impl Packed {
    /// Packs a histogram. Writing to memory does not fail, so nothing is lost on the way.
    pub(super) fn of(times: &Times) -> Self {
        let Some(longest) = times.longest() else { return Self::default() };
        let mut bytes = Vec::new();
        let written =
            times.histogram().and_then(|one| V2DeflateSerializer::new().serialize(one, &mut bytes).ok());
        written.map_or_else(Self::default, |_| Self { text: STANDARD.encode(bytes), longest })
    }

    /// Takes one that was written down.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        let longest = unpacked(text)?.longest();
        Ok(longest.map_or_else(Self::default, |longest| Self { text: text.to_owned(), longest }))
    }

    /// The histogram.
    pub(super) fn times(&self) -> Times {
        if self.is_empty() { Times::default() } else { unpacked(&self.text).unwrap_or_default() }
    }

    /// Whether there is no time in it.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// A line of a log of histograms, as the library writes them, that covers one second.
    pub(super) fn line(&self, tag: &str, second: u64) -> String {
        format!("Tag={tag},{second}.000,1.000,{}.000,{}\n", self.longest, self.text)
    }
}

/// The histogram of a text.
pub(super) fn unpacked(text: &str) -> Result<Times, &'static str> {
    let bytes = STANDARD.decode(text).map_err(|_| "not base64")?;
    let histogram = Deserializer::new().deserialize(&mut &*bytes).map_err(|_| "damaged")?;
    Times::written(histogram).ok_or("of other bounds than ours")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_packed_comes_back_to_the_bucket(micros in prop::collection::vec(1..4_000_000_000_u64, 0..200)) {
            let mut times = Times::default();
            for micros in &micros {
                times.record(micros * 1000);
            }
            let packed = Packed::of(&times);
            prop_assert_eq!(packed.is_empty(), micros.is_empty());
            let unpacked = packed.times();
            prop_assert_eq!(unpacked.histogram(), times.histogram());
            if !packed.is_empty() {
                prop_assert_eq!(Packed::read(&packed.text), Ok(packed));
            }
        }
    }

    #[test]
    fn what_is_no_histogram_is_not_taken() {
        assert_eq!(Packed::read("?"), Err("not base64"));
        assert_eq!(Packed::read("AAAA"), Err("damaged"));
    }
}
