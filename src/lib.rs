#![doc = "Lockproof: does the lock on our API hold?"]

pub mod cli;
pub mod contract;
pub mod document;
pub mod judge;
pub mod outcome;
pub mod plan;
pub mod redact;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod wire;
