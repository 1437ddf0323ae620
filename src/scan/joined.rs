//! Text that no window shows as it is read in the end: put together of pieces, or unfolded.

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

    /// How many pieces there are.
    pub(super) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// The number of the piece that holds a byte.
    fn piece(&self, at: usize) -> usize {
        self.pieces.partition_point(|(start, _)| *start <= at).saturating_sub(1)
    }

    /// Whether a part of the text lies in several pieces.
    pub(super) fn spans(&self, at: &std::ops::Range<usize>) -> bool {
        self.piece(at.start) != self.piece(at.end.saturating_sub(1))
    }

    /// Where a byte stands in what the text was taken from.
    pub(super) fn place(&self, at: usize) -> usize {
        let (start, place) = self.pieces.get(self.piece(at)).copied().unwrap_or_default();
        place + (at - start)
    }
}
