//! Targets that are not there, or do not prove who they are.

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use tokio::net::TcpSocket;

use super::inconclusive;
use crate::support::{Authority, Identity, Keys, Reply, Server, Small, json};

/// A port that belongs to this test and on which nobody listens.
fn closed_port() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket
}

/// A server that is sound but for what stands before it.
fn behind(wrap: &Identity) -> Server {
    Server::https(wrap.wrap(None), |_| Reply::Whole(json(200, r#"{"items":[]}"#)))
}

#[test]
fn a_target_that_is_down_is_inconclusive_at_once() {
    let port = closed_port();
    let url = format!("http://{}", port.local_addr().unwrap());
    inconclusive("start the target, or correct its base_url").check_unjudged(&Small::at(&url).run().run());
}

#[test]
fn a_target_that_takes_no_connection_costs_one_time_out() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let listener = runtime.block_on(async { closed_port().listen(1) }).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = |to: SocketAddr| TcpStream::connect_timeout(&to, Duration::from_millis(300));
    let full: Vec<TcpStream> = std::iter::from_fn(|| connect(address).ok()).take(64).collect();
    let outcome = Small::at(&format!("http://{address}")).run().args(&["--timeout", "1s"]).run();
    inconclusive("allow it more time with --timeout").within(Duration::from_secs(4)).check_unjudged(&outcome);
    drop(full);
}

#[test]
fn a_target_that_takes_connections_and_says_nothing_costs_one_time_out() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let outcome = Small::at(&url).run().args(&["--timeout", "1s"]).run();
    inconclusive("allow it more time with --timeout").within(Duration::from_secs(4)).check_unjudged(&outcome);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_not_trusted() {
    let server = behind(&Identity::self_signed("127.0.0.1"));
    let outcome = Small::at(&server.url()).run().run();
    inconclusive("give the authority that signed its certificate with --ca").check_unjudged(&outcome);
    assert_eq!(server.requests().len(), 0, "a request was sent to a stranger");
}

#[test]
fn a_certificate_for_another_host_is_not_trusted() {
    let authority = Authority::new();
    let server = behind(&authority.identity("other.example"));
    let run = Small::at(&server.url()).run().file("ca.pem", &authority.pem).args(&["--ca", "ca.pem"]);
    inconclusive("or correct the host name").check_unjudged(&run.run());
    assert_eq!(server.requests().len(), 0, "a request was sent to a stranger");
}

#[test]
fn a_tls_port_that_speaks_plain_http_is_not_trusted() {
    let server = Server::http(|_| Reply::Whole(json(200, r#"{"items":[]}"#)));
    let outcome = Small::at(&server.url().replace("http:", "https:")).run().run();
    inconclusive("or correct the host name or scheme").check_unjudged(&outcome);
    let sent = format!("{:?}", server.requests());
    assert!(!sent.contains(&Keys::default().full), "a key was sent in the clear");
}

#[test]
fn a_plain_port_that_speaks_tls_is_not_http() {
    let server = behind(&Identity::self_signed("127.0.0.1"));
    let outcome = Small::at(&server.url().replace("https:", "http:")).run().run();
    inconclusive("").check_unjudged(&outcome);
}
