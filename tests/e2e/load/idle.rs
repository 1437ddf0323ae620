//! Connections that end, or speak, while nothing is asked of them.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{count, ends_with, load, result};
use crate::support::{Authority, Reply, Server, Stream, pause};

const PLAN: &str = r"load: 1
title: One kind of key
rate: 20/s
duration: 1s
connections: 8
timeout: 20s
mix:
  - { name: good, operations: [items.list], request: { credential: full } }
";

/// A target that does with each connection, by its number, what a test says: its address, and how many there were.
fn target(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let accepted = Arc::new(AtomicUsize::new(0));
    let (seen, serve) = (Arc::clone(&accepted), Arc::new(serve));
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let (number, serve) = (seen.fetch_add(1, Ordering::SeqCst), Arc::clone(&serve));
            std::thread::spawn(move || serve(socket, number));
        }
    });
    (address, accepted)
}

/// Answers every request as it should be; says what is to be said where none comes in time. How many there were.
fn answer(stream: &mut dyn Stream, said: &[u8]) -> usize {
    let mut request = [0; 4096];
    for answered in 0.. {
        match stream.read(&mut request) {
            Ok(0) => return answered,
            Ok(_) => {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n";
                let whole = format!("{head}{}", r#"{"items":[]}"#);
                if stream.write_all(whole.as_bytes()).and_then(|()| stream.flush()).is_err() {
                    return answered;
                }
            }
            Err(_) => {
                stream.write_all(said).ok();
                return answered;
            }
        }
    }
    0
}

/// The same on a connection that waits so long for a request.
fn impatient(mut socket: TcpStream, said: &[u8]) {
    socket.set_read_timeout(Some(Duration::from_millis(60))).unwrap();
    answer(&mut socket, said);
}

#[test]
fn a_server_that_waited_too_long_for_a_request_has_said_nothing_wrong() {
    let (at, _) =
        target(|socket, _| impatient(socket, b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"));
    let outcome = load(&format!("http://{at}"), PLAN).run();
    assert!(result(&outcome)["connections"]["closed"].as_u64() > Some(0), "{outcome}");
    assert_eq!(result(&outcome)["connections"]["surplus"].as_u64(), Some(0), "{outcome}");
    assert_ne!(outcome.code, Some(1), "{outcome}");
}

#[test]
fn what_comes_unasked_otherwise_is_wrong() {
    let (at, _) = target(|socket, _| impatient(socket, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    let outcome = load(&format!("http://{at}"), PLAN).run();
    assert!(result(&outcome)["connections"]["surplus"].as_u64() > Some(0), "{outcome}");
    assert_eq!(outcome.code, Some(1), "{outcome}");
}

#[test]
fn a_server_that_takes_connections_and_closes_them_is_not_asked_again_at_once() {
    let (at, accepted) = target(|socket, _| drop(socket));
    let outcome = load(&format!("http://{at}"), PLAN).run();
    assert_ne!(outcome.code, Some(0), "{outcome}");
    let accepted = accepted.load(Ordering::SeqCst);
    // Eight connections, each after pauses of 5, 10, 20, ... ms.
    assert!(accepted < 500, "{accepted} connections in a second");
}

#[test]
fn connections_that_end_before_the_start_are_not_taken_for_ones_that_stand() {
    let authority = Authority::new();
    let wrap = authority.identity("127.0.0.1").wrap(None);
    let answered = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&answered);
    let (at, _) = target(move |socket, number| {
        // Three end as soon as they stand, while the fourth is still waited for.
        socket.set_read_timeout((number < 3).then_some(Duration::from_millis(50))).unwrap();
        if number == 3 {
            pause(Duration::from_millis(500));
        }
        let mut stream = wrap(socket).unwrap();
        if number < 3 {
            stream.read_exact(&mut [0]).ok();
        } else {
            counted.fetch_add(answer(&mut stream, b""), Ordering::SeqCst);
        }
    });
    let closed = ["--connections", "4", "--requests", "400", "--duration", "30s"];
    let plan = PLAN.replace("rate: 20/s", "model: closed");
    let program = load(&format!("https://{at}"), &plan).file("ca.pem", &authority.pem);
    let outcome = program.args(&["--ca", "ca.pem"]).args(&closed).run();
    ends_with(&outcome, 0, "exit 0");
    let counts = ["sent", "completed", "right_accept"].map(|name| count(&outcome, name));
    assert_eq!(counts, [400; 3], "{outcome}");
    assert_eq!(answered.load(Ordering::SeqCst), 400, "{outcome}");
}

#[test]
fn what_tls_does_not_end_is_no_whole_answer() {
    let authority = Authority::new();
    // The length is told by the end of the connection, and TLS does not say that this is the end (RFC 8446 section 6.1).
    let server = Server::https(authority.identity("127.0.0.1").wrap(None), |_| {
        Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"items\":[]}".to_vec())
    });
    let program = load(&server.url(), PLAN).file("ca.pem", &authority.pem);
    let outcome = program.args(&["--ca", "ca.pem"]).run();
    assert_eq!(count(&outcome, "right_accept"), 0, "{outcome}");
    assert_eq!(result(&outcome)["breakages"]["closed"].as_u64(), Some(count(&outcome, "sent")), "{outcome}");
}
