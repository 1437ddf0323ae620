//! End to end, through the binary: what an operator sees, against targets that share no code with the program.
//!
//! One test binary, one module a subject. No test depends on another, on a fixed port or on anything beyond the
//! loopback.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly, its helpers too")]

mod between;
mod canary;
mod comparing;
mod exit_codes;
mod hostile;
mod load;
mod newcomer;
#[path = "../program/mod.rs"]
mod program;
mod recipes;
mod report;
mod reproduce;
mod scan;
mod second_opinion;
mod served;
mod snapshots;
mod steering;
mod support;
mod transport;
