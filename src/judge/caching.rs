//! Whether a cache could give an answer to whoever sends another key, and whether an answer is an earlier one's copy.

use super::{Compare, Evidence, Finding, Judgement, Reading, same};
use crate::document::HeaderName;

/// An answer is not stored, or for one client alone, or varies with the field that carries the key.
pub(super) fn varies(name: &HeaderName, reading: &Reading<'_>) -> Judgement {
    let listed = |field: &str, wanted: &[&str]| {
        let words = reading.answer.header(field).flat_map(|line| line.split(','));
        words.map(str::trim).any(|word| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
    };
    if listed("cache-control", &["no-store", "private"]) {
        return Judgement::new(Finding::Holds, "no shared cache may store it");
    }
    if listed("vary", &["*", name.as_str()]) {
        return Judgement::new(Finding::Holds, format!("varies with {name}"));
    }
    let said = |field: &str| {
        let lines: Vec<_> = reading.answer.header(field).collect();
        if lines.is_empty() { format!("no {field}") } else { format!("{field}: {}", lines.join(", ")) }
    };
    Judgement::new(Finding::Broken, format!("{}, {}", said("Cache-Control"), said("Vary")))
}

/// An answer is not the one to an earlier step once more. Where even two answers that cannot be copies of each other are
/// the same, nothing can be told.
pub(super) fn differs(
    (step, like): (usize, usize),
    reading: &Reading<'_>,
    evidence: &Evidence<'_>,
) -> Judgement {
    let earlier = |step: usize| {
        let exchange = step.checked_sub(1).and_then(|at| evidence.earlier.get(at));
        exchange.and_then(|exchange| exchange.answer.as_ref()).map(Reading::of)
    };
    let (Some(first), Some(other)) = (earlier(step), earlier(like)) else {
        return Judgement::new(Finding::Unclear, "there is nothing to compare it with");
    };
    let is_told = |one: &Reading<'_>, other: &Reading<'_>| {
        same::difference(one, other, &Compare::StatusAndBody, evidence.volatile).is_some()
    };
    if is_told(&first, reading) {
        Judgement::new(Finding::Holds, format!("another answer than to step {step}"))
    } else if is_told(&first, &other) {
        Judgement::new(Finding::Broken, format!("the answer to step {step} once more"))
    } else {
        let why = "two acceptances of this operation are the same in any case, so a copy cannot be told";
        Judgement::new(Finding::Unclear, why)
    }
}
