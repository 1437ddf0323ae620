//! The fast responder: the least that a server can do for an answer, so that what a comparison of clients shows is the
//! clients. One thread, one poll; it looks for the end of a request's head and for the good key in it, and nothing else.
//!
//! `cargo bench --bench responder -- 8080` serves on that port of this machine until it is ended. `benches/peers.sh`
//! uses it.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on ends")]

use std::collections::HashMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr};

use memchr::memmem;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Registry, Token};

const LISTENER: Token = Token(usize::MAX);
const END: &[u8] = b"\r\n\r\n";
const GOOD: &[u8] = b"bench_good_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";
const ACCEPTED: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n\
    {\"result\":{\"null\":\"nothing\"}}";
const REFUSED: &[u8] = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\n\
    WWW-Authenticate: ApiKey\r\nContent-Length: 26\r\n\r\n{\"code\":\"invalid_api_key\"}";

/// A connection, and what came of a request that is not whole yet.
struct Connection {
    stream: TcpStream,
    heard: Vec<u8>,
}

fn main() {
    // Cargo says `--bench` itself.
    let Some(port) = std::env::args().find_map(|argument| argument.parse::<u16>().ok()) else { return };
    serve(port).unwrap();
}

fn serve(port: u16) -> io::Result<()> {
    let mut poll = Poll::new()?;
    let mut listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut connections = HashMap::new();
    let mut events = Events::with_capacity(1024);
    loop {
        if let Err(error) = poll.poll(&mut events, None) {
            if error.kind() == io::ErrorKind::Interrupted {
                continue;
            }
            return Err(error);
        }
        for event in &events {
            if event.token() == LISTENER {
                accept(&listener, poll.registry(), &mut connections)?;
            } else if let Some(connection) = connections.get_mut(&event.token())
                && answer(connection).is_none()
            {
                connections.remove(&event.token());
            }
        }
    }
}

fn accept(
    listener: &TcpListener,
    registry: &Registry,
    connections: &mut HashMap<Token, Connection>,
) -> io::Result<()> {
    while let Ok((mut stream, _)) = listener.accept() {
        stream.set_nodelay(true)?;
        let token =
            (0..usize::MAX).map(Token).find(|token| !connections.contains_key(token)).unwrap_or(LISTENER);
        registry.register(&mut stream, token, Interest::READABLE)?;
        connections.insert(token, Connection { stream, heard: Vec::new() });
    }
    Ok(())
}

/// Answers every whole request that is there; nothing where the connection is over.
fn answer(connection: &mut Connection) -> Option<()> {
    let mut buffer = [0; 16 * 1024];
    loop {
        let count = match connection.stream.read(&mut buffer) {
            Ok(0) => return None,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Some(()),
            Err(_) => return None,
        };
        connection.heard.extend_from_slice(buffer.get(..count)?);
        let mut from = 0;
        while let Some(end) = memmem::find(connection.heard.get(from..)?, END) {
            let head = connection.heard.get(from..from + end)?;
            let text = if memmem::find(head, GOOD).is_some() { ACCEPTED } else { REFUSED };
            // So little fits into any send buffer, or the client does not read.
            if connection.stream.write(text).ok()? < text.len() {
                return None;
            }
            from += end + END.len();
        }
        connection.heard.drain(..from);
        // What was read did not fill the buffer: there is no more.
        if count < buffer.len() {
            return Some(());
        }
    }
}
