//! Redirects are seen, never followed: the key and the body stay where they were sent.

use std::sync::Arc;

use super::{inconclusive, non_conformant};
use crate::support::{Edge, Reply, Server, Small, answer};

/// A listener that nobody may ever connect to.
fn foreign() -> Server {
    Server::http(|_| Reply::Whole(answer(200, "Content-Type: application/json\r\n", br#"{"items":[]}"#)))
}

#[test]
fn a_login_page_for_everybody_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = foreign();
        let location = format!("Location: {}/login\r\n", elsewhere.url());
        let server = Server::http(move |_| Reply::Whole(answer(status, &location, b"")));
        inconclusive("the target redirects; correct base_url, or put the API itself there")
            .check_unjudged(&Small::at(&server.url()).run().run());
        assert_eq!(elsewhere.connections(), 0, "{status} was followed");
    }
}

#[test]
fn a_login_page_for_strangers_is_a_finding_and_not_followed() {
    let elsewhere = Arc::new(foreign());
    let (edge, url) = (Edge::default(), elsewhere.url());
    let server = Server::http(move |request| {
        let sound = edge.answer(request);
        if sound.starts_with(b"HTTP/1.1 401") {
            let status = [301, 302, 303, 307, 308][request.number % 5];
            return Reply::Whole(answer(status, &format!("Location: {url}/login\r\n"), b""));
        }
        Reply::Whole(sound)
    });
    let outcome = Small::at(&server.url()).run().run();
    non_conformant("A request without a key is refused").check(&outcome);
    assert_eq!(elsewhere.connections(), 0, "a redirect was followed");
}

#[test]
fn a_good_key_is_not_taken_to_another_host() {
    let elsewhere = foreign();
    let (edge, url) = (Edge::default(), elsewhere.url());
    let server = Server::http(move |request| {
        // The controls and everything else are served; only the tidied path sends the client away.
        if request.path().ends_with('/') && request.header("x-api-key").is_some() {
            return Reply::Whole(answer(307, &format!("Location: {url}{}\r\n", request.target), b""));
        }
        Reply::Whole(edge.answer(request))
    });
    let outcome = Small::at(&server.url()).run().run();
    non_conformant("No operation sends a client and its key to another host").check(&outcome);
    assert_eq!(elsewhere.connections(), 0, "the key was taken to another host");
}
