//! What a key may do, where, and how often.

use std::sync::atomic::Ordering;

use super::Key;
use super::route::{Access, Routed, Routes};
use crate::mock::RateLimit;

/// Whether a key may use an operation: a grant names its service, or the operation itself.
pub(crate) fn permitted(key: &Key, wanted: &Routed, _routes: &Routes) -> bool {
    let (service, operation) = (wanted.id.service(), wanted.id.name());
    key.allows.iter().any(|grant| match grant.parts() {
        (granted, None) => granted == service,
        (granted, Some(name)) => granted == service && name == operation,
    })
}

/// Whether a key may use an operation that is meant for the operator: a grant names the operation itself, or
/// a service that has nothing but such operations.
pub(crate) fn administers(key: &Key, wanted: &Routed, routes: &Routes) -> bool {
    let service = wanted.id.service();
    let mut siblings = routes.all().iter().filter(|routed| routed.id.service() == service);
    let whole_service = siblings.all(|routed| routed.access == Access::Operator);
    key.allows.iter().any(|grant| match grant.parts() {
        (granted, None) => whole_service && granted == service,
        (granted, Some(name)) => granted == service && name == wanted.id.name(),
    })
}

/// Whether a key may be used in an environment.
pub(crate) fn belongs(key: &Key, environment: &str) -> bool {
    key.environments.as_ref().is_none_or(|all| all.iter().any(|one| one == environment))
}

/// Whether an object of an application is the key's own.
pub(crate) fn owns(key: &Key, owner: &str) -> bool {
    key.application.name == owner
}

/// What is left of a key's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    /// Whether this request is still within the limit.
    pub(crate) granted: bool,
    /// How many more are, in this window.
    pub(crate) left: u32,
    /// How many seconds are left of the window, at least 1.
    pub(crate) resets_in: u64,
}

/// Counts a request against its key. Fixed windows, counted from 1970 on; the window and the count share one
/// atomic number, so no lock is needed.
pub(crate) fn count(key: &Key, limit: RateLimit, now_ms: i64) -> Quota {
    let length = i64::try_from(limit.window.as_millis()).unwrap_or(i64::MAX).max(1);
    let window = u64::try_from(now_ms.div_euclid(length)).unwrap_or_default() & u64::from(u32::MAX);
    let counted = |packed: u64| if packed >> 32 == window { packed & u64::from(u32::MAX) } else { 0 };
    let next = |packed: u64| Some((window << 32) | (counted(packed) + 1).min(u64::from(u32::MAX)));
    let before =
        key.quota.fetch_update(Ordering::AcqRel, Ordering::Acquire, next).unwrap_or_else(|same| same);
    let used = u32::try_from(counted(before)).unwrap_or(u32::MAX);
    let resets_in_ms = length - now_ms.rem_euclid(length);
    Quota {
        granted: used < limit.requests,
        left: limit.requests.saturating_sub(used).saturating_sub(1),
        resets_in: u64::try_from(resets_in_ms).unwrap_or_default().div_ceil(1000).max(1),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::mock::edge::Application;

    #[test]
    fn a_window_grants_its_requests_and_the_next_one_begins_anew() {
        let key = Key::new("k", Arc::new(Application::new("a", &[])), Vec::new());
        let limit = RateLimit { requests: 2, window: Duration::from_secs(10) };
        assert_eq!(count(&key, limit, 1_000), Quota { granted: true, left: 1, resets_in: 9 });
        assert!(count(&key, limit, 2_000).granted);
        assert_eq!(count(&key, limit, 9_900), Quota { granted: false, left: 0, resets_in: 1 });
        assert!(count(&key, limit, 10_000).granted);
    }
}
