//! What was really sent, what came back, and when.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};

use super::{Cut, Failure, FailureKind, Overheard, Script, Transcript};

/// A request with its key, ready for one origin and no other.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole target.
    pub url: reqwest::Url,
    /// The path and query that must stand on the wire.
    pub target: String,
    /// Header lines in order; whatever holds a key is marked sensitive.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, if there is one.
    pub body: Option<Bytes>,
    /// What was put where a key belongs, if anything was.
    pub key: Option<String>,
    /// What is said instead, to the byte, where exact bytes are asked for.
    pub script: Option<Script>,
}

impl Request {
    /// Whether an ordinary client would send the target as it is.
    pub fn is_plain(&self) -> bool {
        let (path, query) = (self.url.path(), self.url.query());
        let target = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
        target == self.target && self.url.fragment().is_none()
    }
}

#[cfg(test)]
impl Request {
    /// A request with nothing but a method and a target, for tests.
    pub(crate) fn bare(method: Method, url: &str) -> Self {
        let url: reqwest::Url = url.parse().unwrap();
        let target = url.path().to_owned();
        Self { method, url, target, headers: Vec::new(), body: None, key: None, script: None }
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Target, headers and body may hold the key.
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// One request and what came of it.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// What came back, if a whole head did.
    pub answer: Option<Answer>,
    /// Why nothing, or not everything, came back.
    pub failure: Option<Failure>,
    /// When.
    pub timing: Timing,
    /// Everything that was heard, where the raw client listened.
    pub transcript: Option<Transcript>,
    /// What was overheard behind the target, where somebody listened there.
    pub behind: Option<Overheard>,
}

impl Exchange {
    /// An exchange of which nothing came yet.
    pub(super) fn of(request: Request) -> Self {
        Self {
            request,
            answer: None,
            failure: None,
            timing: Timing::default(),
            transcript: None,
            behind: None,
        }
    }

    /// Whether nothing was sent, because no sender at hand could have sent it truly, or the target does not speak what it
    /// would have been sent in.
    pub fn was_not_sent(&self) -> bool {
        let not_sent = [FailureKind::Rewritten, FailureKind::NotOffered];
        self.failure.as_ref().is_some_and(|failure| not_sent.contains(&failure.kind))
    }
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The protocol: `HTTP/1.1` or `HTTP/2.0`.
    pub version: &'static str,
    /// The status code.
    pub status: u16,
    /// What stands behind the status, where anything unusual does.
    pub reason: String,
    /// Header lines, in order. What is no UTF-8 is read as ISO 8859-1 (RFC 9110 section 5.5), so that all of it is text.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, up to the cap.
    pub body: Vec<u8>,
    /// Whether the body went on behind the cap.
    pub truncated: bool,
    /// How the other side ended it instead, in HTTP/2; the status is 0 where not even a head came.
    pub cut: Option<Cut>,
}

impl Answer {
    /// The values of a header field, in order; what is not text is left out.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let same = move |(other, _): &&(String, Vec<u8>)| other.eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).filter_map(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// The media type, without its parameters, in lower case; empty where there is none.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").next().unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// Whether nothing comes behind it on its connection: it says so, or is of HTTP/1.0 and does not say otherwise
    /// (RFC 9112 section 9.3).
    pub fn is_the_last(&self) -> bool {
        let says = |wanted: &str| {
            let mut options = self.header("connection").flat_map(|value| value.split(','));
            options.any(|option| option.trim().eq_ignore_ascii_case(wanted))
        };
        says("close") || (self.version == "HTTP/1.0" && !says("keep-alive"))
    }

    /// Whether it is a page for people, which an API does not send.
    pub fn is_page(&self) -> bool {
        ["text/html", "application/xhtml+xml"].contains(&&*self.media_type())
    }
}

/// Bytes of a head as text.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let latin = || bytes.iter().map(|byte| char::from(*byte)).collect();
    std::str::from_utf8(bytes).map_or_else(|_| latin(), str::to_owned)
}

/// When, from the moment in which the request was handed to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// Until a new connection stood; nothing where one was reused.
    pub connect: Option<Duration>,
    /// Until the head of the answer was there.
    pub first_byte: Option<Duration>,
    /// Until the answer was complete.
    pub last_byte: Option<Duration>,
}
