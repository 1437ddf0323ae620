//! The stages of the sound backend.

use std::sync::Arc;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Asked, Client, Found, House, Incoming, Outgoing, Trouble};
use crate::contract::{Carrier, RefusalKind};
use crate::mock::edge::{Denial, Presented, extract};
use crate::mock::message::{Answer, Head};

/// What stands in a segment of a path as it is (RFC 3986 section 2.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who a request proves to be from.
pub(super) fn identify(house: &House, head: &Head) -> Result<Arc<Client>, Denial> {
    let proof = match extract(head, &house.carrier) {
        Presented::Absent => return Err(Denial::Refused(RefusalKind::Missing)),
        Presented::Empty | Presented::Several => return Err(Denial::Refused(RefusalKind::Invalid)),
        Presented::One(proof) => proof,
    };
    let client = std::str::from_utf8(&proof).ok().and_then(|proof| house.clients.get(proof));
    client.cloned().ok_or(Denial::Refused(RefusalKind::Invalid))
}

/// Where a request leads: its path is one of a route's as it stands, and nothing is decoded to make it one.
pub(super) fn find(house: &House, head: &Head) -> Result<Found, Denial> {
    let parts: Vec<&str> = head.target.path.split('/').collect();
    let fits = house.routes.iter().filter_map(|way| Some((way, parameters(&way.path, &parts)?)));
    let (mut others, mut found) = (Vec::new(), None);
    for (way, parameters) in fits {
        if way.method == head.method {
            found = Some(Found { way: way.clone(), parameters, rest: String::new() });
            break;
        }
        // `Allow` names every method that the path has, once (RFC 9110 section 10.2.1).
        if !others.contains(&way.method.as_str()) {
            others.push(way.method.as_str());
        }
    }
    found.ok_or_else(|| match others.as_slice() {
        [] => Denial::NotFound,
        others => Denial::MethodNotAllowed(others.join(", ")),
    })
}

/// The parameters of a path, where it is one of a template's. Nobody's name is a way up, or holds a slash.
fn parameters(template: &str, parts: &[&str]) -> Option<Vec<(String, String)>> {
    let wanted: Vec<&str> = template.split('/').collect();
    if wanted.len() != parts.len() {
        return None;
    }
    let mut found = Vec::new();
    for (wanted, part) in wanted.iter().zip(parts) {
        let Some(name) = wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) else {
            if wanted == part {
                continue;
            }
            return None;
        };
        let value = percent_decode_str(part).decode_utf8().ok()?;
        if value.is_empty() || value.starts_with('.') || value.contains(['/', '\\', '%']) {
            return None;
        }
        found.push((name.to_owned(), (*part).to_owned()));
    }
    Some(found)
}

/// Whether a route is a client's.
pub(super) fn permits(_house: &House, client: &Client, found: &Found) -> bool {
    client.allows.iter().any(|grant| grant.0 == "backend" || grant.0 == found.way.id)
}

/// The path of the operation with the parameters that were sent, each written anew.
pub(crate) fn path_of(found: &Found) -> String {
    let fill = |path: String, (name, value): &(String, String)| {
        let value = percent_decode_str(value).decode_utf8_lossy().into_owned();
        path.replace(&format!("{{{name}}}"), &utf8_percent_encode(&value, SEGMENT).to_string())
    };
    found.parameters.iter().fold(found.way.onward_path.clone(), fill)
}

/// The request to the platform: what the client said is its body and the parameters of the path, and nothing else.
pub(super) fn compose(house: &House, _head: &Head, asked: &Asked) -> Outgoing {
    let mut outgoing = Outgoing {
        host: house.platform.clone(),
        method: asked.found.way.onward_method.clone(),
        target: path_of(&asked.found),
        fields: Vec::new(),
        body: asked.found.way.media_type.as_ref().map(|_| asked.body.clone()).unwrap_or_default(),
    };
    let key = house.key.expose();
    match &house.authentication.carrier {
        Carrier::Header { name, scheme } => {
            let value = scheme.as_ref().map_or(key.to_owned(), |scheme| format!("{scheme} {key}"));
            outgoing.fields.push((name.to_string(), value));
        }
        Carrier::Query(name) => {
            outgoing.target = format!("{}?{name}={}", outgoing.target, utf8_percent_encode(key, SEGMENT));
        }
        Carrier::Cookie(name) => outgoing.fields.push(("Cookie".to_owned(), format!("{name}={key}"))),
    }
    outgoing
        .fields
        .extend(asked.found.way.media_type.iter().map(|it| ("Content-Type".to_owned(), it.clone())));
    outgoing
}

/// What a client gets to hear: the document of an acceptance, and of everything else that it did not work, in words of
/// the backend's own.
pub(super) fn tell(said: Result<Incoming, Trouble>) -> Answer {
    let failed = |status: u16, code: &str| Answer::json(status, json!({ "error": code }));
    let incoming = match said {
        Ok(incoming) => incoming,
        Err(Trouble::TimedOut) => return failed(504, "platform_timed_out"),
        Err(Trouble::Unreachable | Trouble::Malformed | Trouble::TooMuch) => {
            return failed(502, "platform_unavailable");
        }
    };
    let document: Option<Value> = serde_json::from_slice(&incoming.body).ok();
    match (incoming.status, document) {
        (status @ 200..=299, Some(document)) => Answer::json(status, document),
        (404, _) => failed(404, "not_found"),
        (400 | 422, _) => failed(422, "not_processable"),
        (429 | 503, _) => failed(503, "busy"),
        _ => failed(502, "platform_unavailable"),
    }
}

/// What a page is told that may call the backend: the fields that its own clients send, by name.
pub(super) fn share(house: &House, head: &Head, answer: &mut Answer) {
    let Some((cors, origin)) = house.cors.as_ref().zip(head.text("origin")) else { return };
    answer.set("Vary", "Origin");
    if !cors.origins.iter().any(|allowed| allowed.0 == origin) {
        return;
    }
    answer.set("Access-Control-Allow-Origin", origin.to_owned());
    if head.method == http::Method::OPTIONS {
        answer.set("Access-Control-Allow-Methods", "GET, POST, DELETE");
        let field = house.carrier.field().map(|field| format!("{field}, ")).unwrap_or_default();
        answer.set("Access-Control-Allow-Headers", format!("{field}Content-Type"));
    }
}
