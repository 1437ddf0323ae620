//! The ordinary client: what any well-behaved HTTP client can send.

use std::sync::Arc;

use http::Version;

use super::client::{self, ClientOptions, Limits, WireError};
use super::connect::Stopwatch;
use super::exchange::{Answer, Exchange, Request, text_of};
use super::failure::{self, Failure, FailureKind};
use super::frames::Cut;

/// The ordinary client, for one environment.
#[derive(Clone, Debug)]
pub struct Ordinary {
    client: reqwest::Client,
    limits: Limits,
}

impl Ordinary {
    /// Makes a client.
    ///
    /// # Errors
    /// When its certificates, identity or proxy cannot be used.
    pub fn new(options: &ClientOptions) -> Result<Self, WireError> {
        Ok(Self { client: client::build(options)?, limits: options.limits })
    }

    /// Sends a request and reads what comes back, within the client's limits.
    pub async fn send(&self, request: Request) -> Exchange {
        let watch = Stopwatch::start();
        let mut exchange = Exchange::of(request);
        let sending = Arc::clone(&watch).time(self.exchange(&mut exchange, &watch));
        // The client has a total time-out of its own; this one also holds where that one is not polled.
        if tokio::time::timeout(self.limits.total, sending).await.is_err() {
            exchange.failure = Some(Failure::new(FailureKind::Timeout, ""));
        }
        exchange.timing.connect = watch.connected();
        exchange.timing.last_byte = exchange.answer.is_some().then(|| watch.elapsed());
        exchange
    }

    async fn exchange(&self, exchange: &mut Exchange, watch: &Stopwatch) {
        let request = match ordinary(&exchange.request) {
            Ok(request) => request,
            Err(failure) => return exchange.failure = Some(failure),
        };
        let mut response = match self.client.execute(request).await {
            Ok(response) => response,
            Err(error) => {
                // A stream that the target reset is what it has to say of the request, and no broken connection.
                match failure::reset(&error) {
                    Some(code) => {
                        let cut = Some(Cut::Stream(code));
                        exchange.answer = Some(Answer { version: "HTTP/2", cut, ..Answer::default() });
                    }
                    None => exchange.failure = Some(Failure::of(error)),
                }
                return;
            }
        };
        exchange.timing.first_byte = Some(watch.elapsed());
        let answer = exchange.answer.insert(head(&response));
        loop {
            match response.chunk().await {
                Ok(None) => return,
                Ok(Some(chunk)) => {
                    let room = self.limits.body_bytes - answer.body.len();
                    answer.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        answer.truncated = true;
                        return;
                    }
                }
                Err(error) => return exchange.failure = Some(Failure::of(error)),
            }
        }
    }
}

/// The request as the client takes it, refused where the client would send another target.
fn ordinary(request: &Request) -> Result<reqwest::Request, Failure> {
    if request.script.is_some() || !request.is_plain() {
        let detail = format!("the ordinary client would not send `{}` as it is", request.target);
        return Err(Failure::new(FailureKind::Rewritten, detail));
    }
    let mut ordinary = reqwest::Request::new(request.method.clone(), request.url.clone());
    for (name, value) in &request.headers {
        ordinary.headers_mut().append(name, value.clone());
    }
    if let Some(body) = &request.body {
        *ordinary.body_mut() = Some(body.clone().into());
    }
    Ok(ordinary)
}

fn head(response: &reqwest::Response) -> Answer {
    let headers = response.headers().iter();
    let reason = response.extensions().get::<hyper::ext::ReasonPhrase>();
    Answer {
        version: match response.version() {
            Version::HTTP_2 => "HTTP/2",
            Version::HTTP_10 => "HTTP/1.0",
            _ => "HTTP/1.1",
        },
        status: response.status().as_u16(),
        reason: reason.map(|reason| text_of(reason.as_bytes())).unwrap_or_default(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text_of(value.as_bytes()).into_bytes()))
            .collect(),
        body: Vec::new(),
        truncated: false,
        cut: None,
    }
}
