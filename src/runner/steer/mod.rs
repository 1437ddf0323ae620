//! Steers the target for a case: does what its steps say, remembers what must be taken back, and takes it back.

mod hands;
mod rules;
mod time;
mod undo;

use std::sync::Arc;

pub use hands::{Hands, Objection};
pub(super) use undo::Undo;

use crate::contract::Keyring;
use crate::redact::Redactor;
use crate::wire::{Plane, WireError};

/// What hands need: keys to model others on, the way to what steers, and whoever keeps new keys out of every result.
#[derive(Clone, Copy, Debug)]
pub struct Grip<'a> {
    /// The keys.
    pub keyring: &'a Keyring,
    /// How the target is steered.
    pub steering: &'a Steering,
    /// Where a new key is made known before anybody else hears of it.
    pub redactor: &'a Redactor,
}

/// What a run needs to steer its target.
#[derive(Clone, Debug)]
pub struct Steering {
    /// The way to what steers it.
    pub plane: Plane,
    /// The wall clock, in milliseconds since 1970-01-01 UTC.
    pub now_ms: fn() -> i64,
    /// What has to be taken back.
    pub(super) undo: Arc<Undo>,
}

impl Steering {
    /// Steers by this way and this clock.
    pub fn new(plane: Plane, now_ms: fn() -> i64) -> Self {
        Self { plane, now_ms, undo: Arc::default() }
    }

    /// The same with clients of its own, for another runtime; what has to be taken back is noted in the same place.
    ///
    /// # Errors
    /// When no client can be made.
    pub fn afresh(&self) -> Result<Self, WireError> {
        Ok(Self { plane: self.plane.afresh()?, ..self.clone() })
    }

    /// Takes everything back that is left, within a bound; nothing can be changed any more. Says what could not be taken
    /// back.
    pub fn take_back(&self) -> Vec<String> {
        self.undo.rest(&self.plane)
    }
}
