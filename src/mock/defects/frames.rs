//! Defects of HTTP/2: what its frames carry is made into something else on the way to whoever asks for the key, or nobody
//! asks at all.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::connection::{Memory, presents, recall, remember};
use super::path::second_reader;
use super::{Defect, defect, nobody};
use crate::mock::edge::{Edge, Key};
use crate::mock::http2::{Reception, split};
use crate::mock::message::{Field, Head, Version};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("h2-name-trimmed", "Takes white space off the names of fields in HTTP/2.", name_trimmed),
    defect(
        "upgrade-tunnels-past-auth",
        "Lets a connection go on in HTTP/2, and asks for no key on it any more.",
        upgrade_tunnels,
    ),
    defect(
        "h2-port-unguarded",
        "Speaks HTTP/2 where nobody expects it, and does not ask for a key there.",
        port_unguarded,
    ),
    defect(
        "auth-cached-per-h2-connection",
        "Lets a stream without a key in as whoever came before it on the connection.",
        identity_kept,
    ),
    defect(
        "h2-connection-header-honoured",
        "Drops the fields that `Connection` names, in HTTP/2 too.",
        connection_honoured,
    ),
    defect(
        "h2-invalid-field-passed",
        "Passes fields on that no field may look like in HTTP/2.",
        invalid_field_passed,
    ),
    defect(
        "guard-host-route-authority",
        "Guards by `Host`, and routes by `:authority`.",
        guard_host_route_authority,
    ),
    defect("h2-path-concat", "Makes an address of host and `:path` behind the guard.", path_concat),
];

/// Names are cleaned like values.
fn name_trimmed(edge: &mut Edge) {
    edge.frames.name = |name| {
        let end = name.trim_ascii_end().len();
        (Reception::sound().name)(&name.slice(..end))
    };
}

/// A connection that was upgraded is passed through byte by byte to what is behind the edge.
fn upgrade_tunnels(edge: &mut Edge) {
    let passed_through = Arc::new(Mutex::new(BTreeSet::new()));
    let through = Arc::clone(&passed_through);
    edge.goes_over = Arc::new(move |site, head| {
        let wishes = head.lists("upgrade", "h2c") && head.lists("connection", "upgrade");
        if wishes {
            passed_through.lock().unwrap_or_else(PoisonError::into_inner).insert(site.connection);
        }
        wishes
    });
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        let through = through.lock().unwrap_or_else(PoisonError::into_inner);
        if through.contains(&request.site.connection) {
            return Ok(nobody(&request.site.server));
        }
        sound(edge, request)
    });
}

/// A library switched HTTP/2 on, and the guard is a part of what speaks HTTP/1.
fn port_unguarded(edge: &mut Edge) {
    edge.offers = |_| true;
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        if request.head.version == Version::Http2 && !presents(edge, request) {
            return Ok(nobody(&request.site.server));
        }
        sound(edge, request)
    });
}

/// The session belongs to the connection, and all streams are one client's.
fn identity_kept(edge: &mut Edge) {
    let (sound, memory) = (Arc::clone(&edge.authenticate), Memory::<Arc<Key>>::default());
    edge.authenticate = Arc::new(move |edge, request| {
        if request.head.version != Version::Http2 {
            return sound(edge, request);
        }
        let connection = request.site.connection;
        let known = recall(&memory, connection).filter(|_| !presents(edge, request));
        let key = known.map_or_else(|| sound(edge, request), Ok)?;
        remember(&memory, connection, Arc::clone(&key));
        Ok(key)
    });
}

/// The step that removes what is meant for one hop was written for HTTP/1, and runs before the guard.
fn connection_honoured(edge: &mut Edge) {
    edge.frames.connection = |fields| {
        let is_option = |field: &Field| &*field.name == b"connection";
        let named: Vec<Bytes> =
            fields.iter().filter(|field| is_option(field)).map(|field| field.value.clone()).collect();
        let named = |field: &Field| {
            let mut options = named.iter().flat_map(|value| value.split(|byte| *byte == b','));
            options.any(|option| option.trim_ascii().eq_ignore_ascii_case(&field.name))
        };
        let kept = fields.iter().filter(|field| !is_option(field) && !named(field)).cloned().collect();
        (Reception::sound().connection)(kept)
    };
}

/// Fields are bytes, and what becomes of them is not the parser's business; names are compared in lower case anyway.
fn invalid_field_passed(edge: &mut Edge) {
    edge.frames.name = |name| (Reception::sound().name)(&Bytes::from(name.to_ascii_lowercase()));
    edge.frames.value = |value| Ok(value.clone());
}

/// The guard is on the host that the API is called by, and the router never looks at `Host`.
fn guard_host_route_authority(edge: &mut Edge) {
    edge.frames.host = |head| {
        if differs(head) { Ok(()) } else { (Reception::sound().host)(head) }
    };
    let sound = Arc::clone(&edge.authenticate);
    edge.authenticate = Arc::new(move |edge, request| {
        if differs(request.head) && request.operation().is_some() && !presents(edge, request) {
            return Ok(nobody(&request.site.server));
        }
        sound(edge, request)
    });
}

/// Whether the one `Host` names another host than `:authority` does.
fn differs(head: &Head) -> bool {
    let named = head.target.authority.as_deref().filter(|_| head.version == Version::Http2);
    named.zip(head.text("host")).is_some_and(|(named, host)| named != host)
}

/// `new URL(path, base)`: what is no path is taken for an address, and its own path is routed. The guard has a list of
/// paths.
fn path_concat(edge: &mut Edge) {
    edge.frames.path = |_, text| Ok(split(text));
    second_reader(edge, |path| {
        let address = path.split_once("://").map(|(_, address)| address);
        let behind_host = path.strip_prefix("//").or(address);
        let joined =
            behind_host.and_then(|address| address.split_once('/')).map(|(_, path)| format!("/{path}"));
        joined.unwrap_or_else(|| path.to_owned())
    });
}
