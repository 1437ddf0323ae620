//! A backend in between: the environment, credential and operations that it names, and what its clients may do.

use super::names::unknown;
use super::{Listed, MOST, paths, refusals};
use crate::document::{Diagnostic, Document, Entry, Node};

pub(super) fn all(document: &Document, operations: &[Listed<'_>]) -> Vec<Diagnostic> {
    let Some(backend) = document.root.get("backend") else { return Vec::new() };
    let entries = |node: Option<&'_ Node>| node.map(Node::entries).unwrap_or_default().to_vec();
    let keys = |entries: &[Entry]| entries.iter().map(|entry| entry.key.clone()).collect::<Vec<_>>();
    let known = |name: &str| keys(&entries(document.root.get(name)));
    let one = |name: &str, known: &[String], problem: &str| {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        unknown(document, backend.get(name), &known, problem)
    };
    let mut found = one("environment", &known("environments"), "no environment has this name");
    found.extend(one("credential", &known("credentials"), "no credential has this name"));
    let routes = backend.get("routes").map(Node::entries).unwrap_or_default();
    let ids: Vec<&str> = operations.iter().map(|operation| &*operation.id).collect();
    let leads = routes.iter().filter_map(|route| route.value.get("for"));
    found.extend(unknown(document, leads, &ids, "no operation has this name"));
    found.extend(grants(document, backend, routes));
    found.extend(namesakes(document, backend, &known("credentials")));
    found.extend(sources(document, routes));
    let listed = |entry| Listed { id: String::new(), service: "", entry };
    found.extend(routes.iter().flat_map(|route| paths::of_operation(document, &listed(route))));
    found.extend(refusals::likes(document, backend.get("refusals")));
    found.truncate(MOST);
    found
}

/// `routes.*.parameters.*.from.operation`: another route of the backend.
fn sources(document: &Document, routes: &[Entry]) -> Vec<Diagnostic> {
    let known: Vec<String> = routes.iter().map(|route| format!("backend.{}", route.key)).collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let parameters = routes.iter().filter_map(|route| route.value.get("parameters"));
    let used = parameters.flat_map(Node::entries).filter_map(|one| one.value.at(&["from", "operation"]));
    unknown(document, used, &known, "no route of the backend has this name")
}

/// `clients.*.allows`: the backend, or a route of it.
fn grants(document: &Document, backend: &Node, routes: &[Entry]) -> Vec<Diagnostic> {
    let of_routes: Vec<String> = routes.iter().map(|route| format!("backend.{}", route.key)).collect();
    let known: Vec<&str> = std::iter::once("backend").chain(of_routes.iter().map(String::as_str)).collect();
    let allows = clients(backend).iter().filter_map(|client| client.value.get("allows"));
    unknown(document, allows.flat_map(Node::items), &known, "no route of the backend has this name")
}

/// Clients that are called like a credential: nobody could tell whose key was found where.
fn namesakes(document: &Document, backend: &Node, credentials: &[String]) -> Vec<Diagnostic> {
    let same = clients(backend).iter().filter(|client| credentials.contains(&client.key));
    let explain = |client: &Entry| {
        let message = format!("there is a credential {} already", document.entry_name(client));
        let hint = "a client of the backend holds no key of the platform; give it another name";
        Diagnostic::new(message, client.key_span.clone()).hint(hint)
    };
    same.map(explain).collect()
}

/// The clients of a backend.
pub(super) fn clients(backend: &Node) -> &[Entry] {
    backend.get("clients").map(Node::entries).unwrap_or_default()
}
