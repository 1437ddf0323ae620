#![doc = "Lockproof: does the lock on our API hold?"]

pub mod contract;
pub mod document;
pub mod mock;
pub mod outcome;
pub mod redact;
pub mod report;
pub mod scenario;
