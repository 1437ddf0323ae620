//! How much the other side takes (RFC 9113 section 5.2).

use std::collections::BTreeMap;

/// What it takes before anything was agreed on (RFC 9113 section 6.5.2).
const INITIAL: i64 = 65_535;

/// The windows of a connection and its streams.
#[derive(Clone, Debug)]
pub(super) struct Windows {
    connection: i64,
    initial: i64,
    /// What streams have beyond the initial size; less than nothing where something was sent.
    beyond: BTreeMap<u32, i64>,
}

impl Default for Windows {
    fn default() -> Self {
        Self { connection: INITIAL, initial: INITIAL, beyond: BTreeMap::new() }
    }
}

impl Windows {
    pub(super) fn room(&self, stream: u32) -> usize {
        let beyond = self.beyond.get(&stream).copied().unwrap_or_default();
        usize::try_from(self.connection.min(self.initial.saturating_add(beyond))).unwrap_or_default()
    }

    pub(super) fn sent(&mut self, stream: u32, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.connection = self.connection.saturating_sub(count);
        let beyond = self.beyond.entry(stream).or_default();
        *beyond = beyond.saturating_sub(count);
    }

    /// The size that streams begin with; those that there are change with it.
    pub(super) fn begin_with(&mut self, size: u32) {
        self.initial = i64::from(size);
    }

    /// More room, on a stream of ours or, with 0, on all.
    pub(super) fn grow(&mut self, stream: u32, more: u32) {
        let window = if stream == 0 { &mut self.connection } else { self.beyond.entry(stream).or_default() };
        *window = window.saturating_add(i64::from(more));
    }
}
