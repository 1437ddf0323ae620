//! The same search for a great many bytes: what cannot hold a trace is passed over at the speed of memory.
//!
//! A trace is so many consecutive characters of a form, so a look at every fifth byte meets it. There the next few bytes
//! are looked up among the short runs of all forms ([`grams`]); where they are one, the search of the reports decides.
//! Text in UTF-16 and UTF-32 ([`wide`]), text with escapes ([`undo`]) and lists are made plain first, and sieved as any other.
//!
//! What [`Redactor::find`](super::Redactor::find) finds, this finds too, with one exception: characters that stand apart
//! because of a few zero bytes here and there are taken for what they are in a file, two texts.

mod grams;
mod undo;
mod wide;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::engine::Engine;
use super::escape::{DEEPEST, Escape, View};
use super::{Redactor, Trace, lists};
use grams::Grams;
use undo::Alphabet;

/// How many bytes a character of a form can take, escaped twice.
const LONGEST_CHARACTER: usize = 18;

/// The farthest that a trace is followed: as far as the search of the reports does.
const FARTHEST: usize = 16 * 1024;

/// A redactor's tables, made ready for much.
#[derive(Clone)]
pub struct Sieve {
    keys: Redactor,
    grams: Arc<Grams>,
    alphabet: Alphabet,
    /// The fewest characters that are a trace, and the most that must be seen to know one.
    window: Range<usize>,
    /// How many bytes a trace can take at the most.
    reach: usize,
}

impl Sieve {
    /// Prepares for the keys that a redactor knows now.
    pub(super) fn new(keys: Redactor) -> Self {
        let tables = keys.tables();
        let engine = tables.engine();
        let grams = Arc::new(Grams::of(engine));
        let forms = || engine.forms.iter().map(|(_, form)| form);
        let longest = forms().map(|form| form.text.len()).max().unwrap_or(0);
        let windows = || forms().map(|form| form.window);
        let window = windows().min().unwrap_or(0)..windows().max().unwrap_or(0);
        let alphabet = Alphabet::of(forms().map(|form| form.text.as_slice()));
        let reach = (longest * LONGEST_CHARACTER).min(FARTHEST);
        drop(tables);
        Self { keys, grams, alphabet, window, reach }
    }

    /// How many bytes a trace can take at the most: so far must the pieces of a text overlap that is sieved by pieces.
    pub fn reach(&self) -> usize {
        self.reach
    }

    /// Every trace of every key: in the order of the text, none overlapping another.
    pub fn find(&self, text: &[u8]) -> Vec<Trace> {
        if is_blank(text) {
            return Vec::new();
        }
        let tables = self.keys.tables();
        let mut suspects = Vec::new();
        self.screen(tables.engine(), text, 0, &mut suspects);
        let mut traces = Vec::new();
        for region in self.regions(text.len(), suspects) {
            let part = text.get(region.clone()).unwrap_or_default();
            traces.extend(tables.find(part).into_iter().map(|hit| Trace {
                credential: tables.owner(hit.key).credential.clone(),
                form: hit.form,
                at: hit.at.start + region.start..hit.at.end + region.start,
            }));
        }
        traces
    }

    /// What must be searched in earnest: around everything that is suspect, in order and apart.
    fn regions(&self, length: usize, mut suspects: Vec<Range<usize>>) -> Vec<Range<usize>> {
        suspects.sort_by_key(|suspect| suspect.start);
        let mut regions: Vec<Range<usize>> = Vec::new();
        for suspect in suspects {
            let region =
                suspect.start.saturating_sub(self.reach)..suspect.end.saturating_add(self.reach).min(length);
            match regions.last_mut() {
                Some(last) if region.start <= last.end => last.end = last.end.max(region.end),
                _ => regions.push(region),
            }
        }
        regions
    }

    /// Where there is a trace, in the text or in what is undone of it.
    fn screen(&self, engine: &Engine, text: &[u8], depth: usize, found: &mut Vec<Range<usize>>) {
        let view = View::plain(text);
        self.grams.sift(text, |at, seed| found.extend(engine.grow(seed, at, &view).map(|hit| hit.at)));
        if depth < DEEPEST {
            let mut deeper = |text: &[u8]| {
                let mut inner = Vec::new();
                self.screen(engine, text, depth + 1, &mut inner);
                inner
            };
            self.screen_wide(text, &mut deeper, found);
            lists::each(text, engine.shortest, |list| {
                found.extend(deeper(&list.bytes).iter().map(|at| list.place(at)));
            });
            for escape in [Escape::Percent, Escape::Backslash, Escape::Entity] {
                self.screen_undone(text, (escape, depth), &mut deeper, found);
            }
        }
    }

    fn screen_wide(&self, text: &[u8], deeper: &mut Deeper<'_>, found: &mut Vec<Range<usize>>) {
        wide::runs(text, self.window.start, |run| {
            let inner = deeper(&run.characters).into_iter();
            found.extend(inner.map(|at| run.place(at.start)..run.place(at.end)));
        });
    }

    fn screen_undone(
        &self,
        text: &[u8],
        (escape, depth): (Escape, usize),
        deeper: &mut Deeper<'_>,
        found: &mut Vec<Range<usize>>,
    ) {
        let deepest = depth + 1 == DEEPEST;
        let kept = |byte| if deepest { self.alphabet.has(byte) } else { self.alphabet.has_escaped(byte) };
        // What stands between two escapes of one kind may be escapes of another.
        let around = self.window.end.saturating_mul(4);
        undo::segments(text, escape, kept, around, |undone| {
            let inner = deeper(undone.bytes()).into_iter();
            found.extend(inner.map(|at| undone.place(at.start)..undone.place(at.end)));
        });
    }
}

/// Screens what was undone of a text.
type Deeper<'a> = dyn FnMut(&[u8]) -> Vec<Range<usize>> + 'a;

/// Whether a text is nothing but one byte again and again that is no character: most of a bomb, and of a sparse file.
fn is_blank(text: &[u8]) -> bool {
    let blank = text.first().is_none_or(|byte| !byte.is_ascii_graphic());
    blank && text.get(1..) == text.get(..text.len().saturating_sub(1))
}

impl fmt::Debug for Sieve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sieve({} keys)", self.keys.tables().keys())
    }
}
