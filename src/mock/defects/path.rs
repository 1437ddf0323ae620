//! Defects of the path: the guard reads one path, and what is behind it another.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::{Defect, defect, nobody, serve_instead, wave_through};
use crate::mock::edge::{At, Denial, Edge, Passage, Request, Route, Routed, normalise};
use crate::mock::http1::Reception;
use crate::mock::message::{Target, Version};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "guard-on-raw-route-on-merged",
        "Guards paths as they are sent, and routes them with slashes merged.",
        route_on_merged,
    ),
    defect(
        "strip-params-after-guard",
        "Leaves parameters out of paths, and then goes up, behind the guard.",
        strip_params_after_guard,
    ),
    defect(
        "matrix-params-ignored-by-router",
        "Leaves parameters out of paths behind the guard.",
        matrix_params_ignored,
    ),
    defect(
        "decode-after-guard",
        "Takes escapes away behind the guard, and then parameters.",
        decode_after_guard,
    ),
    defect("decode-slash-in-router", "Takes escaped slashes for slashes behind the guard.", decode_slash),
    defect("double-decode", "Takes escapes away twice.", double_decode),
    defect(
        "guard-on-undecoded",
        "Guards paths as they are sent, and routes what they mean.",
        guard_on_undecoded,
    ),
    defect(
        "exact-match-guard",
        "Does not recognise a guarded path with a slash behind it.",
        exact_match_guard,
    ),
    defect("case-insensitive-router", "Serves paths in any case, and guards them in one.", case_insensitive),
    defect(
        "extension-allowlist",
        "Takes paths that end like those of pictures for public.",
        extension_allowlist,
    ),
    defect(
        "public-prefix-startswith",
        "Takes every path for public that begins like a public one.",
        public_prefix_startswith,
    ),
    defect(
        "unanchored-public-regex",
        "Looks for public paths anywhere in the request's target.",
        unanchored_public_regex,
    ),
    defect("suffix-routing", "Serves an operation under every path that ends like its own.", suffix_routing),
    defect("legacy-route-unguarded", "Still serves an older version, unguarded.", legacy_route_unguarded),
    defect(
        "url-rebuilt-from-host",
        "Guards an address put together from Host and path.",
        url_rebuilt_from_host,
    ),
    defect("guard-before-normalise", "Resolves dot segments behind the guard.", guard_before_normalise),
    defect(
        "public-prefix-then-normalise",
        "Takes everything below a public path for public, and then goes up.",
        public_prefix_then_normalise,
    ),
    defect(
        "guard-before-decode",
        "Refuses dot segments as they are, and resolves escaped ones behind the guard.",
        guard_before_decode,
    ),
    defect("backslash-as-slash", "Takes backslashes for slashes behind the guard.", backslash_as_slash),
    defect(
        "fragment-part-of-guard-path",
        "Guards paths with what stands behind `#`, and serves them without it.",
        fragment_kept_by_guard,
    ),
    defect(
        "absolute-form-unguarded",
        "Guards targets that begin with a slash, and no others.",
        absolute_form_unguarded,
    ),
    defect(
        "host-over-target",
        "Goes by the Host field where the target names another host.",
        host_over_target,
    ),
    defect(
        "host-case-sensitive-guard",
        "Guards its host in lower case, and serves it in any.",
        host_case_sensitive,
    ),
    defect("x-original-url-trusted", "Serves the path that a header field names.", x_original_url_trusted),
    defect("x-forwarded-uri-trusted", "Guards the path that a header field names.", x_forwarded_uri_trusted),
];

/// Gives the router a reader of paths that the guard does not have. What only the router understands leads to an
/// operation, and is not on the guard's list.
pub(super) fn second_reader(edge: &mut Edge, read: fn(&str) -> String) {
    let (guard, router) = (Arc::clone(&edge.route), Arc::clone(&edge.route));
    edge.route = Arc::new(move |routes, method, path| match router(routes, method, path) {
        Route::Unknown => router(routes, method, &read(path)),
        found @ (Route::Operation(_, _) | Route::WrongMethod(_)) => found,
    });
    wave_through(edge, move |edge, request| {
        let path = (edge.normalise)(&request.head.target.path);
        guard(&request.site.server.routes, &request.head.method, &path) == Route::Unknown
    });
}

/// Files are found whether there is one slash or two, and so are routes.
fn route_on_merged(edge: &mut Edge) {
    second_reader(edge, |path| {
        let mut merged = path.to_owned();
        while merged.contains("//") {
            merged = merged.replace("//", "/");
        }
        merged
    });
}

/// The container removes parameters and resolves the path when the filters are done.
fn strip_params_after_guard(edge: &mut Edge) {
    second_reader(edge, |path| resolved(&without_parameters(path)));
}

/// The router knows matrix parameters, and nobody told the guard.
fn matrix_params_ignored(edge: &mut Edge) {
    second_reader(edge, without_parameters);
}

/// The path without what follows a semicolon in each segment (RFC 3986 section 3.3).
fn without_parameters(path: &str) -> String {
    let segments = path.split('/').map(|segment| segment.split(';').next().unwrap_or_default());
    segments.collect::<Vec<_>>().join("/")
}

/// The path with its dot segments resolved (RFC 3986 section 5.2.4).
fn resolved(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "." => {}
            ".." if kept.len() > 1 => drop(kept.pop()),
            segment => kept.push(segment),
        }
    }
    kept.join("/")
}

/// The router gets the path decoded, and takes what was escaped for syntax.
fn decode_after_guard(edge: &mut Edge) {
    second_reader(edge, |path| without_parameters(&decoded(path)));
}

/// The framework decodes what the server in front of it has decoded already.
fn double_decode(edge: &mut Edge) {
    second_reader(edge, |path| decoded(&decoded(path)));
}

/// Every segment without its escapes; an escaped slash stays what it is.
fn decoded(path: &str) -> String {
    let decode = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().replace('/', "%2F");
    path.split('/').map(decode).collect::<Vec<_>>().join("/")
}

/// The path is decoded before it is taken apart.
fn decode_slash(edge: &mut Edge) {
    second_reader(edge, |path| {
        ["%2f", "%2F", "%5c", "%5C"].iter().fold(path.to_owned(), |path, escape| path.replace(escape, "/"))
    });
}

/// The guard compares the target with its list, and the target is decoded later.
fn guard_on_undecoded(edge: &mut Edge) {
    wave_through(edge, |edge, request| {
        let (routes, head) = (&request.site.server.routes, request.head);
        (edge.route)(routes, &head.method, &head.target.path) == Route::Unknown
    });
}

/// The guard has a list of paths, and the router forgives a slash.
fn exact_match_guard(edge: &mut Edge) {
    second_reader(edge, |path| path.strip_suffix('/').unwrap_or(path).to_owned());
}

/// The router was written for a file system on which case does not count.
fn case_insensitive(edge: &mut Edge) {
    second_reader(edge, str::to_ascii_lowercase);
}

/// Static files need no key, and the framework takes an ending for the wanted format.
fn extension_allowlist(edge: &mut Edge) {
    second_reader(edge, |path| {
        let stem = [".png", ".css", ".js", ".ico"].iter().find_map(|ending| path.strip_suffix(ending));
        stem.unwrap_or(path).to_owned()
    });
}

/// The router looks for its own part of the path, because the gateway may put something before it.
fn suffix_routing(edge: &mut Edge) {
    second_reader(edge, |path| match path.get(1..).and_then(|path| path.split_once('/')) {
        Some((first, rest)) if !first.is_empty() => format!("/{rest}"),
        Some(_) | None => path.to_owned(),
    });
}

/// The version before this one was never taken down, and the guard came with this one.
fn legacy_route_unguarded(edge: &mut Edge) {
    second_reader(edge, |path| {
        path.strip_prefix("/v0/").map_or(path.to_owned(), |rest| format!("/v1/{rest}"))
    });
}

/// The server resolves paths, and the guard compares them as they were sent.
fn guard_before_normalise(edge: &mut Edge) {
    second_reader(edge, resolved);
}

/// `path.starts_with("/healthz/")`, and the path is resolved afterwards.
fn public_prefix_then_normalise(edge: &mut Edge) {
    let router = Arc::clone(&edge.route);
    edge.route = Arc::new(move |routes, method, path| match router(routes, method, path) {
        Route::Unknown => router(routes, method, &resolved(path)),
        found @ (Route::Operation(_, _) | Route::WrongMethod(_)) => found,
    });
    wave_through(edge, |_, request| {
        let path = &request.head.target.path;
        any_public(request, |public| path.strip_prefix(public).is_some_and(|rest| rest.starts_with('/')))
    });
}

/// Dot segments were forbidden once they had been abused. The router's library knows them in their escaped form too
/// (WHATWG URL section 4.4).
fn guard_before_decode(edge: &mut Edge) {
    edge.normalise = |path| {
        let parts = path.split("%2e").flat_map(|part| part.split("%2E"));
        let parts: Vec<_> = parts.map(normalise).collect();
        parts.join("%2e").into()
    };
    second_reader(edge, |path| {
        let forbidden = path.split('/').any(|segment| segment == "." || segment == "..");
        if forbidden { path.to_owned() } else { resolved(&path.replace("%2e", ".")) }
    });
}

/// The router was written for a file system whose separator it is.
fn backslash_as_slash(edge: &mut Edge) {
    second_reader(edge, |path| path.replace('\\', "/"));
}

/// The target is read by a parser of addresses, and nobody sends a fragment.
fn fragment_kept_by_guard(edge: &mut Edge) {
    edge.receive.target = |method, text| {
        let at = text.iter().position(|byte| *byte == b'#').unwrap_or(text.len());
        let (sound, fragment) = text.split_at(at);
        let target = (Reception::sound().target)(method, sound)?;
        let fragment = String::from_utf8_lossy(fragment);
        Ok(match target.query {
            Some(query) => Target { query: Some(query + &fragment), ..target },
            None => Target { path: target.path + &fragment, ..target },
        })
    };
    second_reader(edge, |path| path.split('#').next().unwrap_or_default().to_owned());
}

/// The guard is mounted on a pattern of targets: `^/`.
fn absolute_form_unguarded(edge: &mut Edge) {
    wave_through(edge, |_, request| {
        let head = request.head;
        head.version != Version::Http2 && head.target.authority.is_some()
    });
}

/// Sites are found by their `Host`, and there is none of the other name.
fn host_over_target(edge: &mut Edge) {
    edge.receive.host = |head| {
        (Reception::sound().host)(head)?;
        let named = head.target.authority.as_deref();
        let differs = named.is_some_and(|named| head.text("host").is_some_and(|host| host != named));
        if differs { Err(Denial::NotFound) } else { Ok(()) }
    };
}

/// The guard belongs to a list of host names, and the router folds their case before it looks.
fn host_case_sensitive(edge: &mut Edge) {
    wave_through(edge, |_, request| {
        let host = request.head.text("host").unwrap_or_default();
        host.bytes().any(|byte| byte.is_ascii_uppercase())
    });
}

/// Whether something holds of a public path.
fn any_public(request: &Request<'_>, holds: impl Fn(&str) -> bool) -> bool {
    let mut public = request.site.server.routes.all().iter().filter(|routed| routed.is_public());
    public.any(|routed: &Routed| holds(&routed.template))
}

/// `path.starts_with(public)`.
fn public_prefix_startswith(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        if any_public(request, |public| request.head.target.path.starts_with(public)) {
            return Ok(nobody(&request.site.server));
        }
        sound(edge, request)
    });
}

/// The pattern has no `^`, and it is matched against path and query.
fn unanchored_public_regex(edge: &mut Edge) {
    wave_through(edge, |_, request| {
        let query = request.head.target.query.as_deref().unwrap_or_default();
        any_public(request, |public| query.contains(public))
    });
}

/// The guard asks its framework for the address, which is made of what the client calls the host.
fn url_rebuilt_from_host(edge: &mut Edge) {
    edge.receive.host = |_| Ok(());
    wave_through(edge, |_, request| {
        let host = request.head.text("host").unwrap_or_default();
        let behind = host.split_once('/').map(|(_, path)| path);
        let path = behind.map(|path| format!("/{}", path.split('?').next().unwrap_or_default()));
        path.is_some_and(|path| any_public(request, |public| path == public))
    });
}

/// A layer behind the guard restores the path that another server is said to have rewritten.
fn x_original_url_trusted(edge: &mut Edge) {
    let step = |edge: &Edge, passage: &mut Passage<'_>| {
        let head = passage.request.head;
        let Some(path) = head.text("X-Original-URL").or_else(|| head.text("X-Rewrite-URL")) else {
            return Ok(());
        };
        let path = (edge.normalise)(path.split('?').next().unwrap_or_default());
        serve_instead(passage, &(edge.route)(&passage.request.site.server.routes, &head.method, &path))
    };
    edge.order.push((At::Extra, Arc::new(step)));
}

/// The guard is a service of its own, and learns from the proxy's fields what was asked for.
fn x_forwarded_uri_trusted(edge: &mut Edge) {
    const NAMES: [&str; 3] = ["X-Forwarded-Uri", "X-Forwarded-Path", "X-Forwarded-Prefix"];
    wave_through(edge, |_, request| {
        let named = NAMES.into_iter().find_map(|name| request.head.text(name));
        named.is_some_and(|path| any_public(request, |public| path == public))
    });
}
