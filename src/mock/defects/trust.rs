//! Defects of trust: a header field that anybody can send is believed.

use std::net::IpAddr;

use super::{Defect, defect, wave_through};
use crate::mock::edge::{Edge, Request};
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

/// The service reads who calls from what its edge adds, and the edge leaves alone what is there already.
fn identity_header_authenticates(edge: &mut Edge) {
    const NAMES: &[&str] = &[
        "X-Consumer-ID",
        "X-Consumer-Username",
        "X-Consumer-Custom-ID",
        "X-Credential-Identifier",
        "X-Authenticated-User",
    ];
    believe(edge, NAMES, |value| !value.is_empty());
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
