//! Defects of authentication: who is let in as whom.

use std::sync::Arc;

use super::{Defect, defect, nobody, well_formed};
use crate::mock::edge::{Denial, Edge, Presented, Request, Routed, Routes};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "skip-auth-when-header-absent",
        "Lets a request through that carries no key at all.",
        skip_auth_when_header_absent,
    ),
    defect("one-route-unguarded", "Does not ask for a key on one operation.", one_route_unguarded),
    defect(
        "accept-any-wellformed-key",
        "Accepts every key that looks like one, issued or not.",
        accept_any_wellformed_key,
    ),
    defect("accept-malformed-key", "Accepts whatever does not look like a key.", accept_malformed_key),
    defect("500-on-malformed-key", "Breaks over a key that does not look like one.", broken_by_malformed_key),
    defect("ignore-expiry", "Accepts keys whose time is over.", ignore_expiry),
    defect("ignore-revocation", "Accepts keys that were withdrawn.", ignore_revocation),
    defect("check-key-not-owner", "Accepts keys of applications that are switched off.", check_key_not_owner),
    defect("ignore-not-before", "Accepts keys whose time has not begun.", ignore_not_before),
    defect("guard-everything", "Asks for a key where none is needed.", guard_everything),
    defect("allow-all", "Lets every request through.", allow_all),
    defect("plain-http-accepts-key", "Accepts keys sent in the clear.", plain_http_accepts_key),
];

/// `if let Some(key) = header { check(key)?; }`: the check is an optional step, and so is the key.
fn skip_auth_when_header_absent(edge: &mut Edge) {
    admit_without_key(edge, |_, _| true);
}

/// Guards are listed route by route, and the operation that was added last is not on the list.
fn one_route_unguarded(edge: &mut Edge) {
    admit_without_key(edge, |routes, operation| {
        forgotten(routes).is_some_and(|forgotten| forgotten.id == operation.id)
    });
}

/// The operation that was forgotten: one that only reads and is not its service's first, or the very last.
fn forgotten(routes: &Routes) -> Option<&Routed> {
    let guarded = || routes.all().iter().filter(|routed| !routed.is_public());
    let follows = |routed: &&Routed| {
        guarded().find(|other| other.id.service() == routed.id.service()).map(|first| &first.id)
            != Some(&routed.id)
    };
    let reads = |routed: &&Routed| routed.method == http::Method::GET && !routed.template.contains('{');
    guarded().filter(follows).find(reads).or_else(|| routes.all().iter().rfind(|routed| !routed.is_public()))
}

/// Lets requests without a key through to some operations, as nobody in particular.
fn admit_without_key(edge: &mut Edge, to: fn(&Routes, &Routed) -> bool) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let server = &request.site.server;
        let presented = (edge.extract)(request.head, &server.authentication.carrier);
        let unguarded = request.operation().is_some_and(|operation| to(&server.routes, operation));
        if presented == Presented::Absent && unguarded {
            return Ok(nobody(server));
        }
        sound(edge, request)
    });
}

/// The edge checks the form of a key, prefix and checksum, and leaves the look-up to a service that does not
/// do it either.
fn accept_any_wellformed_key(edge: &mut Edge) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up = Arc::new(move |server, presented| {
        sound(server, presented).or_else(|| well_formed(server, presented).then(|| nobody(server)))
    });
}

/// Parsing the key fails, the error handler calls the next handler, and the request goes on.
fn accept_malformed_key(edge: &mut Edge) {
    let sound = Arc::clone(&edge.look_up);
    edge.look_up = Arc::new(move |server, presented| {
        if well_formed(server, presented) { sound(server, presented) } else { Some(nobody(server)) }
    });
}

/// The key is split and indexed before anybody asks whether it has that many parts.
fn broken_by_malformed_key(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate =
        Arc::new(
            move |edge, request| {
                if malformed(edge, request) { Err(Denial::Internal) } else { sound(edge, request) }
            },
        );
}

/// Whether a request presents one value that does not look like a key.
fn malformed(edge: &Edge, request: &Request<'_>) -> bool {
    let server = &request.site.server;
    let presented = (edge.extract)(request.head, &server.authentication.carrier);
    presented.value().is_some_and(|value| !well_formed(server, value))
}

/// The table has a column for the expiry, and no query reads it.
fn ignore_expiry(edge: &mut Edge) {
    edge.expired = Arc::new(|_, _| false);
}

/// Withdrawing a key sets a flag that only the console shows.
fn ignore_revocation(edge: &mut Edge) {
    edge.revoked = Arc::new(|_, _| false);
}

/// The key is checked and its application is not joined in.
fn check_key_not_owner(edge: &mut Edge) {
    edge.disabled = Arc::new(|_, _| false);
}

/// Only one end of the key's time is compared.
fn ignore_not_before(edge: &mut Edge) {
    edge.early = Arc::new(|_, _| false);
}

/// The guard is put before everything, and the list of exceptions is never read.
fn guard_everything(edge: &mut Edge) {
    edge.open = Arc::new(|_| false);
}

/// The guard is behind a feature flag that is off in this deployment.
fn allow_all(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let known = sound(edge, request);
        if request.operation().is_some() {
            known.or_else(|_| Ok(nobody(&request.site.server)))
        } else {
            known
        }
    });
    edge.environment = Arc::new(|_, _| true);
    edge.permission = Arc::new(|_, _, _| true);
    edge.admin = Arc::new(|_, _, _| true);
}

/// TLS was added in front, and the old port was left open behind it.
fn plain_http_accepts_key(edge: &mut Edge) {
    edge.trusts = Arc::new(|_| true);
}
