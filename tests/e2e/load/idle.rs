//! Connections that end, or speak, while nothing is asked of them.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::{count, ends_with, load, result};

const PLAN: &str = r"load: 1
title: One kind of key
rate: 20/s
duration: 1s
connections: 8
timeout: 20s
mix:
  - { name: good, operations: [items.list], request: { credential: full } }
";

/// A target that does with each connection, by its number, what a test says; how many there were.
fn target(serve: fn(TcpStream, usize)) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let accepted = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&accepted);
    std::thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let number = seen.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || serve(socket, number));
        }
    });
    (url, accepted)
}

/// Answers every request as it should be; says what is to be said where none comes in time.
fn answer(mut socket: TcpStream, patience: Option<Duration>, said: &[u8]) {
    socket.set_read_timeout(patience).unwrap();
    let mut request = [0; 4096];
    loop {
        match socket.read(&mut request) {
            Ok(0) => return,
            Ok(_) => {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n";
                let whole = format!("{head}{}", r#"{"items":[]}"#);
                socket.write_all(whole.as_bytes()).unwrap();
            }
            Err(_) => return drop(socket.write_all(said)),
        }
    }
}

#[test]
fn a_server_that_waited_too_long_for_a_request_has_said_nothing_wrong() {
    let (url, _) = target(|socket, _| {
        answer(
            socket,
            Some(Duration::from_millis(60)),
            b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
        );
    });
    let outcome = load(&url, PLAN).run();
    assert!(result(&outcome)["connections"]["closed"].as_u64() > Some(0), "{outcome}");
    assert_eq!(result(&outcome)["connections"]["surplus"].as_u64(), Some(0), "{outcome}");
    assert_ne!(outcome.code, Some(1), "{outcome}");
}

#[test]
fn what_comes_unasked_otherwise_is_wrong() {
    let (url, _) = target(|socket, _| {
        answer(socket, Some(Duration::from_millis(60)), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    let outcome = load(&url, PLAN).run();
    assert!(result(&outcome)["connections"]["surplus"].as_u64() > Some(0), "{outcome}");
    assert_eq!(outcome.code, Some(1), "{outcome}");
}

#[test]
fn a_server_that_takes_connections_and_closes_them_is_not_asked_again_at_once() {
    let (url, accepted) = target(|socket, _| drop(socket));
    let outcome = load(&url, PLAN).run();
    assert_ne!(outcome.code, Some(0), "{outcome}");
    let accepted = accepted.load(Ordering::SeqCst);
    // Eight connections, each after pauses of 5, 10, 20, ... ms.
    assert!(accepted < 500, "{accepted} connections in a second");
}

#[test]
fn connections_that_end_before_the_start_are_not_taken_for_ones_that_stand() {
    let (url, _) = target(|socket, number| {
        if number >= 16 {
            answer(socket, None, b"");
        }
    });
    for closed in [&["--connections", "4", "--requests", "400", "--duration", "20s"][..], &[]] {
        let outcome = load(&url, PLAN).args(closed).run();
        let counts = ["sent", "completed"].map(|name| count(&outcome, name));
        assert!(counts[0] > 0, "{outcome}");
        assert!(matches!(outcome.code, Some(0 | 4)), "no answer is lost, and none is another's: {outcome}");
    }
    let outcome = load(&url, PLAN).run();
    ends_with(&outcome, 0, "exit 0");
}
