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
    defect("identity-not-cleared", "Leaves fields of an identity in a request.", identity_not_cleared),
    defect("anonymous-flag-trusted", "Leaves the mark of anonymous requests in one.", anonymous_flag_trusted),
    defect("alias-forwarded", "Takes a field out in one spelling and leaves the others in.", alias_forwarded),
    defect(
        "connection-strips-edge-header",
        "Removes what Connection names from what it added itself.",
        connection_strips,
    ),
    defect("key-forwarded", "Forwards the key to what is behind the edge.", key_forwarded),
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

/// Leaves some fields in what is forwarded, before everything that the edge adds.
fn leave_in(edge: &mut Edge, left: fn(&Request<'_>, &str) -> bool) {
    let sound = Arc::clone(&edge.forward);
    edge.forward = Arc::new(move |request, key| {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let fields = request.head.fields.iter().map(|field| (text(&field.name), text(&field.value)));
        let kept = fields.filter(|(name, _)| left(request, &name.to_ascii_lowercase()));
        kept.chain(sound(request, key)).collect()
    });
}

/// Whether a field says who calls, in whatever spelling.
fn names_a_caller(name: &str) -> bool {
    let name = name.replace(['_', '.'], "-");
    ["x-consumer-", "x-credential-", "x-authenticated-"].iter().any(|beginning| name.starts_with(beginning))
}

/// The edge adds its fields, and whoever reads them takes the first.
fn identity_not_cleared(edge: &mut Edge) {
    leave_in(edge, |_, name| names_a_caller(name));
}

/// The mark is set where there is no key, and never taken back.
fn anonymous_flag_trusted(edge: &mut Edge) {
    leave_in(edge, |_, name| name == "x-anonymous-consumer");
}

/// Names are compared as they are written, and become variables behind the edge.
fn alias_forwarded(edge: &mut Edge) {
    leave_in(edge, |_, name| name.contains(['_', '.']) && names_a_caller(name));
}

/// Fields of the connection are removed last, when the edge's own are there already.
fn connection_strips(edge: &mut Edge) {
    let sound = Arc::clone(&edge.forward);
    edge.forward = Arc::new(move |request, key| {
        let mut forwarded = sound(request, key);
        forwarded.retain(|(name, _)| !request.head.lists("connection", name));
        forwarded
    });
}

/// Requests are forwarded as they came.
fn key_forwarded(edge: &mut Edge) {
    leave_in(edge, |request, name| match &request.site.server.authentication.carrier {
        Carrier::Header { name: own, .. } => own.as_str().eq_ignore_ascii_case(name),
        Carrier::Cookie(_) => name == "cookie",
        Carrier::Query(_) => false,
    });
}
