//! The reference server: a contract, served. It is what the harness is proved on, so it is written to be a
//! model of a correct edge: the decision is taken from method, target and header fields alone, before one
//! byte of a body is read, and what is behind the edge never sees a request that was refused.
//!
//! It shares the contract's model with the harness and nothing else: how a request is judged here, and how an
//! answer is judged there, are two readings of the same document.
//!
//! - [`start`] opens one listener for each environment, where it can be steered a second one as another node of it, and with TLS a second, plain one beside it, where no
//!   key counts. Port 0 asks for any free port; [`Running`] tells which it became.
//! - [`defects`] holds everything that can be wrong with an edge, each an alternative for one stage of the
//!   pipeline. The sound server knows nothing of them.
//! - [`variants`] holds what can be different about a sound server: nobody may take any of it for a fault.
//!
//! # The control listener
//! Plain HTTP/1.1 with JSON, on a loopback port of its own:
//!
//! | request | body | effect |
//! |---|---|---|
//! | `GET /processed` | | how many requests reached a service: `total`, and by environment and operation |
//! | `POST /keys` | `{credential, like?, key?, application?, allows?, environments?, expires_in_ms?}` | issues a key, `201`, answers it |
//! | `POST /keys/{credential}/revoke` | | withdraws a key |
//! | `POST /keys/{credential}/expire` | `{at: RFC 3339}` or `{in_ms}` | sets the instant of its expiry; without a body, now |
//! | `POST /applications/{name}/disable` | | switches an application off; `/enable` on again |
//! | `DELETE /keys/{credential}` | | deletes a key that was issued |
//! | `POST /keys/{credential}/permissions` | `{allows}` | gives a key that was issued other permissions |
//! | `POST /clock` | `{advance_ms}` | moves the server's clock |
//! | `POST /clock/hold` | `{at: RFC 3339}` | stops the clock at an instant; `/reset` lets it go as it went |
//! | `POST /timezone/set` | `{timezone}` | sets the time zone of the process; `/reset` takes it back |
//! | `POST /config/unset-key` | | takes the keys out of the configuration; `/unset-guard` the setting that switches the guard on; `/reset` brings both back |
//! | `POST /store/stop` | | stops the key store; `/start` starts it; `/slow` with `{ms}` delays its answers |
//! | `POST /upstream/stop` | | stops what is behind the edge; `/start` starts it |
//! | `POST /limiter/stop` | | stops what counts a key's requests; `/start` starts it |
//! | `GET /log` | | the last lines of the access log, as text |
//! | `GET /seen/{environment}` | | the fields with which the last request arrived behind the edge |
//! | `GET /stored` | | how much is stored because of requests |
//! | `POST /reset` | | back to what the contract declares |
//!
//! This room opens sockets and takes a clock; it prints nothing and reads no environment.

pub mod backend;
mod chronicle;
mod clock;
mod config;
mod control;
pub mod defects;
mod edge;
mod http1;
mod http2;
mod ledger;
mod listen;
mod message;
mod parts;
mod random;
mod running;
mod server;
mod services;
mod tempo;
mod tls;
pub mod variants;

pub use chronicle::{Served, TimesSink};
pub use clock::Clock;
pub use config::{Config, Http2, LogSink, MockError, RateLimit, Records, TlsMode};
pub use running::{Certificates, Endpoint, Running, start};
pub use tempo::{Delay, Stall, Tempo};
