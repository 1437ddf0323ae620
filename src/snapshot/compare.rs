//! What was seen against what was approved.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::IndexMap;

use super::book::Book;
use super::file::Snap;
use super::form::{Form, fits};
use super::gap::widened;
use super::name::SnapName;
use super::scope::Scope;

/// What a case answered.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The case.
    pub case: String,
    /// The refusal, or why its samples are not samples of one.
    pub form: Result<Form, String>,
}

/// The cases that there are, and of which checks something is known at all.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The ids of the cases, whether they were sent or not.
    pub cases: Vec<String>,
    /// The checks of the suite, where it is not the built-in one: a snapshot of another check is not stale for that.
    pub checks: Option<BTreeSet<String>>,
}

impl Known {
    /// Whether it can be said that nothing belongs to a pattern.
    fn judges(&self, scope: &Scope) -> bool {
        self.checks.as_ref().is_none_or(|checks| checks.contains(scope.check()))
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The snapshots that cases were found to be as, and how many.
    pub same: BTreeMap<SnapName, Vec<String>>,
    /// Refusals that are not as they were approved.
    pub changed: Vec<Change>,
    /// Refusals that nobody approved.
    pub unseen: Vec<Unseen>,
    /// Snapshots, or parts of what they speak for, that nothing belongs to.
    pub stale: Vec<Stale>,
    /// Refusals of which nothing can be kept, and why.
    pub unsteady: Vec<(String, Vec<String>)>,
}

/// A refusal that is not as it was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The snapshot that it should be as.
    pub name: SnapName,
    /// What was seen, or why that cannot be said.
    pub seen: Result<String, String>,
    /// The cases that answer so.
    pub cases: Vec<String>,
}

/// A refusal that nobody approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unseen {
    /// Its status.
    pub status: u16,
    /// What was seen.
    pub text: String,
    /// The cases that answer so.
    pub cases: Vec<String>,
}

/// A snapshot that nothing belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The snapshot.
    pub name: SnapName,
    /// The patterns that fit no case; none where patterns fit, and others speak for all of their cases.
    pub scopes: Vec<Scope>,
    /// Whether nothing at all is left of it.
    pub whole: bool,
}

impl Comparison {
    /// Whether everything is as it was approved.
    pub fn is_clean(&self) -> bool {
        self.changed.is_empty() && self.unseen.is_empty() && self.stale.is_empty()
    }

    /// The cases that are not as they were approved, or were never approved.
    pub fn open_cases(&self) -> BTreeSet<&str> {
        let changed = self.changed.iter().flat_map(|change| &change.cases);
        let unseen = self.unseen.iter().flat_map(|unseen| &unseen.cases);
        changed.chain(unseen).map(String::as_str).collect()
    }
}

/// Compares what was seen with what was approved.
pub fn compare(book: &Book, observed: &[Observed], known: &Known) -> Comparison {
    let mut fitting = Fitting::default();
    let mut comparison = Comparison::default();
    let mut changed: IndexMap<(SnapName, Result<String, String>), Vec<String>> = IndexMap::new();
    let mut unseen: IndexMap<String, (u16, Vec<String>)> = IndexMap::new();
    let mut unsteady: IndexMap<String, Vec<String>> = IndexMap::new();
    let mut used: BTreeSet<SnapName> = BTreeSet::new();
    let texts: Vec<_> = observed.iter().map(|one| one.form.as_ref().map(ToString::to_string)).collect();
    let wide = widened(texts.iter().flatten().map(String::as_str));
    for (Observed { case, form }, own) in observed.iter().zip(&texts) {
        let seen = own.as_ref().map(|own| wide.get(own.as_str()).unwrap_or(own).clone());
        let seen = seen.map_err(|why| (*why).clone());
        let held = book.for_case(case);
        let forms = own.as_ref().ok().into_iter().chain(seen.as_ref().ok());
        let as_approved = forms.flat_map(|text| held.iter().map(move |held| (*held, text)));
        let as_approved = as_approved.into_iter().find(|(held, text)| fitting.fits(*held, text));
        let name = as_approved.map(|((name, _), _)| name).or(held.first().map(|(name, _)| *name));
        used.extend(name.cloned());
        match (as_approved.is_some(), name, seen) {
            (true, Some(name), _) => comparison.same.entry(name.clone()).or_default().push(case.clone()),
            (false, Some(name), seen) => {
                changed.entry((name.clone(), seen)).or_default().push(case.clone());
            }
            (_, None, Ok(text)) => {
                let status = form.as_ref().map_or(0, Form::status);
                unseen.entry(text).or_insert((status, Vec::new())).1.push(case.clone());
            }
            (_, None, Err(why)) => unsteady.entry(why).or_default().push(case.clone()),
        }
    }
    comparison.changed =
        changed.into_iter().map(|((name, seen), cases)| Change { name, seen, cases }).collect();
    comparison.unseen =
        unseen.into_iter().map(|(text, (status, cases))| Unseen { status, text, cases }).collect();
    comparison.unsteady = unsteady.into_iter().collect();
    comparison.stale = stale(book, &used, observed, known);
    comparison
}

/// What nothing belongs to: a pattern that fits no case, and a snapshot all of whose cases are spoken for by others.
fn stale(book: &Book, used: &BTreeSet<SnapName>, observed: &[Observed], known: &Known) -> Vec<Stale> {
    let observed: BTreeSet<&str> = observed.iter().map(|observed| observed.case.as_str()).collect();
    let mut held: BTreeSet<&SnapName> = used.iter().collect();
    // What was not sent this time still belongs where it belongs.
    for case in known.cases.iter().filter(|case| !observed.contains(case.as_str())) {
        held.extend(book.for_case(case).into_iter().map(|(name, _)| name));
    }
    let mut stale = Vec::new();
    for (name, snap) in book.iter() {
        let dead =
            |scope: &&Scope| known.judges(scope) && !known.cases.iter().any(|case| scope.matches(case));
        let scopes: Vec<_> = snap.scopes.iter().filter(dead).cloned().collect();
        let judged = snap.scopes.iter().all(|scope| known.judges(scope));
        let whole = judged && (!held.contains(name) || scopes.len() == snap.scopes.len());
        if whole || !scopes.is_empty() {
            stale.push(Stale { name: name.clone(), scopes, whole });
        }
    }
    stale
}

/// Which texts fit which snapshots, found out once.
#[derive(Default)]
struct Fitting(HashMap<(SnapName, String), bool>);

impl Fitting {
    fn fits(&mut self, (name, snap): (&SnapName, &Snap), seen: &str) -> bool {
        let known = self.0.entry((name.clone(), seen.to_owned()));
        *known.or_insert_with(|| fits(&snap.text, seen))
    }
}
