//! The raw client: exact bytes out, every byte in.
//!
//! An ordinary client hides what a check may be about: it drops content behind an answer to HEAD, for one. Here a
//! request is written as it is, on a connection of its own, and everything that comes back until the other end closes
//! is the answer.

mod read;
mod write;

use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::client::{ClientOptions, Limits, WireError};
use super::exchange::{Exchange, Request, Timing};
use super::failure::{Failure, FailureKind};
use super::tls;

/// How long the other end may take to close after its last byte. One that keeps the connection open against our
/// `Connection: close` has said all that it will say by then.
const SILENCE: Duration = Duration::from_millis(500);

/// The raw client, for one environment.
#[derive(Clone, Debug)]
pub struct Raw {
    tls: Arc<ClientConfig>,
    limits: Limits,
    proxied: bool,
}

impl Raw {
    /// Makes a client.
    ///
    /// # Errors
    /// When its certificates or identity cannot be used.
    pub fn new(options: &ClientOptions) -> Result<Self, WireError> {
        let mut tls = tls::config(options)?;
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { tls: Arc::new(tls), limits: options.limits, proxied: options.proxy.is_some() })
    }

    /// Sends a request and reads all that comes back, within the client's limits.
    pub async fn send(&self, request: Request) -> Exchange {
        let started = Instant::now();
        let mut exchange = Exchange { request, answer: None, failure: None, timing: Timing::default() };
        if self.proxied {
            let why = "exact bytes cannot go through a proxy";
            exchange.failure = Some(Failure::new(FailureKind::Rewritten, why));
            return exchange;
        }
        let talking = self.talk(&mut exchange, started);
        match tokio::time::timeout(self.limits.total, talking).await {
            Ok(Ok(())) => exchange.timing.last_byte = Some(started.elapsed()),
            Ok(Err(failure)) => exchange.failure = Some(failure),
            Err(_) => exchange.failure = Some(Failure::new(FailureKind::Timeout, "")),
        }
        exchange
    }

    async fn talk(&self, exchange: &mut Exchange, started: Instant) -> Result<(), Failure> {
        let url = &exchange.request.url;
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let refused = |error: std::io::Error| Failure::new(FailureKind::Connect, error.to_string());
        let connecting = tokio::time::timeout(self.limits.connect, TcpStream::connect((&*host, port)));
        let stream =
            connecting.await.map_err(|_| Failure::new(FailureKind::Timeout, ""))?.map_err(refused)?;
        stream.set_nodelay(true).map_err(refused)?;
        if url.scheme() != "https" {
            exchange.timing.connect = Some(started.elapsed());
            return self.converse(stream, exchange, started).await;
        }
        let untrusted = |error: &dyn std::fmt::Display| Failure::new(FailureKind::Tls, error.to_string());
        let name = ServerName::try_from(host).map_err(|error| untrusted(&error))?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let stream = connector.connect(name, stream).await.map_err(|error| untrusted(&error))?;
        exchange.timing.connect = Some(started.elapsed());
        self.converse(stream, exchange, started).await
    }

    async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: S,
        exchange: &mut Exchange,
        started: Instant,
    ) -> Result<(), Failure> {
        let closed = |error: std::io::Error| Failure::new(FailureKind::Closed, error.to_string());
        stream.write_all(&write::bytes(&exchange.request)).await.map_err(closed)?;
        stream.flush().await.map_err(closed)?;
        let most = self.limits.body_bytes + usize::try_from(self.limits.header_bytes).unwrap_or(usize::MAX);
        let mut received = Vec::new();
        loop {
            let has_head = read::head_ends(&received);
            if has_head && exchange.timing.first_byte.is_none() {
                exchange.timing.first_byte = Some(started.elapsed());
            }
            let reading = stream.read_buf(&mut received);
            let patience = if has_head { SILENCE } else { self.limits.total };
            match tokio::time::timeout(patience, reading).await {
                Ok(Ok(0)) | Err(_) => break,
                Ok(Ok(_)) if received.len() > most => break,
                Ok(Ok(_)) => {}
                Ok(Err(error)) if has_head => {
                    // What came before a reset was still said.
                    drop(error);
                    break;
                }
                Ok(Err(error)) => return Err(closed(error)),
            }
        }
        exchange.answer = Some(read::answer(&received, self.limits)?);
        Ok(())
    }
}
