//! The raw client: exact bytes out, every byte in.
//!
//! An ordinary client hides what a check may be about: it tidies targets up, drops content behind an answer to HEAD,
//! never waits with a body, and never says two things at once. Here a script is carried out as it is, on a connection
//! of its own, and everything that comes back is heard. Only HTTP/1 is spoken.

mod burst;
mod ledger;
mod reader;
mod talk;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

pub use reader::{Caps, Moment, Reader};

use super::client::{ClientOptions, Limits, WireError};
use super::exchange::{Exchange, Request, Timing};
use super::failure::{Failure, FailureKind};
use super::script::Script;
use super::tls;
use super::transcript::{Ending, Heard, Oddity, Transcript};
use talk::Talk;

/// How many times as long as connecting took is added to a pause for an answer.
const DISTANCES: u32 = 4;

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

    /// Carries out the request's script, or sends the request as it is where it has none, and hears all that comes
    /// back, within the client's limits.
    pub async fn send(&self, request: Request) -> Exchange {
        let started = Instant::now();
        let script = request.script.clone().unwrap_or_else(|| write::script(&request));
        let mut exchange = Exchange::of(request);
        if self.proxied {
            let why = "exact bytes cannot go through a proxy";
            exchange.failure = Some(Failure::new(FailureKind::Rewritten, why));
            return exchange;
        }
        let mut talk = Talk::new(started, self.limits);
        let conversing = self.converse(&mut exchange, (&script, started), &mut talk);
        let timed = tokio::time::timeout(self.limits.total, conversing).await;
        match timed {
            Ok(Err(failure)) => exchange.failure = Some(failure),
            Err(_) if exchange.timing.connect.is_none() => exchange.failure = Some(timed_out()),
            Ok(Ok(())) | Err(_) => conclude(&mut exchange, talk.finish()),
        }
        exchange
    }

    async fn converse(
        &self,
        exchange: &mut Exchange,
        (script, started): (&Script, Instant),
        talk: &mut Talk,
    ) -> Result<(), Failure> {
        let url = &exchange.request.url;
        let (host, port) = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(80));
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let refused = |error: std::io::Error| Failure::new(FailureKind::Connect, error.to_string());
        let connecting = tokio::time::timeout(self.limits.connect, TcpStream::connect((&*host, port)));
        let stream = connecting.await.map_err(|_| timed_out())?.map_err(refused)?;
        stream.set_nodelay(true).map_err(refused)?;
        if url.scheme() != "https" {
            connected(exchange, started, talk);
            talk.run(stream, script).await;
            return Ok(());
        }
        let untrusted = |error: &dyn std::fmt::Display| Failure::new(FailureKind::Tls, error.to_string());
        let name = ServerName::try_from(host).map_err(|error| untrusted(&error))?;
        let connector = TlsConnector::from(Arc::clone(&self.tls));
        let stream = connector.connect(name, stream).await.map_err(|error| untrusted(&error))?;
        connected(exchange, started, talk);
        talk.run(stream, script).await;
        Ok(())
    }
}

/// Notes that the connection stands, and how far away the other side is.
fn connected(exchange: &mut Exchange, started: Instant, talk: &mut Talk) {
    let took = started.elapsed();
    exchange.timing.connect = Some(took);
    talk.slack = took.saturating_mul(DISTANCES);
}

fn timed_out() -> Failure {
    Failure::new(FailureKind::Timeout, "")
}

/// Puts what was heard into the exchange; the first final answer is the exchange's own.
fn conclude(exchange: &mut Exchange, transcript: Transcript) {
    let first = transcript.answers.first();
    exchange.timing = Timing {
        first_byte: first.map(|heard| heard.head_at),
        last_byte: first.and_then(|heard| heard.done_at),
        ..exchange.timing
    };
    exchange.answer = first.map(|heard| heard.answer.clone());
    exchange.failure = if first.is_some_and(Heard::is_complete) { None } else { Some(failure(&transcript)) };
    exchange.transcript = Some(transcript);
}

/// Why there is no whole answer.
fn failure(transcript: &Transcript) -> Failure {
    let strange = transcript.answers.is_empty()
        && (transcript.oddities.contains(&Oddity::NotHttp) || transcript.ending == Ending::TooMuch);
    let kind = match transcript.ending {
        _ if strange => FailureKind::Malformed,
        Ending::Closed | Ending::Reset => FailureKind::Closed,
        Ending::Open | Ending::Ours | Ending::TooMuch => FailureKind::Timeout,
    };
    let odd: Vec<_> = transcript.oddities.iter().map(ToString::to_string).collect();
    Failure::new(kind, if strange { odd.join(", ") } else { String::new() })
}
