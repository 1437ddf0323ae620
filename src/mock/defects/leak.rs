//! Defects that give a key away.

use std::sync::Arc;

use serde_json::json;

use super::order::{canonical, first};
use super::{Defect, defect, presented, well_formed};
use crate::mock::edge::{At, Denial, Edge, Passage, Request};
use crate::mock::message::Answer;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("echo-key", "Repeats the key in its refusals.", echo_key),
    defect(
        "library-error-passthrough",
        "Shows what its library says about a key that cannot be read, key and all.",
        library_error_passthrough,
    ),
    defect("redirect-keeps-query-key", "Redirects with the key in the address.", redirect_keeps_query_key),
    defect(
        "redirect-to-other-host",
        "Redirects a request with a key to another host.",
        redirect_to_other_host,
    ),
    defect("debug-header-key", "Sends the key back in a header.", debug_header_key),
    defect("key-in-access-log", "Writes the key into its log.", key_in_access_log),
];

/// Adds a member to every refusal of a request that presents a key.
fn add_detail(edge: &mut Edge, detail: fn(&Request<'_>, &str) -> Option<String>) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        let about_key = matches!(denial, Denial::Refused(_));
        let text = request.filter(|_| about_key).and_then(|it| detail(it, &presented(it)?));
        if let (Some(text), Some(members)) = (text, answer.members()) {
            members.insert("detail".to_owned(), json!(text));
        }
        answer
    });
}

/// The message says what is wrong by saying what was sent.
fn echo_key(edge: &mut Edge) {
    add_detail(edge, |_, key| Some(format!("The API key {key} may not do this.")));
}

/// The error of the library that reads keys is the message.
fn library_error_passthrough(edge: &mut Edge) {
    add_detail(edge, |request, key| {
        let readable = well_formed(&request.site.server, key.as_bytes());
        (!readable).then(|| format!("decode error: invalid key \"{key}\" near byte {}", key.len()))
    });
}

/// The path is corrected by a redirect, and the query goes along as it is.
fn redirect_keeps_query_key(edge: &mut Edge) {
    first(edge, |request| match (canonical(request), &request.head.target.query) {
        (Some(path), Some(query)) => {
            let location = format!("{path}?{query}");
            Err(Answer::bare(308).with("Location", location).into())
        }
        (Some(_) | None, Some(_) | None) => Ok(()),
    });
}

/// The path is corrected by a redirect to the host's public name, which clients follow with their key.
fn redirect_to_other_host(edge: &mut Edge) {
    let step = |_: &Edge, passage: &mut Passage<'_>| match canonical(&passage.request) {
        Some(path) => {
            let location = format!("https://elsewhere.lockproof.invalid{path}");
            Err(Answer::bare(307).with("Location", location).into())
        }
        None => Ok(()),
    };
    edge.insert_before(At::Route, At::Extra, Arc::new(step));
}

/// A field that helped with debugging was never taken out.
fn debug_header_key(edge: &mut Edge) {
    let sound = Arc::clone(&edge.finish);
    edge.finish = Arc::new(move |seal, answer| {
        sound(seal, answer);
        let accepted = answer.status < 300;
        if let Some(key) = seal.request.filter(|_| accepted).and_then(|request| presented(&request)) {
            answer.set("X-Debug-Key", key);
        }
    });
}

/// The format of the log has the header fields in it, for whoever looks for a fault.
fn key_in_access_log(edge: &mut Edge) {
    let sound = Arc::clone(&edge.log);
    edge.log = Arc::new(move |seal, answer| {
        let key = seal.request.as_ref().and_then(presented);
        let line = sound(seal, answer);
        key.map_or_else(|| line.clone(), |key| format!("{line} key={key}"))
    });
}
