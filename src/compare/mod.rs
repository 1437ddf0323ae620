//! Two results side by side: an earlier and a later run, an earlier and a later load, two implementations.
//!
//! What comes of it is a value that programs can read, and a [`Sheet`] for people. Values in, values out: nothing here
//! opens a file, sends anything or prints.

mod load_sheet;
#[cfg(test)]
mod load_tests;
mod loads;
mod markdown;
mod runs;
mod shares;
mod sheet;
#[cfg(test)]
mod side_tests;
mod sides;
#[cfg(test)]
mod tests;

pub use loads::{ClassComparison, Latency, LoadComparison, Measured, Pace, Throughput, Verdicts, loads};
pub use markdown::markdown;
pub use runs::{CaseChange, RunComparison, runs};
pub use shares::Share;
pub use sheet::{Sheet, Table, page};
pub use sides::{Differing, Side, SideInfo, SidesComparison, Split, key, sides};

/// Where it goes from the earlier to the later result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trend {
    /// Nothing is worse than it was.
    NotWorse,
    /// Something is worse, or is no longer known.
    Worse,
    /// Something fails that did not.
    NewFailures,
}

impl Trend {
    fn of(comparison: &impl Compared) -> Self {
        match (comparison.has_new_failures(), comparison.is_worse()) {
            (true, _) => Self::NewFailures,
            (false, true) => Self::Worse,
            (false, false) => Self::NotWorse,
        }
    }
}

/// What two results have come to.
trait Compared {
    /// Whether something fails that did not.
    fn has_new_failures(&self) -> bool;
    /// Whether anything is worse than it was.
    fn is_worse(&self) -> bool;
}
