//! The life of one HTTP/1 connection: one request after the other, in order, within bounds of time and size.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::attention::{Attention, End, Heard};
use super::body::{self, Fault, Received};
use super::conduct::Conduct;
use super::framing::Framing;
use super::manner::Manner;
use super::parse::{self, Reception};
use super::write::{Connection, encode};
use crate::mock::chronicle::Page;
use crate::mock::edge::Denial;
use crate::mock::http2;
use crate::mock::message::{Answer, Head};
use crate::mock::tempo::Pulse;

/// How long a connection may be silent between two requests.
const IDLE: Duration = Duration::from_mins(1);
/// How long a head may take, from its first byte on.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(30);
/// How long an answer may take to be taken.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long, and for how many bytes, a closing connection is still read, so that the answer is not lost to a
/// reset (RFC 9112 section 9.6).
const LINGER_TIME: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 4 * 1024 * 1024;

/// What answers the requests of a connection.
pub(crate) trait Responder: Send + Sync + 'static {
    /// What was found out about a request that was let through.
    type Pass: Send;

    /// The same for one connection, which has a number of its own and comes from an address.
    fn connected(self: &Arc<Self>, _number: u64, _peer: IpAddr) -> Arc<Self> {
        Arc::clone(self)
    }

    /// How requests are received.
    fn reception(&self) -> &Reception;
    /// How they are received in HTTP/2.
    fn frames(&self) -> &http2::Reception {
        &http2::SOUND
    }
    /// Whether the connection goes on in HTTP/2 behind a request that wishes so.
    fn goes_over(&self, _head: &Head) -> bool {
        false
    }
    /// How answers are written.
    fn manner(&self) -> Manner;
    /// Whether nothing is decided before the body is here.
    fn awaits_body(&self, head: &Head) -> bool;
    /// Decides about a request; `body` is there only where it was awaited.
    fn admit(&self, head: &Head, body: Option<&[u8]>) -> Admission<Self::Pass>;
    /// Does what a request asks that was let through.
    fn serve(&self, head: &Head, pass: Self::Pass, body: &[u8]) -> Answer;
    /// Answers a request whose head or body could not be received.
    fn refuse(&self, head: Option<&Head>, denial: &Denial) -> Answer;

    /// How long it works on a request that was let through.
    fn works(&self, _pass: &Self::Pass) -> Duration {
        Duration::ZERO
    }
    /// When it does nothing at all.
    fn pulse(&self) -> Pulse {
        Pulse::default()
    }
    /// Where the times of a connection's requests are written down.
    fn page(&self) -> Option<Page> {
        None
    }
}

/// What was decided about a request.
#[derive(Debug)]
pub(crate) enum Admission<P> {
    /// Its answer is clear already.
    Answered(Answer),
    /// It is let through.
    Admitted(P),
}

/// A stream and what was read of it too early.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    /// The stream.
    pub(crate) stream: S,
    /// What was read and not used yet.
    pub(crate) buffer: BytesMut,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    /// Takes a stream of which nothing was read.
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, buffer: BytesMut::new() }
    }

    /// Reads something more.
    ///
    /// # Errors
    /// The stream broke or ended.
    pub(crate) async fn fill(&mut self) -> io::Result<()> {
        self.buffer.reserve(8 * 1024);
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn send(
        &mut self,
        answer: &Answer,
        connection: Connection,
        (manner, pulse): (Manner, Pulse),
    ) -> io::Result<()> {
        let bytes = encode(answer, connection, manner);
        let pause = manner.pause + answer.took;
        if !pause.is_zero() {
            sleep(pause).await;
        }
        if let Some(rest) = pulse.rest() {
            sleep(rest).await;
        }
        timeout(WRITE_TIME, self.stream.write_all(&bytes)).await??;
        self.stream.flush().await
    }

    /// Ends the connection so that the peer gets to read the answer: closes one half, then reads on for a
    /// while without looking.
    pub(crate) async fn linger(&mut self) -> io::Result<()> {
        let deadline = Instant::now() + LINGER_TIME;
        timeout_at(deadline, self.stream.shutdown()).await??;
        let mut bin = [0; 4096];
        let mut left = LINGER_BYTES;
        loop {
            match timeout_at(deadline, self.stream.read(&mut bin)).await?? {
                0 => return Ok(()),
                read if read < left => left -= read,
                _ => return Ok(()),
            }
        }
    }
}

/// A connection that goes on in HTTP/2, and the request that wished so.
pub(crate) struct GoneOver<S> {
    /// The connection.
    pub(crate) wire: Wire<S>,
    /// The request, and its body.
    pub(crate) request: (Head, Bytes),
}

/// Serves a connection until either side ends it, or it goes on in HTTP/2. Once `stop` says so, no further request is
/// begun.
pub(crate) async fn serve<S, R>(
    mut wire: Wire<S>,
    responder: &R,
    stop: &watch::Receiver<bool>,
) -> Option<GoneOver<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder,
{
    let mut attention = Attention::new(stop.clone());
    let mut page = responder.page();
    while let Next::Request(received) = next_request(&mut wire, responder.reception(), &mut attention).await {
        page.iter_mut().for_each(Page::arrived);
        let wishes = |(head, _): &&(Head, Framing)| responder.goes_over(head);
        if let Some((head, framing)) = received.as_ref().ok().filter(wishes) {
            let body = go_over(&mut wire, &responder.reception().conduct, (head, *framing)).await.ok()?;
            return Some(GoneOver { request: (head.clone(), body), wire });
        }
        let wish = if attention.is_ending() { Connection::Close } else { responder.manner().behind };
        let outcome = exchange(&mut wire, responder, received, wish).await;
        page.iter_mut().filter(|_| outcome.is_ok()).for_each(Page::answered);
        match outcome {
            Ok(Connection::Keep) => {}
            Ok(Connection::Close) => {
                drop(wire.linger().await);
                return None;
            }
            Err(_) => return None,
        }
    }
    drop(timeout(LINGER_TIME, wire.stream.shutdown()).await);
    None
}

/// Grants the wish to go on in HTTP/2, once all of the request is here (RFC 7540 section 3.2).
async fn go_over<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    conduct: &Conduct,
    (head, framing): (&Head, Framing),
) -> Result<Bytes, Fault> {
    let body = receive(wire, conduct, head, framing).await?.body;
    let granted = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    timeout(WRITE_TIME, wire.stream.write_all(granted)).await.map_err(|_| Fault::Gone)??;
    wire.stream.flush().await?;
    Ok(body.into())
}

/// Waits until the server ends.
pub(crate) async fn ended(stop: &mut watch::Receiver<bool>) {
    // A server that was dropped without notice ends its tasks by itself.
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// What comes next on a connection.
enum Next {
    /// A head, sound or not.
    Request(Result<(Head, Framing), Denial>),
    /// Nothing any more.
    Nothing,
}

async fn next_request<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    reception: &Reception,
    attention: &mut Attention,
) -> Next {
    let mut deadline = Instant::now() + IDLE;
    let mut begun = false;
    // What was searched before is not searched again, but for what an empty line may begin with.
    let mut searched = 0;
    loop {
        let blank = parse::leading_blank(&wire.buffer);
        drop(wire.buffer.split_to(blank));
        searched = if blank > 0 { 0 } else { searched };
        let found = parse::end_of_head(wire.buffer.get(searched..).unwrap_or_default());
        if let Some(end) = found.map(|end| searched + end).filter(|end| *end <= reception.most) {
            let head = wire.buffer.split_to(end).freeze();
            return Next::Request(reception.parse(&head));
        }
        if wire.buffer.len() >= reception.most {
            return Next::Request(Err(oversized(&wire.buffer)));
        }
        searched = wire.buffer.len().saturating_sub(3);
        if !begun && !wire.buffer.is_empty() {
            (begun, deadline) = (true, Instant::now() + HEAD_TIME);
        }
        match attention.hear(wire.fill(), deadline, if begun { End::CanWait } else { End::Matters }).await {
            Heard::Something(Ok(())) => {}
            Heard::Nothing if begun => return Next::Request(Err(Denial::TooSlow)),
            Heard::Something(Err(_)) | Heard::Nothing | Heard::TheEnd => return Next::Nothing,
        }
    }
}

/// Whether it is the target or the fields that are too large (RFC 9112 section 3, RFC 6585 section 5).
fn oversized(buffer: &[u8]) -> Denial {
    if buffer.contains(&b'\n') { Denial::HeadTooLarge } else { Denial::TargetTooLong }
}

async fn exchange<S, R>(
    wire: &mut Wire<S>,
    responder: &R,
    received: Result<(Head, Framing), Denial>,
    wish: Connection,
) -> io::Result<Connection>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder,
{
    let (manner, pulse) = (responder.manner(), responder.pulse());
    let (mut head, framing) = match received {
        Ok(received) => received,
        Err(denial) => {
            // Where one request cannot be framed, the next one cannot be found.
            wire.send(&responder.refuse(None, &denial), Connection::Close, (manner, pulse)).await?;
            return Ok(Connection::Close);
        }
    };
    let manner = manner.toward(head.version);
    let Some((answer, read)) = answer(wire, responder, &mut head, framing).await else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let conduct = &responder.reception().conduct;
    let connection = match read {
        Read::Whole if !(conduct.last)(&head) => wish,
        Read::Whole | Read::Partly => Connection::Close,
    };
    let said = if read == Read::Partly { (conduct.announce)(connection) } else { connection };
    wire.send(&answer, said, (manner, pulse)).await?;
    Ok(connection)
}

/// How much of a request was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    /// All of it.
    Whole,
    /// Not all of its body.
    Partly,
}

/// The answer to a request, and how much of the request was read; nothing where its sender is gone.
async fn answer<S, R>(
    wire: &mut Wire<S>,
    responder: &R,
    head: &mut Head,
    framing: Framing,
) -> Option<(Answer, Read)>
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder,
{
    let conduct = &responder.reception().conduct;
    let early = if responder.awaits_body(head) {
        match receive(wire, conduct, head, framing).await {
            Ok(Received { body, trailers }) => {
                (conduct.trailers)(head, trailers);
                Some(body)
            }
            Err(Fault::Denied(denial)) => {
                return Some((responder.refuse(Some(head), &denial), Read::Partly));
            }
            Err(Fault::Gone) => return None,
        }
    } else {
        None
    };
    let pass = match responder.admit(head, early.as_deref()) {
        Admission::Answered(answer) => {
            let whole = early.is_some() || (conduct.skip)(head, framing, &mut wire.buffer);
            return Some((answer, if whole { Read::Whole } else { Read::Partly }));
        }
        Admission::Admitted(pass) => pass,
    };
    let body = match early {
        Some(body) => Ok(body),
        None => receive(wire, conduct, head, framing).await.map(|received| received.body),
    };
    match body {
        Ok(body) => {
            let work = responder.works(&pass);
            if !work.is_zero() {
                sleep(work).await;
            }
            Some((responder.serve(head, pass, &body), Read::Whole))
        }
        Err(Fault::Denied(denial)) => Some((responder.refuse(Some(head), &denial), Read::Partly)),
        Err(Fault::Gone) => None,
    }
}

/// Reads a body, after asking for it where the sender waits to be asked (RFC 9110 section 10.1.1).
async fn receive<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
    conduct: &Conduct,
    head: &Head,
    framing: Framing,
) -> Result<Received, Fault> {
    if (conduct.asks)(head) && framing != Framing::Nothing && wire.buffer.is_empty() {
        let interim = Bytes::from_static(b"HTTP/1.1 100 Continue\r\n\r\n");
        timeout(WRITE_TIME, wire.stream.write_all(&interim)).await.map_err(|_| Fault::Gone)??;
        wire.stream.flush().await?;
    }
    body::read(wire, framing, BODY_TIME, conduct.chunk_line).await
}
