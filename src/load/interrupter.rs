//! How a load is stopped from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use super::engine::{Brake, Stop};
use crate::runner::Signal;

/// How often to look whether the operator wants it to stop.
const LOOK: Duration = Duration::from_millis(50);

/// Stops a load: first what is under way is finished, then it ends at once.
#[derive(Clone, Debug, Default)]
pub struct Interrupter {
    brake: Brake,
    heard: Arc<AtomicU8>,
}

impl Interrupter {
    /// Takes notice of a signal.
    pub fn interrupt(&self, signal: Signal) {
        let mark = match signal {
            Signal::Interrupt => 1,
            Signal::Terminate => 2,
        };
        let first = self.heard.compare_exchange(0, mark, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        self.brake.pull(if first { Stop::Drain } else { Stop::Now });
    }

    /// What it pulls.
    pub(super) fn brake(&self) -> Brake {
        self.brake.clone()
    }

    /// The first signal, if there was one.
    pub(super) fn heard(&self) -> Option<Signal> {
        match self.heard.load(Ordering::Relaxed) {
            1 => Some(Signal::Interrupt),
            2 => Some(Signal::Terminate),
            _ => None,
        }
    }

    /// Waits for a moment, or for the operator's wish to stop.
    pub(super) fn sleep_until(&self, moment: Instant) {
        loop {
            let left = moment.saturating_duration_since(Instant::now());
            if left.is_zero() || self.heard().is_some() {
                return;
            }
            std::thread::sleep(left.min(LOOK));
        }
    }
}
