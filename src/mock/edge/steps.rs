//! The steps of a decision, and their order.
//!
//! The key comes first, but for the preflights of browsers, which bring none and are told of nothing else: whoever has none learns nothing, not even which paths there are. Then where the
//! request leads, then whether this key may go there, and only then whether what it brings along is welcome.

use std::sync::Arc;
use std::time::Duration;

use super::cors::preflight_step;
use super::tokens;
use super::{Access, Denial, Edge, Key, Passage, Presented, Request, Route, Stop, caller};
use crate::contract::RefusalKind;
use crate::mock::http1::BODY_LIMIT;
use crate::mock::parts::{Part, StoreAnswer};

/// A step: lets the request pass, or stops it.
pub(crate) type Step = Arc<dyn Fn(&Edge, &mut Passage<'_>) -> Result<(), Stop> + Send + Sync>;

/// The name of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// Something that does not belong to the sound order.
    Extra,
    /// Is there a place for one more?
    Place,
    /// Does a browser ask on behalf of a page?
    Preflight,
    /// Is there a key that works?
    Key,
    /// Has the key requests left?
    Limit,
    /// Does the request lead anywhere?
    Route,
    /// May the key be used in this environment?
    Environment,
    /// May the key do this?
    Permission,
    /// Is the body of a kind and size that the operation takes?
    Content,
}

/// The sound order.
pub(super) fn sound_order() -> Vec<(At, Step)> {
    vec![
        (At::Place, Arc::new(place_step)),
        (At::Preflight, Arc::new(preflight_step)),
        (At::Key, Arc::new(key_step)),
        (At::Limit, Arc::new(limit_step)),
        (At::Route, Arc::new(route_step)),
        (At::Environment, Arc::new(environment_step)),
        (At::Permission, Arc::new(permission_step)),
        (At::Content, Arc::new(content_step)),
    ]
}

/// A request's key: presented once, known, and in a state to be used.
pub(super) fn authenticate(edge: &Edge, request: &Request<'_>) -> Result<Arc<Key>, Denial> {
    let server = &request.site.server;
    if !(edge.trusts)(request.site) {
        return Err(Denial::Refused(RefusalKind::Missing));
    }
    let presented = (edge.extract)(request.head, &server.authentication.carrier);
    // Whoever presents nothing can be told so without the store.
    if matches!(presented, Presented::One(_)) {
        reached(edge, request)?;
    }
    let key = match &presented {
        Presented::Absent => return tokens::authenticate(edge, request),
        Presented::Empty => return Err(Denial::Refused(RefusalKind::Missing)),
        Presented::Several => None,
        Presented::One(text) => (edge.look_up)(server, text),
    };
    let key = key.ok_or(Denial::Refused(RefusalKind::Invalid))?;
    match broken(edge, &key, server.clock.now_ms()) {
        Some(kind) => Err(Denial::Refused(kind)),
        None => Ok(key),
    }
}

/// Asks the key store, which knows tokens by their keys too.
pub(super) fn reached(edge: &Edge, request: &Request<'_>) -> Result<(), Denial> {
    match (edge.reach)(&request.site.server).store {
        StoreAnswer::There => Ok(()),
        StoreAnswer::Gone | StoreAnswer::Late => Err(Denial::Unavailable),
    }
}

/// Why a known key does not work.
fn broken(edge: &Edge, key: &Key, now_ms: i64) -> Option<RefusalKind> {
    let tests = [
        (&edge.revoked, RefusalKind::Revoked),
        (&edge.disabled, RefusalKind::Disabled),
        (&edge.expired, RefusalKind::Expired),
        (&edge.early, RefusalKind::NotYetValid),
    ];
    tests.into_iter().find(|(test, _)| test(key, now_ms)).map(|(_, kind)| kind)
}

/// Whether a request leads to an operation that needs no key.
fn open(edge: &Edge, request: &Request<'_>) -> bool {
    request
        .operation()
        .is_some_and(|operation| (edge.open)(operation) || !(edge.guards)(&request.site.server))
}

/// Is there a place for one more? Whoever is sent away learns nothing else, with a key or without one.
fn place_step(_edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let full = passage.request.site.server.places.are_taken();
    if full { Err(Denial::Unavailable.into()) } else { Ok(()) }
}

/// Is there a key that works?
fn key_step(edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    if open(edge, &passage.request) {
        return Ok(());
    }
    passage.waited = waited(edge, &passage.request);
    match (edge.authenticate)(edge, &passage.request) {
        Ok(key) => {
            passage.key = Some(key);
            Ok(())
        }
        Err(denial) => Err(throttled(edge, &passage.request, declared(&passage.request, denial)).into()),
    }
}

/// Wrong keys are counted; no key at all is no guess.
fn throttled(edge: &Edge, request: &Request<'_>, denial: Denial) -> Denial {
    let missing = Denial::Refused(RefusalKind::Missing);
    if matches!(denial, Denial::Refused(_)) && denial != missing {
        return (edge.throttle)(request, (edge.client)(request), denial);
    }
    denial
}

/// How long a request waits for the key store.
fn waited(edge: &Edge, request: &Request<'_>) -> Duration {
    let server = &request.site.server;
    let asks = match (edge.extract)(request.head, &server.authentication.carrier) {
        Presented::One(_) => true,
        Presented::Absent => tokens::presents_one(edge, request),
        Presented::Empty | Presented::Several => false,
    };
    if asks { (edge.reach)(server).waited } else { Duration::ZERO }
}

/// What the contract wants said to a request without a key that leads nowhere.
fn declared(request: &Request<'_>, denial: Denial) -> Denial {
    let policy = &request.site.server.policy;
    let missing = denial == Denial::Refused(RefusalKind::Missing);
    match request.route {
        Route::Unknown if missing && policy.unknown_path_without_key == Some(404) => Denial::NotFound,
        Route::WrongMethod(allow) if missing && policy.wrong_method_without_key == Some(405) => {
            Denial::MethodNotAllowed(allow.clone())
        }
        Route::Unknown | Route::WrongMethod(_) | Route::Operation(_, _) => denial,
    }
}

/// Has the key requests left?
fn limit_step(edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let (request, server) = (passage.request, &passage.request.site.server);
    // Without its counter the limit is not kept; whose key it is was asked before.
    let limit = request.limit().filter(|_| !server.parts.lacks(Part::Limiter));
    let (Some(limit), Some(key)) = (limit, &passage.key) else { return Ok(()) };
    let now_ms = server.clock.now_ms();
    let quota = match request.own_limit().zip(caller(&request, key.credential.clone())) {
        Some((_, who)) => request.site.data.calls.count(who, limit, now_ms),
        None => (edge.count)(key, limit, now_ms),
    };
    passage.quota = Some(quota);
    if quota.granted { Ok(()) } else { Err(Denial::TooMany(quota.resets_in).into()) }
}

/// Does the request lead anywhere? A method that no specification knows is not implemented at all, and
/// neither is a tunnel (RFC 9110 sections 9.1 and 9.3.6).
pub(crate) fn route_step(_edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let method = &passage.request.head.method;
    match passage.request.route {
        Route::Operation(_, _) => Ok(()),
        Route::Unknown | Route::WrongMethod(_) if !offered_anywhere(method) => {
            Err(Denial::NotImplemented("The server does not know the method.").into())
        }
        Route::WrongMethod(allow) => Err(Denial::MethodNotAllowed(allow.clone()).into()),
        Route::Unknown => Err(Denial::NotFound.into()),
    }
}

fn offered_anywhere(method: &http::Method) -> bool {
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"].contains(&method.as_str())
}

/// May the key be used in this environment?
fn environment_step(edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let Some(key) = &passage.key else { return Ok(()) };
    if (edge.environment)(key, &passage.request.site.environment) {
        return Ok(());
    }
    Err(Denial::Refused(RefusalKind::WrongEnvironment).into())
}

/// May the key do this?
fn permission_step(edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let (Some(key), Some(operation)) = (&passage.key, passage.request.operation()) else { return Ok(()) };
    let routes = &passage.request.site.server.routes;
    let permitted = match operation.access {
        Access::Public => true,
        Access::Applications => {
            let mut carried = routes
                .all()
                .iter()
                .filter(|inner| operation.carries.iter().any(|id| id == inner.id.as_str()));
            (edge.permission)(key, operation, routes)
                && carried.all(|inner| (edge.carried)(key, inner, routes))
        }
        Access::Operator => (edge.admin)(key, operation, routes),
    };
    if permitted { Ok(()) } else { Err(Denial::Refused(RefusalKind::Insufficient).into()) }
}

/// Is the body of a kind and size that the operation takes? Judged by the fields that describe it.
pub(crate) fn content_step(_edge: &Edge, passage: &mut Passage<'_>) -> Result<(), Stop> {
    let head = passage.request.head;
    if let Some(wanted) = passage.request.operation().and_then(|operation| operation.media_type.as_deref()) {
        if head.values("content-encoding").any(|coding| !coding.eq_ignore_ascii_case(b"identity")) {
            return Err(Denial::UnsupportedMedia("Content codings are not taken.").into());
        }
        let length = head.declared_length();
        let has_body = length.is_some_and(|length| length > 0) || head.text("transfer-encoding").is_some();
        let sound = match head.text("content-type") {
            Some(given) => essence(given).eq_ignore_ascii_case(essence(wanted)),
            None => !has_body && head.values("content-type").next().is_none(),
        };
        if !sound {
            return Err(Denial::UnsupportedMedia("The body is not of the declared media type.").into());
        }
    }
    let too_large = head.declared_length().is_some_and(|length| length > BODY_LIMIT as u64);
    if too_large { Err(Denial::TooLarge.into()) } else { Ok(()) }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}
