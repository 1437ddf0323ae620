//! Text that no window shows as it is read in the end: put together of pieces, or unfolded.

use std::ops::Range;

/// A text and where its pieces stand.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// Where what it was taken from begins: before the first piece, where there are quotes.
    start: usize,
    text: Vec<u8>,
    /// Where each piece begins, in the text and in what it was taken from.
    pieces: Vec<(usize, usize)>,
}

impl Joined {
    /// Nothing yet, taken from what begins there.
    pub(super) fn from(start: usize) -> Self {
        Self { start, ..Self::default() }
    }

    /// Where what it was taken from begins.
    pub(super) fn start(&self) -> usize {
        self.start
    }

    /// Adds a piece and its place.
    pub(super) fn push(&mut self, piece: &[u8], place: usize) {
        self.pieces.push((self.text.len(), place));
        self.text.extend_from_slice(piece);
    }

    /// The text.
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// The last pieces, which hold so many bytes at least.
    fn tail(&self, keep: usize) -> Self {
        let from = self.piece(self.text.len().saturating_sub(keep));
        let start = self.pieces.get(from).map_or(0, |(start, _)| *start);
        let pieces = self.pieces.iter().skip(from).map(|(at, place)| (at - start, *place)).collect();
        Self { start: 0, text: self.text.get(start..).unwrap_or_default().to_vec(), pieces }
    }

    /// How many pieces there are.
    pub(super) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// The number of the piece that holds a byte.
    fn piece(&self, at: usize) -> usize {
        self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1)
    }

    /// Whether a part of the text lies in several pieces.
    pub(super) fn spans(&self, at: &Range<usize>) -> bool {
        self.piece(at.start) != self.piece(at.end.saturating_sub(1))
    }

    /// Where a part of the text stands in what that was taken from: a range for each piece.
    pub(super) fn places(&self, at: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.piece(at.start);
        let ends = self.pieces.iter().skip(first + 1).map(|(start, _)| *start).chain([self.text.len()]);
        let pieces = self.pieces.iter().skip(first).zip(ends);
        pieces
            .take_while(|((start, _), _)| *start < at.end)
            .map(|((start, place), end)| {
                let part = at.start.max(*start)..at.end.min(end);
                place + (part.start - start)..place + (part.end - start)
            })
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// What is told of every text that was put together, and how it has to be read.
pub(super) type Tell<'t> = dyn FnMut(&Joined, &'static str) + 't;

/// What two stretches of a text have in common: more than any form of a key takes.
const KEEP: usize = 16 << 10;
/// How long a stretch gets.
const STRETCH: usize = 128 << 10;

/// Puts texts together that may be as long as they like: a stretch at a time, and as long as it is paid for.
pub(super) struct Seam<'s, 't> {
    joined: Joined,
    read: &'static str,
    /// How many bytes may still be put together, or be read for that.
    left: usize,
    tell: &'s mut Tell<'t>,
}

impl<'s, 't> Seam<'s, 't> {
    /// For a file of a length: what lies on several pages and what several methods load adds up to no more than a few times
    /// that, unless somebody wants it to.
    pub(super) fn new(length: usize, read: &'static str, tell: &'s mut Tell<'t>) -> Self {
        Self { joined: Joined::default(), read, left: length.saturating_mul(4), tell }
    }

    /// Adds a piece; nothing where it is not paid for.
    pub(super) fn push(&mut self, piece: &[u8], place: usize) -> Option<()> {
        self.pay(piece.len().max(1))?;
        // Of a long piece, only its ends can be a part of something that lies in several.
        match piece.len().checked_sub(KEEP).filter(|rest| *rest > KEEP) {
            Some(rest) => {
                let (end, _) = piece.split_at(KEEP);
                self.joined.push(end, place);
                self.end();
                let (_, beginning) = piece.split_at(rest);
                self.joined.push(beginning, place + rest);
            }
            None => self.joined.push(piece, place),
        }
        if self.joined.text.len() > STRETCH {
            (self.tell)(&self.joined, self.read);
            self.joined = self.joined.tail(KEEP);
        }
        Some(())
    }

    /// Pays for so many bytes that are read to know what is to be put together; nothing where they are not paid for.
    pub(super) fn pay(&mut self, count: usize) -> Option<()> {
        let left = self.left.checked_sub(count);
        // Whoever cannot pay has nothing left: trying again costs nothing.
        self.left = left.unwrap_or(0);
        left.map(drop)
    }

    /// Ends a text.
    pub(super) fn end(&mut self) {
        if self.joined.pieces() > 1 {
            (self.tell)(&self.joined, self.read);
        }
        self.joined = Joined::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text that is told when pieces of these lengths are put together.
    fn told(lengths: &[usize]) -> Vec<(usize, usize)> {
        let mut told = Vec::new();
        let mut tell = |joined: &Joined, _| told.push((joined.text().len(), joined.pieces()));
        let mut seam = Seam::new(1 << 20, "", &mut tell);
        for (place, length) in lengths.iter().enumerate() {
            seam.push(&vec![b'.'; *length], place * (1 << 20)).expect("it is paid for");
        }
        seam.end();
        told
    }

    #[test]
    fn a_long_text_is_told_by_stretches_that_have_enough_in_common() {
        assert_eq!(told(&[10, 20]), [(30, 2)]);
        assert_eq!(told(&[30 << 10; 6]), [(150 << 10, 5), (60 << 10, 2)]);
        assert_eq!(told(&[100, 1 << 20, 100]), [(100 + KEEP, 2), (KEEP + 100, 2)]);
    }

    #[test]
    fn what_is_not_paid_for_is_not_put_together() {
        let mut tell = |_: &Joined, _| {};
        let mut seam = Seam::new(100, "", &mut tell);
        assert_eq!(seam.push(&[b'.'; 400], 0), Some(()));
        assert_eq!(seam.push(b"", 0), None);
    }
}
