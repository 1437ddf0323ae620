//! Defects of order: something is done before the key was asked for, or said before the permission was.

use std::sync::Arc;

use serde_json::Value;

use super::{Defect, defect};
use crate::contract::RefusalKind;
use crate::mock::edge::{At, Denial, Edge, Passage, Request, Route, Routed, Stop, content_step, route_step};
use crate::mock::http1::{BODY_LIMIT, Connection};
use crate::mock::message::{Answer, Head};
use crate::mock::parts::Part;
use crate::mock::server::Site;
use crate::mock::services::document;

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("validate-before-auth", "Validates the body before it asks for a key.", validate_first),
    defect("415-before-auth", "Judges the media type before it asks for a key.", media_type_first),
    defect("decompress-before-auth", "Unpacks the body before it asks for a key.", decompress_first),
    defect("404-before-401", "Tells without a key which paths there are.", not_found_first),
    defect("405-before-401", "Tells without a key which methods there are.", method_first),
    defect("304-before-auth", "Evaluates preconditions before it asks for a key.", conditional_first),
    defect("206-before-auth", "Serves a range before it asks for a key.", range_first),
    defect("redirect-before-auth", "Corrects paths by redirects before it asks for a key.", redirect_first),
    defect("always-401", "Answers a wrong body as if the key were wrong.", always_401),
    defect("413-before-auth", "Judges the length of the body before it asks for a key.", length_first),
    defect("read-body-before-auth", "Reads a long body before it asks for a key.", read_body_first),
    defect("buffer-chunked-before-auth", "Gathers chunks before it asks for a key.", gather_chunks_first),
    defect("100-before-401", "Asks for the body before it asks for a key.", continue_first),
    defect("wait-for-body-no-100", "Waits for a body that it does not ask for.", wait_in_silence),
    defect("100-to-http10", "Sends interim answers to HTTP/1.0.", continue_to_http10),
    defect("silent-rst", "Ends the connection behind an early answer without saying so.", end_in_silence),
    defect("proxy-then-auth", "Calls what is behind the edge while it asks for the key.", proxy_first),
    defect("store-then-auth", "Writes uploads down before it asks for a key.", store_uploads_first),
    defect(
        "connect-upstream-before-auth",
        "Connects to what is behind the edge before it asks for a key.",
        connect_first,
    ),
    defect("validate-before-authz", "Validates the body before it asks for permission.", validate_second),
];

/// The largest body that is waited for before anything else, in bytes.
const EARLY: u64 = 64 * 1024;

/// Puts something before everything else.
pub(super) fn first(edge: &mut Edge, step: fn(&Request<'_>) -> Result<(), Stop>) {
    edge.insert_before(At::Key, At::Extra, Arc::new(move |_, passage| step(&passage.request)));
}

/// Guards run in a phase that comes after parsing and validation.
fn validate_first(edge: &mut Edge) {
    await_body(edge, takes_json);
    first(edge, validate);
}

/// The key is checked in front, the permission in the handler, which gets the body already parsed.
fn validate_second(edge: &mut Edge) {
    await_body(edge, takes_json);
    let step = Arc::new(|_: &Edge, passage: &mut Passage<'_>| validate(&passage.request));
    edge.insert_before(At::Permission, At::Extra, step);
}

/// Waits for small bodies before anything is decided.
pub(super) fn await_body(edge: &mut Edge, wanted: fn(&Site, &Head) -> bool) {
    let sound = Arc::clone(&edge.awaits_body);
    edge.awaits_body = Arc::new(move |site, head| {
        let small = head.declared_length().is_some_and(|length| length <= EARLY);
        sound(site, head) || (small && !head.expects_continue() && wanted(site, head))
    });
}

/// Whether a request leads to an operation that takes JSON, and brings some.
pub(super) fn takes_json(site: &Site, head: &Head) -> bool {
    let server = &site.server;
    let route = (server.edge.route)(&server.routes, &head.method, &head.target.path);
    let declared = server.routes.operation(&route).and_then(|operation| operation.media_type.as_deref());
    let json = |media_type: &str| media_type.starts_with("application/json");
    declared.is_some_and(json) && head.text("content-type").is_some_and(json)
}

/// A limit on the body is the first of the middlewares.
fn length_first(edge: &mut Edge) {
    first(edge, |request| {
        let limit = BODY_LIMIT as u64;
        let too_large = request.head.declared_length().is_some_and(|length| length > limit);
        if too_large { Err(Denial::TooLarge.into()) } else { Ok(()) }
    });
}

/// Waits for the whole request where something says so.
fn gather(edge: &mut Edge, wanted: fn(&Head) -> bool) {
    let sound = Arc::clone(&edge.awaits_body);
    edge.awaits_body = Arc::new(move |site, head| sound(site, head) || wanted(head));
}

/// The framework hands over requests, not heads; what is short is here before anybody notices.
fn read_body_first(edge: &mut Edge) {
    gather(edge, |head| {
        let long = |length: u64| length > EARLY && length <= BODY_LIMIT as u64;
        !head.expects_continue() && head.declared_length().is_some_and(long)
    });
}

/// What is behind the edge wants to know the length, so a layer gathers the chunks to count them.
fn gather_chunks_first(edge: &mut Edge) {
    gather(edge, |head| head.lists("transfer-encoding", "chunked"));
}

/// The server answers the expectation by itself, before the guard has a say.
fn continue_first(edge: &mut Edge) {
    gather(edge, Head::expects_continue);
}

/// The expectation is not known, and the body that waits for an answer to it is waited for.
fn wait_in_silence(edge: &mut Edge) {
    gather(edge, Head::expects_continue);
    edge.receive.conduct.asks = |_| false;
}

/// The version is not looked at (against RFC 9110 section 10.1.1).
fn continue_to_http10(edge: &mut Edge) {
    edge.receive.conduct.asks = |head| head.lists("expect", "100-continue");
}

/// The server gives up on the connection, and the answer was written before it did.
fn end_in_silence(edge: &mut Edge) {
    edge.receive.conduct.announce = |_| Connection::Keep;
}

/// Both are asked at once to save time, and the answer of the one waits for the verdict of the other.
fn proxy_first(edge: &mut Edge) {
    let step = Arc::new(|edge: &Edge, passage: &mut Passage<'_>| {
        (edge.remember)(&passage.request, None);
        Ok(())
    });
    edge.insert_before(At::Key, At::Extra, step);
}

/// The parser of forms writes files into a folder as it meets them, and it runs before everything else.
fn store_uploads_first(edge: &mut Edge) {
    await_body(edge, |_, head| {
        head.text("content-type").is_some_and(|media_type| media_type.starts_with("multipart/form-data"))
    });
    first(edge, |request| {
        let uploads =
            request.head.text("content-type").is_some_and(|it| it.starts_with("multipart/form-data"));
        if uploads && request.body.is_some_and(|body| !body.is_empty()) {
            request.site.data.spool();
        }
        Ok(())
    });
}

/// The connection is taken from the pool at the beginning of every request.
fn connect_first(edge: &mut Edge) {
    first(edge, |request| {
        let guarded = request.operation().is_some_and(|operation| !operation.is_public());
        let gone = request.site.server.parts.lacks(Part::Upstream);
        if guarded && gone { Err(Denial::BadGateway.into()) } else { Ok(()) }
    });
}

/// A body has to be JSON with something in it.
fn validate(request: &Request<'_>) -> Result<(), Stop> {
    let Some(body) = request.body else { return Ok(()) };
    match document(body)? {
        Value::Object(members) if members.is_empty() => {
            Err(Denial::Unprocessable("Members are missing.".to_owned()).into())
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => Ok(()),
    }
}

/// The parser is chosen by the media type, and choosing it is the first thing that happens.
fn media_type_first(edge: &mut Edge) {
    let step = |edge: &Edge, passage: &mut Passage<'_>| {
        let encoded = passage.request.head.values("content-encoding").next().is_some();
        match content_step(edge, passage) {
            Err(Stop::Deny(Denial::UnsupportedMedia(_))) if encoded => Ok(()),
            Err(Stop::Deny(Denial::TooLarge)) => Ok(()),
            judged => judged,
        }
    };
    edge.insert_before(At::Key, At::Extra, Arc::new(step));
}

/// A layer in front unpacks bodies, so that nothing behind it has to.
fn decompress_first(edge: &mut Edge) {
    await_body(edge, |_, head| head.lists("content-encoding", "gzip"));
    first(edge, |request| match request.body {
        Some(body) if !body.starts_with(b"\x1f\x8b\x08") => {
            Err(Denial::MalformedBody("The body is not what its content coding says.").into())
        }
        Some(_) | None => Ok(()),
    });
}

/// The router comes before the guard, because the guard is part of a route.
fn not_found_first(edge: &mut Edge) {
    let step = |edge: &Edge, passage: &mut Passage<'_>| match passage.request.route {
        Route::Unknown => route_step(edge, passage),
        Route::WrongMethod(_) | Route::Operation(_, _) => Ok(()),
    };
    edge.insert_before(At::Key, At::Extra, Arc::new(step));
}

/// Methods are compared by the router, and the guard is part of a route.
fn method_first(edge: &mut Edge) {
    let step = |edge: &Edge, passage: &mut Passage<'_>| match passage.request.route {
        Route::WrongMethod(_) => route_step(edge, passage),
        Route::Unknown | Route::Operation(_, _) => Ok(()),
    };
    edge.insert_before(At::Key, At::Extra, Arc::new(step));
}

/// A cache in front answers preconditions from what it has (against RFC 9110 section 13.2.1).
fn conditional_first(edge: &mut Edge) {
    first(edge, |request| {
        let has = |name| request.head.values(name).next().is_some();
        if request.operation().is_none_or(Routed::is_public) {
            return Ok(());
        }
        if has("if-match") || has("if-unmodified-since") {
            let rendering = &request.site.server.rendering;
            let answer = rendering.error(412, "precondition_failed", "A precondition failed", "");
            return Err(answer.into());
        }
        let conditional = has("if-none-match") || has("if-modified-since");
        if conditional { Err(Answer::bare(304).with("ETag", "\"1\"").into()) } else { Ok(()) }
    });
}

/// A cache in front serves ranges of what it has.
fn range_first(edge: &mut Edge) {
    first(edge, |request| {
        let guarded = request.operation().is_some_and(|operation| !operation.is_public());
        let reads = request.head.method == http::Method::GET;
        if !(guarded && reads && request.head.values("range").next().is_some()) {
            return Ok(());
        }
        let answer = Answer::json(206, Value::from(0)).with("Content-Range", "bytes 0-0/16");
        Err(answer.into())
    });
}

/// A layer in front sends everybody to the path as it is really written.
fn redirect_first(edge: &mut Edge) {
    first(edge, |request| match canonical(request) {
        Some(path) => Err(Answer::bare(308).with("Location", path).into()),
        None => Ok(()),
    });
}

/// The path of an operation that a request missed by a slash too many.
pub(super) fn canonical(request: &Request<'_>) -> Option<String> {
    if *request.route != Route::Unknown {
        return None;
    }
    let server = &request.site.server;
    let path = format!("/{}", request.head.target.path.trim_matches('/'));
    let route = (server.edge.route)(&server.routes, &request.head.method, &path);
    server.routes.operation(&route).filter(|operation| !operation.is_public()).map(|_| path)
}

/// One handler catches every error, and the first that it was written for was a wrong key.
fn always_401(edge: &mut Edge) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let about_body = matches!(
            denial,
            Denial::MalformedBody(_)
                | Denial::Unprocessable(_)
                | Denial::UnsupportedMedia(_)
                | Denial::TooLarge
        );
        let invalid = Denial::Refused(RefusalKind::Invalid);
        sound(rendering, if about_body { &invalid } else { denial }, request)
    });
}
