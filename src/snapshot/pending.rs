//! What is to be reviewed: the files that would make everything approved.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

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

/// A text that is to go somewhere.
struct Place<'a> {
    status: u16,
    text: &'a str,
    cases: Vec<&'a str>,
    /// The snapshots that its cases were held to until now, and how many to each.
    from: BTreeMap<&'a SnapName, usize>,
}

/// Such texts, in the order in which they were met.
#[derive(Default)]
struct Places<'a>(IndexMap<&'a str, Place<'a>>);

impl<'a> Places<'a> {
    fn put(&mut self, status: u16, text: &'a str, cases: &'a [String]) -> &mut Place<'a> {
        let new = || Place { status, text, cases: Vec::new(), from: BTreeMap::new() };
        let place = self.0.entry(text).or_insert_with(new);
        place.cases.extend(cases.iter().map(String::as_str));
        place
    }
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
    let mut places = Places::default();
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
            _ => {
                let place = places.put(status_of(text), text, &change.cases);
                *place.from.entry(&change.name).or_default() += change.cases.len();
            }
        }
    }
    for unseen in &comparison.unseen {
        places.put(unseen.status, &unseen.text, &unseen.cases);
    }
    let is_free = |name: &SnapName| {
        let is_steady = |change: &Change| change.name != *name || change.seen.is_ok();
        comparison.changed.iter().all(is_steady) && is_gone(book, comparison, name, (known, sent))
    };
    let homes = Homes::of((book, &lasting), &places, &files, &is_free);
    let owners = homes.owners(book, comparison, (known, sent));
    let share = |name: &SnapName| owners.share(name, foreign(book, comparison, name, known));
    let is_empty = |name: &SnapName| {
        !homes.by_name.contains_key(name)
            && files.iter().all(|file| file.name != *name)
            && share(name).is_empty()
    };
    let moved = homes.by_name.iter().map(|(name, place)| {
        let scopes = overruling(share(name), book, (comparison, place.text), &is_empty);
        homes.file((name, place), book, scopes, source)
    });
    let moved: Vec<_> = moved.collect();
    files.extend(moved);
    files.extend(left_over((book, source), &lasting, comparison, &files, &share));
    files
}

/// Patterns, and what else it takes that no snapshot which is left without a case speaks for one as exactly as they do.
fn overruling(
    mut scopes: Vec<Scope>,
    book: &Book,
    (comparison, text): (&Comparison, &str),
    is_empty: &dyn Fn(&SnapName) -> bool,
) -> Vec<Scope> {
    let here = comparison.changed.iter().filter(|change| change.seen.as_deref() == Ok(text));
    for change in here.filter(|change| is_empty(&change.name)) {
        let Some(snap) = book.get(&change.name) else { continue };
        let held = |case: &&String| exactness(&scopes, case) <= exactness(&snap.scopes, case);
        let more: Vec<_> =
            change.cases.iter().filter(held).filter_map(|case| Scope::parse(case).ok()).collect();
        scopes.extend(more);
    }
    scopes
}

/// Snapshots that would go on to speak for cases as exactly as the files do that these cases go to: with what is left of them.
/// What was there before would else be as good as what was approved.
fn left_over(
    (book, source): (&Book, &str),
    waiting: &[&Pending],
    comparison: &Comparison,
    files: &[Pending],
    share: &dyn Fn(&SnapName) -> Vec<Scope>,
) -> Vec<Pending> {
    let has = |name: &SnapName| files.iter().chain(waiting.iter().copied()).any(|file| file.name == *name);
    let mut left: Vec<Pending> = Vec::new();
    for change in comparison.changed.iter().filter(|change| !has(&change.name)) {
        let Some(snap) = book.get(&change.name) else { continue };
        let is_held = |case: &String| {
            let exactest = files.iter().map(|file| exactness(&file.snap.scopes, case)).max().unwrap_or(0);
            exactest > 0 && exactness(&snap.scopes, case) >= exactest
        };
        let scopes = share(&change.name);
        let is_new = left.iter().all(|file| file.name != change.name);
        if is_new && !scopes.is_empty() && change.seen.is_ok() && change.cases.iter().any(is_held) {
            let snap = Snap { source: source.to_owned(), scopes, text: snap.text.clone() };
            left.push(Pending { name: change.name.clone(), snap });
        }
    }
    left
}

/// How exactly patterns speak for a case; nothing where they do not.
fn exactness(scopes: &[Scope], case: &str) -> usize {
    scopes.iter().filter(|scope| scope.matches(case)).map(Scope::exactness).max().unwrap_or(0)
}

/// Whether all that a snapshot speaks for has changed alike: then it is that snapshot which has changed.
fn is_whole(
    book: &Book,
    comparison: &Comparison,
    change: &Change,
    (known, sent): (&[String], &BTreeSet<&str>),
) -> bool {
    let alone = comparison.changed.iter().filter(|other| other.name == change.name).count() == 1;
    alone && is_gone(book, comparison, &change.name, (known, sent))
}

/// Whether nothing that a snapshot speaks for can still be as it was approved: no case was, and none was left out.
fn is_gone(
    book: &Book,
    comparison: &Comparison,
    name: &SnapName,
    (known, sent): (&[String], &BTreeSet<&str>),
) -> bool {
    let mut unsent = known.iter().filter(|case| !sent.contains(case.as_str()));
    !comparison.same.contains_key(name)
        && !unsent.any(|case| book.for_case(case).iter().any(|(held, _)| *held == name))
        && foreign(book, comparison, name, known).is_empty()
}

/// What a snapshot speaks for of which nothing is known here: checks of another suite.
fn foreign(book: &Book, comparison: &Comparison, name: &SnapName, known: &[String]) -> Vec<Scope> {
    let stale = |scope: &Scope| {
        comparison.stale.iter().any(|stale| stale.name == *name && stale.scopes.contains(scope))
    };
    let scopes = book.get(name).into_iter().flat_map(|snap| &snap.scopes);
    scopes.filter(|scope| !known.iter().any(|case| scope.matches(case)) && !stale(scope)).cloned().collect()
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

/// Which texts go where: to the snapshot that has this text already, to the one that most of their cases come from, or to a
/// new one.
struct Homes<'a> {
    by_name: BTreeMap<SnapName, &'a Place<'a>>,
    /// What waits, and is not to be lost.
    waiting: &'a [&'a Pending],
}

impl<'a> Homes<'a> {
    fn of(
        (book, waiting): (&Book, &'a [&'a Pending]),
        places: &'a Places<'a>,
        files: &[Pending],
        is_free: &dyn Fn(&SnapName) -> bool,
    ) -> Self {
        let mut homes = Self { by_name: BTreeMap::new(), waiting };
        let changing = |name: &SnapName| files.iter().any(|file| file.name == *name);
        let mut left = Vec::new();
        for place in places.0.values() {
            let there = book.iter().find(|(name, snap)| !changing(name) && fits(&snap.text, place.text));
            match there.filter(|(name, _)| homes.may_go(place, name)) {
                Some((name, _)) => homes.go(place, name),
                None => left.push(place),
            }
        }
        homes.keep(&mut left, is_free);
        for place in left {
            let mut again = waiting.iter().map(|file| &file.name);
            let again = again.find(|name| !changing(name) && homes.may_go(place, name));
            let name = again.cloned().unwrap_or_else(|| homes.fresh(place, book));
            homes.go(place, &name);
        }
        homes
    }

    fn go(&mut self, place: &'a Place<'a>, name: &SnapName) {
        self.by_name.insert(name.clone(), place);
    }

    /// Whether nothing else has this name, and nothing else waits under it.
    fn may_go(&self, place: &Place<'_>, name: &SnapName) -> bool {
        !self.by_name.contains_key(name)
            && self.waiting(name).is_none_or(|waits| fits(&waits.text, place.text))
    }

    /// A snapshot that fell apart goes on as what most of its cases answer now, so that its file keeps its name.
    fn keep(&mut self, left: &mut Vec<&'a Place<'a>>, is_free: &dyn Fn(&SnapName) -> bool) {
        let claims =
            left.iter().flat_map(|place| place.from.iter().map(|(name, held)| (*place, *name, *held)));
        let mut claims: Vec<_> = claims.filter(|(_, name, _)| is_free(name)).collect();
        claims.sort_by_key(|(_, _, held)| Reverse(*held));
        for (place, name, _) in claims {
            let at = left.iter().position(|other| other.text == place.text);
            if let Some(at) = at.filter(|_| self.may_go(place, name)) {
                left.remove(at);
                self.go(place, name);
            }
        }
    }

    /// A name that nothing has.
    fn fresh(&self, place: &Place<'_>, book: &Book) -> SnapName {
        let check = place.cases.first().and_then(|case| case.split('/').next()).unwrap_or_default();
        let about = [topic(place.text).unwrap_or(check), check];
        let is_taken = |name: &SnapName| {
            book.get(name).is_some() || self.by_name.contains_key(name) || self.waiting(name).is_some()
        };
        SnapName::fresh(place.status, about, &is_taken)
    }

    /// What waits under a name: it has the same text, or that name would have been taken.
    fn waiting(&self, name: &SnapName) -> Option<&Snap> {
        self.waiting.iter().find(|file| file.name == *name).map(|file| &file.snap)
    }

    /// Which snapshot every case belongs to from now on.
    fn owners<'b>(
        &'b self,
        book: &'b Book,
        comparison: &'b Comparison,
        (known, sent): (&'b [String], &BTreeSet<&str>),
    ) -> Owners<'b> {
        let mut homes: BTreeMap<&str, &SnapName> = BTreeMap::new();
        for (name, place) in &self.by_name {
            homes.extend(place.cases.iter().map(|case| (*case, name)));
        }
        for (name, cases) in &comparison.same {
            homes.extend(cases.iter().map(|case| (case.as_str(), name)));
        }
        for change in &comparison.changed {
            for case in &change.cases {
                homes.entry(case).or_insert(&change.name);
            }
        }
        let unsent = known.iter().map(String::as_str).filter(|case| !sent.contains(case));
        let mut unknown = Vec::new();
        for case in unsent {
            match book.for_case(case).first() {
                Some((name, _)) => _ = homes.entry(case).or_insert(name),
                None if homes.contains_key(case) => {}
                None => unknown.push(case),
            }
        }
        Owners { homes, unknown }
    }

    /// What is to be written for a text.
    fn file(
        &self,
        (name, place): (&SnapName, &Place<'_>),
        book: &Book,
        mut scopes: Vec<Scope>,
        source: &str,
    ) -> Pending {
        let waits = self.waiting(name);
        if let Some(waits) = waits {
            scopes = joined(&waits.scopes, &scopes);
        }
        let there = waits.or(book.get(name)).filter(|snap| fits(&snap.text, place.text));
        let text = there.map_or(place.text, |snap| &snap.text).to_owned();
        Pending { name: name.clone(), snap: Snap { source: source.to_owned(), scopes, text } }
    }
}

/// Which case belongs to which snapshot.
struct Owners<'a> {
    homes: BTreeMap<&'a str, &'a SnapName>,
    /// Cases that were not sent, and that nothing speaks for yet.
    unknown: Vec<&'a str>,
}

impl Owners<'_> {
    /// The patterns of a snapshot's own cases, and some more.
    fn share(&self, name: &SnapName, more: Vec<Scope>) -> Vec<Scope> {
        let own = self.homes.iter().filter(|(_, home)| **home == name).map(|(case, _)| *case);
        let others = self.homes.iter().filter(|(_, home)| **home != name).map(|(case, _)| *case);
        let mut scopes = cover(&own.collect(), &others.chain(self.unknown.iter().copied()).collect());
        scopes.extend(more);
        scopes
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
