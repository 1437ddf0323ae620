//! What was changed and has to be taken back, whatever becomes of the case that changed it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use crate::contract::Action;
use crate::wire::{Arguments, Plane};

/// How long taking everything back may take once a run was cut short.
const LIMIT: Duration = Duration::from_secs(5);

/// What takes something back.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The case that changed it.
    pub(super) case: String,
    /// The action that takes it back.
    pub(super) action: Action,
    /// What is filled in.
    pub(super) arguments: Arguments,
    /// What it is about, in words.
    pub(super) what: String,
}

/// What has to be taken back, in the order in which it was done.
#[derive(Debug, Default)]
pub(in crate::runner) struct Undo(Mutex<Ledger>);

#[derive(Debug, Default)]
struct Ledger {
    entries: BTreeMap<u64, Entry>,
    next: u64,
    closed: bool,
}

impl Undo {
    /// Notes something before it is done; nothing where it is too late to do anything.
    pub(super) fn note(&self, entry: Entry) -> Option<u64> {
        let mut ledger = self.ledger();
        if ledger.closed {
            return None;
        }
        let ticket = ledger.next;
        ledger.next += 1;
        ledger.entries.insert(ticket, entry);
        Some(ticket)
    }

    /// Corrects what is filled in, once more is known.
    pub(super) fn correct(&self, ticket: u64, arguments: &Arguments) {
        if let Some(entry) = self.ledger().entries.get_mut(&ticket) {
            entry.arguments.clone_from(arguments);
        }
    }

    /// Strikes something out that needs not be taken back any more.
    pub(super) fn strike(&self, ticket: u64) {
        self.ledger().entries.remove(&ticket);
    }

    /// Takes one thing back, and says why it could not be. It stays noted until an answer is there: a run that is broken
    /// off meanwhile would leave it as it is, and nobody else would know of it.
    pub(super) async fn back(&self, ticket: u64, plane: &Plane) -> Option<String> {
        let entry = self.ledger().entries.get(&ticket).cloned()?;
        let failed = back(&entry, plane).await.err();
        self.strike(ticket);
        failed
    }

    /// Takes back what a case left behind, the last first; says what could not be taken back.
    pub(in crate::runner) async fn of_case(&self, case: &str, plane: &Plane) -> Vec<String> {
        let tickets: Vec<u64> = {
            let ledger = self.ledger();
            let of_case = ledger.entries.iter().filter(|(_, entry)| entry.case == case);
            of_case.map(|(ticket, _)| *ticket).rev().collect()
        };
        let mut failed = Vec::new();
        for ticket in tickets {
            failed.extend(self.back(ticket, plane).await);
        }
        failed
    }

    /// Takes everything back that is left, within a bound, on a runtime of its own: the run's may be starved. Nothing
    /// can be noted from then on.
    pub(in crate::runner) fn rest(&self, plane: &Plane) -> Vec<String> {
        let entries: Vec<Entry> = {
            let mut ledger = self.ledger();
            ledger.closed = true;
            std::mem::take(&mut ledger.entries).into_values().rev().collect()
        };
        if entries.is_empty() {
            return Vec::new();
        }
        let mut left: Vec<String> =
            entries.iter().map(|entry| format!("{}: not in time", entry.what)).collect();
        let (tell, told) = mpsc::channel();
        let plane = plane.clone();
        let work = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            let plane = plane.afresh().ok()?;
            runtime.block_on(async {
                for (at, entry) in entries.iter().enumerate() {
                    tell.send((at, back(entry, &plane).await.err())).ok();
                }
            });
            Some(())
        };
        if std::thread::Builder::new().spawn(work).is_err() {
            return left;
        }
        let ends = std::time::Instant::now() + LIMIT;
        while let Ok((at, failed)) =
            told.recv_timeout(ends.saturating_duration_since(std::time::Instant::now()))
        {
            if let Some(one) = left.get_mut(at) {
                *one = failed.unwrap_or_default();
            }
        }
        left.retain(|one| !one.is_empty());
        left
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes one thing back.
async fn back(entry: &Entry, plane: &Plane) -> Result<(), String> {
    let done = plane.carry_out(entry.action, &entry.arguments).await;
    done.map(drop).map_err(|error| format!("{} by {}: {error}", entry.what, entry.action))
}
