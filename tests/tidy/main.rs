//! The laws of the house, as tests: what a compiler and clippy do not enforce.
//!
//! Every law is one test, and every message says what to do. The laws read text, with simple means; they look at
//! this repository and at nothing else.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod documents;
mod rooms;
mod shape;
mod source;
mod suite;

/// Fails with everything that breaks a law, and with what to do about it.
#[track_caller]
fn obeyed(broken: &[String], what_to_do: &str) {
    assert!(broken.is_empty(), "\n  {}\n\n{what_to_do}\n", broken.join("\n  "));
}
