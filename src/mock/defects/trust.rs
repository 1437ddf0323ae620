//! Defects of trust: a header field that anybody can send is believed.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Defect, defect, wave_through};
use crate::contract::Carrier;
use crate::mock::edge::{Edge, Request};
use crate::mock::http1::Reception;
use crate::mock::message::Head;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "identity-header-authenticates",
        "Believes a header field that says who calls.",
        identity_header_authenticates,
    ),
    defect(
        "internal-header-skips-auth",
        "Believes a header field that says that the request is internal.",
        internal_header_skips_auth,
    ),
    defect(
        "localhost-exempt",
        "Asks for no key where a header field says that the request is local.",
        localhost_exempt,
    ),
    defect(
        "trailer-identity",
        "Keeps clients from saying who they are in header fields, but not in trailers.",
        trailer_identity,
    ),
    defect(
        "connection-strips-before-auth",
        "Removes the key that Connection names, and takes what then has none for internal.",
        connection_strips_before_auth,
    ),
    defect(
        "policy-exception-skips",
        "Skips the guard where the client's address cannot be read.",
        policy_exception_skips,
    ),
];

/// Lets requests with one of some fields pass, if the field's value is convincing.
fn believe(edge: &mut Edge, names: &'static [&'static str], convincing: fn(&[u8]) -> bool) {
    wave_through(edge, move |_, request| {
        names.iter().any(|name| request.head.values(name).any(|value| convincing(value)))
    });
}

/// The fields in which an edge tells its services who calls.
const IDENTITY: &[&str] = &[
    "X-Consumer-ID",
    "X-Consumer-Username",
    "X-Consumer-Custom-ID",
    "X-Credential-Identifier",
    "X-Authenticated-User",
];

fn is_identity(name: &[u8]) -> bool {
    IDENTITY.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// The service reads who calls from what its edge adds, and the edge leaves alone what is there already.
fn identity_header_authenticates(edge: &mut Edge) {
    believe(edge, IDENTITY, |value| !value.is_empty());
}

/// The edge removes such fields where they arrive; what comes behind a body arrives later, and is merged.
fn trailer_identity(edge: &mut Edge) {
    edge.receive.lines = |head| {
        let mut lines = (Reception::sound().lines)(head)?;
        lines.retain(|line| !is_identity(line.split(|byte| *byte == b':').next().unwrap_or_default()));
        Ok(lines)
    };
    let sound = Arc::clone(&edge.awaits_body);
    edge.awaits_body =
        Arc::new(move |site, head| sound(site, head) || head.values("trailer").next().is_some());
    edge.receive.conduct.trailers = |head, trailers| {
        head.fields.extend(trailers.into_iter().filter(|field| is_identity(&field.name)));
    };
    believe(edge, IDENTITY, |value| !value.is_empty());
}

/// The door lets in what carries a key, a layer behind it removes what `Connection` names, and the guard takes what
/// comes without a key for a call from within.
fn connection_strips_before_auth(edge: &mut Edge) {
    wave_through(edge, |_, request| {
        let Carrier::Header { name, .. } = &request.site.server.authentication.carrier else { return false };
        let carried = request.head.values(name.as_str()).next().is_some();
        carried && request.head.lists("connection", name.as_str())
    });
}

/// Parts of the system mark their own requests, so that these need not be checked twice.
fn internal_header_skips_auth(edge: &mut Edge) {
    const NAMES: &[&str] = &["X-Middleware-Subrequest", "X-Internal", "X-Bypass-Auth", "X-Envoy-Internal"];
    believe(edge, NAMES, |value| !matches!(value, b"" | b"0" | b"false"));
}

/// Health checks come from this machine, and the machine is known by what the last proxy says.
fn localhost_exempt(edge: &mut Edge) {
    wave_through(edge, |_, request| client(request).is_some_and(|address| address.is_loopback()));
}

/// The address that a request says it comes from.
fn client(request: &Request<'_>) -> Option<IpAddr> {
    const NAMES: [&str; 4] = ["X-Forwarded-For", "X-Real-IP", "X-Client-IP", "X-Custom-IP-Authorization"];
    let plain = NAMES.into_iter().find_map(|name| first(request.head, name));
    plain.or_else(|| first(request.head, "Forwarded")?.strip_prefix("for="))?.parse().ok()
}

/// The first element of a field that holds a list.
fn first<'a>(head: &'a Head, name: &'a str) -> Option<&'a str> {
    head.text(name)?.split([',', ';']).next().map(str::trim)
}

/// The rule wants to know the client's network. Where that fails, the error is logged and the next rule is asked.
fn policy_exception_skips(edge: &mut Edge) {
    wave_through(edge, |_, request| {
        first(request.head, "X-Forwarded-For").is_some_and(|text| text.parse::<IpAddr>().is_err())
    });
}
