//! Why an exchange has no whole answer.

use std::error::Error;
use std::fmt;
use std::io;

use super::frames::ErrorCode;

/// Why nothing, or not everything, came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind.
    pub kind: FailureKind,
    /// What the system said, never with a URL.
    pub detail: String,
}

/// Kinds of failure, as far as a reader would act on them differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// No connection came to be.
    Connect,
    /// The other end could not prove who it is, or does not speak TLS.
    Tls,
    /// The answer was not complete in time.
    Timeout,
    /// The connection ended before the answer did.
    Closed,
    /// The other end says that it did not look at the request (RFC 9113 section 8.7): it may be sent again.
    Unseen,
    /// What came back is not HTTP.
    Malformed,
    /// The head of the answer is larger than is read.
    Oversize,
    /// The client would have sent something else than what was asked.
    Rewritten,
    /// The other end does not offer the protocol that was to be spoken.
    NotOffered,
}

impl FailureKind {
    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Connect => "start the target, or correct its base_url; nothing answers there",
            Self::Tls => {
                "give the authority that signed its certificate with --ca, ours with --client-identity if it asks \
                 for one, or correct the host name or scheme"
            }
            Self::Timeout => "see why the target does not answer, or allow it more time with --timeout",
            Self::Closed => "see the target's log: it closed the connection in the middle of an answer",
            Self::Unseen => "see why the target ends its connections so often; it looked at no request there",
            Self::Malformed => "see what listens there: it does not answer in HTTP",
            Self::Oversize => "see why the target sends so many or so long header fields",
            Self::Rewritten => {
                "this request needs a sender of exact bytes; the ordinary client would change it"
            }
            Self::NotOffered => "nothing, unless the target is to speak HTTP/2",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            FailureKind::Connect => "no connection",
            FailureKind::Tls => "no trusted TLS connection",
            FailureKind::Timeout => "no complete answer in time",
            FailureKind::Closed => "the connection ended before the answer did",
            FailureKind::Unseen => "the target did not look at the request",
            FailureKind::Malformed => "the answer is not HTTP",
            FailureKind::Oversize => "the head of the answer is larger than is read",
            FailureKind::Rewritten | FailureKind::NotOffered => "not sent",
        };
        if self.detail.is_empty() { f.write_str(what) } else { write!(f, "{what}: {}", self.detail) }
    }
}

impl Failure {
    /// A failure of a kind.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// What an error of the ordinary client says, without the URL, which may hold a key.
    pub(super) fn of(error: reqwest::Error) -> Self {
        let error = error.without_url();
        let kind = if error.is_timeout() {
            FailureKind::Timeout
        } else if has_source(&error, is_of_tls) {
            FailureKind::Tls
        } else if error.is_connect() {
            FailureKind::Connect
        } else if has_source(&error, is_unseen) {
            FailureKind::Unseen
        } else if has_source(&error, is_closed) {
            FailureKind::Closed
        } else if has_source(&error, is_too_large) {
            FailureKind::Oversize
        } else {
            FailureKind::Malformed
        };
        Self::new(kind, innermost(&error))
    }
}

/// Why the other side reset the stream, if that is what an error says. A stream that was not even looked at, and one that
/// ended with its connection, say nothing about their requests.
pub(super) fn reset(error: &reqwest::Error) -> Option<ErrorCode> {
    let mut code = None;
    has_source(error, |source| {
        let reset = source.downcast_ref::<h2::Error>().filter(|error| error.is_reset() && error.is_remote());
        code = reset.and_then(h2::Error::reason);
        code.is_some()
    });
    code.filter(|code| *code != h2::Reason::REFUSED_STREAM).map(|code| ErrorCode(code.into()))
}

/// Whether an error is one of TLS: of its library, or the end of a connection in the middle of a handshake, which
/// is what a port without TLS makes of one.
fn is_of_tls(source: &(dyn Error + 'static)) -> bool {
    let ended = |error: &io::Error| error.to_string().contains("tls handshake eof");
    source.is::<rustls::Error>() || source.downcast_ref::<io::Error>().is_some_and(ended)
}

/// Whether the other side said that it did not look at the request: by that code, or by a GOAWAY without an error, of which
/// the client makes an error only where the request is behind the last one that was looked at.
fn is_unseen(source: &(dyn Error + 'static)) -> bool {
    source.downcast_ref::<h2::Error>().filter(|error| error.is_remote()).is_some_and(|error| {
        let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
        refused || (error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR))
    })
}

/// Whether an error stands for a connection that ended early.
fn is_closed(source: &(dyn Error + 'static)) -> bool {
    if let Some(error) = source.downcast_ref::<hyper::Error>() {
        return error.is_incomplete_message() || error.is_closed() || error.is_body_write_aborted();
    }
    source.downcast_ref::<io::Error>().is_some_and(|error| {
        [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe, io::ErrorKind::UnexpectedEof]
            .contains(&error.kind())
    })
}

fn is_too_large(source: &(dyn Error + 'static)) -> bool {
    source.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse_too_large)
}

fn has_source(error: &(dyn Error + 'static), mut is: impl FnMut(&(dyn Error + 'static)) -> bool) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if is(error) {
            return true;
        }
        // An I/O error hides what it wraps from `source`.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source());
    }
    false
}

fn innermost(error: &dyn Error) -> String {
    let mut innermost: &dyn Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;
    use crate::wire::{ClientOptions, HttpVersion, Ordinary, Request};

    #[tokio::test]
    async fn a_stream_that_is_refused_was_not_looked_at() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut connection = h2::server::handshake(stream).await.unwrap();
            let (_, mut respond) = connection.accept().await.unwrap().unwrap();
            respond.send_reset(h2::Reason::REFUSED_STREAM);
            std::future::poll_fn(|context| connection.poll_closed(context)).await.ok();
        });
        let options = ClientOptions { http: HttpVersion::Http2, ..ClientOptions::default() };
        let request = Request::bare(http::Method::GET, &url);
        let exchange = Ordinary::new(&options).unwrap().send(request).await;
        assert_eq!(exchange.failure.map(|failure| failure.kind), Some(FailureKind::Unseen));
        serving.abort();
    }

    /// What comes of a request to a server that says goodbye to it, with a code, and that it looked at no stream.
    async fn farewell(code: u8) -> Option<FailureKind> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // SETTINGS, and GOAWAY behind the client's preface (RFC 9113 section 6.8).
            stream.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0]).await.unwrap();
            stream.read_exact(&mut [0; 24]).await.unwrap();
            stream.write_all(&[0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, code]).await.unwrap();
            stream.read_to_end(&mut Vec::new()).await.ok();
        });
        let options = ClientOptions { http: HttpVersion::Http2, ..ClientOptions::default() };
        let request = Request::bare(http::Method::GET, &url);
        let exchange = Ordinary::new(&options).unwrap().send(request).await;
        serving.abort();
        assert!(exchange.answer.is_none(), "{exchange:?}");
        exchange.failure.map(|failure| failure.kind)
    }

    #[tokio::test]
    async fn a_goodbye_without_an_error_looked_at_nothing_and_one_with_an_error_is_not_asked_again() {
        assert_eq!(farewell(0).await, Some(FailureKind::Unseen));
        assert_ne!(farewell(1).await, Some(FailureKind::Unseen));
    }
}
