//! Bytes as they arrive, taken out by the line or by the number.

use bytes::{Buf as _, Bytes, BytesMut};

/// What arrived and was not taken yet. It remembers how far a line's end was looked for, so that a line which
/// arrives byte by byte is not searched from its beginning each time.
#[derive(Clone, Debug, Default)]
pub(super) struct Incoming {
    bytes: BytesMut,
    searched: usize,
}

/// What looking for a line came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line, its LF included.
    Whole(Bytes),
    /// Its end has not arrived.
    Open,
    /// It is longer than it may be.
    TooLong,
}

impl Incoming {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes that are there.
    pub(super) fn peek(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes a line of at most so many bytes.
    pub(super) fn line(&mut self, most: usize) -> Line {
        let unsearched = self.bytes.get(self.searched..).unwrap_or_default();
        let Some(at) = unsearched.iter().position(|byte| *byte == b'\n') else {
            self.searched = self.bytes.len();
            return if self.bytes.len() > most { Line::TooLong } else { Line::Open };
        };
        let length = self.searched + at + 1;
        self.searched = 0;
        if length > most { Line::TooLong } else { Line::Whole(self.bytes.split_to(length).freeze()) }
    }

    /// Takes at most so many bytes.
    pub(super) fn take(&mut self, most: u64) -> Bytes {
        let length = usize::try_from(most).unwrap_or(usize::MAX).min(self.bytes.len());
        self.searched = 0;
        self.bytes.split_to(length).freeze()
    }

    /// Drops bytes that are there.
    pub(super) fn drop(&mut self, count: usize) {
        self.searched = 0;
        self.bytes.advance(count.min(self.bytes.len()));
    }
}
