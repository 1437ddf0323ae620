//! The harness proves itself: the suite against the sound reference server, against everything that can be wrong
//! with it, and against everything that can be different about it without being wrong.
//!
//! What comes of it is the defect [`Matrix`]: which check finds which defect, and whatever is not as it should be.
//! This room puts `runner` and `mock` together and weighs what was seen, and gives `scan` what ships with a key; it
//! judges no answer itself, it prints nothing, and the contracts on which it proves are handed to it.

mod between;
mod evidence;
mod markdown;
mod matrix;
mod page;
mod plans;
mod run;
mod seen;
mod shipped;
mod stage;
mod subject;
mod trial;
mod weigh;

#[cfg(test)]
mod tests;

pub use markdown::markdown;
pub use matrix::{Alarm, FORMAT, Find, Matrix, Weakness};
pub use page::page;
pub use run::{Event, Proof, ProveError, Stopper, run};
pub use stage::{Fixture, Keeps};
pub use subject::Pairs;
