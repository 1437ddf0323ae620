//! Defects of the method: the guard goes by one method, and what is behind it by another.

use std::sync::Arc;

use http::Method;

use super::{Defect, defect, serve_instead, wave_through};
use crate::mock::edge::{At, Denial, Edge, Passage, Request, Route, Stop};
use crate::mock::message::{Answer, Content, Head};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("head-unguarded", "Does not ask for a key where the method is HEAD.", head_unguarded),
    defect("options-runs-handler", "Runs the operation, unguarded, on OPTIONS.", options_runs_handler),
    defect(
        "guard-lists-methods",
        "Guards the methods that it knows, and serves others.",
        guard_lists_methods,
    ),
    defect("method-case-fold", "Takes methods in any case of their letters.", method_case_fold),
    defect(
        "any-method-handler",
        "Guards the declared method of a path, and serves every other too.",
        any_method_handler,
    ),
    defect(
        "override-after-authz",
        "Lets a request name another method once its permission was checked.",
        override_after_authz,
    ),
    defect("trace-echo", "Answers TRACE with the request as it arrived, key and all.", trace_echo),
    defect("connect-open-proxy", "Opens a tunnel to whatever host is named.", connect_open_proxy),
    defect("405-without-allow", "Does not say which methods there are where one is wrong.", without_allow),
];

/// The guard is configured for GET, and the router takes HEAD for GET.
fn head_unguarded(edge: &mut Edge) {
    wave_through(edge, |_, request| request.head.method == Method::HEAD);
}

/// The guard lets preflights pass, and the handlers are registered for whatever method comes.
fn options_runs_handler(edge: &mut Edge) {
    route_undeclared(edge, |method| *method == Method::OPTIONS);
    wave_through(edge, |_, request| request.head.method == Method::OPTIONS);
}

/// The guard's configuration names methods, and what it does not name is left to the default handler.
fn guard_lists_methods(edge: &mut Edge) {
    route_undeclared(edge, |method| !listed(method));
    wave_through(edge, |_, request| !listed(&request.head.method));
}

/// The methods that somebody thought of.
fn listed(method: &Method) -> bool {
    ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"].contains(&method.as_str())
}

/// A framework that writes methods in capitals before it compares them.
fn method_case_fold(edge: &mut Edge) {
    let sound = Arc::clone(&edge.route);
    edge.route = Arc::new(move |routes, method, path| {
        let folded = Method::from_bytes(method.as_str().to_ascii_uppercase().as_bytes());
        sound(routes, folded.as_ref().unwrap_or(method), path)
    });
}

/// The handler belongs to the path, and the guard to the pair of path and method.
fn any_method_handler(edge: &mut Edge) {
    route_undeclared(edge, |_| true);
    wave_through(edge, |_, request| {
        let declared = request.operation().map(|operation| &operation.method);
        request.head.method != Method::HEAD && declared != Some(&request.head.method)
    });
}

/// Sends requests of some methods to an operation of the path that is declared for another.
fn route_undeclared(edge: &mut Edge, serves: fn(&Method) -> bool) {
    let sound = Arc::clone(&edge.route);
    edge.route = Arc::new(move |routes, method, path| match sound(routes, method, path) {
        Route::WrongMethod(allow) if serves(method) => {
            let declared = allow.split(", ").filter_map(|name| Method::from_bytes(name.as_bytes()).ok());
            let first = declared.map(|method| sound(routes, &method, path)).next();
            first.unwrap_or(Route::WrongMethod(allow))
        }
        found @ (Route::WrongMethod(_) | Route::Operation(_, _) | Route::Unknown) => found,
    });
}

/// The method is exchanged by a layer that was added behind the guard.
fn override_after_authz(edge: &mut Edge) {
    edge.order.push((
        At::Extra,
        Arc::new(|edge, passage| match overriding(passage.request.head) {
            Some(method) => dispatch(edge, passage, &method),
            None => Ok(()),
        }),
    ));
}

/// The method that a request names beside its own.
fn overriding(head: &Head) -> Option<Method> {
    let fields = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"];
    let field = fields.into_iter().find_map(|name| head.text(name));
    let mut pairs = head.target.query.iter().flat_map(|query| query.split('&'));
    let parameter = pairs.find_map(|pair| pair.strip_prefix("_method="));
    Method::from_bytes(field.or(parameter)?.as_bytes()).ok()
}

/// Serves what another method of the same path leads to.
fn dispatch(edge: &Edge, passage: &Passage<'_>, method: &Method) -> Result<(), Stop> {
    let routes = &passage.request.site.server.routes;
    let path = (edge.normalise)(&passage.request.head.target.path);
    serve_instead(passage, &(edge.route)(routes, method, &path))
}

/// The server answers TRACE by itself, before anything is configured for it.
fn trace_echo(edge: &mut Edge) {
    super::order::first(edge, |request| {
        if request.head.method != Method::TRACE {
            return Ok(());
        }
        let content = Content::Written { media_type: "message/http".into(), bytes: echoed(request) };
        Err(Answer { content, ..Answer::bare(200) }.into())
    });
}

/// The server can be a proxy as well, and that part of it was never switched off.
fn connect_open_proxy(edge: &mut Edge) {
    super::order::first(edge, |request| {
        if request.head.method == Method::CONNECT { Err(Answer::bare(200).into()) } else { Ok(()) }
    });
}

/// A request as it arrived.
fn echoed(request: &Request<'_>) -> Vec<u8> {
    let head = request.head;
    let query = head.target.query.iter().flat_map(|query| ["?", query]);
    let mut bytes: Vec<u8> = [head.method.as_str(), " ", &head.target.path]
        .into_iter()
        .chain(query)
        .chain([" HTTP/1.1\r\n"])
        .flat_map(str::bytes)
        .collect();
    for field in &head.fields {
        bytes.extend([&*field.name, b": ", &*field.value, b"\r\n"].concat());
    }
    bytes
}

/// The error has a status and no table at hand.
fn without_allow(edge: &mut Edge) {
    let sound = Arc::clone(&edge.render);
    edge.render = Arc::new(move |rendering, denial, request| {
        let mut answer = sound(rendering, denial, request);
        if matches!(denial, Denial::MethodNotAllowed(_)) {
            answer.remove("Allow");
        }
        answer
    });
}
