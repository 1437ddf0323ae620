//! Where keys come from: no two credentials from one place, and no fixture key away from this machine.
//!
//! No message here repeats where a key comes from: somebody may have written the key itself there.

use std::collections::HashMap;
use std::net::IpAddr;

use super::{MOST, backend};
use crate::document::{Diagnostic, Document, Entry, Node};

pub(super) fn all(document: &Document) -> Vec<Diagnostic> {
    let credentials = document.root.get("credentials").map(Node::entries).unwrap_or_default();
    let clients = document.root.get("backend").map(backend::clients).unwrap_or_default();
    let all: Vec<&Entry> = credentials.iter().chain(clients).collect();
    let mut found = shared(document, &all);
    found.extend(fixtures(document, &all));
    found
}

/// Credentials whose key is that of an earlier one: whatever their permissions say, they are one key.
fn shared(document: &Document, credentials: &[&Entry]) -> Vec<Diagnostic> {
    let mut first: HashMap<(&str, &str), &Entry> = HashMap::new();
    let mut found = Vec::new();
    for credential in credentials.iter().copied() {
        let Some([source]) = credential.value.get("key").map(Node::entries) else { continue };
        let Some(text) = source.value.as_str() else { continue };
        match first.get(&(&*source.key, text)) {
            Some(first) => {
                let message = format!("this is the key of the credential {} too", document.entry_name(first));
                let hint = "two credentials are two keys; give each its own";
                found.push(Diagnostic::new(message, source.value.span.clone()).hint(hint));
            }
            None => drop(first.insert((&*source.key, text), credential)),
        }
    }
    found.truncate(MOST);
    found
}

/// Fixture keys in a contract that reaches beyond this machine: a key in a file is a key that is known.
fn fixtures(document: &Document, credentials: &[&Entry]) -> Vec<Diagnostic> {
    let Some(remote) = first_remote(document) else { return Vec::new() };
    let hint = format!(
        "{remote} is not on this machine; name where its key comes from: `{{ env: NAME }}`, `{{ file: PATH }}` or \
         `{{ stdin: LABEL }}`"
    );
    let signing = document.root.at(&["tokens", "jwt", "signing_key"]);
    let keys = credentials.iter().filter_map(|credential| credential.value.get("key")).chain(signing);
    let fixtures = keys.filter_map(|key| key.entry("fixture"));
    let explain = |fixture: &Entry| {
        let message = "a fixture key is for the reference server alone";
        Diagnostic::new(message, fixture.key_span.clone()).hint(hint.clone())
    };
    fixtures.take(MOST).map(explain).collect()
}

/// What is not on this machine: the first environment by any of its addresses, or the backend.
fn first_remote(document: &Document) -> Option<String> {
    let backend = document.root.at(&["backend", "base_url"]).and_then(Node::as_str);
    if backend.is_some_and(is_remote) {
        return Some("the backend".to_owned());
    }
    let environments = document.root.get("environments")?.entries();
    let remote = environments.iter().find(|environment| {
        let url = |name: &str| environment.value.get(name).and_then(Node::as_str);
        let nodes = environment.value.get("nodes").map(Node::items).unwrap_or_default();
        let nodes = nodes.iter().filter_map(Node::as_str);
        [url("base_url"), url("plaintext_url")].into_iter().flatten().chain(nodes).any(is_remote)
    });
    remote.map(|environment| format!("the environment {}", document.entry_name(environment)))
}

/// Whether a URL names another machine. What is not a URL is not judged here: the schema reports it.
pub fn is_remote(url: &str) -> bool {
    let Ok(url) = url.parse::<http::Uri>() else { return false };
    let Some(host) = url.host() else { return false };
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    !address.map_or_else(|_| host.eq_ignore_ascii_case("localhost"), |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_and_localhost_are_this_machine() {
        for url in ["http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:80/v1", "https://LocalHost"] {
            assert!(!is_remote(url), "{url}");
        }
        for url in ["http://10.0.0.1", "https://localhost.example.com", "http://[::2]", "http://0.0.0.0"] {
            assert!(is_remote(url), "{url}");
        }
    }
}
