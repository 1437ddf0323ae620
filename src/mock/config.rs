//! What a reference server is made from, and why it may not start.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::chronicle::TimesSink;
use super::clock::Clock;
use super::defects::Defect;
use super::tempo::Tempo;
use super::variants::Variant;
use crate::contract::{Contract, Keyring, RefusalKind};

/// What a server is made from.
#[derive(Debug)]
pub struct Config {
    /// What it serves.
    pub contract: Contract,
    /// The keys of the contract's credentials.
    pub keyring: Keyring,
    /// The environments to serve, in order; none stands for all.
    pub environments: Vec<String>,
    /// Where the first environment listens. The others listen on the ports behind it, and everything on any
    /// free port where this one is 0.
    pub listen: SocketAddr,
    /// Whether the environments are reached over TLS.
    pub tls: Option<TlsMode>,
    /// Where HTTP/2 is spoken.
    pub http2: Http2,
    /// What is wrong with it.
    pub defects: Vec<&'static Defect>,
    /// What is different about it, and not wrong; [`Variant::apply`] sets it.
    pub variants: Vec<&'static Variant>,
    /// How many requests a key has.
    pub rate_limit: Option<RateLimit>,
    /// Whether there is a control listener.
    pub control: bool,
    /// What is kept of requests for whoever asks at the control listener.
    pub records: Records,
    /// How fast it is made to be.
    pub tempo: Tempo,
    /// Its clock.
    pub clock: Clock,
    /// Where its access log goes, if anywhere.
    pub log: Option<LogSink>,
    /// Where the times of its requests go, if anywhere.
    pub times: Option<TimesSink>,
}

impl Config {
    /// A sound server for every environment of a contract, on free loopback ports, without TLS.
    pub fn new(contract: Contract, keyring: Keyring) -> Self {
        Self {
            contract,
            keyring,
            environments: Vec::new(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            tls: None,
            http2: Http2::OverTls,
            defects: Vec::new(),
            variants: Vec::new(),
            rate_limit: None,
            control: false,
            records: Records::Kept,
            tempo: Tempo::default(),
            clock: Clock::system(),
            log: None,
            times: None,
        }
    }
}

/// What is kept of requests: what is logged of them, and the fields with which they arrive behind the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Records {
    /// The last of them. That takes a lock a request.
    Kept,
    /// Nothing, for a server under load has no time for it.
    None,
}

/// Who proves who they are over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsMode {
    /// The server does.
    Server,
    /// Both sides do: a client without a certificate of the server's own authority is not heard.
    Mutual,
}

/// Where HTTP/2 is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http2 {
    /// Over TLS, where the client asks for it; a plain port speaks HTTP/1 alone.
    OverTls,
    /// Also on a plain port, to clients that begin with it (RFC 9113 section 3.3).
    PriorKnowledge,
}

/// How many requests a key has in a window of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// How many.
    pub requests: u32,
    /// How long the window is.
    pub window: Duration,
}

/// Takes the lines of an access log, one call a line. A line holds no key and no query.
#[derive(Clone)]
pub struct LogSink(pub Arc<dyn Fn(&str) + Send + Sync>);

impl fmt::Debug for LogSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LogSink")
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MockError {
    /// The contract has no such environment.
    #[error("the contract has no environment `{0}`")]
    UnknownEnvironment(String),
    /// The contract has no backend, or the backend no key.
    #[error("the contract lacks a line `backend`")]
    NoBackend,
    /// What an acceptance is recognised by cannot be produced.
    #[error("the acceptance of `{operation}` cannot be produced: {what}")]
    Acceptance {
        /// The operation's full name.
        operation: String,
        /// What cannot be produced.
        what: String,
    },
    /// What a refusal is recognised by cannot be produced.
    #[error("the refusal `{kind}` cannot be produced: {what}")]
    Refusal {
        /// The kind of refusal.
        kind: RefusalKind,
        /// What cannot be produced.
        what: String,
    },
    /// An address cannot be listened on.
    #[error("listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The first port has too few behind it.
    #[error("listen {number} ports behind {first}: there are only 65535; begin with a lower one, or with 0")]
    NoPort {
        /// The first address.
        first: SocketAddr,
        /// How far behind it one was wanted.
        number: u16,
    },
    /// A certificate cannot be made.
    #[error("make a certificate: {0}")]
    Certificate(#[from] rcgen::Error),
    /// TLS cannot be set up.
    #[error("set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// Client certificates cannot be verified.
    #[error("set up client certificates: {0}")]
    ClientCertificates(#[from] rustls::server::VerifierBuilderError),
}
