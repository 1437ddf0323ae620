//! Defects of what is told to browsers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;

use super::order::await_body;
use super::{Defect, defect, nobody, wave_through};
use crate::contract::PageOrigin;
use crate::mock::edge::{Edge, Request, Route, asking_page, key_field};
use crate::mock::message::Answer;
use crate::mock::server::Server;
use crate::mock::services::{self, Call};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("preflight-401", "Asks for a key in front of the preflights of browsers.", preflight_401),
    defect("preflight-lacks-key", "Lets pages send every field but the key's.", preflight_lacks_key),
    defect(
        "preflight-runs-handler",
        "Passes preflights on to the operation that they ask about.",
        preflight_runs_handler,
    ),
    defect(
        "preflight-marks-origin-trusted",
        "Asks a page that was let through a preflight for nothing more.",
        preflight_marks_origin_trusted,
    ),
    defect("acah-star", "Lets pages send any field.", acah_star),
    defect("reflect-any-origin", "Lets any page in by giving its origin back.", reflect_any_origin),
    defect("origin-null-allowed", "Lets in pages without an origin.", origin_null_allowed),
    defect(
        "origin-begins-like",
        "Lets in pages whose origin begins like an allowed one.",
        origin_begins_like,
    ),
    defect("origin-ends-like", "Lets in pages whose host ends like an allowed one.", origin_ends_like),
    defect("origin-dot-any", "Lets in pages whose host has any letter for a dot.", origin_dot_any),
    defect("origin-host-only", "Compares hosts, and neither scheme nor port.", origin_host_only),
    defect("no-vary-origin", "Does not tell caches that an answer is for one origin.", no_vary_origin),
    defect("expose-key-header", "Lets pages read the field that carries the key.", expose_key_header),
];

/// The guard covers every method, and what answers preflights comes behind it.
fn preflight_401(edge: &mut Edge) {
    edge.sharing.preflight = Arc::new(|_, _, _| None);
}

/// The list is that of an example, which had no key.
fn preflight_lacks_key(edge: &mut Edge) {
    list_fields(edge, "Content-Type");
}

/// A star is shorter than a list.
fn acah_star(edge: &mut Edge) {
    list_fields(edge, "*");
}

fn list_fields(edge: &mut Edge, list: &'static str) {
    let sound = Arc::clone(&edge.sharing.preflight);
    edge.sharing.preflight = Arc::new(move |edge, request, admitted| {
        let mut answer = sound(edge, request, admitted)?;
        answer.set("Access-Control-Allow-Headers", list);
        Some(answer)
    });
}

/// What answers preflights adds its fields and goes on, and the handler is registered for every method.
fn preflight_runs_handler(edge: &mut Edge) {
    await_body(edge, |_, head| asking_page(head).is_some());
    let sound = Arc::clone(&edge.sharing.preflight);
    edge.sharing.preflight = Arc::new(move |edge, request, admitted| {
        let told = sound(edge, request, admitted)?;
        let mut answer = run(edge, request)?;
        answer.fields.extend(told.fields);
        Some(answer)
    });
}

/// The answer of the operation that a preflight asks about, for whoever has no key.
fn run(edge: &Edge, request: &Request<'_>) -> Option<Answer> {
    let server = &request.site.server;
    let method = Method::from_bytes(request.head.text("access-control-request-method")?.as_bytes()).ok()?;
    let path = (edge.normalise)(&request.head.target.path);
    let route = (edge.route)(&server.routes, &method, &path);
    let request = Request { route: &route, ..*request };
    let (Route::Operation(_, parameters), Some(operation)) = (&route, request.operation()) else {
        return None;
    };
    let key = nobody(server);
    services::answer(&Call { request, operation, parameters, key: Some(&key) }).ok()
}

/// The permission of a page is remembered, and taken for more than it is.
fn preflight_marks_origin_trusted(edge: &mut Edge) {
    let trusted: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let (sound, remembered) = (Arc::clone(&edge.sharing.preflight), Arc::clone(&trusted));
    edge.sharing.preflight = Arc::new(move |edge, request, admitted| {
        let origin = request.head.text("origin").unwrap_or_default().to_owned();
        remembered.lock().unwrap_or_else(PoisonError::into_inner).insert(origin);
        sound(edge, request, admitted)
    });
    wave_through(edge, move |_, request| {
        let trusted = trusted.lock().unwrap_or_else(PoisonError::into_inner);
        request.head.text("origin").is_some_and(|origin| trusted.contains(origin))
    });
}

/// Also lets in the pages whose origin is like an allowed one.
fn admit_also(edge: &mut Edge, like: fn(&str, &str) -> bool) {
    let sound = Arc::clone(&edge.sharing.admits);
    edge.sharing.admits = Arc::new(move |server, origin| {
        let declared = server.cors.iter().flat_map(|cors| &cors.origins);
        let admitted = declared.into_iter().any(|PageOrigin(one)| like(origin, one));
        sound(server, origin).or_else(|| admitted.then(|| origin.to_owned()))
    });
}

/// A list was too much to keep, and browsers take no star where cookies are involved.
fn reflect_any_origin(edge: &mut Edge) {
    edge.sharing.admits = Arc::new(|_, origin| Some(origin.to_owned()));
    retell(edge, |_, answer| {
        if answer.fields.iter().any(|(name, _)| name == "Access-Control-Allow-Origin") {
            answer.set("Access-Control-Allow-Credentials", "true");
        }
    });
}

/// `null` was allowed for a page that was opened from a file.
fn origin_null_allowed(edge: &mut Edge) {
    admit_also(edge, |origin, _| origin == "null");
}

/// `origin.starts_with(allowed)`.
fn origin_begins_like(edge: &mut Edge) {
    admit_also(edge, |origin, allowed| origin.starts_with(allowed));
}

/// `origin.ends_with(host)`.
fn origin_ends_like(edge: &mut Edge) {
    admit_also(edge, |origin, allowed| {
        let same_scheme = origin.split("://").next() == allowed.split("://").next();
        same_scheme && origin.ends_with(authority(allowed))
    });
}

/// The origin is a regular expression, and a dot in one is any letter.
fn origin_dot_any(edge: &mut Edge) {
    admit_also(edge, |origin, allowed| {
        let mut letters = origin.bytes().zip(allowed.bytes());
        origin.len() == allowed.len() && letters.all(|(one, other)| one == other || other == b'.')
    });
}

/// The host of the origin is looked up in the list of the firm's own hosts.
fn origin_host_only(edge: &mut Edge) {
    admit_also(edge, |origin, allowed| host(origin) == host(allowed));
}

fn authority(origin: &str) -> &str {
    origin.split_once("://").map_or("", |(_, authority)| authority)
}

fn host(origin: &str) -> &str {
    authority(origin).split(':').next().unwrap_or_default()
}

/// The field is set for the page that asks, by whoever had no cache in front.
fn no_vary_origin(edge: &mut Edge) {
    retell(edge, |_, answer| answer.fields.retain(|(name, value)| name != "Vary" || value != "Origin"));
}

/// Every field that the API knows was put into one list, for both directions.
fn expose_key_header(edge: &mut Edge) {
    retell(edge, |server, answer| {
        let fields = key_field(&server.authentication.carrier).map(|name| format!("X-Request-Id, {name}"));
        if let Some(fields) = fields.filter(|_| answer.fields.iter().any(|(name, _)| name == "Vary")) {
            answer.set("Access-Control-Expose-Headers", fields);
        }
    });
}

/// Changes what every answer tells.
fn retell(edge: &mut Edge, change: fn(&Server, &mut Answer)) {
    let sound = Arc::clone(&edge.sharing.tell);
    edge.sharing.tell = Arc::new(move |server, head, answer| {
        sound(server, head, answer);
        change(server, answer);
    });
}
