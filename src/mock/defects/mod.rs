//! Everything that can be wrong with an edge, one item each, so that the harness can be shown to notice.
//!
//! A defect replaces or wraps one stage of the pipeline and leaves every other alone. To add one, write it in
//! the file of its family and put its name into that family's list.

use super::edge::Edge;

/// One thing that is wrong with an edge.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Its name: part of the interface, never changed.
    pub id: &'static str,
    /// What the server does wrong, in a sentence.
    pub what: &'static str,
    pub(crate) install: fn(&mut Edge),
}

/// Every defect, in a stable order.
pub fn all() -> impl Iterator<Item = &'static Defect> {
    FAMILIES.iter().copied().flatten()
}

/// The defect of a name.
pub fn find(id: &str) -> Option<&'static Defect> {
    all().find(|defect| defect.id == id)
}

/// The families, each a list in a file of its own.
const FAMILIES: &[&[Defect]] = &[];
