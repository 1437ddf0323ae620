//! Defects of the connection: what one request did decides about the next.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;

use super::{Defect, defect, nobody, wave_through};
use crate::contract::RefusalKind;
use crate::mock::edge::{Denial, Edge, Key, Presented, Request};
use crate::mock::http1::{Framing, Reception};
use crate::mock::message::{Answer, Head, Version};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect(
        "auth-cached-per-connection",
        "Lets a request without a key in as whoever came before it on the connection.",
        identity_kept,
    ),
    defect(
        "deny-cached-per-connection",
        "Refuses whatever follows a refusal on the connection.",
        refusal_kept,
    ),
    defect(
        "auth-state-leaks-in-pipeline",
        "Takes an unknown key for the one before it on the connection.",
        identity_left_over,
    ),
    defect("early-401-leaves-body", "Takes the body of a refused request for another request.", body_left),
    defect("process-after-close", "Answers requests behind one that was to be the last.", close_ignored),
    defect(
        "upgrade-handler-unguarded",
        "Switches to WebSocket without asking for a key.",
        upgrade_handler_unguarded,
    ),
    defect("skip-auth-if-upgrade", "Asks for no key where a request wants to upgrade.", upgrade_unasked),
    defect("http10-unguarded", "Does not ask for a key in HTTP/1.0.", http10_unguarded),
];

/// What is remembered of connections, by their numbers.
pub(super) type Memory<T> = Mutex<BTreeMap<u64, T>>;

pub(super) fn recall<T: Clone>(memory: &Memory<T>, connection: u64) -> Option<T> {
    memory.lock().unwrap_or_else(PoisonError::into_inner).get(&connection).cloned()
}

pub(super) fn remember<T>(memory: &Memory<T>, connection: u64, what: T) {
    memory.lock().unwrap_or_else(PoisonError::into_inner).insert(connection, what);
}

/// Whether a client asks for the connection to be kept. A server that authenticates connections does not wait for that, for
/// in HTTP/1.1 they persist anyway (RFC 9112 section 9.3); but the ordinary client of the suite keeps its connections as
/// others do, and who comes behind whom on them is chance. Then any check would find these defects, one time or another, and
/// what is proved of those that name them would be chance too. They alone say it.
fn kept(request: &Request<'_>) -> bool {
    request.head.lists("connection", "keep-alive")
}

pub(super) fn presents(edge: &Edge, request: &Request<'_>) -> bool {
    let carrier = &request.site.server.authentication.carrier;
    (edge.extract)(request.head, carrier) != Presented::Absent
}

/// The session belongs to the connection, because opening one is expensive.
fn identity_kept(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<Arc<Key>>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        let connection = request.site.connection;
        let known = recall(&memory, connection).filter(|_| kept(request) && !presents(edge, request));
        let key = known.map_or_else(|| sound(edge, request), Ok)?;
        if kept(request) {
            remember(&memory, connection, Arc::clone(&key));
        }
        Ok(key)
    });
}

/// A connection that was refused once is marked as bad.
fn refusal_kept(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<Denial>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        let connection = request.site.connection;
        if let Some(denial) = recall(&memory, connection).filter(|_| kept(request)) {
            return Err(denial);
        }
        let decided = sound(edge, request);
        if let Err(denial) = &decided
            && kept(request)
        {
            remember(&memory, connection, denial.clone());
        }
        decided
    });
}

/// The place for the identity is a field of the connection; a look-up that finds nobody does not write to it.
fn identity_left_over(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<Arc<Key>>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        let connection = request.site.connection;
        let decided = sound(edge, request);
        if let Ok(key) = &decided
            && kept(request)
        {
            remember(&memory, connection, Arc::clone(key));
        }
        let unknown = matches!(&decided, Err(Denial::Refused(RefusalKind::Invalid)));
        match recall(&memory, connection).filter(|_| unknown && kept(request)) {
            Some(key) => Ok(key),
            None => decided,
        }
    });
}

/// A body without a media type is nobody's to read.
fn body_left(edge: &mut Edge) {
    edge.receive.conduct.skip = |head, framing, buffer| {
        let nobodys = matches!(framing, Framing::Length(_)) && head.values("content-type").next().is_none();
        nobodys || (Reception::sound().conduct.skip)(head, framing, buffer)
    };
}

/// `Connection` is taken for a field that only the next hop cares about.
fn close_ignored(edge: &mut Edge) {
    edge.receive.conduct.last = |head| head.version == Version::Http10;
}

/// Health checks of a load balancer speak HTTP/1.0, and once they failed for want of a key.
fn http10_unguarded(edge: &mut Edge) {
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        if request.head.version == Version::Http10 && !presents(edge, request) {
            return Ok(nobody(&request.site.server));
        }
        sound(edge, request)
    });
}

/// Whether a request asks for another protocol: WebSocket (RFC 6455 section 4.1).
fn upgrades(head: &Head) -> bool {
    head.lists("connection", "upgrade") && head.lists("upgrade", "websocket")
}

/// Handshakes are answered by a library that is mounted beside the guarded operations.
fn upgrade_handler_unguarded(edge: &mut Edge) {
    super::order::first(edge, |request| {
        let head = request.head;
        let handshake = head.method == Method::GET && head.values("sec-websocket-key").next().is_some();
        if !handshake || !upgrades(head) {
            return Ok(());
        }
        Err(Answer::bare(101).with("Upgrade", "websocket").with("Connection", "Upgrade").into())
    });
}

/// Browsers cannot add a field to a handshake, so the handler asks for the key once the socket is open.
fn upgrade_unasked(edge: &mut Edge) {
    wave_through(edge, |_, request| upgrades(request.head));
}
