//! Everything that can be wrong with an edge, one item each, so that the harness can be shown to notice.
//!
//! A defect replaces or wraps one stage of the pipeline and leaves every other alone: it is written as the
//! fault happens in the world, and no wider. To add one, write it in the file of its family and put it into
//! that family's list.

mod authentication;
mod between;
mod cache;
mod connection;
mod cors;
mod detour;
mod document;
mod fail;
mod frames;
mod framing;
mod jwt;
mod leak;
mod life;
mod limits;
mod load;
mod method;
mod oracle;
mod order;
mod path;
mod permission;
mod reading;
mod repetition;
mod several;
mod shape;
mod syntax;
mod time;
mod token;
mod trust;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::backend::Backend;
use super::edge::{Application, Denial, Edge, Key, Passage, Request, Route, Stop};
use super::server::Server;
use super::services::{self, Call};
use crate::contract::Grant;

/// One thing that is wrong with an edge.
#[derive(Clone, Copy, Debug)]
pub struct Defect {
    /// Its name: part of the interface, never changed.
    pub id: &'static str,
    /// What the server does wrong, in a sentence.
    pub what: &'static str,
    install: Install,
}

/// How a defect is planted, by what it is a defect of.
#[derive(Clone, Copy, Debug)]
enum Install {
    /// The reference server's edge.
    Edge(fn(&mut Edge)),
    /// The reference backend.
    Backend(fn(&mut Backend)),
}

impl Defect {
    /// Whether it is one of the reference backend, and not of the reference server.
    pub fn is_of_backend(&self) -> bool {
        matches!(self.install, Install::Backend(_))
    }

    /// Plants it in an edge, where it is one of an edge.
    pub(super) fn plant(&self, edge: &mut Edge) {
        if let Install::Edge(install) = self.install {
            install(edge);
        }
    }

    /// Plants it in a backend, where it is one of a backend.
    pub(super) fn plant_in_backend(&self, backend: &mut Backend) {
        if let Install::Backend(install) = self.install {
            install(backend);
        }
    }
}

/// Every defect that checks can find, in a stable order.
pub fn all() -> impl Iterator<Item = &'static Defect> + Clone {
    families().flatten()
}

/// The defects of each family, in a stable order.
pub fn families() -> impl Iterator<Item = &'static [Defect]> + Clone {
    FAMILIES.iter().copied()
}

/// The defects that only a load brings out, in a stable order: load plans find them, and no check does.
pub fn under_load() -> impl Iterator<Item = &'static Defect> + Clone {
    load::UNDER_LOAD.iter()
}

/// The defect of a name, whatever finds it.
pub fn find(id: &str) -> Option<&'static Defect> {
    all().chain(under_load()).find(|defect| defect.id == id)
}

/// The families, each a list in a file of its own.
const FAMILIES: &[&[Defect]] = &[
    authentication::FAMILY,
    permission::FAMILY,
    shape::FAMILY,
    order::FAMILY,
    leak::FAMILY,
    connection::FAMILY,
    framing::FAMILY,
    frames::FAMILY,
    method::FAMILY,
    trust::FAMILY,
    path::FAMILY,
    syntax::FAMILY,
    reading::FAMILY,
    several::FAMILY,
    cors::FAMILY,
    document::FAMILY,
    cache::FAMILY,
    repetition::FAMILY,
    oracle::FAMILY,
    token::FAMILY,
    jwt::FAMILY,
    life::FAMILY,
    fail::FAMILY,
    limits::FAMILY,
    time::FAMILY,
    between::FAMILY,
];

/// A defect, as its family lists it.
const fn defect(id: &'static str, what: &'static str, install: fn(&mut Edge)) -> Defect {
    Defect { id, what, install: Install::Edge(install) }
}

/// The same, of the reference backend.
const fn of_backend(id: &'static str, what: &'static str, install: fn(&mut Backend)) -> Defect {
    Defect { id, what, install: Install::Backend(install) }
}

/// Whoever is let in without a key of their own: may do everything, owns nothing.
fn nobody(server: &Server) -> Arc<Key> {
    let services: BTreeSet<&str> = server.routes.all().iter().map(|routed| routed.id.service()).collect();
    let allows = services.into_iter().map(|service| Grant(service.to_owned())).collect();
    Arc::new(Key::new("nobody", Arc::new(Application::new("nobody", &[])), allows))
}

/// Does not ask some requests for their key and takes them for nobody's in particular, where they lead to an operation.
fn wave_through(edge: &mut Edge, unasked: impl Fn(&Edge, &Request<'_>) -> bool + Send + Sync + 'static) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        if request.operation().is_some() && unasked(edge, request) {
            return Ok(nobody(&request.site.server));
        }
        sound(edge, request)
    });
}

/// Serves another route than the one that was judged.
fn serve_instead(passage: &Passage<'_>, route: &Route) -> Result<(), Stop> {
    let request = Request { route, ..passage.request };
    let (Route::Operation(_, parameters), Some(operation)) = (route, request.operation()) else {
        return Err(Denial::NotFound.into());
    };
    let call = Call { request, operation, parameters, key: passage.key.as_ref() };
    Err(services::answer(&call).map_or_else(Stop::from, Stop::from))
}

/// Whether some bytes look like a key of this API.
fn well_formed(server: &Server, presented: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(presented) else { return false };
    match &server.authentication.key_pattern {
        Some(pattern) => pattern.regex().is_match(text),
        None => text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'),
    }
}

/// What a request presents as its key, as text.
fn presented(request: &Request<'_>) -> Option<String> {
    let server = &request.site.server;
    let presented = (server.edge.extract)(request.head, &server.authentication.carrier);
    presented.value().map(|value| String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_has_a_name_of_its_own_and_says_what_it_does() {
        let every = || all().chain(under_load());
        let names: BTreeSet<_> = every().map(|defect| defect.id).collect();
        assert_eq!(names.len(), every().count());
        for defect in every() {
            assert!(defect.what.ends_with('.'), "{}", defect.id);
            assert!(defect.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{}", defect.id);
        }
    }
}
