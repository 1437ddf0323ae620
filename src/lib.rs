//! Does the lock on our API hold?
//!
//! Lockproof tests whether an HTTP API that is guarded by keys refuses what it must refuse: for every operation,
//! every kind of key, in every environment, before any processing. `ARCHITECTURE.md` draws the rooms below and the
//! one direction in which data flows through them.

pub mod cli;
pub mod compare;
pub mod contract;
pub mod document;
pub mod hpack;
pub mod judge;
pub mod load;
pub mod mock;
pub mod outcome;
pub mod plan;
pub mod prove;
pub mod redact;
pub mod report;
pub mod runner;
pub mod scan;
pub mod scenario;
pub mod snapshot;
pub mod wire;
