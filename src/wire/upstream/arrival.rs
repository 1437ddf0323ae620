//! A request that arrived.

use std::fmt;

use bytes::Bytes;

/// Where a request arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Where the platform is declared to be.
    Declared,
    /// At a host that is none of the platform's.
    Stranger,
}

/// How much of a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// A part: the connection ended, or time or room did.
    Torn,
}

/// A request that arrived, as it was sent. It holds a key, and `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Where it arrived.
    pub at: Where,
    /// Host and port of that place.
    pub authority: String,
    /// The first word of its request line.
    pub method: String,
    /// The second.
    pub target: String,
    /// Its field lines, in order; white space around a value is left out.
    pub headers: Vec<(String, Vec<u8>)>,
    /// All of it, head and body, as it was sent.
    pub bytes: Bytes,
    /// How much of it came.
    pub extent: Extent,
}

impl Arrival {
    /// Reads a request from its bytes. What is not a request is one without a method: it arrived all the same.
    pub fn of(at: Where, authority: &str, bytes: Bytes, extent: Extent) -> Self {
        let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").map_or(&*bytes, |end| &bytes[..end]);
        let mut lines =
            head.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        let line = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let mut words = line.split(' ').map(str::to_owned);
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let headers = lines.filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = String::from_utf8_lossy(line.get(..colon)?).into_owned();
            Some((name, line.get(colon + 1..)?.trim_ascii().to_vec()))
        });
        let (headers, authority) = (headers.collect(), authority.to_owned());
        Self { at, authority, method, target, headers, bytes, extent }
    }

    /// The values of a field, in order.
    pub fn header<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let same = move |(other, _): &&(String, Vec<u8>)| other.trim().eq_ignore_ascii_case(name);
        self.headers.iter().filter(same).map(|(_, value)| value.as_slice())
    }

    /// The path of its target, without the query; of one in absolute form, what stands behind the host.
    pub fn path(&self) -> &str {
        let target = self.target.split('?').next().unwrap_or_default();
        let behind =
            target.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
        behind.unwrap_or(target)
    }

    /// What stands behind the first `?` of its target.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

impl fmt::Debug for Arrival {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrival")
            .field("at", &self.at)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &'static str) -> Arrival {
        Arrival::of(Where::Declared, "h:1", Bytes::from_static(text.as_bytes()), Extent::Whole)
    }

    #[test]
    fn a_request_is_read_as_it_was_sent() {
        let one = of("POST /a?b=c HTTP/1.1\r\nHost: h:1\r\nX-A:  1 \r\nx-a: 2\r\n\r\nX-A: 3");
        assert_eq!((&*one.method, one.path(), one.query()), ("POST", "/a", "b=c"));
        assert_eq!(one.header("X-A").collect::<Vec<_>>(), [b"1", b"2"]);
        assert_eq!(of("GET http://x.y/z?q HTTP/1.1\r\n\r\n").path(), "/z");
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_arrival(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let one = Arrival::of(Where::Stranger, "", bytes.clone().into(), Extent::Torn);
            prop_assert!(one.path().len() + one.query().len() <= 3 * bytes.len());
        }
    }
}
