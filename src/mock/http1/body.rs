//! A request's body, read only after the edge let the request through.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::chunked::{Chunked, ReadLine};
use super::connection::Wire;
use super::framing::Framing;
use crate::mock::edge::Denial;
use crate::mock::message::Field;

/// The largest body that is taken, in bytes.
pub(crate) const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Why there is no body.
#[derive(Debug)]
pub(super) enum Fault {
    /// It is faulty, too large or too late: the sender is told.
    Denied(Denial),
    /// The sender is gone.
    Gone,
}

impl From<io::Error> for Fault {
    fn from(_: io::Error) -> Self {
        Self::Gone
    }
}

impl From<Denial> for Fault {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

/// A body, and the fields behind it.
#[derive(Debug, Default)]
pub(super) struct Received {
    /// The body.
    pub(super) body: Vec<u8>,
    /// Its trailers.
    pub(super) trailers: Vec<Field>,
}

/// Reads the whole body, within a limit of time.
///
/// # Errors
/// A body that is faulty, too large or too late, and a sender that is gone.
pub(super) async fn read<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    framing: Framing,
    within: Duration,
    chunk_line: ReadLine,
) -> Result<Received, Fault> {
    let body = async {
        match framing {
            Framing::Nothing => Ok(Received::default()),
            Framing::Length(length) => read_length(wire, length).await,
            Framing::Chunked => read_chunked(wire, chunk_line).await,
        }
    };
    timeout(within, body).await.unwrap_or(Err(Fault::Denied(Denial::TooSlow)))
}

async fn read_length<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    length: u64,
) -> Result<Received, Fault> {
    let length = usize::try_from(length).ok().filter(|length| *length <= BODY_LIMIT);
    let length = length.ok_or(Denial::TooLarge)?;
    while wire.buffer.len() < length {
        wire.fill().await?;
    }
    Ok(Received { body: wire.buffer.split_to(length).to_vec(), trailers: Vec::new() })
}

async fn read_chunked<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    chunk_line: ReadLine,
) -> Result<Received, Fault> {
    let (mut decoder, mut body) = (Chunked::new(chunk_line), Vec::new());
    while !decoder.decode(&mut wire.buffer, &mut body, BODY_LIMIT)? {
        wire.fill().await?;
    }
    Ok(Received { body, trailers: decoder.trailers() })
}

/// Takes an unread body out of the buffer, if all of it is there; whether the connection can go on.
pub(super) fn skip(buffer: &mut BytesMut, framing: Framing) -> bool {
    match framing {
        Framing::Nothing => true,
        Framing::Length(length) => match usize::try_from(length) {
            Ok(length) if length <= buffer.len() => {
                drop(buffer.split_to(length));
                true
            }
            Ok(_) | Err(_) => false,
        },
        Framing::Chunked => false,
    }
}
