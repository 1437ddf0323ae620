//! The search: seeds found by their beginnings, grown as far as the key goes.
//!
//! Every run of `window` characters of a secret holds at least one *seed*, a shorter run at a fixed stride. The index
//! knows where the seeds begin, in any letter case; where one may, the text is compared with the form to both sides,
//! which gives the longest trace there is.

use std::ops::Range;

use super::escape::View;
use super::form::{Encoding, Form};
use super::index::{Index, Seed};
use super::key::Key;

/// A trace of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// The number of the key.
    pub(super) key: usize,
    /// The form in which it appears.
    pub(super) form: &'static str,
    /// Where, in bytes.
    pub(super) at: Range<usize>,
    /// How many characters of the form were there.
    length: usize,
}

/// What is searched for.
#[derive(Default)]
pub(super) struct Engine {
    /// Every form, with the number of its key.
    pub(super) forms: Vec<(usize, Form)>,
    index: Index,
    /// A shorter text holds no trace: undoing escapes makes none longer.
    pub(super) shortest: usize,
}

impl Engine {
    /// Adds a key under a number.
    pub(super) fn add(&mut self, number: usize, key: &str) {
        if key.is_empty() {
            return;
        }
        let key = Key::new(key);
        for form in Encoding::ALL.into_iter().flat_map(|encoding| encoding.write(&key)) {
            for at in seeds_of(&form) {
                let seed = Seed { form: self.forms.len(), at: at.start };
                self.index.add(form.text.get(at).unwrap_or_default(), seed);
            }
            let known = if self.forms.is_empty() { form.window } else { self.shortest };
            self.shortest = known.min(form.window);
            self.forms.push((number, form));
        }
    }

    /// Every trace, in the order of the text, none overlapping another.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        if text.len() < self.shortest || self.forms.is_empty() {
            return hits;
        }
        for piece in pieces(text.len()) {
            let from = hits.len();
            let view = View::plain(text.get(piece.clone()).unwrap_or_default());
            self.search(&view, &mut hits);
            for hit in hits.iter_mut().skip(from) {
                hit.at = hit.at.start + piece.start..hit.at.end + piece.start;
            }
        }
        merge(hits)
    }

    fn search(&self, view: &View<'_>, hits: &mut Vec<Hit>) {
        self.index.search(view.bytes(), |at, seed| {
            let hit = self.grow(seed, at, view);
            // Every seed of a trace grows into the same trace.
            hits.extend(hit.filter(|hit| hits.last() != Some(hit)));
        });
        for deeper in view.deeper(self.shortest) {
            self.search(&deeper, hits);
        }
    }

    /// The longest trace around a seed, if it is long enough to count.
    pub(super) fn grow(&self, seed: Seed, start: usize, view: &View<'_>) -> Option<Hit> {
        let (key, form) = self.forms.get(seed.form)?;
        let (form_before, form_after) = form.text.split_at_checked(seed.at)?;
        let (text_before, text_after) = view.bytes().split_at_checked(start)?;
        let before = common(form_before.iter().rev(), text_before.iter().rev());
        let after = common(form_after.iter(), text_after.iter());
        let covered = seed.at - before..seed.at + after;
        let secret = covered.end.min(form.secret.end).saturating_sub(covered.start.max(form.secret.start));
        let at = start - before..start + after;
        (secret >= form.window).then(|| Hit {
            key: *key,
            form: name(form, &covered, view, view.bytes().get(at.clone()).unwrap_or_default()),
            at: view.places(&at),
            length: covered.len(),
        })
    }
}

/// A long text is searched piece by piece: what is undone of its escapes takes many times the room of a piece.
const PIECE: usize = 64 * 1024;
/// How far a piece reaches into the next: farther than any form of a key.
const OVERLAP: usize = 16 * 1024;

/// The pieces of a text of a length.
fn pieces(length: usize) -> impl Iterator<Item = Range<usize>> {
    let starts = (0..length.max(1)).step_by(PIECE);
    starts.map(move |start| start..(start + PIECE + OVERLAP).min(length))
}

/// The runs of a secret of which every window holds one.
fn seeds_of(form: &Form) -> impl Iterator<Item = Range<usize>> + use<> {
    let length = form.window / 2 + 1;
    let stride = form.window + 1 - length;
    let end = form.secret.end;
    form.secret
        .clone()
        .step_by(stride.max(1))
        .map(move |at| at..at + length)
        .take_while(move |seed| seed.end <= end)
}

/// How long two texts are the same, in any letter case.
fn common<'a>(one: impl Iterator<Item = &'a u8>, other: impl Iterator<Item = &'a u8>) -> usize {
    one.zip(other).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count()
}

/// What a trace is called.
fn name(form: &Form, covered: &Range<usize>, view: &View<'_>, seen: &[u8]) -> &'static str {
    let all = covered.start <= form.whole.start && covered.end >= form.whole.end;
    match (form.encoding, view.name()) {
        (encoding, _) if !all => encoding.part_name(),
        (Encoding::Plain, Some(escaped)) => escaped,
        (Encoding::Plain, None) if form.text.get(covered.clone()) != Some(seen) => "in another letter case",
        (encoding, _) => encoding.name(),
    }
}

/// Makes one hit of all that overlap: it spans them, and is the longest one's.
fn merge(mut hits: Vec<Hit>) -> Vec<Hit> {
    // A stable sort: of hits that are equally long, the first key and the plainest form win.
    hits.sort_by_key(|hit| hit.at.start);
    let mut merged: Vec<Hit> = Vec::new();
    for hit in hits {
        match merged.last_mut() {
            Some(last) if hit.at.start < last.at.end => {
                let at = last.at.start..last.at.end.max(hit.at.end);
                if hit.length > last.length {
                    *last = hit;
                }
                last.at = at;
            }
            _ => merged.push(hit),
        }
    }
    merged
}
