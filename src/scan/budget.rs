//! What a file may cost, whatever it unfolds to.

use std::cell::Cell;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use super::limits::{ENTRIES, RATIO, UNFOLDED};

/// What is left of what one file may cost.
pub(super) struct Budget<'a> {
    unfolded: Cell<u64>,
    entries: Cell<u64>,
    ended: Cell<Option<End>>,
    stop: &'a AtomicBool,
}

/// Why a file is not looked into any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It unfolds to more than it may.
    Bytes,
    /// It has more entries than it may.
    Entries,
    /// Somebody wants no more.
    Stopped,
}

impl End {
    /// Why, as a fragment of a sentence.
    pub(super) fn why(self, length: u64) -> String {
        match self {
            Self::Bytes => format!(
                "it unfolds to more than {} MiB, a decompression bomb; the rest of the file was not looked into",
                unfolded(length) >> 20
            ),
            Self::Entries => {
                format!("it has more than {ENTRIES} entries; the rest of the file was not looked into")
            }
            Self::Stopped => "the scan was interrupted before its end".to_owned(),
        }
    }
}

/// What a file of a length may unfold to.
fn unfolded(length: u64) -> u64 {
    length.saturating_mul(RATIO).max(UNFOLDED)
}

impl<'a> Budget<'a> {
    /// For a file of a length.
    pub(super) fn new(length: u64, stop: &'a AtomicBool) -> Self {
        Self {
            unfolded: Cell::new(unfolded(length)),
            entries: Cell::new(ENTRIES),
            ended: Cell::new(None),
            stop,
        }
    }

    /// Why nothing more is to be looked into, if that is so.
    pub(super) fn ended(&self) -> Option<End> {
        if self.ended.get().is_none() && self.stop.load(Ordering::Relaxed) {
            self.ended.set(Some(End::Stopped));
        }
        self.ended.get()
    }

    /// Pays for one entry; `false` where there is nothing left to pay with.
    pub(super) fn pay_entry(&self) -> bool {
        self.pay(&self.entries, 1, End::Entries)
    }

    fn pay(&self, from: &Cell<u64>, price: u64, end: End) -> bool {
        if self.ended().is_some() {
            return false;
        }
        let left = from.get().checked_sub(price);
        from.set(left.unwrap_or(0));
        if left.is_none() {
            self.ended.set(Some(end));
        }
        left.is_some()
    }
}

/// Reads what unfolds, as long as it is paid for.
pub(super) struct Metered<'b, 'a, R> {
    inner: R,
    budget: &'b Budget<'a>,
}

impl<'b, 'a, R: Read> Metered<'b, 'a, R> {
    pub(super) fn new(inner: R, budget: &'b Budget<'a>) -> Self {
        Self { inner, budget }
    }
}

impl<R: Read> Read for Metered<'_, '_, R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(to)?;
        let paid =
            self.budget.pay(&self.budget.unfolded, u64::try_from(count).unwrap_or(u64::MAX), End::Bytes);
        if paid { Ok(count) } else { Err(io::Error::other("it is not paid for")) }
    }
}
