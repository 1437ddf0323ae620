//! Which cases a snapshot speaks for: patterns of case ids, as few as say it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The parts of a case's id: check, environment, operation, variant.
const PARTS: usize = 4;
/// What stands for every value of a part.
const ANY: &str = "*";
/// Which parts are named, from the widest to the narrowest; the check always is.
const WIDTHS: [[bool; PARTS]; 8] = [
    [true, false, false, false],
    [true, false, false, true],
    [true, true, false, false],
    [true, false, true, false],
    [true, true, false, true],
    [true, false, true, true],
    [true, true, true, false],
    [true, true, true, true],
];

/// A pattern of case ids: parts that are named, and `*` for the others; those that are missing at the end are any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(String);

impl Scope {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let sound = !text.is_empty() && !text.starts_with(ANY) && !text.chars().any(char::is_control);
        sound.then(|| Self(text.to_owned())).ok_or_else(|| {
            format!("`{}` is not the id of a case, nor one with `*` for parts of it", text.escape_debug())
        })
    }

    /// Whether a case is among those that it speaks for.
    pub fn matches(&self, case: &str) -> bool {
        let mut parts = case.splitn(PARTS, '/');
        self.0.splitn(PARTS, '/').all(|own| parts.next().is_some_and(|part| own == ANY || own == part))
            && (self.0.ends_with("/*") || parts.next().is_none())
    }

    /// How many parts it names: where two speak for a case, the one that names more is right.
    pub fn exactness(&self) -> usize {
        self.0.splitn(PARTS, '/').filter(|part| *part != ANY).count()
    }

    /// The check that it is about.
    pub fn check(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    fn wide(case: &str, named: [bool; PARTS]) -> Self {
        let parts = case.splitn(PARTS, '/').zip(named);
        let mut parts: Vec<_> = parts.map(|(part, named)| if named { part } else { ANY }).collect();
        while let [.., ANY, ANY] = *parts {
            parts.pop();
        }
        Self(parts.join("/"))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As few patterns as speak for all of some cases, and for none of the others.
pub fn cover(cases: &BTreeSet<&str>, others: &BTreeSet<&str>) -> Vec<Scope> {
    let mut by_check: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in others {
        by_check.entry(check(case)).or_default().push(case);
    }
    let mut left = cases.clone();
    let mut scopes = Vec::new();
    while let Some(case) = left.first().copied() {
        let others = by_check.get(check(case)).map(Vec::as_slice).unwrap_or_default();
        let fits = |scope: &Scope| !others.iter().any(|other| scope.matches(other));
        let mut wide = WIDTHS.into_iter().map(|named| Scope::wide(case, named));
        let scope = wide.find(fits).unwrap_or_else(|| Scope(case.to_owned()));
        left.retain(|case| !scope.matches(case));
        left.remove(case);
        scopes.push(scope);
    }
    scopes
}

fn check(case: &str) -> &str {
    case.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(scopes: &[Scope]) -> Vec<String> {
        scopes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_check_whose_cases_are_all_alike_takes_one_pattern() {
        let cases = BTreeSet::from(["a/s/x.y/none", "a/p/x.y/none"]);
        assert_eq!(texts(&cover(&cases, &BTreeSet::from(["b/s/x.y/none"]))), ["a/*"]);
    }

    #[test]
    fn what_differs_by_one_part_is_told_by_that_part() {
        let cases = BTreeSet::from(["a/s/x.y/old", "a/s/x.z/old"]);
        assert_eq!(texts(&cover(&cases, &BTreeSet::from(["a/s/x.y/new"]))), ["a/*/*/old"]);
        assert_eq!(texts(&cover(&cases, &BTreeSet::from(["a/p/x.y/old"]))), ["a/s/*"]);
    }

    #[test]
    fn what_says_more_of_a_case_is_more_exact() {
        let exactness = |text: &str| Scope::parse(text).map(|scope| scope.exactness());
        assert_eq!(exactness("a/*"), Ok(1));
        assert_eq!(exactness("a/*/*/old"), Ok(2));
        assert_eq!(exactness("a/s/x.y/old/er"), Ok(4));
    }

    fn case() -> impl Strategy<Value = String> {
        "[ab]/[sp]/[xy][.][yz]/(none|old|new/er)"
    }

    proptest! {
        #[test]
        fn patterns_speak_for_every_case_and_for_no_other(
            cases in prop::collection::btree_set(case(), 0..12),
            others in prop::collection::btree_set(case(), 0..12),
        ) {
            let others: BTreeSet<&str> = others.difference(&cases).map(String::as_str).collect();
            let cases: BTreeSet<&str> = cases.iter().map(String::as_str).collect();
            let scopes = cover(&cases, &others);
            prop_assert!(cases.iter().all(|case| scopes.iter().any(|scope| scope.matches(case))));
            prop_assert!(!others.iter().any(|case| scopes.iter().any(|scope| scope.matches(case))));
            prop_assert!(scopes.len() <= cases.len());
            for scope in &scopes {
                prop_assert_eq!(Scope::parse(&scope.to_string()), Ok(scope.clone()));
            }
        }
    }
}
