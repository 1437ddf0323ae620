//! Steers the target for a case: does what its steps say, remembers what must be taken back, and takes it back.

mod hands;
mod rules;
mod time;
mod undo;

use std::sync::Arc;

pub(super) use hands::{Hands, Objection};
pub(super) use undo::Undo;

use crate::wire::Plane;

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
}
