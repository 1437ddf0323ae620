//! Requests on the wire, and the exchanges that come back: the only room that opens a socket for conformance.
//!
//! A [`Sender`] takes a sealed [`Request`] and returns an [`Exchange`], whatever happens: a refused connection, a
//! time-out or a torn answer is an observation, not an error. The ordinary client is behind [`Ordinary`]; a client
//! for exact bytes plugs in as another sender.

mod client;
mod connect;
mod exchange;
mod failure;
mod ordinary;
mod seal;

pub use client::{ClientOptions, HttpVersion, Limits, Trust, WireError};
pub use exchange::{Answer, Exchange, Request, Timing};
pub use failure::{Failure, FailureKind};
pub use ordinary::Ordinary;
pub use seal::{Captures, Origin, SealError, seal};
