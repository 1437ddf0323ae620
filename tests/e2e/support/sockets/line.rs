//! A connection, and what was read from it and not used yet.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// How long nothing may come.
const SILENCE: Duration = Duration::from_secs(30);
/// How long the other side may go on behind the last answer, so that it gets to read it.
const FAREWELL: Duration = Duration::from_secs(1);

pub(super) struct Line {
    stream: TcpStream,
    pending: Vec<u8>,
}

impl Line {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_write_timeout(Some(SILENCE))?;
        Ok(Self { stream, pending: Vec::new() })
    }

    /// What is there already.
    pub(super) fn pending(&self) -> &[u8] {
        &self.pending
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Reads something more; false where there is no more.
    pub(super) fn read(&mut self) -> io::Result<bool> {
        let mut piece = [0; 8192];
        let count = self.stream.read(&mut piece)?;
        self.pending.extend_from_slice(&piece[..count]);
        Ok(count > 0)
    }

    /// Takes octets that are there.
    pub(super) fn take(&mut self, count: usize) -> Vec<u8> {
        self.pending.drain(..count).collect()
    }

    /// Takes octets, waiting for them.
    pub(super) fn wait_for(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.pending.len() < count {
            if !self.read()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.take(count))
    }

    /// Takes octets that nobody wants.
    pub(super) fn skip(&mut self, count: usize) -> io::Result<()> {
        self.wait_for(count).map(drop)
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Ends the connection, and reads on for a while without looking: a reset would take the answer along.
    pub(super) fn end(mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)?;
        let begun = Instant::now();
        while let Some(left) = FAREWELL.checked_sub(begun.elapsed()).filter(|left| !left.is_zero()) {
            self.stream.set_read_timeout(Some(left))?;
            if !self.read()? {
                break;
            }
            self.pending.clear();
        }
        Ok(())
    }
}
