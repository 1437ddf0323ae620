//! What can be wrong with where a backend leads: hosts, paths and spellings that a client chooses.

use std::sync::Arc;

use percent_encoding::percent_decode_str;

use super::between::recompose;
use crate::contract::Grant;
use crate::mock::backend::{Backend, Client, Found, Way, path_of, send};

pub(super) fn host_from_client(backend: &mut Backend) {
    recompose(backend, |head, _, outgoing| {
        if let Some(host) = head.text("x-forwarded-host") {
            host.clone_into(&mut outgoing.host);
        }
    });
    ask_the_host_that_is_named(backend);
}

/// A target that begins with two slashes names a host, where it is resolved against an address (RFC 3986 section 5.2.2).
pub(super) fn joins_url(backend: &mut Backend) {
    let find = Arc::clone(&backend.find);
    backend.find = Arc::new(move |house, head| {
        let mut head = head.clone();
        if let Some((_, path)) = foreign(&head.target.path) {
            head.target.path = path;
        }
        find(house, &head)
    });
    recompose(backend, |head, _, outgoing| {
        if let Some((host, _)) = foreign(&head.target.path) {
            outgoing.host = host;
        }
    });
    ask_the_host_that_is_named(backend);
}

/// Host and path of a target that begins with two slashes.
fn foreign(path: &str) -> Option<(String, String)> {
    let (host, path) = path.strip_prefix("//")?.split_once('/')?;
    Some((host.to_owned(), format!("/{path}")))
}

fn ask_the_host_that_is_named(backend: &mut Backend) {
    backend.ask = Arc::new(|_, outgoing| send(&outgoing.host, outgoing));
}

/// A proxy that rewrites the beginning of a path.
pub(super) fn prefix_proxy(backend: &mut Backend) {
    let sound = Arc::clone(&backend.find);
    backend.find = Arc::new(move |house, head| {
        sound(house, head).or_else(|denial| {
            let behind = |way: &&Way| {
                let same = way.method == head.method && !way.path.contains('{');
                same && head.target.path.starts_with(&format!("{}/", way.path))
            };
            let way = house.routes.iter().find(behind).ok_or(denial)?;
            let rest = head.target.path.strip_prefix(&way.path).unwrap_or_default().to_owned();
            Ok(Found { way: way.clone(), parameters: Vec::new(), rest })
        })
    });
    recompose(backend, |_, asked, outgoing| outgoing.target.push_str(&asked.found.rest));
}

/// The framework decodes the parameters of a path, and nobody encodes them again.
pub(super) fn decodes_path(backend: &mut Backend) {
    let sound = Arc::clone(&backend.find);
    backend.find = Arc::new(move |house, head| {
        sound(house, head).or_else(|denial| {
            let folder = |way: &Way| way.path.split_once('{').map(|(before, _)| before.to_owned());
            let fits = |way: &&Way| {
                let folder = folder(way).filter(|_| way.method == head.method);
                folder.is_some_and(|folder| {
                    head.target
                        .path
                        .strip_prefix(&folder)
                        .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
                })
            };
            let way = house.routes.iter().find(fits).ok_or(denial)?;
            let sent = head.target.path.strip_prefix(&folder(way).unwrap_or_default()).unwrap_or_default();
            let name = way.path.split_once('{').map_or("", |(_, rest)| rest.trim_end_matches('}'));
            let parameters = vec![(name.to_owned(), sent.to_owned())];
            Ok(Found { way: way.clone(), parameters, rest: String::new() })
        })
    });
    recompose(backend, |_, asked, outgoing| {
        let sound = path_of(&asked.found);
        let fill = |path: String, (name, value): &(String, String)| {
            path.replace(&format!("{{{name}}}"), &percent_decode_str(value).decode_utf8_lossy())
        };
        let decoded = asked.found.parameters.iter().fold(asked.found.way.onward_path.clone(), fill);
        outgoing.target = outgoing.target.replacen(&sound, &decoded, 1);
    });
}

/// The guard hangs on a path, and the router behind it knows that path in more spellings than one.
pub(super) fn guards_one_spelling(backend: &mut Backend) {
    let (identify, find) = (Arc::clone(&backend.identify), Arc::clone(&backend.find));
    let tidied = |path: &str| {
        let mut parts: Vec<&str> = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        format!("/{}", parts.join("/"))
    };
    backend.identify = Arc::new(move |house, head| {
        if tidied(&head.target.path) == head.target.path {
            return identify(house, head);
        }
        Ok(Arc::new(Client { allows: vec![Grant("backend".to_owned())] }))
    });
    backend.find = Arc::new(move |house, head| {
        let mut head = head.clone();
        head.target.path = tidied(&head.target.path);
        find(house, &head)
    });
}
