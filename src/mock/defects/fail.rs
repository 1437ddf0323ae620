//! Defects of failure: something that the guard needs is not there, and the guard takes that for a yes.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Defect, defect, presented, wave_through};
use crate::contract::RefusalKind;
use crate::mock::edge::{Denial, Edge, Key, Presented, Request};
use crate::mock::parts::{Part, StoreAnswer};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "fail-open-on-store-error",
        "Lets every key pass while the key store is not there.",
        fail_open_on_store_error,
    ),
    defect(
        "stale-verdict-when-store-is-down",
        "Accepts keys from memory while the key store is not there.",
        stale_verdict,
    ),
    defect("store-error-as-401", "Calls a key invalid that could not be looked up.", store_error_as_invalid),
    defect(
        "fail-open-on-timeout",
        "Lets every key pass that could not be looked up in time.",
        fail_open_on_timeout,
    ),
    defect("panic-skips-layer", "Goes on without its guard where that broke.", panic_skips_layer),
    defect(
        "limiter-error-skips-chain",
        "Skips the guard too where the limiter cannot be asked.",
        limiter_error_skips_chain,
    ),
    defect("unset-config-fails-open", "Takes no key for the key that is not set.", unset_config_fails_open),
    defect("auth-opt-in", "Guards only where a setting says so.", auth_opt_in),
];

/// What came of asking the store for what a request presents; nothing where there is nothing to ask for.
fn asked(edge: &Edge, request: &Request<'_>) -> Option<StoreAnswer> {
    let server = &request.site.server;
    let presented = (edge.extract)(request.head, &server.authentication.carrier);
    matches!(presented, Presented::One(_)).then(|| (edge.reach)(server).store)
}

/// The error of the connection is logged, and availability comes first.
fn fail_open_on_store_error(edge: &mut Edge) {
    wave_through(edge, |edge, request| asked(edge, request) == Some(StoreAnswer::Gone));
}

/// A time-out is no answer, and without a "no" the request goes on.
fn fail_open_on_timeout(edge: &mut Edge) {
    wave_through(edge, |edge, request| asked(edge, request) == Some(StoreAnswer::Late));
}

/// Verdicts are remembered for the day on which the store is down, and nobody said for how long.
fn stale_verdict(edge: &mut Edge) {
    let memory: Mutex<HashMap<String, Arc<Key>>> = Mutex::default();
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let answered = asked(edge, request);
        let Some(text) = presented(request) else { return sound(edge, request) };
        let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = memory.get(&text).filter(|_| answered == Some(StoreAnswer::Gone)) {
            return Ok(Arc::clone(key));
        }
        let verdict = sound(edge, request);
        if let Ok(key) = &verdict {
            memory.insert(text, Arc::clone(key));
        }
        verdict
    });
}

/// The look-up returns nothing, whether it found nothing or could not look.
fn store_error_as_invalid(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| match asked(edge, request) {
        Some(StoreAnswer::Gone) => Err(Denial::Refused(RefusalKind::Invalid)),
        Some(StoreAnswer::There | StoreAnswer::Late) | None => sound(edge, request),
    });
}

/// The guard takes the field for text and breaks where it is none; the framework catches that, logs it, and calls what
/// comes next.
fn panic_skips_layer(edge: &mut Edge) {
    wave_through(edge, |edge, request| {
        let carrier = &request.site.server.authentication.carrier;
        (edge.extract)(request.head, carrier).value().is_some_and(|value| !value.is_ascii())
    });
}

/// One handler of errors stands around the whole chain, and it forwards.
fn limiter_error_skips_chain(edge: &mut Edge) {
    wave_through(edge, |_, request| request.site.server.parts.lacks(Part::Limiter));
}

/// The guard is a feature, and features are off until they are switched on.
fn auth_opt_in(edge: &mut Edge) {
    edge.guards = Arc::new(|server| !server.parts.lacks(Part::Guard));
}

/// What is sent is compared with what is configured, and nothing equals nothing.
fn unset_config_fails_open(edge: &mut Edge) {
    wave_through(edge, |edge, request| {
        let server = &request.site.server;
        let presented = (edge.extract)(request.head, &server.authentication.carrier);
        server.parts.lacks(Part::Key) && matches!(presented, Presented::Absent | Presented::Empty)
    });
}
