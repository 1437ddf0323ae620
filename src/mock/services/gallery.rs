//! The people that an environment knows, each belonging to the application that enrolled them.

use std::collections::{BTreeMap, HashMap};

use super::vector::Face;

/// The most people that one environment keeps; beyond it the longest enrolled make room.
const LARGEST: usize = 10_000;

/// Somebody.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Subject {
    /// The application that enrolled them.
    pub(super) owner: String,
    /// What that application calls them.
    pub(super) external_id: String,
    /// Their face.
    pub(super) face: Face,
}

/// Everybody whom an environment knows, in the order of their enrolment.
#[derive(Debug, Default)]
pub(crate) struct Gallery {
    enrolled: u64,
    subjects: BTreeMap<u64, (String, Subject)>,
    numbers: HashMap<String, u64>,
}

impl Gallery {
    /// Enrols somebody under an id.
    pub(super) fn enrol(&mut self, id: &str, subject: Subject) {
        if self.subjects.len() >= LARGEST
            && let Some((_, (oldest, _))) = self.subjects.pop_first()
        {
            self.numbers.remove(&oldest);
        }
        self.enrolled += 1;
        self.numbers.insert(id.to_owned(), self.enrolled);
        self.subjects.insert(self.enrolled, (id.to_owned(), subject));
    }

    /// Somebody by their id, whoever enrolled them.
    pub(super) fn find(&self, id: &str) -> Option<&Subject> {
        self.subjects.get(self.numbers.get(id)?).map(|(_, subject)| subject)
    }

    /// Forgets somebody.
    pub(super) fn delete(&mut self, id: &str) {
        if let Some(number) = self.numbers.remove(id) {
            self.subjects.remove(&number);
        }
    }

    /// The people of one application who look like a face, the most alike first.
    pub(super) fn identify(&self, owner: &str, probe: &Face, least: f64) -> Vec<(&str, &Subject, f64)> {
        let own = self.subjects.values().filter(|(_, subject)| subject.owner == owner);
        let compared = own.map(|(id, subject)| (id.as_str(), subject, subject.face.similarity(probe)));
        let mut alike: Vec<_> = compared.filter(|(_, _, similarity)| *similarity >= least).collect();
        alike.sort_by(|left, right| right.2.total_cmp(&left.2));
        alike
    }

    /// How many people it knows.
    pub(crate) fn len(&self) -> usize {
        self.subjects.len()
    }

    /// Forgets everybody.
    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
