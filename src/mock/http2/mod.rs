//! HTTP/2 (RFC 9113): frames to heads and bodies, answers to frames, and the life of one connection. The same edge and the
//! same services decide and answer.
//!
//! The reader of frames is this server's own because its strictness is what the harness is proved on: what makes a request
//! malformed is a small pure function a rule, and [`Reception`] names those that can be exchanged. Nothing here knows a key.

mod connection;
mod fields;
mod frame;
mod head;
mod intake;
mod outgoing;
mod reception;
mod stream;

#[cfg(test)]
mod tests;

pub(super) use connection::{begins, resume, serve};
pub(crate) use reception::{Reception, SOUND, split};
