//! The ways to a target: TLS, client certificates, bodies in chunks.

use super::{PLAN, count, ends_with, load, load_with, result};
use crate::support::{Authority, Edge, Reply, Server, Small};

fn behind_tls(authority: &Authority, clients: Option<&Authority>) -> Server {
    let edge = Edge::default();
    let wrap = authority.identity("127.0.0.1").wrap(clients);
    Server::https(wrap, move |request| Reply::Whole(edge.answer(request)))
}

#[test]
fn a_target_behind_tls_is_loaded_like_any_other() {
    let authority = Authority::new();
    let server = behind_tls(&authority, None);
    let outcome = load(&server.url(), PLAN).file("ca.pem", &authority.pem).args(&["--ca", "ca.pem"]).run();
    ends_with(&outcome, 0, "exit 0");
    assert_eq!((count(&outcome, "sent"), server.requests().len()), (200, 200));
    assert_eq!(result(&outcome)["connections"]["handshakes"].as_u64(), Some(8), "{outcome}");
}

#[test]
fn a_target_that_nobody_vouches_for_is_sent_nothing() {
    let server = behind_tls(&Authority::new(), None);
    let outcome = load(&server.url(), PLAN).args(&["--grace", "100ms"]).run();
    ends_with(&outcome, 3, "0 of 8 connections stood at the start");
    assert!(server.requests().is_empty());
}

#[test]
fn a_target_that_asks_for_a_client_certificate_gets_ours() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let server = behind_tls(&authority, Some(&clients));
    let contract = Small::at(&server.url()).environment("tls: { ca: ca.pem, client_identity: own.pem }");
    let outcome = load_with(&contract, PLAN)
        .file("ca.pem", &authority.pem)
        .file("own.pem", clients.identity("client").pem())
        .run();
    ends_with(&outcome, 0, "exit 0");
    assert_eq!(count(&outcome, "sent"), 200);
}

#[test]
fn a_body_in_chunks_is_judged_like_any_other() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let text = String::from_utf8(edge.answer(request)).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let lines = head.lines().filter(|line| !line.starts_with("Content-Length"));
        let head = lines.fold(String::new(), |head, line| head + line + "\r\n");
        let (one, two) = body.split_at(body.len() / 2);
        let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
        let text = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}{}0\r\n\r\n", chunk(one), chunk(two));
        Reply::Whole(text.into_bytes())
    });
    let outcome = load(&server.url(), PLAN).run();
    ends_with(&outcome, 0, "exit 0");
    assert_eq!(count(&outcome, "right_accept") + count(&outcome, "right_refusal"), 200);
}

#[test]
fn another_protocol_or_a_proxy_is_refused_before_anything_is_sent() {
    let server = super::sound();
    for flags in [["--http", "2"], ["--proxy", "http://127.0.0.1:9"]] {
        let outcome = load(&server.url(), PLAN).args(&flags).run();
        ends_with(&outcome, 2, "load cannot be sent so");
    }
    assert_eq!(server.connections(), 0);
}
