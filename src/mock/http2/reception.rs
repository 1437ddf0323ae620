//! What makes a request malformed (RFC 9113 sections 8.1.1 to 8.3.1): a rule a function, each of which can be exchanged
//! for another.

use bytes::Bytes;

use crate::mock::edge::Denial;
use crate::mock::http1::authority;
use crate::mock::message::{Field, Head, Target};

/// A request that is malformed: its stream is reset, and nobody hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

/// The rules by which requests are received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reception {
    /// Reads the name of a field that is no pseudo-field.
    pub(crate) name: fn(&Bytes) -> Result<Bytes, Malformed>,
    /// Reads the value of a field.
    pub(crate) value: fn(&Bytes) -> Result<Bytes, Malformed>,
    /// Judges the fields that are about a connection.
    pub(crate) connection: fn(Vec<Field>) -> Result<Vec<Field>, Malformed>,
    /// Reads `:path`.
    pub(crate) path: fn(&http::Method, &str) -> Result<Target, Malformed>,
    /// Judges `:authority` and `Host`.
    pub(crate) host: fn(&Head) -> Result<(), Denial>,
}

/// The rules as RFC 9113 has them.
pub(crate) const SOUND: Reception = Reception { name, value, connection, path, host };

impl Reception {
    /// The rules as RFC 9113 has them.
    pub(crate) fn sound() -> Self {
        SOUND
    }
}

/// A token without upper case (section 8.2.1).
fn name(name: &Bytes) -> Result<Bytes, Malformed> {
    let sound =
        |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte);
    if !name.is_empty() && name.iter().all(sound) { Ok(name.clone()) } else { Err(Malformed) }
}

/// No control character (RFC 9110 section 5.5), and no white space around it (section 8.2.1).
fn value(value: &Bytes) -> Result<Bytes, Malformed> {
    let blank = |byte: Option<&u8>| byte.is_some_and(|byte| [b' ', b'\t'].contains(byte));
    let control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
    let sound = !blank(value.first()) && !blank(value.last()) && !value.iter().any(control);
    if sound { Ok(value.clone()) } else { Err(Malformed) }
}

/// None (section 8.2.2); `TE` may say `trailers` and nothing else.
fn connection(fields: Vec<Field>) -> Result<Vec<Field>, Malformed> {
    const NAMES: [&[u8]; 5] =
        [b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding", b"upgrade"];
    let about_it = |field: &Field| {
        NAMES.contains(&&*field.name) || (&*field.name == b"te" && &*field.value != b"trailers")
    };
    if fields.iter().any(about_it) { Err(Malformed) } else { Ok(fields) }
}

/// A path and a query, or `*` for OPTIONS (section 8.3.1). Nothing is put together or taken apart, so that nothing can be
/// read in two ways (section 10.3).
fn path(method: &http::Method, text: &str) -> Result<Target, Malformed> {
    let sound = text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
    let form = text.starts_with('/') || (text == "*" && *method == http::Method::OPTIONS);
    if sound && form { Ok(split(text)) } else { Err(Malformed) }
}

/// What stands before and behind the first `?`.
pub(crate) fn split(text: &str) -> Target {
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (text, None),
    };
    Target { authority: None, path: path.to_owned(), query }
}

/// One name for the host, and one that is a host (section 8.3.1).
fn host(head: &Head) -> Result<(), Denial> {
    let named = head.target.authority.as_deref();
    let mut hosts = head.values("host");
    let (first, second) = (hosts.next(), hosts.next());
    let differs = named.zip(first).is_some_and(|(named, host)| named.as_bytes() != host);
    if second.is_some() || differs {
        return Err(Denial::Malformed("The request names more than one host."));
    }
    match named.map(str::as_bytes).or(first.map(|host| &**host)) {
        None => Err(Denial::Malformed("The request names no host.")),
        Some(host) if authority(host) => Ok(()),
        Some(_) => Err(Denial::Malformed("The host is not one.")),
    }
}
