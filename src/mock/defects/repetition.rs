//! Defects of repetition: whose idempotency key it is, and what it was used for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Defect, defect};
use crate::mock::edge::{At, Edge, Passage, Request, Step};
use crate::mock::message::Answer;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "idempotency-global",
        "Gives one application's answer to another that sends the same idempotency key.",
        idempotency_global,
    ),
    defect(
        "idempotency-before-auth",
        "Answers a known idempotency key before it asks for a key.",
        idempotency_before_auth,
    ),
    defect(
        "idempotency-ignores-body",
        "Takes another request for a repetition if it has the same idempotency key.",
        idempotency_ignores_body,
    ),
];

/// The table of what was done has a column for the idempotency key, and none for whose it is.
fn idempotency_global(edge: &mut Edge) {
    edge.repetition.owner = |_| "";
}

/// The idempotency key is the whole key of the table.
fn idempotency_ignores_body(edge: &mut Edge) {
    edge.repetition.payload = |_| [0; 32];
}

/// A middleware that was put in front of everything, the guard included, so that repetitions cost nothing.
fn idempotency_before_auth(edge: &mut Edge) {
    let known: Arc<Mutex<BTreeMap<String, Answer>>> = Arc::default();
    let table = Arc::clone(&known);
    let step: Step = Arc::new(move |_: &Edge, passage: &mut Passage<'_>| {
        let table = table.lock().unwrap_or_else(PoisonError::into_inner);
        let done = place(&passage.request).and_then(|place| table.get(&place));
        done.map_or(Ok(()), |answer| Err(answer.clone().into()))
    });
    edge.insert_before(At::Key, At::Extra, step);
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        let place = seal.request.as_ref().filter(|_| answer.status < 300).and_then(place);
        if let Some(place) = place {
            known.lock().unwrap_or_else(PoisonError::into_inner).insert(place, answer.clone());
        }
    });
}

/// The environment, the path and the idempotency key, where the operation honours one.
fn place(request: &Request<'_>) -> Option<String> {
    let name = request.operation()?.idempotency.as_deref()?;
    let given = request.head.text(name)?;
    Some(format!("{} {} {given}", request.site.environment, request.head.target.path))
}
