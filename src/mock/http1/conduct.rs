//! How a connection goes on: small rules, each of which can be exchanged for another.

use bytes::BytesMut;

use super::body;
use super::chunked::{self, ReadLine};
use super::framing::Framing;
use super::write::Connection;
use crate::mock::message::{Field, Head, Version};

/// Whether a connection can go on behind a request whose body was not read.
type Skip = fn(&Head, Framing, &mut BytesMut) -> bool;
/// What an answer says about the connection, where it was given before all of its request was read.
type Announce = fn(Connection) -> Connection;

/// The rules by which a connection goes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conduct {
    /// Whether a sender waits to be asked for its body.
    pub(crate) asks: fn(&Head) -> bool,
    /// Whether a request is the last of its connection.
    pub(crate) last: fn(&Head) -> bool,
    /// Takes an unread body out of the way.
    pub(crate) skip: Skip,
    /// Says how an early answer leaves the connection.
    pub(crate) announce: Announce,
    /// Reads a line around chunks.
    pub(crate) chunk_line: ReadLine,
    /// What becomes of trailers.
    pub(crate) trailers: fn(&mut Head, Vec<Field>),
}

impl Conduct {
    /// The rules as the RFCs have them.
    pub(super) fn sound() -> Self {
        Self {
            asks: Head::expects_continue,
            last,
            skip: |_, framing, buffer| body::skip(buffer, framing),
            announce: |connection| connection,
            chunk_line: chunked::line,
            // They are no header fields and never become any (RFC 9110 section 6.5.1).
            trailers: |_, _| {},
        }
    }
}

/// HTTP/1.0 has one request a connection, and `close` ends any (RFC 9112 section 9.6).
pub(crate) fn last(head: &Head) -> bool {
    head.version == Version::Http10 || head.lists("connection", "close")
}
