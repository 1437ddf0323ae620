//! Targets that break off, or do not speak HTTP at all.

use std::io::Read as _;

use super::inconclusive;
use crate::support::{Reply, Server, Small, head};

#[test]
fn a_body_that_ends_early_is_inconclusive() {
    let server = Server::http(|_| {
        let mut bytes = head(200, "Content-Type: application/json\r\nContent-Length: 1000\r\n");
        bytes.extend_from_slice(br#"{"items":[]}"#);
        Reply::Last(bytes)
    });
    inconclusive("it closed the connection in the middle of an answer")
        .check_unjudged(&Small::at(&server.url()).run().run());
}

#[test]
fn a_connection_that_is_reset_inside_a_body_is_inconclusive() {
    let server = Server::tcp(|mut stream| {
        // What stays unread when a socket is closed makes the system reset the connection.
        stream.read_exact(&mut [0; 16])?;
        stream.write_all(&head(200, "Content-Type: application/json\r\nContent-Length: 1000\r\n"))?;
        stream.write_all(br#"{"items":["#)
    });
    inconclusive("it closed the connection in the middle of an answer")
        .check_unjudged(&Small::at(&server.url()).run().run());
}

#[test]
fn a_target_that_closes_every_connection_is_inconclusive() {
    let server = Server::http(|_| Reply::Last(Vec::new()));
    inconclusive("it closed the connection in the middle of an answer")
        .check_unjudged(&Small::at(&server.url()).run().run());
    // The good and the keyless control, and neither of them again: that was an answer, of a sort.
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn what_is_not_http_is_inconclusive() {
    for garbage in
        [&b"SSH-2.0-OpenSSH_9.6\r\n"[..], b"\x00\x01\x02\xff\xfe garbage\r\n\r\n", b"HTTP/9.9 yes\r\n\r\n"]
    {
        let server = Server::http(move |_| Reply::Last(garbage.to_vec()));
        inconclusive("see what listens there: it does not answer in HTTP")
            .check_unjudged(&Small::at(&server.url()).run().run());
    }
}

#[test]
fn two_lengths_that_disagree_are_inconclusive() {
    let server = Server::http(|_| {
        Reply::Last(
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 12\r\n\r\n{\"items\":[]}".to_vec(),
        )
    });
    inconclusive("").check_unjudged(&Small::at(&server.url()).run().run());
}

#[test]
fn a_broken_chunk_is_inconclusive() {
    let server = Server::http(|_| {
        let mut bytes = head(200, "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
        bytes.extend_from_slice(b"zz\r\n{\"items\":[]}\r\n0\r\n\r\n");
        Reply::Last(bytes)
    });
    inconclusive("").check_unjudged(&Small::at(&server.url()).run().run());
}
