//! The reference contract, implemented on plain sockets: a server of HTTP/1 that reads strictly, the guard, and what is
//! behind it. One thread a connection, no library of HTTP, and one fault where a test plants it.

mod api;
mod body;
mod credentials;
mod fault;
mod head;
mod line;
mod reply;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

pub(crate) use credentials::variables;
pub(crate) use fault::Fault;

use api::{Api, Entry};
use body::Framing;
use head::Head;
use line::Line;
use reply::Reply;

/// A body of a refused request that is read to its end, so that the connection can go on.
const PATIENCE: usize = 64 * 1024;

/// What asks for a body.
const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// The server, on a port of its own; it takes no more connections once it is dropped.
pub(crate) struct Sockets {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
}

impl Sockets {
    /// Serves one environment of the reference contract.
    pub(crate) fn serve(environment: &'static str, fault: Option<Fault>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let closed = Arc::new(AtomicBool::new(false));
        let (ending, api) = (Arc::clone(&closed), Arc::new(Api::new(environment, fault)));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ending.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), api) = (stream, Arc::clone(&api)) else { continue };
                // A client that goes away in the middle is nothing special.
                thread::spawn(move || converse(stream, &api).ok());
            }
        });
        Self { address, closed }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it is closed.
        TcpStream::connect(self.address).ok();
    }
}

/// What becomes of a connection behind an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    /// The next request may come.
    Next,
    /// So many octets of this request's body come first, and nobody wants them.
    Skip(usize),
    /// Nothing more is read.
    End,
}

fn converse(stream: TcpStream, api: &Api) -> io::Result<()> {
    let mut line = Line::new(stream)?;
    let mut entry = Entry::default();
    while let Some(head) = head::next(&mut line)? {
        let (reply, after) = match &head {
            Ok(head) => exchange(&mut line, head, api, &mut entry)?,
            Err(status) => (api.refuse(*status, None), After::End),
        };
        let reply = if after == After::End { reply.with("Connection", "close") } else { reply };
        line.send(&reply.bytes())?;
        match after {
            After::Next => {}
            After::Skip(count) => line.skip(count)?,
            After::End => return line.end(),
        }
    }
    Ok(())
}

/// One request and its answer.
fn exchange(line: &mut Line, head: &Head, api: &Api, entry: &mut Entry) -> io::Result<(Reply, After)> {
    let (reply, after) = match body::framing(head, api) {
        Ok(framing) => guarded(line, (head, framing), api, entry)?,
        Err(status) => (api.refuse(status, None), After::End),
    };
    let last = head.is_last() && !api.has(Fault::CloseNotHonoured);
    let reply = if head.method == "HEAD" { reply.bare() } else { reply };
    Ok((reply, if last { After::End } else { after }))
}

/// First the guard, by the head alone, and then the body.
fn guarded(
    line: &mut Line,
    (head, framing): (&Head, Framing),
    api: &Api,
    entry: &mut Entry,
) -> io::Result<(Reply, After)> {
    let waits = head.waits_for_a_word() && framing != Framing::Nothing;
    if waits && api.has(Fault::BodyAskedForFirst) {
        line.send(CONTINUE)?;
    }
    if api.has(Fault::TrailersMerged) && !head.all("trailer").is_empty() {
        return merged(line, (head, framing), api, entry);
    }
    let pass = match api.enter(head, entry) {
        Ok(pass) => pass,
        Err(refusal) => return Ok((refusal, behind_a_refusal(head, framing))),
    };
    if waits && line.is_empty() {
        line.send(CONTINUE)?;
    }
    Ok(match body::read(line, framing)? {
        Ok(body) => (api.answer(&pass, &body.content), After::Next),
        Err(status) => (api.refuse(status, None), After::End),
    })
}

/// What is wrong with trailers that are merged: the guard waits for the body and takes what is behind it for its own.
fn merged(
    line: &mut Line,
    (head, framing): (&Head, Framing),
    api: &Api,
    entry: &mut Entry,
) -> io::Result<(Reply, After)> {
    Ok(match body::read(line, framing)? {
        Ok(body) => {
            let head = Head { fields: [&*head.fields, &body.trailers].concat(), ..head.clone() };
            let answer = api.enter(&head, entry).map(|pass| api.answer(&pass, &body.content));
            (answer.unwrap_or_else(|refusal| refusal), After::Next)
        }
        Err(status) => (api.refuse(status, None), After::End),
    })
}

/// A body that is not wanted is read where it is sure to come and sure to end.
fn behind_a_refusal(head: &Head, framing: Framing) -> After {
    match framing {
        Framing::Nothing => After::Next,
        Framing::Length(count) if count <= PATIENCE && !head.waits_for_a_word() => After::Skip(count),
        Framing::Length(_) | Framing::Chunked => After::End,
    }
}
