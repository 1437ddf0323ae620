//! A platform that does what it is told to do instead of answering.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::plan::{Failing, INTERNAL, UpstreamAct};

/// How many bytes an answer without an end has.
const ENDLESS: usize = 64 * 1024 * 1024;

/// Does it; whether the connection goes on.
pub(super) async fn act(stream: &mut TcpStream, act: &UpstreamAct, stranger: &str) -> bool {
    // Whoever is not listening any more misses nothing that matters.
    drop(acted(stream, act, stranger).await);
    false
}

async fn acted(stream: &mut TcpStream, act: &UpstreamAct, stranger: &str) -> io::Result<()> {
    match act {
        UpstreamAct::Answers { status, headers, body } => {
            let line = |lines: String, (name, value): &(String, String)| lines + name + ": " + value + "\r\n";
            let lines = headers.iter().fold(String::new(), line);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} As told\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
                 {lines}Connection: close\r\n\r\n"
            );
            stream.write_all(format!("{head}{body}").as_bytes()).await?;
            end(stream).await
        }
        UpstreamAct::Redirects(status) => {
            let head = format!(
                "HTTP/1.1 {status} As told\r\nLocation: http://{stranger}/{INTERNAL}\r\nContent-Length: 0\r\n\
                 Connection: close\r\n\r\n"
            );
            stream.write_all(head.as_bytes()).await?;
            end(stream).await
        }
        UpstreamAct::Fails(Failing::Silent) => Ok(()),
        UpstreamAct::Fails(Failing::Reset) => stream.set_zero_linger(),
        UpstreamAct::Fails(Failing::Malformed) => {
            stream.write_all(format!("\u{16}\u{3} {INTERNAL}: this is no answer\n\n").as_bytes()).await?;
            end(stream).await
        }
        UpstreamAct::Fails(Failing::Torn) => {
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4096\r\n\r\n{\"internal\": ";
            stream.write_all(format!("{head}\"{INTERNAL}").as_bytes()).await?;
            end(stream).await
        }
        UpstreamAct::Fails(Failing::Endless) => endless(stream).await,
    }
}

/// An answer to a request that should never have come.
pub(super) async fn unknown(stream: &mut TcpStream) -> bool {
    let answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    drop(stream.write_all(answer).await);
    drop(end(stream).await);
    false
}

/// A JSON text that goes on and on.
async fn endless(stream: &mut TcpStream) -> io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    let text = format!("{{\"internal\": \"{INTERNAL}");
    stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await?;
    let chunk = [b"4000\r\n".as_slice(), &[b'x'; 0x4000], b"\r\n"].concat();
    for _ in 0..ENDLESS / 0x4000 {
        stream.write_all(&chunk).await?;
    }
    end(stream).await
}

/// Ends a connection so that what was sent is read: what still comes must not reset it.
async fn end(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown().await?;
    let mut bin = [0; 4096];
    for _ in 0..256 {
        let read = tokio::time::timeout(std::time::Duration::from_secs(1), stream.read(&mut bin)).await;
        if !matches!(read, Ok(Ok(1..))) {
            break;
        }
    }
    Ok(())
}
