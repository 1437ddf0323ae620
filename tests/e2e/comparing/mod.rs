//! Two results side by side, through the binary: `compare` and `diff`.

mod diff;
mod loads;
mod runs;
