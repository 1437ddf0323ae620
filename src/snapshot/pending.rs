//! What is to be reviewed: the files that would make everything approved.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::compare::{Change, Comparison};
use super::file::Snap;
use super::form::fits;
use super::name::SnapName;
use super::scope::{Scope, cover};

/// A file that waits for a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its name.
    pub name: SnapName,
    /// Its content.
    pub snap: Snap,
}

/// Where a text is to go.
struct Place {
    status: u16,
    text: String,
    cases: Vec<String>,
}

/// The files that would make everything approved that was compared, the stale ones aside. `waiting` is what an earlier run
/// proposed, `known` are all cases that there are, `sent` those of this run; `source` is the contract.
pub fn pending(
    (book, waiting): (&Book, &[Pending]),
    comparison: &Comparison,
    (known, sent): (&[String], &BTreeSet<&str>),
    source: &str,
) -> Vec<Pending> {
    let lasting: Vec<_> = waiting.iter().filter(|file| is_lasting(file, (known, sent))).collect();
    let mut files = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    let mut put = |status: u16, text: &str, cases: &[String]| match places
        .iter_mut()
        .find(|place| place.text == text)
    {
        Some(place) => place.cases.extend_from_slice(cases),
        None => places.push(Place { status, text: text.to_owned(), cases: cases.to_vec() }),
    };
    for change in &comparison.changed {
        let Ok(text) = &change.seen else { continue };
        match book.get(&change.name) {
            Some(snap) if is_whole(book, comparison, change, (known, sent)) => {
                let waits = lasting.iter().find(|file| file.name == change.name && file.snap.text == *text);
                let scopes =
                    waits.map_or(snap.scopes.clone(), |waits| joined(&waits.snap.scopes, &snap.scopes));
                let snap = Snap { text: text.clone(), source: source.to_owned(), scopes };
                files.push(Pending { name: change.name.clone(), snap });
            }
            _ => put(status_of(text), text, &change.cases),
        }
    }
    for unseen in &comparison.unseen {
        put(unseen.status, &unseen.text, &unseen.cases);
    }
    let homes = Homes::of((book, &lasting), &places, &files);
    files.extend(homes.files(book, comparison, (known, sent), source));
    files
}

/// Whether all that a snapshot speaks for has changed alike: then it is that snapshot which has changed.
fn is_whole(
    book: &Book,
    comparison: &Comparison,
    change: &Change,
    (known, sent): (&[String], &BTreeSet<&str>),
) -> bool {
    let alone = comparison.changed.iter().filter(|other| other.name == change.name).count() == 1;
    let unsent = || known.iter().filter(|case| !sent.contains(case.as_str()));
    let elsewhere = || unsent().any(|case| book.for_case(case).iter().any(|(name, _)| **name == change.name));
    alone && !comparison.same.contains_key(&change.name) && !elsewhere()
}

/// Whether what waits speaks for cases that were not sent this time: this run knows nothing better of them.
fn is_lasting(waiting: &Pending, (known, sent): (&[String], &BTreeSet<&str>)) -> bool {
    let unsent: Vec<_> = known.iter().filter(|case| !sent.contains(case.as_str())).collect();
    waiting.snap.scopes.iter().any(|scope| {
        unsent.iter().any(|case| scope.matches(case)) || !sent.iter().any(|case| scope.matches(case))
    })
}

/// The status at the top of a refusal in normal form.
fn status_of(text: &str) -> u16 {
    let first = text.lines().next().unwrap_or_default();
    first.strip_prefix("HTTP ").and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// The members of a body that say for programs what a refusal is about.
const TOPICS: [&str; 5] = ["code", "error_code", "errorCode", "error", "reason"];
/// The longest that makes a name.
const LONGEST_TOPIC: usize = 40;

/// What a refusal in normal form says that it is about, where it does so in one word.
fn topic(text: &str) -> Option<&str> {
    TOPICS.into_iter().find_map(|member| {
        let value = text.lines().find_map(|line| line.strip_prefix(&format!("  \"{member}\": \"")))?;
        let (word, _) = value.split_once('"')?;
        let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        (!word.is_empty() && word.len() <= LONGEST_TOPIC && word.chars().all(sound)).then_some(word)
    })
}

/// Which texts go where: to the snapshot that has this text already, or to a new one.
struct Homes<'a> {
    by_name: BTreeMap<SnapName, &'a Place>,
    /// What waits, and is not to be lost.
    waiting: &'a [&'a Pending],
}

impl<'a> Homes<'a> {
    fn of((book, waiting): (&Book, &'a [&'a Pending]), places: &'a [Place], files: &[Pending]) -> Self {
        let mut by_name: BTreeMap<SnapName, &Place> = BTreeMap::new();
        let waits = |name: &SnapName| waiting.iter().find(|file| file.name == *name);
        for place in places {
            let changing = |name: &SnapName| files.iter().any(|file| file.name == *name);
            let free = |name: &SnapName| waits(name).is_none_or(|file| fits(&file.snap.text, &place.text));
            let there = book.iter().find(|(name, snap)| !changing(name) && fits(&snap.text, &place.text));
            let there = there.map(|(name, _)| name).filter(|name| free(name));
            let again = || waiting.iter().find(|file| !changing(&file.name) && free(&file.name));
            let name = there.or_else(|| again().map(|file| &file.name)).cloned();
            let name = name.filter(|name| !by_name.contains_key(name));
            let name = name.unwrap_or_else(|| {
                let check = place.cases.first().and_then(|case| case.split('/').next()).unwrap_or_default();
                let about = [topic(&place.text).unwrap_or(check), check];
                let is_taken = |name: &SnapName| {
                    book.get(name).is_some() || by_name.contains_key(name) || waits(name).is_some()
                };
                SnapName::fresh(place.status, about, &is_taken)
            });
            by_name.insert(name, place);
        }
        Self { by_name, waiting }
    }

    /// What waits under a name: it has the same text, or that name would have been taken.
    fn waiting(&self, name: &SnapName) -> Option<&Snap> {
        self.waiting.iter().find(|file| file.name == *name).map(|file| &file.snap)
    }

    fn files(
        &self,
        book: &Book,
        comparison: &Comparison,
        (known, sent): (&[String], &BTreeSet<&str>),
        source: &str,
    ) -> Vec<Pending> {
        let mut homes: BTreeMap<&str, &SnapName> = BTreeMap::new();
        for (name, place) in &self.by_name {
            homes.extend(place.cases.iter().map(|case| (case.as_str(), name)));
        }
        for (name, cases) in &comparison.same {
            homes.extend(cases.iter().map(|case| (case.as_str(), name)));
        }
        for change in &comparison.changed {
            for case in &change.cases {
                homes.entry(case).or_insert(&change.name);
            }
        }
        let unsent: Vec<&str> =
            known.iter().map(String::as_str).filter(|case| !sent.contains(case)).collect();
        for case in &unsent {
            if let Some((name, _)) = book.for_case(case).first() {
                homes.entry(case).or_insert(name);
            }
        }
        self.by_name
            .iter()
            .map(|(name, place)| {
                let own = homes.iter().filter(|(_, home)| **home == name).map(|(case, _)| *case);
                let others = homes.iter().filter(|(_, home)| **home != name).map(|(case, _)| *case);
                let unknown = unsent.iter().copied().filter(|case| !homes.contains_key(case));
                let mut scopes = cover(&own.collect(), &others.chain(unknown).collect());
                let waits = self.waiting(name);
                if let Some(waits) = waits {
                    scopes = joined(&waits.scopes, &scopes);
                }
                let text = waits.or(book.get(name)).map_or(&place.text, |snap| &snap.text).clone();
                Pending { name: name.clone(), snap: Snap { source: source.to_owned(), scopes, text } }
            })
            .collect()
    }
}

/// The patterns of both, without those that say nothing beyond what waits.
fn joined(waiting: &[Scope], new: &[Scope]) -> Vec<Scope> {
    let is_said = |scope: &&Scope| waiting.iter().any(|other| other.matches(&scope.to_string()));
    let mut scopes: Vec<_> = new.iter().filter(|scope| !is_said(scope)).chain(waiting).cloned().collect();
    scopes.sort();
    scopes.dedup();
    scopes
}

/// What is left of each stale snapshot; nothing where it is to be deleted.
pub fn pruned(book: &Book, comparison: &Comparison) -> Vec<(SnapName, Option<Snap>)> {
    let left = |stale: &super::compare::Stale| {
        let snap = book.get(&stale.name).filter(|_| !stale.whole)?;
        let scopes = snap.scopes.iter().filter(|scope| !stale.scopes.contains(scope)).cloned().collect();
        Some(Snap { scopes, ..snap.clone() })
    };
    comparison.stale.iter().map(|stale| (stale.name.clone(), left(stale))).collect()
}
