//! The reference server, from outside: over real sockets, byte by byte.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod contracts;
mod control;
mod cors;
mod defects;
mod framing;
mod http2;
mod keys;
mod openapi;
mod order;
mod refusals;
mod repetition;
mod services;
mod support;
mod tokens;
mod variants;
