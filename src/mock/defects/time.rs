//! Defects of time: how long an answer takes tells what it does not say, or costs more than it should.
//!
//! The faults are those of the world; how long each takes is made larger, so that they can be seen in seconds instead of
//! hours.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Defect, defect};
use crate::contract::RefusalKind;
use crate::mock::edge::{Denial, Edge};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "naive-compare",
        "Compares keys character by character, up to the first that differs.",
        naive_compare,
    ),
    defect("db-hit-only-if-exists", "Asks the database a second time for keys that it knows.", second_query),
    defect("expensive-deny", "Hashes every key that does not work with a slow function.", expensive_deny),
];

/// What a key is refused for that is in no cache.
const UNCACHED: [RefusalKind; 5] = [
    RefusalKind::Invalid,
    RefusalKind::Expired,
    RefusalKind::Revoked,
    RefusalKind::Disabled,
    RefusalKind::NotYetValid,
];

/// How long one comparison of two characters takes.
const COMPARISON: Duration = Duration::from_micros(20);
/// How long a query takes.
const QUERY: Duration = Duration::from_micros(600);
/// How long the slow hash takes.
const HASH: Duration = Duration::from_millis(15);

/// `stored == presented`, for every key in the table. What all keys begin with is cut off before.
fn naive_compare(edge: &mut Edge) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up = Arc::new(move |server, presented| {
        let known = server.ledger.key(|stored| is_same(stored, presented));
        // Keys that were issued since are in a table of their own, which is looked at as it should be.
        sound(server, known.as_ref().map_or(presented, |known| known.as_bytes()))
    });
}

/// Whether two keys are the same, the way it is written down first.
fn is_same(stored: &str, presented: &[u8]) -> bool {
    let public = stored.rfind('_').map_or(0, |at| at + 1);
    let of_a_length = stored.len() == presented.len();
    let mut pairs = stored.bytes().zip(presented).skip(public);
    of_a_length
        && pairs.all(|(one, other)| {
            busy(COMPARISON);
            one == *other
        })
}

/// The row of the key is found, and only then its application's is asked for.
fn second_query(edge: &mut Edge) {
    let sound = Arc::clone(&edge.revoked);
    edge.revoked = Arc::new(move |key, now_ms| {
        busy(QUERY);
        sound(key, now_ms)
    });
}

/// Keys that work are in a cache; whatever is not there is hashed as a password would be. That is done elsewhere, so
/// only whoever asked waits for it.
fn expensive_deny(edge: &mut Edge) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        if matches!(denial, Denial::Refused(kind) if UNCACHED.contains(kind)) {
            answer.took += HASH;
        }
        answer
    });
}

/// Computes for a while.
fn busy(time: Duration) {
    let began = Instant::now();
    while began.elapsed() < time {
        std::hint::spin_loop();
    }
}
