//! What is to be reviewed: the files that would make everything approved.

use std::collections::{BTreeMap, BTreeSet};

use super::book::Book;
use super::compare::{Change, Comparison};
use super::file::Snap;
use super::form::fits;
use super::name::SnapName;
use super::scope::cover;

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

/// The files that would make everything approved that was compared, the stale ones aside. `known` are all cases that there
/// are, `sent` those of this run; `source` is the contract.
pub fn pending(
    book: &Book,
    comparison: &Comparison,
    (known, sent): (&[String], &BTreeSet<&str>),
    source: &str,
) -> Vec<Pending> {
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
                let snap =
                    Snap { text: text.clone(), source: source.to_owned(), scopes: snap.scopes.clone() };
                files.push(Pending { name: change.name.clone(), snap });
            }
            _ => put(status_of(text), text, &change.cases),
        }
    }
    for unseen in &comparison.unseen {
        put(unseen.status, &unseen.text, &unseen.cases);
    }
    let homes = Homes::of(book, &places, &files);
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
}

impl<'a> Homes<'a> {
    fn of(book: &Book, places: &'a [Place], files: &[Pending]) -> Self {
        let mut by_name: BTreeMap<SnapName, &Place> = BTreeMap::new();
        for place in places {
            let changing = |name: &SnapName| files.iter().any(|file| file.name == *name);
            let there = book.iter().find(|(name, snap)| !changing(name) && fits(&snap.text, &place.text));
            let name = there.map(|(name, _)| name.clone()).filter(|name| !by_name.contains_key(name));
            let name = name.unwrap_or_else(|| {
                let check = place.cases.first().and_then(|case| case.split('/').next()).unwrap_or_default();
                let about = [topic(&place.text).unwrap_or(check), check];
                let is_taken = |name: &SnapName| book.get(name).is_some() || by_name.contains_key(name);
                SnapName::fresh(place.status, about, &is_taken)
            });
            by_name.insert(name, place);
        }
        Self { by_name }
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
                let scopes = cover(&own.collect(), &others.chain(unknown).collect());
                let text = book.get(name).map_or(&place.text, |snap| &snap.text).clone();
                Pending { name: name.clone(), snap: Snap { source: source.to_owned(), scopes, text } }
            })
            .collect()
    }
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
