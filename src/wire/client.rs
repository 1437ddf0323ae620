//! The one constructor of the ordinary client, with every rule that keeps a key at one origin.
//!
//! A stock client follows redirects and takes `X-API-Key` along to the foreign host, honours `HTTP_PROXY` even for
//! this machine, has no time-out, inflates without a bound, retries by itself and sends a `Referer`. Each of those
//! is switched off here, and only here; a lint keeps other constructors out.

use std::time::Duration;

use super::connect::TimeConnections;
use super::proxy::Proxy;
use super::tls;

/// How the client is to be.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Which protocol it speaks.
    pub http: HttpVersion,
    /// Whether it is to speak TLS.
    pub scheme: Scheme,
    /// Whom it trusts.
    pub trust: Trust,
    /// PEM with additional certificate authorities.
    pub authorities: Vec<Vec<u8>>,
    /// PEM with a client certificate and its private key.
    pub identity: Option<Vec<u8>>,
    /// The proxy that everything goes through, where the operator names one.
    pub proxy: Option<Proxy>,
    /// Bounds on time and size.
    pub limits: Limits,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            http: HttpVersion::Http1,
            scheme: Scheme::Http,
            trust: Trust::Verified,
            authorities: Vec::new(),
            identity: None,
            proxy: None,
            limits: Limits::default(),
        }
    }
}

/// Which protocol the client speaks; it never changes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.1.
    Http1,
    /// HTTP/2: by ALPN over TLS, with prior knowledge otherwise.
    Http2,
}

/// How a target is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

/// Whom the client trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Only a certificate that proves the host's name.
    Verified,
    /// Anybody. Every report says so.
    Anybody,
}

/// Bounds on what a target can take of us.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until a connection must stand.
    pub connect: Duration,
    /// Until an answer must be complete, connecting included.
    pub total: Duration,
    /// Header lines in an answer; more is a malformed answer.
    pub header_lines: usize,
    /// Bytes of a header list in HTTP/2.
    pub header_bytes: u32,
    /// Bytes of a body that are read; the rest is left.
    pub body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            total: Duration::from_secs(10),
            header_lines: 100,
            header_bytes: 256 * 1024,
            body_bytes: 512 * 1024,
        }
    }
}

/// A client that could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// Certificates or keys could not be read.
    #[error("read the {what}: it is not the PEM that it should be")]
    Pem {
        /// Which of them.
        what: &'static str,
    },
    /// The proxy cannot be used.
    #[error("use the proxy {0}")]
    Proxy(Proxy),
    /// The TLS library refused.
    #[error("set up the client: {0}")]
    Setup(String),
}

/// Makes the ordinary client.
#[expect(clippy::disallowed_methods, reason = "this is the one constructor that the lint protects")]
pub(super) fn build(options: &ClientOptions) -> Result<reqwest::Client, WireError> {
    let limits = options.limits;
    let mut builder = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .no_proxy()
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .timeout(limits.total)
        .connect_timeout(limits.connect)
        .http1_max_headers(limits.header_lines)
        .http2_max_header_list_size(limits.header_bytes)
        .pool_idle_timeout(Duration::from_secs(30))
        .tcp_nodelay(true)
        .connector_layer(TimeConnections);
    let mut tls = tls::config(options)?;
    builder = match options.http {
        HttpVersion::Http1 => builder.http1_only(),
        HttpVersion::Http2 => {
            tls.alpn_protocols = vec![b"h2".to_vec()];
            builder.http2_prior_knowledge()
        }
    };
    builder = builder.tls_backend_preconfigured(tls);
    if let Some(proxy) = &options.proxy {
        let through = reqwest::Proxy::all(proxy.url()).map_err(|_| WireError::Proxy(proxy.clone()))?;
        builder = builder.proxy(through);
    }
    builder.build().map_err(|error| WireError::Setup(error.without_url().to_string()))
}
