//! What a server consists of besides its edge: the key store, what is behind the edge, the limiter, its configuration
//! and its time zone. Each can fail or be missing, as it happens in the world; what an edge makes of that is its own
//! affair.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a sound edge waits for its key store.
const PATIENCE: Duration = Duration::from_millis(250);
/// The most lines of a journal.
const LINES: usize = 1000;
/// Stands for a store that does not answer at all.
const STOPPED: i64 = -1;

/// The parts and how they are.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    store: AtomicI64,
    upstream_stopped: AtomicBool,
    limiter_stopped: AtomicBool,
    key_unset: AtomicBool,
    guard_unset: AtomicBool,
    zone_ms: AtomicI64,
}

/// What came of asking the key store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// How long it took.
    pub(crate) waited: Duration,
    /// What came of it.
    pub(crate) store: StoreAnswer,
}

/// Whether the key store answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreAnswer {
    /// It did.
    There,
    /// It is not there.
    Gone,
    /// It did not in time.
    Late,
}

/// Which part is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What is behind the edge.
    Upstream,
    /// What counts the requests of a key.
    Limiter,
    /// The keys of the configuration.
    Key,
    /// The setting that switches the guard on.
    Guard,
}

impl Parts {
    fn flag(&self, part: Part) -> &AtomicBool {
        match part {
            Part::Upstream => &self.upstream_stopped,
            Part::Limiter => &self.limiter_stopped,
            Part::Key => &self.key_unset,
            Part::Guard => &self.guard_unset,
        }
    }

    /// Whether a part is missing.
    pub(crate) fn lacks(&self, part: Part) -> bool {
        self.flag(part).load(Ordering::Acquire)
    }

    /// Takes a part away.
    pub(crate) fn take(&self, part: Part) {
        self.flag(part).store(true, Ordering::Release);
    }

    /// Brings a part back.
    pub(crate) fn bring(&self, part: Part) {
        self.flag(part).store(false, Ordering::Release);
    }

    /// Stops the key store.
    pub(crate) fn stop_store(&self) {
        self.store.store(STOPPED, Ordering::Release);
    }

    /// Lets the key store answer after so long.
    pub(crate) fn slow_store(&self, by: Duration) {
        self.store.store(i64::try_from(by.as_millis()).unwrap_or(i64::MAX), Ordering::Release);
    }

    /// Asks the key store, and waits for it as long as a sound edge does.
    pub(crate) fn reach_store(&self) -> Reach {
        let delay = self.store.load(Ordering::Acquire);
        let Ok(delay) = u64::try_from(delay).map(Duration::from_millis) else {
            return Reach { waited: Duration::ZERO, store: StoreAnswer::Gone };
        };
        let store = if delay > PATIENCE { StoreAnswer::Late } else { StoreAnswer::There };
        Reach { waited: delay.min(PATIENCE), store }
    }

    /// How far the time of the server's process is from UTC, in milliseconds.
    pub(crate) fn zone_ms(&self) -> i64 {
        self.zone_ms.load(Ordering::Acquire)
    }

    /// Sets the time zone, by its standard time; `false` where it is not known.
    pub(crate) fn set_zone(&self, name: &str) -> bool {
        const HOUR_MS: i64 = 3_600_000;
        const ZONES: [(&str, i64); 5] = [
            ("UTC", 0),
            ("Asia/Phnom_Penh", 7),
            ("America/Los_Angeles", -8),
            ("Pacific/Kiritimati", 14),
            ("Pacific/Pago_Pago", -11),
        ];
        let zone = ZONES.iter().find(|(known, _)| *known == name);
        zone.map(|(_, hours)| self.zone_ms.store(hours * HOUR_MS, Ordering::Release)).is_some()
    }

    /// Everything is there again, as fast as it was.
    pub(crate) fn reset(&self) {
        self.store.store(0, Ordering::Release);
        self.zone_ms.store(0, Ordering::Release);
        for part in [Part::Upstream, Part::Limiter, Part::Key, Part::Guard] {
            self.bring(part);
        }
    }
}

/// The last lines of the log, for whoever steers the server.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<VecDeque<String>>);

impl Journal {
    /// Adds a line.
    pub(crate) fn write(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() >= LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// All lines, the newest at the end.
    pub(crate) fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
    }
}
