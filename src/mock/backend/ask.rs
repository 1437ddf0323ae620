//! One request to the platform and its answer, on a connection of their own, within bounds of time and size.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use crate::mock::http1;

/// How long the platform may take.
const PATIENCE: Duration = Duration::from_millis(1500);
/// Bytes of an answer that are taken.
const MOST: usize = 1024 * 1024;

/// A request to the platform.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    /// Host and port: where it goes, and what its `Host` says.
    pub(crate) host: String,
    /// The method.
    pub(crate) method: String,
    /// The target.
    pub(crate) target: String,
    /// The fields, but for `Host`, `Connection` and what frames the body.
    pub(crate) fields: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// The platform's answer.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    /// The status code.
    pub(crate) status: u16,
    /// The fields.
    pub(crate) fields: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The platform is not there, or ended the connection.
    Unreachable,
    /// It took too long.
    TimedOut,
    /// It said something that is not HTTP, or not all of it.
    Malformed,
    /// It said more than is taken.
    TooMuch,
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        let late = [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut].contains(&error.kind());
        if late { Self::TimedOut } else { Self::Unreachable }
    }
}

impl Outgoing {
    fn bytes(&self) -> Vec<u8> {
        let framed = self.fields.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let mut out = Vec::with_capacity(512 + self.body.len());
        // Writing to memory cannot fail.
        write!(out, "{} {} HTTP/1.1\r\nHost: {}\r\n", self.method, self.target, self.host).ok();
        for (name, value) in &self.fields {
            write!(out, "{name}: {value}\r\n").ok();
        }
        if !framed && (!self.body.is_empty() || self.method != "GET") {
            write!(out, "Content-Length: {}\r\n", self.body.len()).ok();
        }
        out.extend_from_slice(b"Connection: close\r\n\r\n");
        out.extend_from_slice(&self.body);
        out
    }
}

/// Sends a request to a host, and takes its answer. Nothing is sent twice, and no redirection is followed.
///
/// # Errors
/// Whatever keeps the answer from being a whole one.
pub(crate) fn send(host: &str, outgoing: &Outgoing) -> Result<Incoming, Trouble> {
    let ends = Instant::now() + PATIENCE;
    let address: SocketAddr = host.to_socket_addrs()?.next().ok_or(Trouble::Unreachable)?;
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&outgoing.bytes())?;
    let (mut heard, mut piece) = (Vec::new(), vec![0; 16 * 1024]);
    loop {
        let left = ends.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Trouble::TimedOut);
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut piece)? {
            0 if heard.is_empty() => return Err(Trouble::Unreachable),
            0 => return whole(&heard, End::Reached).ok_or(Trouble::Malformed),
            read => heard.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
        if heard.len() > MOST {
            return Err(Trouble::TooMuch);
        }
        if let Some(incoming) = whole(&heard, End::Open) {
            return Ok(incoming);
        }
    }
}

/// Whether more may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Open,
    Reached,
}

/// An answer, once all of it is there (RFC 9112 section 6.3).
fn whole(heard: &[u8], end: End) -> Option<Incoming> {
    let blank = heard.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (text, body) = (std::str::from_utf8(heard.get(..blank)?).ok()?, heard.get(blank + 4..)?);
    let mut lines = text.split("\r\n");
    let status = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    let field =
        |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    let fields: Vec<(String, String)> = lines.filter_map(field).collect();
    let value =
        |name: &str| fields.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, it)| it);
    let body = match (value("transfer-encoding"), value("content-length")) {
        (Some(_), _) => http1::unchunked(body, MOST)?,
        (None, Some(length)) => body.get(..length.parse::<usize>().ok()?)?.to_vec(),
        (None, None) if matches!(status, 204 | 304) => Vec::new(),
        (None, None) if end == End::Reached => body.to_vec(),
        (None, None) => return None,
    };
    Some(Incoming { status, fields, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_where_its_framing_says_so() {
        let body = |heard: &[u8], end| whole(heard, end).map(|it| String::from_utf8(it.body).unwrap());
        assert_eq!(body(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nabc", End::Open).unwrap(), "ab");
        assert_eq!(body(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc", End::Reached), None);
        assert_eq!(body(b"HTTP/1.1 200 OK\r\n\r\nabc", End::Open), None);
        assert_eq!(body(b"HTTP/1.1 200 OK\r\n\r\nabc", End::Reached).unwrap(), "abc");
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        assert_eq!(body(chunked, End::Open).unwrap(), "abc");
        assert!(whole(b"nonsense\r\n\r\n", End::Reached).is_none());
    }
}
