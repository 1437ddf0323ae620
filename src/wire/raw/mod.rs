//! The raw client: exact bytes out, every byte in.
//!
//! An ordinary client hides what a check may be about: it tidies targets up, drops content behind an answer to HEAD,
//! never waits with a body, and never says two things at once. Here a script is carried out as it is, on a connection
//! of its own, and everything that comes back is heard: in HTTP/1 to the byte, in HTTP/2 to the frame.

mod burst;
mod h2;
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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub use h2::FrameReader;
pub use reader::{Caps, Moment, Reader};

use super::client::{ClientOptions, Limits, WireError};
use super::exchange::{Answer, Exchange, Request, Timing};
use super::failure::{Failure, FailureKind};
use super::script::{Act, Script};
use super::tls;
use super::transcript::{Ending, Heard, Oddity, Transcript};
use h2::FrameTalk;
use talk::Talk;

/// How many times as long as connecting took is added to a pause for an answer.
const DISTANCES: u32 = 4;

/// What ALPN calls the protocols (RFC 7301).
const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";

/// The raw client, for one environment.
#[derive(Clone, Debug)]
pub struct Raw {
    http1: Arc<ClientConfig>,
    http2: Arc<ClientConfig>,
    limits: Limits,
    proxied: bool,
}

/// What is known of a conversation while it goes on, in either version.
enum Any {
    Bytes(Talk),
    Frames(FrameTalk),
}

impl Any {
    async fn run<S: AsyncRead + AsyncWrite>(&mut self, stream: S, script: &Script) {
        match self {
            Self::Bytes(talk) => talk.run(stream, script).await,
            Self::Frames(talk) => talk.run(stream, script).await,
        }
    }

    fn finish(self) -> Transcript {
        match self {
            Self::Bytes(talk) => talk.finish(),
            Self::Frames(talk) => talk.finish(),
        }
    }
}

impl Raw {
    /// Makes a client.
    ///
    /// # Errors
    /// When its certificates or identity cannot be used.
    pub fn new(options: &ClientOptions) -> Result<Self, WireError> {
        let with = |protocol: &[u8]| {
            let mut tls = tls::config(options)?;
            tls.alpn_protocols = vec![protocol.to_vec()];
            Ok(Arc::new(tls))
        };
        let (http1, http2) = (with(HTTP1)?, with(HTTP2)?);
        Ok(Self { http1, http2, limits: options.limits, proxied: options.proxy.is_some() })
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
        let mut talk = if script.has_frames() {
            Any::Frames(FrameTalk::new(started, self.limits))
        } else {
            Any::Bytes(Talk::new(started, self.limits))
        };
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
        talk: &mut Any,
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
        let stream = self.secured(stream, host, script).await?;
        connected(exchange, started, talk);
        talk.run(stream, script).await;
        Ok(())
    }

    /// The stream over TLS, with the protocol agreed on that the script is written in.
    async fn secured(
        &self,
        stream: TcpStream,
        host: String,
        script: &Script,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let untrusted = |error: &dyn std::fmt::Display| Failure::new(FailureKind::Tls, error.to_string());
        let name = ServerName::try_from(host).map_err(|error| untrusted(&error))?;
        if !matches!(script.acts.first(), Some(Act::Frame(_))) {
            let connector = TlsConnector::from(Arc::clone(&self.http1));
            return connector.connect(name, stream).await.map_err(|error| untrusted(&error));
        }
        let not_offered = || {
            let why = "the target does not offer HTTP/2 over TLS (ALPN `h2`)";
            Failure::new(FailureKind::NotOffered, why)
        };
        // Who knows none of the protocols that are offered says so with an alert, or says nothing (RFC 7301 section 3.2).
        let connecting = TlsConnector::from(Arc::clone(&self.http2)).connect(name, stream);
        let stream = connecting.await.map_err(|error| match error.get_ref() {
            Some(source) if is_no_protocol(source) => not_offered(),
            _ => untrusted(&error),
        })?;
        if stream.get_ref().1.alpn_protocol() == Some(HTTP2) { Ok(stream) } else { Err(not_offered()) }
    }
}

/// Whether an error says that both sides have no protocol in common.
fn is_no_protocol(source: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    let alert = rustls::Error::AlertReceived(rustls::AlertDescription::NoApplicationProtocol);
    source.downcast_ref::<rustls::Error>() == Some(&alert)
}

/// Notes that the connection stands, and how far away the other side is.
fn connected(exchange: &mut Exchange, started: Instant, talk: &mut Any) {
    let took = started.elapsed();
    exchange.timing.connect = Some(took);
    let slack = took.saturating_mul(DISTANCES);
    match talk {
        Any::Bytes(talk) => talk.slack = slack,
        Any::Frames(talk) => talk.slack = slack,
    }
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
    let any = |answer: &&Answer| answer.status > 0 || answer.cut.is_some();
    exchange.answer = first.map(|heard| &heard.answer).filter(any).cloned();
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
