//! Requests on the wire, and the exchanges that come back: the only room that opens a socket for conformance.
//!
//! A sender takes a sealed [`Request`] and returns an [`Exchange`], whatever happens: a refused connection, a time-out
//! or a torn answer is an observation, not an error. [`Ordinary`] is what any well-behaved client is; [`Raw`] is for
//! what such a client would rewrite or hide.

mod address;
mod client;
mod connect;
mod exchange;
mod failure;
mod frames;
mod gate;
mod ordinary;
mod plane;
mod proxy;
mod raw;
mod script;
mod seal;
mod speak;
mod speak_frames;
mod tls;
mod token;
mod transcript;
mod upstream;

pub use client::{ClientOptions, HttpVersion, Limits, Scheme, Trust, WireError};
pub use exchange::{Answer, Exchange, Request, Timing};
pub use failure::{Failure, FailureKind};
pub use frames::{Cut, ErrorCode, Frame};
pub use gate::Gate;
pub use ordinary::Ordinary;
pub use plane::{Arguments, Plane, PlaneError, Told};
pub use proxy::Proxy;
pub use raw::{Caps, FrameReader, Moment, Raw, Reader};
pub use script::{Act, Script, Until};
pub use seal::{Captures, Origin, SealError, seal};
pub use tls::config as tls_config;
pub use transcript::{Ending, Heard, Oddity, Transcript};
pub use upstream::{Arrival, Extent, Overheard, Upstream, Where};
