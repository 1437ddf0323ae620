//! The search: seeds found by one automaton, grown as far as the key goes.
//!
//! Every run of `window` characters of a secret holds at least one *seed*, a shorter run at a fixed stride. The
//! automaton knows the seeds alone, in any letter case, which keeps it small; where it meets one, the text is
//! compared with the form to both sides, which gives the longest trace there is.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, MatchKind, StartKind};

use super::escape::View;
use super::form::{Encoding, Form};
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

/// What is to be saved: the time that it takes to search, or to prepare for it.
#[derive(Clone, Copy)]
pub(super) enum Effort {
    /// Much is searched for the same keys.
    Searching,
    /// The keys will soon be prepared for again, together with more.
    Preparing,
}

/// The tables of the search.
#[derive(Default)]
pub(super) struct Engine {
    pub(super) forms: Vec<(usize, Form)>,
    seeds: Vec<Seed>,
    /// A shorter text holds no trace: undoing escapes makes none longer.
    shortest: usize,
    /// Nothing where there are no keys, or where there are too many to search for.
    automaton: Option<AhoCorasick>,
}

/// A short run of a form.
pub(super) struct Seed {
    /// The number of the form.
    pub(super) form: usize,
    /// Where in the form.
    pub(super) at: Range<usize>,
}

impl Engine {
    /// Prepares for some keys.
    pub(super) fn new(keys: &[&str], effort: Effort) -> Self {
        let mut forms = Vec::new();
        for (number, key) in keys.iter().enumerate().filter(|(_, key)| !key.is_empty()) {
            let key = Key::new(key);
            let written = Encoding::ALL.into_iter().flat_map(|encoding| encoding.write(&key));
            forms.extend(written.map(|form| (number, form)));
        }
        let mut seeds = Vec::new();
        let mut patterns = Vec::new();
        for (number, (_, form)) in forms.iter().enumerate() {
            for at in seeds_of(form) {
                patterns.push(form.text.get(at.clone()).unwrap_or_default());
                seeds.push(Seed { form: number, at });
            }
        }
        let shortest = forms.iter().map(|(_, form)| form.window).min().unwrap_or(0);
        let automaton = if patterns.is_empty() { None } else { automaton(&patterns, effort) };
        Self { forms, seeds, shortest, automaton }
    }

    /// Every trace, in the order of the text, none overlapping another.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        match &self.automaton {
            Some(_) if text.len() < self.shortest => {}
            Some(automaton) => {
                for piece in pieces(text.len()) {
                    let from = hits.len();
                    let view = View::plain(text.get(piece.clone()).unwrap_or_default());
                    self.search(automaton, &view, &mut hits);
                    for hit in hits.iter_mut().skip(from) {
                        hit.at = hit.at.start + piece.start..hit.at.end + piece.start;
                    }
                }
            }
            // Keys that cannot be searched for could be anywhere.
            None if !self.forms.is_empty() && !text.is_empty() => {
                hits.push(Hit { key: 0, form: "unsearchable", at: 0..text.len(), length: 0 });
            }
            None => {}
        }
        merge(hits)
    }

    fn search(&self, automaton: &AhoCorasick, view: &View<'_>, hits: &mut Vec<Hit>) {
        for found in automaton.find_overlapping_iter(view.bytes()) {
            let hit = self
                .seeds
                .get(found.pattern().as_usize())
                .and_then(|seed| self.grow(seed, found.start(), view));
            // Every seed of a trace grows into the same trace.
            hits.extend(hit.filter(|hit| hits.last() != Some(hit)));
        }
        for deeper in view.deeper() {
            self.search(automaton, &deeper, hits);
        }
    }

    /// The longest trace around a seed, if it is long enough to count.
    pub(super) fn grow(&self, seed: &Seed, start: usize, view: &View<'_>) -> Option<Hit> {
        let (key, form) = self.forms.get(seed.form)?;
        let (form_before, form_after) = form.text.split_at_checked(seed.at.start)?;
        let (text_before, text_after) = view.bytes().split_at_checked(start)?;
        let before = common(form_before.iter().rev(), text_before.iter().rev());
        let after = common(form_after.iter(), text_after.iter());
        let covered = seed.at.start - before..seed.at.start + after;
        let secret = covered.end.min(form.secret.end).saturating_sub(covered.start.max(form.secret.start));
        let at = start - before..start + after;
        (secret >= form.window).then(|| Hit {
            key: *key,
            form: name(form, &covered, view, view.bytes().get(at.clone()).unwrap_or_default()),
            at: view.place(at.start)..view.place(at.end),
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

fn automaton(patterns: &[&[u8]], effort: Effort) -> Option<AhoCorasick> {
    let kind = match effort {
        Effort::Searching => None,
        Effort::Preparing => Some(AhoCorasickKind::ContiguousNFA),
    };
    AhoCorasickBuilder::new()
        .kind(kind)
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .start_kind(StartKind::Unanchored)
        .build(patterns)
        .ok()
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
pub(super) fn merge(mut hits: Vec<Hit>) -> Vec<Hit> {
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
