//! Where a server is tried: which contract it keeps, and how it is reached.

use std::collections::BTreeMap;

use crate::contract::{Contract, Keyring};
use crate::mock::{Config, Http2, TlsMode};
use crate::scenario::{Need, Scenario, Side};

/// A contract with everything that serving it and holding a server to it needs.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// The contract; where its environments are does not matter.
    pub contract: Contract,
    /// The content of every body file that it names.
    pub bodies: BTreeMap<String, Vec<u8>>,
    /// Its keys.
    pub keyring: Keyring,
}

/// Which of the contracts a server keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeps {
    /// The reference contract.
    Reference,
    /// One whose key travels as a Bearer token (RFC 6750).
    Bearer,
    /// One whose tokens are JWTs (RFC 7519).
    Jwt,
    /// The reference contract, for a backend in front of the reference server.
    Between,
}

impl Keeps {
    /// The one under which some checks apply.
    pub fn for_checks(checks: &[&Scenario]) -> Self {
        let any = |is: fn(&Need) -> bool| checks.iter().any(|check| check.needs.iter().any(is));
        if checks.iter().any(|check| check.side == Side::Backend) {
            Self::Between
        } else if any(|need| matches!(need, Need::Scheme(_))) {
            Self::Bearer
        } else if any(|need| matches!(need, Need::Tokens(name) if name.starts_with("jwt"))) {
            Self::Jwt
        } else {
            Self::Reference
        }
    }
}

/// How a server is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transport {
    Plain,
    Tls,
    Http2,
    Http2OverTls,
}

/// Where a server is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    pub(super) keeps: Keeps,
    pub(super) transport: Transport,
}

impl Stage {
    /// Where the sound server is tried.
    pub(super) const ALL: [Self; 7] = [
        Self::plain(),
        Self::of(Keeps::Reference, Transport::Tls),
        Self::of(Keeps::Reference, Transport::Http2),
        Self::of(Keeps::Reference, Transport::Http2OverTls),
        Self::bearer(),
        Self::jwt(),
        Self::between(),
    ];

    const fn of(keeps: Keeps, transport: Transport) -> Self {
        Self { keeps, transport }
    }

    /// The plainest stage with the reference contract.
    pub(super) const fn plain() -> Self {
        Self::of(Keeps::Reference, Transport::Plain)
    }

    /// The plainest stage with Bearer tokens.
    pub(super) const fn bearer() -> Self {
        Self::of(Keeps::Bearer, Transport::Plain)
    }

    /// The plainest stage with JWTs.
    pub(super) const fn jwt() -> Self {
        Self::of(Keeps::Jwt, Transport::Plain)
    }

    /// A backend in between, reached in the clear.
    pub(super) const fn between() -> Self {
        Self::of(Keeps::Between, Transport::Plain)
    }

    /// The plainest stage on which some checks apply.
    pub(super) fn for_checks(checks: &[&Scenario]) -> Self {
        let keeps = Keeps::for_checks(checks);
        if keeps == Keeps::Between {
            return Self::between();
        }
        let any = |is: fn(&Need) -> bool| checks.iter().any(|check| check.needs.iter().any(is));
        // Over TLS both versions are offered: exact frames go their way, and the ordinary client keeps to HTTP/1, so that
        // what is wrong with HTTP/2 is found by those who look for it.
        let tls = any(|need| matches!(need, Need::Tls | Need::Http2));
        let transport = if tls { Transport::Tls } else { Transport::Plain };
        Self { keeps, transport }
    }

    /// This stage, over TLS where the other is.
    #[must_use]
    pub(super) fn with_tls_of(self, other: Self) -> Self {
        if other.transport == Transport::Tls { Self { transport: Transport::Tls, ..self } } else { self }
    }

    /// What it is called.
    pub(super) fn name(self) -> &'static str {
        match (self.keeps, self.transport) {
            (Keeps::Reference, Transport::Plain) => "plain",
            (Keeps::Reference, Transport::Tls) => "TLS",
            (Keeps::Reference, Transport::Http2) => "HTTP/2",
            (Keeps::Reference, Transport::Http2OverTls) => "HTTP/2 over TLS",
            (Keeps::Jwt, Transport::Plain) => "JWT",
            (Keeps::Jwt, Transport::Tls) => "JWT over TLS",
            (Keeps::Jwt, Transport::Http2) => "JWT over HTTP/2",
            (Keeps::Jwt, Transport::Http2OverTls) => "JWT over HTTP/2 and TLS",
            (Keeps::Between, _) => "between",
            (Keeps::Bearer, Transport::Plain) => "Bearer",
            (Keeps::Bearer, Transport::Tls) => "Bearer over TLS",
            (Keeps::Bearer, Transport::Http2) => "Bearer over HTTP/2",
            (Keeps::Bearer, Transport::Http2OverTls) => "Bearer over HTTP/2 and TLS",
        }
    }

    /// Sets a server up for it.
    pub(super) fn set(self, config: &mut Config) {
        match self.transport {
            Transport::Plain => {}
            Transport::Tls | Transport::Http2OverTls => config.tls = Some(TlsMode::Server),
            Transport::Http2 => config.http2 = Http2::PriorKnowledge,
        }
    }
}
