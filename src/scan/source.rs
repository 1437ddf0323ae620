//! Something that is read once, with a look ahead.

use std::fmt;
use std::io::{self, BufRead, Read};
use std::ops::Range;

/// The farthest look ahead.
const AHEAD: usize = 64 << 10;
/// What is read at first: most entries of an archive are small.
const FIRST: usize = 1 << 10;

/// What is read, from its beginning to its end.
pub struct Source<'a> {
    inner: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// The part of the buffer that was read and not taken.
    from: usize,
    to: usize,
    /// How much to read next.
    step: usize,
    offset: u64,
}

impl<'a> Source<'a> {
    /// Something to be read.
    pub fn new(inner: &'a mut dyn Read) -> Self {
        Self { inner, buffer: Vec::new(), from: 0, to: 0, step: FIRST, offset: 0 }
    }

    /// How many bytes have been taken.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next bytes, without taking them: so many at least, where there are so many.
    pub(super) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        let count = count.min(AHEAD);
        while self.to - self.from < count && self.fill()? {}
        Ok(self.ahead())
    }

    fn ahead(&self) -> &[u8] {
        self.buffer.get(self.from..self.to).unwrap_or_default()
    }

    /// Reads more; `false` at the end.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.from..self.to, 0);
        (self.from, self.to) = (0, self.to - self.from);
        if self.buffer.len() < self.to + self.step {
            self.buffer.resize(self.to + self.step, 0);
        }
        self.step = (self.step * 4).min(AHEAD);
        let room = self.buffer.get_mut(self.to..).unwrap_or_default();
        let count = retry(self.inner, room)?;
        self.to += count;
        Ok(count > 0)
    }

    /// Takes and forgets so many bytes; how many there were.
    pub(super) fn skip(&mut self, count: u64) -> io::Result<u64> {
        io::copy(&mut self.by_ref().take(count), &mut io::sink())
    }
}

/// Reads once, and again where that was interrupted.
fn retry(from: &mut dyn Read, to: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(to) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Fills as much of a part of a buffer as there is, making it longer as it needs to be; how much that was, and what went
/// wrong behind it.
pub(super) fn fill(from: &mut dyn Read, to: &mut Vec<u8>, part: Range<usize>) -> (usize, io::Result<()>) {
    let mut filled = part.start;
    while filled < part.end {
        if to.len() <= filled {
            to.resize((to.len() * 2).clamp(FIRST, part.end), 0);
        }
        let end = to.len().min(part.end);
        match retry(from, to.get_mut(filled..end).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) => return (filled - part.start, Err(error)),
        }
    }
    (filled - part.start, Ok(()))
}

impl Read for Source<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        if self.from == self.to && to.len() >= AHEAD {
            let count = retry(self.inner, to)?;
            self.offset += u64::try_from(count).unwrap_or(0);
            return Ok(count);
        }
        let ahead = self.fill_buf()?;
        let count = ahead.len().min(to.len());
        if let (Some(to), Some(from)) = (to.get_mut(..count), ahead.get(..count)) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.peek(1)
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.to - self.from);
        self.from += count;
        self.offset += u64::try_from(count).unwrap_or(0);
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source(at {})", self.offset)
    }
}
