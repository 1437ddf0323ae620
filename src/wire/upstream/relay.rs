//! Hands a request on to the server behind, byte for byte, and its answer back.

use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use crate::wire::client::Limits;
use crate::wire::raw::{Caps, Moment, Reader};

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(20);

/// The way to the server behind, one connection for each that arrives.
#[derive(Debug)]
pub(super) struct Relay {
    platform: String,
    connection: Option<TcpStream>,
}

impl Relay {
    pub(super) fn new(platform: &str) -> Self {
        Self { platform: platform.to_owned(), connection: None }
    }

    /// Gets a request answered; whether its connection goes on.
    pub(super) async fn answer(&mut self, client: &mut TcpStream, (method, request): (&str, &[u8])) -> bool {
        self.exchange(client, (method, request)).await.unwrap_or(false)
    }

    async fn exchange(
        &mut self,
        client: &mut TcpStream,
        (method, request): (&str, &[u8]),
    ) -> std::io::Result<bool> {
        let mut platform = match self.connection.take() {
            Some(open) => open,
            None => TcpStream::connect(&self.platform).await?,
        };
        platform.write_all(request).await?;
        let mut reader = Reader::new(Caps::of(Limits::default()));
        reader.asked(method);
        let (deadline, mut piece) = (Instant::now() + ANSWER, BytesMut::with_capacity(16 * 1024));
        while reader.complete() == 0 {
            piece.reserve(16 * 1024);
            if timeout_at(deadline, platform.read_buf(&mut piece)).await?? == 0 {
                return Ok(false);
            }
            let bytes = piece.split();
            reader.push(&bytes, Moment::default());
            client.write_all(&bytes).await?;
        }
        let ends = reader.answers().iter().any(|heard| heard.answer.is_the_last());
        if !ends {
            self.connection = Some(platform);
        }
        Ok(!ends)
    }
}
