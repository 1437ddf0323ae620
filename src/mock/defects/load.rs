//! Defects that only a load brings out: each takes so many requests, or so many at once, that no check sends them.
//!
//! They are a list of their own beside the families: a check that cannot find a defect must not be asked to, so the
//! defect matrix has none of them. A load plan names what it is there to find under `catches`. How much is too much is
//! less here than in the world, so that it can be seen in seconds instead of hours.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use super::connection::{Memory, presents, recall, remember};
use super::{Defect, defect, wave_through};
use crate::mock::edge::{Denial, Edge, Key};

/// The list.
pub(super) const UNDER_LOAD: &[Defect] = &[
    under_load(
        "pool-timeout-becomes-allow",
        "Lets every key pass for which it gets no connection to the key store in time.",
        pool_timeout_becomes_allow,
    ),
    under_load(
        "verdict-cached-per-connection",
        "Asks a connection for no key any more that has shown good ones often enough.",
        verdict_cached_per_connection,
    ),
    under_load(
        "negative-cache-too-coarse",
        "Remembers refused keys so roughly, once there are many, that good ones are among them.",
        negative_cache_too_coarse,
    ),
    under_load(
        "slow-refusal",
        "Writes refusals down one after the other, and lets whoever is refused wait for it.",
        slow_refusal,
    ),
    under_load(
        "refusals-hold-up-all",
        "Writes refusals down behind a lock that every answer waits for.",
        refusals_hold_up_all,
    ),
];

/// A defect, as the list has it.
const fn under_load(id: &'static str, what: &'static str, install: fn(&mut Edge)) -> Defect {
    defect(id, what, install)
}

/// How many connections to the key store there are.
const POOL: usize = 64;
/// After how many good keys a connection is trusted.
const TRUSTED: u32 = 20;
/// How many unknown keys a second are taken for an attack.
const ATTACK: u32 = 50;
/// How long it takes to write a refusal down.
const RECORD: Duration = Duration::from_millis(10);
/// The longest that anybody waits for it.
const PATIENCE: Duration = Duration::from_secs(1);

/// A connection to the store is held as long as a request is on its way. Whoever gets none waits, the wait ends in a
/// time-out, and a time-out is no "no".
fn pool_timeout_becomes_allow(edge: &mut Edge) {
    wave_through(edge, |edge, request| presents(edge, request) && request.site.server.places.taken() >= POOL);
}

/// Behind a proxy a connection is taken for its client, and a client that was good twenty times is good.
fn verdict_cached_per_connection(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<(u32, Arc<Key>)>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        let connection = request.site.connection;
        let (often, known) = recall(&memory, connection).map_or((0, None), |(often, key)| (often, Some(key)));
        if let Some(key) = known.filter(|_| often >= TRUSTED) {
            return Ok(key);
        }
        let key = sound(edge, request)?;
        remember(&memory, connection, (often + 1, Arc::clone(&key)));
        Ok(key)
    });
}

/// What is known of refused keys: a bit for each of sixteen kinds, and how many there were in a second.
#[derive(Debug, Default)]
struct Refused {
    kinds: u16,
    second: i64,
    count: u32,
}

/// The store is spared what was asked for in vain, but only when that happens often; and the filter in front of it is
/// smaller than the number of keys.
fn negative_cache_too_coarse(edge: &mut Edge) {
    let (sound, refused) = (Arc::clone(&edge.look_up), Mutex::<Refused>::default());
    edge.look_up = Arc::new(move |server, presented| {
        let digest = Sha256::digest(presented);
        let kind = 1_u16 << (digest.first().copied().unwrap_or(0) % 16);
        let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
        if refused.kinds & kind != 0 {
            return None;
        }
        let found = sound(server, presented);
        if found.is_none() {
            let second = server.clock.now_ms().div_euclid(1000);
            refused.count = if refused.second == second { refused.count + 1 } else { 1 };
            refused.second = second;
            if refused.count > ATTACK {
                refused.kinds |= kind;
            }
        }
        found
    });
}

/// Something that one after the other has to itself for a while.
#[derive(Debug, Default)]
struct Queue(Mutex<Option<Instant>>);

impl Queue {
    /// How long it is until whoever stands last is done, with so much more at the end.
    fn wait(&self, more: Duration) -> Duration {
        let now = Instant::now();
        let mut free_at = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let done = free_at.map_or(now, |at| at.max(now)) + more;
        *free_at = Some(done);
        done.duration_since(now).min(PATIENCE)
    }
}

/// The record of refusals must be complete and in order, so one is written behind the other before the answer goes out.
fn slow_refusal(edge: &mut Edge) {
    let (sound, queue) = (Arc::clone(&edge.render), Queue::default());
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        if matches!(denial, Denial::Refused(_)) {
            answer.took += queue.wait(RECORD);
        }
        answer
    });
}

/// One log for everything, and one lock on it.
fn refusals_hold_up_all(edge: &mut Edge) {
    let (sound, queue) = (Arc::clone(&edge.finish), Queue::default());
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        let refused = [401, 403].contains(&answer.status);
        answer.took += queue.wait(if refused { RECORD } else { Duration::ZERO });
    });
}
