//! Defects of limits: of what a key may use up, of guessing, and of what happens when there is too much of everything.

use std::sync::Arc;

use super::{Defect, defect, nobody};
use crate::contract::RefusalKind;
use crate::mock::edge::{At, Denial, Edge, Passage, Request, Step, Stop, caller, declared};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("429-without-retry-after", "Does not say when to come back.", without_retry_after),
    defect(
        "quota-as-403",
        "Refuses a key that used up its requests as if it were not permitted.",
        quota_as_403,
    ),
    defect("bad-key-burns-quota", "Counts requests by address, before it looks at a key.", count_by_address),
    defect("no-throttle", "Lets everybody guess keys for as long as they like.", no_throttle),
    defect("throttle-by-xff", "Counts guesses by what X-Forwarded-For says.", throttle_by_xff),
    defect(
        "lockout-by-ip",
        "Locks an address out, good keys included, after too many guesses.",
        lockout_by_ip,
    ),
    defect("shed-load-skips-auth", "Asks nobody for a key when it is full.", shed_load_skips_auth),
    defect("timeout-becomes-401", "Takes every key for a wrong one when it is full.", timeout_becomes_401),
];

/// A proxy in front makes its own 429 and knows nothing of the window.
fn without_retry_after(edge: &mut Edge) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        if matches!(denial, Denial::TooMany(_)) {
            answer.remove("Retry-After");
        }
        answer
    });
}

/// The plan of a key has so many requests, and what is beyond the plan is forbidden.
fn quota_as_403(edge: &mut Edge) {
    wrap(edge, At::Limit, |sound, edge, passage| match sound(edge, passage) {
        Err(Stop::Deny(Denial::TooMany(_))) => Err(Denial::Refused(RefusalKind::Insufficient).into()),
        counted => counted,
    });
}

/// The limiter stands in front of the guard and knows only where a request comes from.
fn count_by_address(edge: &mut Edge) {
    edge.order.retain(|(at, _)| *at != At::Limit);
    edge.insert_before(
        At::Key,
        At::Extra,
        Arc::new(|edge, passage| {
            let request = &passage.request;
            let limit = request.own_limit().zip(caller(request, (edge.client)(request)));
            let Some((limit, who)) = limit else { return Ok(()) };
            let quota = request.site.data.calls.count(who, limit, request.site.server.clock.now_ms());
            if quota.granted { Ok(()) } else { Err(Denial::TooMany(quota.resets_in).into()) }
        }),
    );
}

/// Nobody ever thought of it.
fn no_throttle(edge: &mut Edge) {
    edge.throttle = Arc::new(|_, _, denial| denial);
}

/// Behind a proxy every client has the proxy's address, so the one that it tells of is taken, whoever wrote it.
fn throttle_by_xff(edge: &mut Edge) {
    let sound = Arc::clone(&edge.client);
    edge.client = Arc::new(move |request| {
        let told = request.head.text("x-forwarded-for").and_then(|list| list.split(',').next());
        told.map_or_else(|| sound(request), |address| address.trim().to_owned())
    });
}

/// The address is barred before its key is looked at.
fn lockout_by_ip(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| match barred(edge, request) {
        Some(seconds) => Err(Denial::TooMany(seconds)),
        None => sound(edge, request),
    });
}

/// In how many seconds a client may come back that guessed too often.
fn barred(edge: &Edge, request: &Request<'_>) -> Option<u64> {
    let limit = declared(request.operation()?.limits.guesses.as_ref()?);
    let who = caller(request, (edge.client)(request))?;
    request.site.data.guesses.spent(&who, limit, request.site.server.clock.now_ms())
}

/// The circuit breaker in front of the guard opens, and an open breaker lets everything through.
fn shed_load_skips_auth(edge: &mut Edge) {
    edge.order.retain(|(at, _)| *at != At::Place);
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let server = &request.site.server;
        if server.places.are_taken() && request.operation().is_some() {
            return Ok(nobody(server));
        }
        sound(edge, request)
    });
}

/// The guard waits for a connection to the key store, gets none in time, and has no word for that but "no such key".
fn timeout_becomes_401(edge: &mut Edge) {
    wrap(edge, At::Place, |sound, edge, passage| {
        sound(edge, passage).map_err(|_| Denial::Refused(RefusalKind::Invalid).into())
    });
}

/// Puts something around a step.
fn wrap(
    edge: &mut Edge,
    at: At,
    around: impl Fn(&Step, &Edge, &mut Passage<'_>) -> Result<(), Stop> + Send + Sync + Copy + 'static,
) {
    for (_, step) in edge.order.iter_mut().filter(|(name, _)| *name == at) {
        let sound = Arc::clone(step);
        *step = Arc::new(move |edge, passage| around(&sound, edge, passage));
    }
}
