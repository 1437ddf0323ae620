//! What was counted in one second, while it goes by and when it is over.

use super::packed::{Packed, SecondTimes};
use super::shard::Shard;
use super::tally::Counts;
use super::times::Times;

/// What was counted in one second, over all threads.
#[derive(Clone, Debug, Default)]
pub struct SecondSum {
    /// How many threads have told.
    pub threads: usize,
    /// All classes together, warm-up included.
    pub counts: Counts,
    /// Response times.
    pub response: Times,
    /// How late the threads looked at what was due.
    pub lag: Times,
    /// Their time on processors, and the time that they counted, in nanoseconds, each thread's.
    pub cpu: Vec<(u64, u64)>,
    /// What is left of its times when it is over.
    figures: Option<Figures>,
    /// The times themselves, where they are put together with those of other shards.
    packed: Option<SecondTimes>,
}

/// What is left of the times of a second: a run of any length keeps no histogram of each, a shard a packed one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    pub(super) p50: Option<u64>,
    pub(super) p99: Option<u64>,
    pub(super) max: Option<u64>,
    pub(super) lag_p99: Option<u64>,
}

impl SecondSum {
    /// The figures of its times.
    pub(super) fn figures(&self) -> Figures {
        self.figures.unwrap_or_else(|| Figures {
            p50: self.response.percentile(50.0),
            p99: self.response.percentile(99.0),
            max: self.response.longest(),
            lag_p99: self.lag.at(99.0),
        })
    }

    /// The times, as they are written down.
    pub(super) fn packed(&self) -> SecondTimes {
        let pack = || SecondTimes { response: Packed::of(&self.response), lag: Packed::of(&self.lag) };
        self.packed.clone().unwrap_or_else(pack)
    }

    /// Keeps the figures, and of a shard what others are to be added to; lets the histograms go.
    pub(super) fn close(&mut self, shard: Shard) {
        self.figures = Some(self.figures());
        self.packed = (!shard.is_whole()).then(|| self.packed());
        (self.response, self.lag) = (Times::default(), Times::default());
    }
}
