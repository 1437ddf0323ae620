//! How often an operation may be called: by one key, and with wrong keys by one client. And how many requests may be on
//! their way at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::permission::Quota;
use super::{Denial, Request, Route};
use crate::contract::Limit;
use crate::mock::RateLimit;

/// The most that one meter remembers. What is over is forgotten first; what is not over is never forgotten, so that nobody
/// gets around a limit by filling the meter of others.
const REMEMBERED: usize = 10_000;

/// Counts by who is counted, in fixed windows from 1970 on.
#[derive(Debug)]
pub(crate) struct Meter<T>(Mutex<HashMap<T, Count>>);

/// What is counted in a window, which may be longer than that of others.
#[derive(Clone, Copy, Debug)]
struct Count {
    /// The end of the window, in milliseconds since 1970.
    ends_ms: i64,
    used: u32,
}

impl<T> Default for Meter<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Eq + Hash> Meter<T> {
    /// Counts one more; what is left behind it. Whoever cannot be counted has nothing left.
    pub(crate) fn count(&self, who: T, limit: RateLimit, now_ms: i64) -> Quota {
        let (ends_ms, resets_in) = window(limit, now_ms);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= REMEMBERED && !counts.contains_key(&who) {
            counts.retain(|_, count| count.ends_ms > now_ms);
            if counts.len() >= REMEMBERED {
                return Quota { granted: false, left: 0, resets_in };
            }
        }
        let count = counts.entry(who).or_insert(Count { ends_ms, used: 0 });
        if count.ends_ms != ends_ms {
            *count = Count { ends_ms, used: 0 };
        }
        let granted = count.used < limit.requests;
        count.used = count.used.saturating_add(1);
        Quota { granted, left: limit.requests.saturating_sub(count.used), resets_in }
    }

    /// How many seconds are left of the window, where its count is used up.
    pub(crate) fn spent(&self, who: &T, limit: RateLimit, now_ms: i64) -> Option<u64> {
        let (ends_ms, resets_in) = window(limit, now_ms);
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts
            .get(who)
            .is_some_and(|count| count.ends_ms == ends_ms && count.used >= limit.requests)
            .then_some(resets_in)
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// The end of a window, and how many seconds are left of it, at least 1.
fn window(limit: RateLimit, now_ms: i64) -> (i64, u64) {
    let length = i64::try_from(limit.window.as_millis()).unwrap_or(i64::MAX).max(1);
    let left = length - now_ms.rem_euclid(length);
    (now_ms.saturating_add(left), u64::try_from(left).unwrap_or_default().div_ceil(1000).max(1))
}

/// A limit as the contract declares it.
pub(crate) fn declared(limit: &Limit) -> RateLimit {
    RateLimit { requests: limit.requests, window: limit.window() }
}

/// An operation and who calls it, by a name.
pub(crate) type Caller = (usize, String);

/// Who calls an operation, by a name; nothing where the request leads to none.
pub(crate) fn caller(request: &Request<'_>, name: String) -> Option<Caller> {
    match request.route {
        Route::Operation(index, _) => Some((*index, name)),
        Route::WrongMethod(_) | Route::Unknown => None,
    }
}

/// What counts as one client: the address that the connection comes from, and nothing that a request says of itself.
pub(super) fn client(request: &Request<'_>) -> String {
    request.site.peer.map_or_else(String::new, |address| address.to_string())
}

/// What becomes of a refusal: whoever guessed too often is told to come back later. Whoever has a key that works never
/// gets here, so nobody can be locked out by the guesses of others at the same address.
pub(super) fn guessed(request: &Request<'_>, client: String, denial: Denial) -> Denial {
    let limit = request.operation().and_then(|operation| operation.limits.guesses.as_ref());
    let (Some(limit), Some(who)) = (limit, caller(request, client)) else { return denial };
    let now_ms = request.site.server.clock.now_ms();
    let quota = request.site.data.guesses.count(who, declared(limit), now_ms);
    if quota.granted { denial } else { Denial::TooMany(quota.resets_in) }
}

/// Places for requests on their way: taken by those that were let through, until they are answered.
#[derive(Debug)]
pub(crate) struct Places {
    taken: Arc<AtomicUsize>,
    all: usize,
}

/// A place that is taken.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

impl Places {
    /// So many places.
    pub(crate) fn new(all: usize) -> Self {
        Self { taken: Arc::default(), all }
    }

    /// Takes one, whether or not there is one: who may come in is decided before.
    pub(crate) fn take(&self) -> Place {
        self.taken.fetch_add(1, Ordering::AcqRel);
        Place(Arc::clone(&self.taken))
    }

    /// Whether all are taken.
    pub(crate) fn are_taken(&self) -> bool {
        self.taken() >= self.all
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Acquire)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn everybody_is_counted_by_themselves_and_anew_in_every_window() {
        let meter = Meter::default();
        let limit = RateLimit { requests: 2, window: Duration::from_secs(10) };
        assert_eq!(meter.count("a", limit, 1_000), Quota { granted: true, left: 1, resets_in: 9 });
        assert_eq!(meter.count("a", limit, 2_000), Quota { granted: true, left: 0, resets_in: 8 });
        assert_eq!(meter.spent(&"a", limit, 2_000), Some(8));
        assert!(!meter.count("a", limit, 9_900).granted);
        assert!(meter.count("b", limit, 9_900).granted);
        assert_eq!(meter.spent(&"a", limit, 10_000), None);
        assert!(meter.count("a", limit, 10_000).granted);
    }

    #[test]
    fn a_limit_is_not_passed_by_filling_the_meter() {
        let meter = Meter::default();
        let limit = |seconds| RateLimit { requests: 1, window: Duration::from_secs(seconds) };
        assert!(meter.count(0, limit(60), 0).granted);
        for who in 1..=2 * REMEMBERED {
            meter.count(who, limit(1), 0);
        }
        assert!(!meter.count(0, limit(60), 0).granted, "it is counted as before");
        assert!(!meter.count(usize::MAX, limit(1), 0).granted, "there is no room to count it");
        // The short windows are over, and make room; the long one is not.
        assert!(meter.count(usize::MAX, limit(1), 1_000).granted);
        assert!(!meter.count(0, limit(60), 1_000).granted);
    }

    #[test]
    fn a_place_is_free_again_when_it_is_left() {
        let places = Places::new(1);
        let place = places.take();
        assert!(places.are_taken());
        drop(place);
        assert!(!places.are_taken());
    }
}
