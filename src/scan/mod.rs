//! What ships: the keys of a contract, looked for in anything that is given to a customer.
//!
//! A [`Walker`] reads a file once, from its beginning to its end, and unfolds what is folded in it: archives in archives,
//! one file of [`format`] each. Nothing is written anywhere, and nothing is held that is longer than a window or
//! [`limits::WHOLE`]. What it comes upon it tells as [`Event`]s; [`conclude`] makes a result of them.
//!
//! This room opens no file: it is given what it reads. It must never tell a part of a key.

mod as_run;
mod budget;
mod checks;
mod conclude;
mod event;
mod format;
mod joined;
pub mod limits;
mod pattern;
mod source;
mod walker;
mod wanted;
mod window;

#[cfg(test)]
mod tests;

pub use as_run::as_run;
pub use checks::{checks, find as find_check};
pub use conclude::{About, Tally, conclude};
pub use event::{Event, Finding, Place, What};
pub use pattern::{KeyPattern, PatternError};
pub use source::Source;
pub use walker::Walker;
pub use wanted::Wanted;
