//! Several results of one run put together to the result that one process would have had.
//!
//! A result that was put together keeps the results of its shards, and everything about it is computed of those alone.
//! So it does not matter in which order results are put together, in how many steps, or how often one is given.

mod part;
mod seconds;
#[cfg(test)]
mod tests;
mod whole;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use super::conclude::Conclusion;
use super::times::Times;
use super::written::{self, Log};
use crate::outcome::load::{LOAD_FORMAT, LoadResult};
use part::Part;

/// Results of one run, put together.
#[derive(Clone, Debug)]
pub struct Merged {
    /// The shards by their numbers.
    parts: BTreeMap<u64, Part>,
}

/// Why results cannot be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// A file is no result of a load.
    #[error("read {file}: {why}")]
    Unreadable {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// Two results do not belong together.
    #[error("merge {one} and {other}: {why}")]
    Strangers {
        /// A file.
        one: String,
        /// Another.
        other: String,
        /// In what they differ.
        why: String,
    },
}

impl Merged {
    /// Reads a result, of a shard or put together before, and its histograms; `file` is what it is called in errors.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(file: &str, result: &[u8], log: &[u8]) -> Result<Self, MergeError> {
        let unreadable = |why: String| MergeError::Unreadable { file: file.to_owned(), why };
        let result = Self::result(file, result)?;
        let log = written::read(log).map_err(unreadable)?;
        Self::of(file, result, &log).map_err(unreadable)
    }

    /// Reads a result alone: only that of a load has histograms beside it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn result(file: &str, result: &[u8]) -> Result<LoadResult, MergeError> {
        let unreadable = |why: String| MergeError::Unreadable { file: file.to_owned(), why };
        let result: LoadResult = serde_json::from_slice(result)
            .map_err(|error| unreadable(format!("it is no result of a load: {error}")))?;
        if result.format != LOAD_FORMAT {
            return Err(unreadable(format!("its format is `{}`, not `{LOAD_FORMAT}`", result.format)));
        }
        Ok(result)
    }

    fn of(file: &str, result: LoadResult, log: &Log) -> Result<Self, String> {
        let mut parts = BTreeMap::new();
        if result.parts.is_empty() {
            let part = Part::new(file, result, (log, ""))?;
            parts.insert(part.number(), part);
            return Ok(Self { parts });
        }
        for one in result.parts {
            let number = one.identity.shard.map_or(1, |shard| shard.number);
            parts.insert(number, Part::new(file, one, (log, &prefix(number)))?);
        }
        Ok(Self { parts })
    }

    /// Puts two results together. A shard that is in both counts once.
    ///
    /// # Errors
    /// When they do not belong together.
    pub fn join(mut self, other: Self) -> Result<Self, MergeError> {
        for (number, part) in other.parts {
            if let Some(any) = self.parts.values().next() {
                any.belongs_to(&part)?;
            }
            let kept = match self.parts.remove(&number) {
                Some(own) => own.or(part)?,
                None => part,
            };
            self.parts.insert(number, kept);
        }
        Ok(self)
    }

    /// What it comes to: counts and times added up, thresholds and verdict of the whole.
    pub fn conclude(&self) -> Conclusion {
        whole::conclude(&self.parts)
    }

    /// All histograms: those of the whole, and under `shard-1/` and so on those of the shards.
    ///
    /// # Errors
    /// When a histogram cannot be written down.
    pub fn log(&self, started: SystemTime) -> Result<Vec<u8>, String> {
        let whole = whole::recorded(&self.parts);
        let Some(first) = self.parts.values().next() else { return Ok(Vec::new()) };
        let names = first.names();
        let mut all = whole.tagged("", &names);
        for (number, part) in &self.parts {
            all.extend(part.times.tagged(&prefix(*number), &names));
        }
        let (span, warm_up) = (first.result.span_us, first.result.warm_up_us);
        let (start, span) =
            (Duration::from_micros(warm_up), Duration::from_micros(span.saturating_sub(warm_up)));
        let mut log = written::write(&all, (started, start, span))?;
        log.extend(written::lines("", &seconds::together(&self.parts)).into_bytes());
        for (number, part) in &self.parts {
            log.extend(written::lines(&prefix(*number), &part.times.seconds).into_bytes());
        }
        Ok(log)
    }

    /// The response times of each class: how often each time came, in microseconds.
    pub fn response_times(&self) -> BTreeMap<String, Vec<(u64, u64)>> {
        let whole = whole::recorded(&self.parts);
        let names = self.parts.values().next().map(Part::names).unwrap_or_default();
        let counts = |times: &Times| {
            let recorded = times.histogram().into_iter().flat_map(hdrhistogram::Histogram::iter_recorded);
            recorded.map(|bucket| (bucket.value_iterated_to(), bucket.count_at_value())).collect()
        };
        let pairs = names.into_iter().zip(&whole.classes);
        pairs.map(|(name, times)| (name.to_owned(), counts(&times.response))).collect()
    }

    /// When it began, in UTC (RFC 3339).
    pub fn started(&self) -> &str {
        whole::started(&self.parts)
    }
}

fn prefix(number: u64) -> String {
    format!("shard-{number}/")
}
