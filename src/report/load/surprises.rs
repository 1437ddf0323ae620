//! What nobody wanted to see: the first that looks as it does, of each kind and class, in full.

use std::collections::BTreeSet;

use super::super::evidence::{self, Limits};
use super::super::page::{Ink, Page};
use crate::outcome::WrongKind;
use crate::outcome::load::{LoadResult, Surprise};

/// How much is shown of an exchange.
const LIMITS: Limits = Limits { headers: 12, lines: 12, width: 2_000 };

/// The first surprise of each kind in each class that looks as it does, the gravest first. How many are kept of a kind
/// is bounded where they are found.
pub(super) fn surprises(result: &LoadResult, page: &mut Page) {
    for surprise in telling(result) {
        one(surprise, page);
    }
}

/// The surprises that tell something new, the gravest first.
pub(in crate::report) fn telling(result: &LoadResult) -> Vec<&Surprise> {
    let mut seen = BTreeSet::new();
    let mut all: Vec<&Surprise> = result.surprises.iter().collect();
    all.sort_by_key(|one| (one.kind, one.at_ms));
    all.retain(|one| seen.insert((one.kind, &one.class, one.actual.as_str())));
    all
}

fn one(surprise: &Surprise, page: &mut Page) {
    let (ink, mark) = if surprise.kind.is_wrong() { (Ink::Bad, "WRONG") } else { (Ink::Doubt, "?") };
    page.gap();
    let title =
        format!("{mark}  {} in `{}`, after {} ms", surprise.kind.as_str(), surprise.class, surprise.at_ms);
    page.paragraph(0, 5, (ink, &title));
    let expected = if surprise.kind == WrongKind::Surplus { "nothing" } else { surprise.expected.as_str() };
    page.field("expected", (Ink::Plain, expected));
    page.field("actual", (Ink::Plain, surprise.actual.as_str()));
    for (label, lines) in surprise.exchange.iter().flat_map(|exchange| evidence::of(exchange, LIMITS)) {
        page.evidence(&label, &lines);
    }
}
