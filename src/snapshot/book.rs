//! Everything that was approved.

use std::collections::BTreeMap;

use super::file::Snap;
use super::name::SnapName;
use super::scope::Scope;

/// The approved snapshots, by name.
#[derive(Clone, Debug, Default)]
pub struct Book {
    snaps: BTreeMap<SnapName, Snap>,
    /// Which of them speak for cases of a check.
    by_check: BTreeMap<String, Vec<SnapName>>,
}

impl Book {
    /// Puts snapshots together.
    pub fn new(snaps: BTreeMap<SnapName, Snap>) -> Self {
        let mut by_check: BTreeMap<String, Vec<SnapName>> = BTreeMap::new();
        for (name, snap) in &snaps {
            for scope in &snap.scopes {
                let names = by_check.entry(scope.check().to_owned()).or_default();
                if names.last() != Some(name) {
                    names.push(name.clone());
                }
            }
        }
        Self { snaps, by_check }
    }

    /// A snapshot.
    pub fn get(&self, name: &SnapName) -> Option<&Snap> {
        self.snaps.get(name)
    }

    /// Every snapshot, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&SnapName, &Snap)> {
        self.snaps.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.snaps.len()
    }

    /// Whether nothing was approved yet.
    pub fn is_empty(&self) -> bool {
        self.snaps.is_empty()
    }

    /// A snapshot that speaks for some of the cases that these patterns are about.
    pub fn speaking_for(&self, scopes: &[Scope]) -> Option<(&SnapName, &Snap)> {
        scopes.iter().find_map(|scope| self.for_case(&scope.to_string()).into_iter().next())
    }

    /// The snapshots that speak for a case most exactly; where there are several, one of them is to fit.
    pub(super) fn for_case(&self, case: &str) -> Vec<(&SnapName, &Snap)> {
        let check = case.split('/').next().unwrap_or_default();
        let names = self.by_check.get(check).map(Vec::as_slice).unwrap_or_default();
        let mut found = Vec::new();
        let mut most = 0;
        for name in names {
            let Some((name, snap)) = self.snaps.get_key_value(name) else { continue };
            let matching = snap.scopes.iter().filter(|scope| scope.matches(case));
            let exactness = matching.map(Scope::exactness).max().unwrap_or(0);
            if exactness > most {
                found.clear();
                most = exactness;
            }
            if exactness == most && exactness > 0 {
                found.push((name, snap));
            }
        }
        found
    }
}
