//! What an origin is to those who connect to it themselves.

use super::Origin;

impl Origin {
    /// The host, an IPv6 address without its brackets.
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, that of the scheme where none is said.
    pub fn port(&self) -> u16 {
        self.base.port_or_known_default().unwrap_or(80)
    }

    /// Whether TLS is spoken there.
    pub fn is_tls(&self) -> bool {
        self.base.scheme() == "https"
    }
}
