//! The scan proves itself: it finds the key in everything that is shipped with one, and nothing where there is none.

mod artefacts;

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use indexmap::IndexMap;

use super::matrix::{Alarm, Matrix};
use super::stage::Fixture;
use crate::contract::Secret;
use crate::outcome::Verdict;
use crate::redact::Redactor;
use crate::scan::{Event, KeyPattern, Place, Walker, Wanted, What};
use artefacts::Artefact;

/// Whose key is shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// One of the contract's.
    OfTheContract,
    /// One that the contract does not know, and that looks like one.
    OfNobody,
}

impl Whose {
    /// Whether a find says that it is this key.
    fn is(self, what: &What) -> bool {
        match what {
            What::Key { .. } => self == Self::OfTheContract,
            What::Pattern => self == Self::OfNobody,
        }
    }
}

/// What the scan came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Shipped {
    /// The check that found the key, by artefact.
    pub(super) found: IndexMap<String, String>,
    /// Artefacts in which the key was not found, or not once, or not as what it is.
    pub(super) missed: Vec<String>,
    /// What was found where there is no key.
    pub(super) alarms: Vec<Alarm>,
}

impl Shipped {
    /// Enters it into the matrix.
    pub(super) fn enter(self, matrix: &mut Matrix) {
        matrix.shipped = self.found;
        matrix.overlooked = self.missed;
        matrix.false_alarms.extend(self.alarms);
    }
}

/// The artefact with an id.
pub(super) fn find(id: &str) -> Option<&'static Artefact> {
    artefacts::ALL.iter().find(|artefact| artefact.id == id)
}

/// Scans every artefact, with a key in it and without.
pub(super) fn prove(fixture: &Fixture) -> Shipped {
    let mut shipped = Shipped::default();
    let keys = Redactor::new(&fixture.keyring);
    let pattern = fixture.contract.authentication.key_pattern.as_ref();
    let pattern = pattern.and_then(|pattern| KeyPattern::new(pattern.as_str()).ok());
    let wanted = Wanted::new(&keys, pattern, BTreeSet::new());
    let key = key(fixture);
    for artefact in artefacts::ALL {
        let planted = match artefact.whose {
            Whose::OfTheContract => key.to_owned(),
            Whose::OfNobody => stranger(key),
        };
        let id = artefact.id.to_owned();
        match &*finds(&wanted, artefact, &planted) {
            [what] if artefact.whose.is(what) => _ = shipped.found.insert(id, what.check().to_owned()),
            _ => shipped.missed.push(id),
        }
        let alarms = finds(&wanted, artefact, HARMLESS).into_iter().map(|what| Alarm {
            server: format!("{} without a key", artefact.id),
            case: Some(what.check().to_owned()),
            verdict: Verdict::Fail.to_string(),
            actual: "a key was found".to_owned(),
        });
        shipped.alarms.extend(alarms);
    }
    shipped
}

/// A key of the contract: one of those that look like keys of this API, where it says what they look like.
fn key(fixture: &Fixture) -> &str {
    let pattern = fixture.contract.authentication.key_pattern.as_ref();
    let names = fixture.contract.credentials.keys();
    let mut keys = names.filter_map(|name| fixture.keyring.key(name.as_str())).map(Secret::expose);
    keys.find(|key| pattern.is_none_or(|pattern| pattern.regex().is_match(key))).unwrap_or_default()
}

/// What stands where a key would: as long, and no key.
const HARMLESS: &str = "the-settings-are-fetched-from-the-server";

/// Another key of the same form: its last characters are others, each of the same kind.
fn stranger(key: &str) -> String {
    let kept = key.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| at + 1);
    let other = |(at, c): (usize, char)| match c {
        '0'..='9' if at >= kept => '7',
        'a'..='z' if at >= kept => 'q',
        'A'..='Z' if at >= kept => 'Q',
        c => c,
    };
    key.chars().enumerate().map(other).collect()
}

/// Whatever is found in an artefact.
fn finds(wanted: &Wanted, artefact: &Artefact, planted: &str) -> Vec<What> {
    let content = (artefact.build)(planted);
    let (stop, mut found) = (AtomicBool::new(false), Vec::new());
    let mut hear = |event| {
        if let Event::Found(finding) = event {
            found.push(finding.what);
        }
    };
    let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
    let place = Place::of_file(artefact.id.to_owned());
    Walker::new(wanted, &stop, &mut hear).walk(place, length, &mut &*content);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_key_is_of_the_same_form_and_another() {
        assert_eq!(stranger("lp_any_Qm7tR2xV"), "lp_any_Qq7qQ7qQ");
        assert_eq!(stranger("0-A1"), "0-Q7");
        assert_eq!(stranger(""), "");
    }

    #[test]
    fn every_artefact_has_an_id_of_its_own_and_holds_what_it_is_built_around() {
        let ids: BTreeSet<_> = artefacts::ALL.iter().map(|artefact| artefact.id).collect();
        assert_eq!(ids.len(), artefacts::ALL.len());
        for artefact in artefacts::ALL {
            assert_eq!(find(artefact.id).map(|found| found.what), Some(artefact.what));
            assert_ne!(
                (artefact.build)("lp_any_Qm7tR2xVb9Lk"),
                (artefact.build)(HARMLESS),
                "{}",
                artefact.id
            );
        }
    }
}
