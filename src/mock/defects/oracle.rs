//! Defects that answer a question which nobody may ask: is there such a key, such a path, such an object?

use std::sync::Arc;

use serde_json::json;

use super::{Defect, defect, presented};
use crate::contract::RefusalKind;
use crate::document::Pattern;
use crate::mock::edge::{Denial, Edge, Request};
use crate::mock::message::{Answer, Content};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("expired-message-differs", "Tells that a key was good once.", expired_message_differs),
    defect("length-oracle", "Writes the refusal of a key that it knows in another layout.", length_oracle),
    defect("key-id-oracle", "Tells whether it is the secret of a key that is wrong.", key_id_oracle),
    defect("route-in-refusals", "Names the route in its refusals, where there is one.", route_in_refusals),
    defect("403-vs-404-oracle", "Tells whether somebody else's object is there.", forbids_what_is_there),
];

/// Sets the detail of some refusals.
fn explain(edge: &mut Edge, detail: fn(&Denial, &Request<'_>) -> Option<&'static str>) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        let text = request.and_then(|request| detail(denial, request));
        if let (Some(text), Some(members)) = (text, answer.members()) {
            members.insert("detail".to_owned(), json!(text));
        }
        answer
    });
}

/// The message is helpful to its owner, and to whoever tries keys from an old leak.
fn expired_message_differs(edge: &mut Edge) {
    explain(edge, |denial, _| {
        (*denial == Denial::Refused(RefusalKind::Expired)).then_some("The API key has expired.")
    });
}

/// The key is found by the part of it that is public, and then its secret is compared.
fn key_id_oracle(edge: &mut Edge) {
    explain(edge, |denial, request| {
        let server = &request.site.server;
        let part = server.authentication.key_id.as_ref()?;
        let sent = presented(request).filter(|_| *denial == Denial::Refused(RefusalKind::Invalid))?;
        let id = public_part(part, &sent)?;
        let known = server.ledger.key(|key| public_part(part, key) == Some(id));
        known.map(|_| "The secret does not fit the key.")
    });
}

fn public_part<'a>(part: &Pattern, key: &'a str) -> Option<&'a str> {
    let found = part.regex().captures(key)?;
    found.get(1).or_else(|| found.get(0)).map(|found| found.as_str())
}

/// Changes every answer to a request after the sound edge has finished it.
fn retouch(edge: &mut Edge, touch: impl Fn(&Request<'_>, &mut Answer) + Send + Sync + 'static) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        if let Some(request) = &seal.request {
            touch(request, answer);
        }
    });
}

/// Keys that are known are refused by the part of the code that manages them, and that writes for people.
fn length_oracle(edge: &mut Edge) {
    retouch(edge, |request, answer| {
        let server = &request.site.server;
        let known = presented(request).and_then(|key| (server.edge.look_up)(server, key.as_bytes()));
        let Content::Json { media_type, value } = &answer.content else { return };
        if answer.status == 401 && known.is_some() {
            let bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
            answer.content = Content::Written { media_type: media_type.clone(), bytes };
        }
    });
}

/// The gateway adds what it knows of a request to every answer, for those who look into problems.
fn route_in_refusals(edge: &mut Edge) {
    retouch(edge, |request, answer| {
        if let Some(operation) = request.operation().filter(|_| answer.status >= 400) {
            answer.set("X-Matched-Route", operation.template.clone());
        }
    });
}

/// The object is found first, and then it is asked whose it is.
fn forbids_what_is_there(edge: &mut Edge) {
    edge.foreign = Denial::Refused(RefusalKind::Insufficient);
}
