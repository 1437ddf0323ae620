//! The search of one text, window by window.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::ops::Range;

use super::event::{Event, Finding, Place, What};
use super::format::constants;
use super::joined::Joined;
use super::limits::{FINDINGS, WINDOW};
use super::source::fill;
use super::wanted::Wanted;

/// What is said of a key whose pieces the code puts together.
pub(super) const PIECES: &str = "put together of the code's string constants";

/// So much of a window shows whether it is text.
const TASTE: usize = 512;

/// One text while it is searched.
pub(super) struct Search<'s> {
    wanted: &'s Wanted,
    place: &'s Place,
    hear: &'s mut dyn FnMut(Event),
    /// Where the text begins in what the findings count from.
    base: u64,
    /// How far it is from one window to the next.
    step: usize,
    /// Up to where keys, lookalikes and keys in pieces have been told.
    told: [u64; 3],
    findings: usize,
    /// Parts of keys that were told of already.
    hidden: Vec<Range<usize>>,
    /// Where keys in pieces have been told of, in a format that puts them together in any order.
    seen: BTreeSet<u64>,
}

impl<'s> Search<'s> {
    pub(super) fn new(wanted: &'s Wanted, place: &'s Place, hear: &'s mut dyn FnMut(Event)) -> Self {
        Self {
            wanted,
            place,
            hear,
            base: 0,
            step: WINDOW,
            told: [0; 3],
            findings: 0,
            hidden: Vec::new(),
            seen: BTreeSet::new(),
        }
    }

    /// A text that begins there.
    pub(super) fn at(mut self, base: u64) -> Self {
        self.base = base;
        self
    }

    /// Smaller windows.
    #[cfg(test)]
    pub(super) fn by(mut self, step: usize) -> Self {
        self.step = step;
        self
    }

    /// Searches all that can be read; `window` is room to work in.
    ///
    /// # Errors
    /// When reading fails, or `go_on` says no; what came before has been searched.
    pub(super) fn run(
        mut self,
        from: &mut dyn Read,
        window: &mut Vec<u8>,
        go_on: &dyn Fn() -> bool,
    ) -> io::Result<()> {
        // A list may begin in one window, and be joined behind its end.
        let overlap = self.wanted.reach().max(2 * constants::LONGEST);
        let size = self.step + overlap;
        let mut kept = 0;
        loop {
            let (count, done) = fill(from, window, kept..size);
            let filled = kept + count;
            let ended = filled < size;
            let text = window.get(..filled).unwrap_or_default();
            (self.hear)(Event::Searched(length(count)));
            self.window(text, if ended { filled } else { filled - overlap });
            done?;
            if ended || self.findings >= FINDINGS {
                return Ok(());
            }
            if !go_on() {
                return Err(io::Error::other("it was interrupted"));
            }
            window.copy_within(filled - overlap..filled, 0);
            self.base += length(filled - overlap);
            kept = overlap;
        }
    }

    /// Searches all of a text.
    pub(super) fn whole(mut self, text: &[u8]) {
        self.window(text, text.len());
    }

    /// Searches a text that was put together; `read` says how it has to be read. Of what is made of pieces, only what
    /// lies in several of them is told: the rest is found where it stands.
    pub(super) fn joined(&mut self, joined: &Joined, read: &'static str) -> Vec<Range<usize>> {
        let mut covered = Vec::new();
        for trace in self.wanted.keys(joined.text()) {
            if joined.pieces() > 1 && !joined.spans(&trace.at) {
                continue;
            }
            let places = joined.places(&trace.at);
            let (Some(first), Some(last)) = (places.first(), places.last()) else { continue };
            // Source code is put together in its order.
            let count = last.end.saturating_sub(first.start);
            self.tell(2, first.start, count, (key(trace.credential, trace.form), Some(read)));
            covered.extend(places);
        }
        covered
    }

    /// The same, of texts that come in any order and may have something in common.
    pub(super) fn alone(&mut self, joined: &Joined, read: &'static str) -> Vec<Range<usize>> {
        self.told = [0; 3];
        self.joined(joined, read)
    }

    /// Without what was told of these parts already.
    pub(super) fn without(mut self, told: Vec<Range<usize>>) -> Self {
        self.hidden = told;
        self
    }

    /// Tells of everything that begins before `limit`: the rest will be seen again.
    fn window(&mut self, text: &[u8], limit: usize) {
        // The rest of what was told of in the last window is seen again in this one.
        let [_, _, in_pieces_before] = self.told;
        let mut covered = Vec::new();
        if is_text(text) {
            constants::joined(text, &mut |joined| {
                if joined.start() < limit {
                    covered.extend(self.joined(joined, PIECES));
                }
            });
        }
        let (traces, lookalikes) = self.wanted.both(text);
        for at in lookalikes.into_iter().filter(|at| at.start < limit) {
            self.tell(1, at.start, at.len(), (What::Pattern, None));
        }
        for trace in traces {
            let offset = self.base + length(trace.at.start);
            let in_pieces = offset < in_pieces_before
                || covered.iter().any(|piece| piece.contains(&trace.at.start))
                || self.hidden.iter().any(|piece| (length(piece.start)..length(piece.end)).contains(&offset));
            if trace.at.start < limit && !in_pieces {
                self.tell(0, trace.at.start, trace.at.len(), (key(trace.credential, trace.form), None));
            }
        }
    }

    fn tell(&mut self, kind: usize, at: usize, count: usize, (what, read): (What, Option<&'static str>)) {
        let offset = self.base + length(at);
        let told = self.told.get(kind).copied().unwrap_or(0);
        if offset < told || self.findings >= FINDINGS || kind == 2 && !self.seen.insert(offset) {
            return;
        }
        if let Some(told) = self.told.get_mut(kind) {
            *told = offset + length(count);
        }
        self.findings += 1;
        (self.hear)(Event::Found(Finding { place: self.place.clone(), offset, what, read }));
        if self.findings == FINDINGS {
            let why = format!("more than {FINDINGS} findings; the rest of it was not looked into");
            (self.hear)(Event::Unread { place: self.place.clone(), why });
        }
    }
}

fn key(credential: String, form: &'static str) -> What {
    What::Key { credential, form }
}

fn is_text(window: &[u8]) -> bool {
    !window.iter().take(TASTE).any(|byte| *byte == 0)
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
