//! What can be wrong with a backend between clients and the platform.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::{Defect, detour, of_backend};
use crate::contract::{Carrier, Grant, RefusalKind};
use crate::mock::backend::{Asked, Backend, Client, Found, Incoming, Outgoing, Trouble, Way, send};
use crate::mock::edge::Denial;
use crate::mock::http1::{Framing, Reception};
use crate::mock::message::{Answer, Head};

/// The defects of this family.
pub(super) const FAMILY: &[Defect] = &[
    of_backend(
        "backend-key-twice",
        "Sends its key in the query too, for an older version of the platform.",
        key_twice,
    ),
    of_backend("backend-wrong-operation", "Leads one of its routes to another operation.", wrong_operation),
    of_backend(
        "backend-shows-request",
        "Tells its clients, encoded, what it asked the platform.",
        shows_request,
    ),
    of_backend(
        "backend-error-tells-request",
        "Answers with the error of its HTTP client where a call fails, and that holds the call.",
        error_tells_request,
    ),
    of_backend("backend-follows-redirect", "Follows a redirection, with every field.", follows_redirect),
    of_backend(
        "backend-client-key-wins",
        "Takes the key that a client sends instead of its own.",
        client_key_wins,
    ),
    of_backend(
        "backend-host-from-client",
        "Calls the host that a client's fields name.",
        detour::host_from_client,
    ),
    of_backend(
        "backend-joins-url",
        "Joins the client's target with the platform's address as URLs.",
        detour::joins_url,
    ),
    of_backend("backend-method-override", "Takes the method that a client's field names.", method_override),
    of_backend(
        "backend-prefix-proxy",
        "Hands on whatever stands behind the path of a route.",
        detour::prefix_proxy,
    ),
    of_backend(
        "backend-decodes-path",
        "Puts decoded parameters into the path of the platform.",
        detour::decodes_path,
    ),
    of_backend("backend-framing-passed", "Hands on how the client framed its body.", framing_passed),
    of_backend("backend-fields-passed", "Hands on every field that it does not know.", fields_passed),
    of_backend("backend-asks-first", "Asks the platform before it looks who asks.", asks_first),
    of_backend(
        "backend-guards-one-spelling",
        "Asks for a proof where a path is spelt as it should be, and tidies paths up behind that.",
        detour::guards_one_spelling,
    ),
    of_backend("backend-session-passed", "Hands on what its client proves itself with.", session_passed),
    of_backend("backend-query-passed", "Hands on the client's query.", query_passed),
    of_backend("backend-any-session", "Lets anybody in who sends any session.", any_session),
    of_backend("backend-no-permission", "Lets every client use every route.", no_permission),
    of_backend(
        "backend-passes-refusal",
        "Hands the platform's refusals and errors on as they are.",
        passes_refusal,
    ),
    of_backend("backend-fails-open", "Lets a client pass where the platform does not answer.", fails_open),
    of_backend("backend-invites-key", "Lets every page send every field.", invites_key),
    of_backend("backend-retries", "Sends a request once more where it failed, whatever it does.", retries),
];

/// Wraps the stage that writes the request to the platform.
pub(super) fn recompose(
    backend: &mut Backend,
    change: impl Fn(&Head, &Asked, &mut Outgoing) + Send + Sync + 'static,
) {
    let sound = Arc::clone(&backend.compose);
    backend.compose = Arc::new(move |house, head, asked| {
        let mut outgoing = sound(house, head, asked);
        change(head, asked, &mut outgoing);
        outgoing
    });
}

fn key_twice(backend: &mut Backend) {
    let sound = Arc::clone(&backend.compose);
    backend.compose = Arc::new(move |house, head, asked| {
        let outgoing = sound(house, head, asked);
        Outgoing { target: format!("{}?api_key={}", outgoing.target, house.key.expose()), ..outgoing }
    });
}

/// Somebody copied a handler and forgot to change the call in it.
fn wrong_operation(backend: &mut Backend) {
    let sound = Arc::clone(&backend.find);
    backend.find = Arc::new(move |house, head| {
        let found = sound(house, head)?;
        let (Some(first), Some(second)) = (house.routes.first(), house.routes.get(1)) else {
            return Ok(found);
        };
        if second.id != found.way.id {
            return Ok(found);
        }
        let (onward_method, onward_path) = (first.onward_method.clone(), first.onward_path.clone());
        Ok(Found { way: Way { onward_method, onward_path, ..found.way }, ..found })
    });
}

/// A field for debugging that nobody took out again.
fn shows_request(backend: &mut Backend) {
    let sound = Arc::clone(&backend.tell);
    backend.tell = Arc::new(move |house, outgoing, said| {
        let answer = sound(house, outgoing, said);
        if answer.status >= 300 {
            return answer;
        }
        answer.with("X-Debug-Upstream", STANDARD.encode(format!("{:?}", outgoing.fields)))
    });
}

/// The errors of many HTTP clients hold the whole configuration of the call, its fields included, and are written out as
/// JSON by the first handler that gets hold of them.
fn error_tells_request(backend: &mut Backend) {
    let sound = Arc::clone(&backend.tell);
    backend.tell = Arc::new(move |house, outgoing, said| {
        let failed = said.as_ref().map_or(true, |incoming| incoming.status >= 300);
        let mut answer = sound(house, outgoing, said);
        if failed {
            let fields: serde_json::Map<_, _> =
                outgoing.fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
            let config = json!({ "url": outgoing.target, "method": outgoing.method, "headers": fields });
            answer.members().map(|members| members.insert("config".to_owned(), config));
        }
        answer
    });
}

fn follows_redirect(backend: &mut Backend) {
    let sound = Arc::clone(&backend.ask);
    backend.ask = Arc::new(move |house, outgoing| {
        let incoming = sound(house, outgoing)?;
        let location = incoming.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case("location"));
        let there = location.and_then(|(_, to)| to.strip_prefix("http://")?.split_once('/'));
        let Some((host, path)) = there.filter(|_| (300..400).contains(&incoming.status)) else {
            return Ok(incoming);
        };
        let onward = Outgoing { host: host.to_owned(), target: format!("/{path}"), ..outgoing.clone() };
        send(host, &onward)
    });
}

/// The client's fields are laid over the backend's own.
fn client_key_wins(backend: &mut Backend) {
    let sound = Arc::clone(&backend.compose);
    backend.compose = Arc::new(move |house, head, asked| {
        let mut outgoing = sound(house, head, asked);
        let Carrier::Header { name, .. } = &house.authentication.carrier else { return outgoing };
        let own = outgoing.fields.iter_mut().filter(|(other, _)| other.eq_ignore_ascii_case(name.as_str()));
        if let Some(sent) = head.text(name.as_str()) {
            own.for_each(|(_, value)| sent.clone_into(value));
        }
        outgoing
    });
}

fn method_override(backend: &mut Backend) {
    recompose(backend, |head, _, outgoing| {
        if let Some(method) = head.text("x-http-method-override") {
            method.clone_into(&mut outgoing.method);
        }
    });
}

/// It reads a body by its length, and hands a transfer coding on that it did not look at.
fn framing_passed(backend: &mut Backend) {
    backend.receive.framing = |head: &Head| match head.declared_length() {
        Some(length) => Ok(Framing::Length(length)),
        None => (Reception::sound().framing)(head),
    };
    recompose(backend, |head, _, outgoing| {
        let framing = ["content-length", "transfer-encoding"];
        for field in &head.fields {
            let name = String::from_utf8_lossy(&field.name).into_owned();
            if framing.iter().any(|one| name.eq_ignore_ascii_case(one)) {
                outgoing.fields.push((name, String::from_utf8_lossy(&field.value).into_owned()));
            }
        }
    });
}

fn fields_passed(backend: &mut Backend) {
    let own = [
        "host",
        "connection",
        "content-length",
        "transfer-encoding",
        "content-type",
        "expect",
        "authorization",
    ];
    let sound = Arc::clone(&backend.compose);
    backend.compose = Arc::new(move |house, head, asked| {
        let mut outgoing = sound(house, head, asked);
        let key = house.authentication.carrier.field();
        for field in &head.fields {
            let name = String::from_utf8_lossy(&field.name).into_owned();
            let known = own.iter().any(|own| name.eq_ignore_ascii_case(own))
                || key.as_ref().is_some_and(|key| name.eq_ignore_ascii_case(key.as_str()));
            if !known {
                outgoing.fields.push((name, String::from_utf8_lossy(&field.value).into_owned()));
            }
        }
        outgoing
    });
}

/// It saves a round trip for those who may.
fn asks_first(backend: &mut Backend) {
    let (find, compose, ask) =
        (Arc::clone(&backend.find), Arc::clone(&backend.compose), Arc::clone(&backend.ask));
    let identify = Arc::clone(&backend.identify);
    backend.early = Arc::new(move |house, head| {
        let Ok(found) = find(house, head) else { return };
        if identify(house, head).is_err() {
            drop(ask(house, &compose(house, head, &Asked { found, body: Vec::new() })));
        }
    });
}

fn session_passed(backend: &mut Backend) {
    recompose(backend, |head, _, outgoing| {
        if let Some(proof) = head.text("authorization") {
            outgoing.fields.push(("Authorization".to_owned(), proof.to_owned()));
        }
    });
}

fn query_passed(backend: &mut Backend) {
    recompose(backend, |head, _, outgoing| {
        if let Some(query) = &head.target.query {
            let sign = if outgoing.target.contains('?') { '&' } else { '?' };
            outgoing.target = format!("{}{sign}{query}", outgoing.target);
        }
    });
}

fn any_session(backend: &mut Backend) {
    let sound = Arc::clone(&backend.identify);
    backend.identify = Arc::new(move |house, head| match sound(house, head) {
        Err(Denial::Refused(RefusalKind::Invalid)) => {
            let all = vec![Grant("backend".to_owned())];
            Ok(Arc::new(Client { allows: all }))
        }
        known => known,
    });
}

fn no_permission(backend: &mut Backend) {
    backend.permits = Arc::new(|_, _, _| true);
}

fn passes_refusal(backend: &mut Backend) {
    let sound = Arc::clone(&backend.tell);
    backend.tell = Arc::new(move |house, outgoing, said| match said {
        Ok(Incoming { status, fields, body }) if status >= 400 => {
            let document = serde_json::from_slice(&body).unwrap_or_default();
            let telling = ["content-length", "content-type", "connection", "transfer-encoding", "date"];
            let fields = fields
                .into_iter()
                .filter(|(name, _)| !telling.iter().any(|it| name.eq_ignore_ascii_case(it)));
            fields.fold(Answer::json(status, document), |answer, (name, value)| answer.with(name, value))
        }
        said => sound(house, outgoing, said),
    });
}

/// Better a wrong customer than a lost one.
fn fails_open(backend: &mut Backend) {
    let sound = Arc::clone(&backend.tell);
    backend.tell = Arc::new(move |house, outgoing, said| {
        let down = said.as_ref().map_or_else(|trouble| *trouble != Trouble::TooMuch, |it| it.status >= 500);
        if down {
            return Answer::json(200, json!({ "result": "unchecked" }));
        }
        sound(house, outgoing, said)
    });
}

fn invites_key(backend: &mut Backend) {
    backend.share = Arc::new(|_, head, answer| {
        let Some(origin) = head.text("origin") else { return };
        answer.set("Access-Control-Allow-Origin", origin.to_owned());
        if let Some(asked) = head.text("access-control-request-headers") {
            answer.set("Access-Control-Allow-Headers", asked.to_owned());
            answer.set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
        }
    });
}

/// A client library that is told to try again does so for every method (RFC 9110 section 9.2.2).
fn retries(backend: &mut Backend) {
    let sound = Arc::clone(&backend.ask);
    backend.ask = Arc::new(move |house, outgoing| match sound(house, outgoing) {
        Ok(incoming) if incoming.status < 500 => Ok(incoming),
        Err(Trouble::TimedOut) => Err(Trouble::TimedOut),
        _ => sound(house, outgoing),
    });
}
