//! Defects of a key's life: what is remembered of a key longer than it is true, and instants that are compared wrongly.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Defect, defect, presented};
use crate::contract::RefusalKind;
use crate::mock::edge::{Denial, Edge, Key, KeyTest, expired};
use crate::mock::parts::Part;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("expiry-gt-instead-of-gte", "Accepts a key at the very instant of its expiry.", expiry_by_gt),
    defect("expiry-by-date", "Accepts a key until the end of the day on which it expires.", expiry_by_date),
    defect("expiry-local-time", "Takes the instant of an expiry for local time.", expiry_in_local_time),
    defect(
        "expiry-forgotten-per-connection",
        "Accepts an expired key on a connection on which it was accepted before.",
        expiry_forgotten_per_connection,
    ),
    defect(
        "verdict-cache-ignores-expiry",
        "Accepts a key that was accepted before for five minutes, expired or not.",
        verdict_cache_ignores_expiry,
    ),
    defect(
        "positive-cache-5m",
        "Accepts a key that was accepted before for five minutes, revoked or not.",
        positive_cache,
    ),
    defect(
        "per-process-cache",
        "Tells of a revocation only the node that takes it; the others go on as before.",
        per_process_cache,
    ),
    defect("delete-misses-cache", "Accepts a key that was used before it was deleted.", delete_misses_cache),
    defect("scope-cached", "Lets a key do for five minutes what it was once allowed.", scope_cached),
    defect(
        "negative-cache-5m",
        "Refuses a key for five minutes that was tried before it was issued.",
        negative_cache,
    ),
    defect(
        "rotation-kills-new-key",
        "Withdraws with one key every key that its application was issued.",
        rotation_kills_new_key,
    ),
];

/// How long verdicts are remembered.
const FIVE_MINUTES_MS: i64 = 300_000;
const DAY_MS: i64 = 86_400_000;

/// Something remembered by something.
type Memory<K, V> = Mutex<BTreeMap<K, V>>;

fn recall<K: Ord, V: Clone>(memory: &Memory<K, V>, key: &K) -> Option<V> {
    memory.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn remember<K: Ord, V>(memory: &Memory<K, V>, key: K, value: V) {
    memory.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
}

fn expires_ms(key: &Key) -> i64 {
    key.expires_at.load(Ordering::Acquire)
}

/// `now > expires_at`: nobody thought of the instant itself.
fn expiry_by_gt(edge: &mut Edge) {
    edge.expired = Arc::new(|key, now_ms| now_ms > expires_ms(key));
}

/// The column is a date, and a key is good on its last day.
fn expiry_by_date(edge: &mut Edge) {
    edge.expired = Arc::new(|key, now_ms| now_ms.div_euclid(DAY_MS) > expires_ms(key).div_euclid(DAY_MS));
}

/// The instant is kept as text without its zone, and read back by a process that has one of its own.
fn expiry_in_local_time(edge: &mut Edge) {
    edge.expired = Arc::new(|_, _| false);
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let server = &request.site.server;
        let key = sound(edge, request)?;
        let local_ms = server.clock.now_ms().saturating_add(server.parts.zone_ms());
        if expired(&key, local_ms) { Err(Denial::Refused(RefusalKind::Expired)) } else { Ok(key) }
    });
}

/// The connection is authenticated, and from then on only asked whether it is still the same key.
fn expiry_forgotten_per_connection(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<(u64, String), Arc<Key>>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        let decided = sound(edge, request);
        // As those do that authenticate connections: the client asks for it to be kept.
        let kept = request.head.lists("connection", "keep-alive");
        let Some(text) = presented(request).filter(|_| kept) else { return decided };
        let place = (request.site.connection, text);
        match decided {
            Ok(key) => {
                remember(&memory, place, Arc::clone(&key));
                Ok(key)
            }
            Err(Denial::Refused(RefusalKind::Expired)) => {
                recall(&memory, &place).ok_or(Denial::Refused(RefusalKind::Expired))
            }
            Err(denial) => Err(denial),
        }
    });
}

/// Answers a test with "no" for five minutes, once that was its answer.
fn no_for_a_while(sound: KeyTest) -> KeyTest {
    let memory = Memory::<String, i64>::default();
    Arc::new(move |key, now_ms| {
        let since_ms = recall(&memory, &key.credential);
        if since_ms.is_some_and(|since_ms| now_ms < since_ms.saturating_add(FIVE_MINUTES_MS)) {
            return false;
        }
        let holds = sound(key, now_ms);
        if !holds {
            remember(&memory, key.credential.clone(), now_ms);
        }
        holds
    })
}

/// The verdict is cached with a time to live of its own, and the key's is not among what is looked at.
fn verdict_cache_ignores_expiry(edge: &mut Edge) {
    edge.expired = no_for_a_while(Arc::clone(&edge.expired));
}

/// The look-up is cached, and the revocation goes to the database.
fn positive_cache(edge: &mut Edge) {
    edge.revoked = no_for_a_while(Arc::clone(&edge.revoked));
}

/// Every process has a cache, and a revocation empties that of the process which takes it: the first.
fn per_process_cache(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<(usize, String), Arc<Key>>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        let decided = sound(edge, request);
        let node = request.site.node;
        let Some(text) = presented(request).filter(|_| node > 0) else { return decided };
        match decided {
            Ok(key) => {
                remember(&memory, (node, text), Arc::clone(&key));
                Ok(key)
            }
            Err(Denial::Refused(RefusalKind::Revoked)) => {
                recall(&memory, &(node, text)).ok_or(Denial::Refused(RefusalKind::Revoked))
            }
            Err(denial) => Err(denial),
        }
    });
}

/// A revocation empties the cache; deleting the row was added later.
fn delete_misses_cache(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.look_up), Memory::<Vec<u8>, Arc<Key>>::default());
    edge.look_up = Arc::new(move |server, presented| {
        if let Some(key) = sound(server, presented) {
            remember(&memory, presented.to_vec(), Arc::clone(&key));
            return Some(key);
        }
        // What runs without its keys was started again, and remembers nothing.
        recall(&memory, &presented.to_vec()).filter(|_| !server.parts.lacks(Part::Key))
    });
}

/// Permissions are resolved once and kept beside the session.
fn scope_cached(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.permission), Memory::<(String, String), ()>::default());
    edge.permission = Arc::new(move |key, wanted, routes| {
        let place = (key.credential.clone(), wanted.id.to_string());
        let permitted = sound(key, wanted, routes) || recall(&memory, &place).is_some();
        if permitted {
            remember(&memory, place, ());
        }
        permitted
    });
}

/// Unknown keys are remembered, so that guessing costs no look-up.
fn negative_cache(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.look_up), Memory::<Vec<u8>, i64>::default());
    edge.look_up = Arc::new(move |server, presented| {
        let now_ms = server.clock.now_ms();
        let since_ms = recall(&memory, &presented.to_vec());
        if since_ms.is_some_and(|since_ms| now_ms < since_ms.saturating_add(FIVE_MINUTES_MS)) {
            return None;
        }
        let found = sound(server, presented);
        if found.is_none() && !server.parts.lacks(Part::Key) {
            remember(&memory, presented.to_vec(), now_ms);
        }
        found
    });
}

/// The last step of an exchange withdraws "the application's other keys", and has read which is the new one before it was
/// issued.
fn rotation_kills_new_key(edge: &mut Edge) {
    let sound = Arc::clone(&edge.withdraw);
    edge.withdraw = Arc::new(move |keys, key| {
        sound(keys, key);
        keys.issued_to(&key.application.name).iter().for_each(|other| sound(keys, other));
    });
}
