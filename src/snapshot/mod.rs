//! Refusals in normal form: frozen, compared with what was approved, and written so that people can review what differs.
//!
//! A refusal is read from the outcome, where everything is redacted already, and becomes a [`Form`]: its status, its header
//! fields in a stable order and its body, with a typed placeholder for whatever is volatile. Refusals that are the same
//! share one [`Snap`], which is a file in the format of the `insta` crate; a [`Book`] is all that was approved, and a
//! [`Comparison`] is what a run answers to it.
//!
//! Values in, values out: nothing here opens a file, sends anything or prints.

mod book;
mod compare;
mod diff;
mod file;
mod finding;
mod form;
mod gap;
mod look;
mod name;
mod page;
mod pending;
#[cfg(test)]
mod pending_tests;
mod phrase;
mod rules;
mod scope;
#[cfg(test)]
mod tests;
mod tree;

pub use book::Book;
pub use compare::{Change, Comparison, Known, Observed, Stale, Unseen, compare};
pub use diff::{Line, Sign, difference};
pub use file::{Snap, SnapError};
pub use finding::{checks, findings};
pub use form::{Form, alike, is_refusal};
pub use name::SnapName;
pub use page::{pending_page, recorded};
pub use pending::{Pending, pending, pruned};
pub use rules::Rules;
pub use scope::{Scope, cover};
