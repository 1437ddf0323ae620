//! Everything that can be different about a sound server without being wrong, one item each, so that the
//! harness can be shown to leave it alone.
//!
//! A variant is what other servers really do and what their specification leaves open. To add one, write it in
//! the file of its family and put it into that family's list.

mod content;
mod fields;
mod writing;

use std::sync::Arc;

use super::edge::{Edge, Seal};
use super::message::Answer;
use super::{Config, Http2};
use crate::contract::Contract;

/// One thing that is different about a server, and not wrong.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name: part of the interface, never changed.
    pub id: &'static str,
    /// What the server does, in a sentence.
    pub what: &'static str,
    change: Change,
}

/// Where a variant differs.
#[derive(Clone, Copy, Debug)]
enum Change {
    /// In a stage of the edge.
    Edge(fn(&mut Edge)),
    /// In where HTTP/2 is spoken.
    Http2(Http2),
    /// In what its contract declares.
    Contract(fn(&mut Contract)),
}

impl Variant {
    /// Makes a configuration one of this variant. The contract may change with it: whoever judges the server must
    /// hold it to the changed one.
    pub fn apply(&'static self, config: &mut Config) {
        match self.change {
            Change::Edge(_) => config.variants.push(self),
            Change::Http2(http2) => config.http2 = http2,
            Change::Contract(change) => change(&mut config.contract),
        }
    }

    /// Changes the edge, where that is what differs.
    pub(crate) fn install(&self, edge: &mut Edge) {
        if let Change::Edge(change) = self.change {
            change(edge);
        }
    }
}

/// Every variant, in a stable order.
pub fn all() -> impl Iterator<Item = &'static Variant> + Clone {
    [content::FAMILY, fields::FAMILY, writing::FAMILY].into_iter().flatten()
}

/// The variant of a name.
pub fn find(id: &str) -> Option<&'static Variant> {
    all().find(|variant| variant.id == id)
}

/// A variant of the edge, as its family lists it.
const fn variant(id: &'static str, what: &'static str, change: fn(&mut Edge)) -> Variant {
    Variant { id, what, change: Change::Edge(change) }
}

/// Changes every answer after the sound edge has finished it.
fn retouch(edge: &mut Edge, touch: impl Fn(&Seal<'_>, &mut Answer) + Send + Sync + 'static) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        touch(seal, answer);
    });
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_variant_has_a_name_of_its_own_and_says_what_it_does() {
        let names: BTreeSet<_> = all().map(|variant| variant.id).collect();
        assert_eq!(names.len(), all().count());
        for variant in all() {
            assert!(variant.what.ends_with('.'), "{}", variant.id);
            assert!(find(variant.id).is_some_and(|found| found.what == variant.what));
        }
    }
}
