//! The life of one HTTP/2 connection: frame after frame, within bounds of time, size and patience.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::Duration;

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::frame::{self, Code, Frame};
use super::intake::Block;
use super::outgoing::Outgoing;
use super::stream::{Extent, Fault, Progress, Stream};
use crate::hpack::{Decoder, TABLE_SIZE};
use crate::mock::http1::{HEAD_LIMIT, Responder, Wire, ended};
use crate::mock::message::{Answer, Head, Version};

/// What every connection begins with (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How many requests may be under way on one connection.
pub(super) const STREAMS: usize = 256;
/// How long a connection may be silent between two requests.
const IDLE: Duration = Duration::from_mins(1);
/// How long the beginning may take, and how long what we say may take to be taken.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many streams a client may reset beyond those that were answered (CVE-2023-44487), and how many frames it may send
/// between two requests that ask for nothing (section 10.5).
const RESETS: usize = 200;
const RESTLESS: usize = 10_000;

/// Whether a connection begins with HTTP/2; what was read to find out stays on the wire.
///
/// # Errors
/// The connection broke or ended.
pub(in super::super) async fn begins<S: AsyncRead + AsyncWrite + Unpin>(
    wire: &mut Wire<S>,
) -> io::Result<bool> {
    loop {
        let known = wire.buffer.len().min(PREFACE.len());
        if wire.buffer.get(..known) != PREFACE.get(..known) {
            return Ok(false);
        }
        if known == PREFACE.len() {
            return Ok(true);
        }
        wire.fill().await?;
    }
}

/// Serves a connection until either side ends it.
pub(in super::super) async fn serve<S, R>(wire: Wire<S>, responder: &R, stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder,
{
    Connection::new(responder).live(wire, stop).await;
}

/// Serves a connection that went over to HTTP/2 behind a request in HTTP/1, which is stream 1.
pub(in super::super) async fn resume<S, R>(
    wire: Wire<S>,
    responder: &R,
    (head, body): (Head, Bytes),
    stop: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
    R: Responder,
{
    let mut connection = Connection::new(responder);
    let head = Head { version: Version::Http2, ..head };
    let progress = match Stream::begin(responder, head) {
        Progress::Waits(stream) => stream.content(responder, &body),
        decided @ (Progress::Answered(_) | Progress::Malformed) => decided,
    };
    connection.last = 1;
    connection.go_on(1, progress, Extent::Whole);
    connection.live(wire, stop).await;
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The other side has to begin with its settings (section 3.4).
    New,
    /// Requests are taken.
    Open,
    /// No stream behind the last is looked at.
    Leaving,
}

/// A connection.
pub(super) struct Connection<'a, R: Responder> {
    pub(super) responder: &'a R,
    pub(super) decoder: Decoder,
    pub(super) stage: Stage,
    pub(super) block: Option<Block>,
    pub(super) streams: BTreeMap<u32, Stream<R::Pass>>,
    /// Streams that are over for us and may not be for the other side: what still comes on them is dropped.
    pub(super) cut: BTreeSet<u32>,
    /// The last stream that was opened.
    pub(super) last: u32,
    pub(super) outgoing: Outgoing,
    pub(super) out: BytesMut,
    pub(super) resets: usize,
    pub(super) restless: usize,
    pub(super) silent_since: Instant,
}

impl<'a, R: Responder> Connection<'a, R> {
    fn new(responder: &'a R) -> Self {
        Self {
            responder,
            decoder: Decoder::new(TABLE_SIZE),
            stage: Stage::New,
            block: None,
            streams: BTreeMap::new(),
            cut: BTreeSet::new(),
            last: 0,
            outgoing: Outgoing::new(),
            out: BytesMut::new(),
            resets: 0,
            restless: 0,
            silent_since: Instant::now(),
        }
    }

    /// From the preface to the end.
    async fn live<S>(mut self, mut wire: Wire<S>, mut stop: watch::Receiver<bool>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let begun = tokio::select! {
            biased;
            begun = timeout(PATIENCE, begins(&mut wire)) => matches!(begun, Ok(Ok(true))),
            // Whoever has asked nothing yet does not hold the end up.
            () = ended(&mut stop) => false,
        };
        if !begun {
            return;
        }
        wire.buffer.advance(PREFACE.len());
        frame::settings(
            u32::try_from(STREAMS).unwrap_or(u32::MAX),
            u32::try_from(HEAD_LIMIT).unwrap_or(u32::MAX),
            &mut self.out,
        );
        if self.turns(&mut wire, &mut stop).await.is_ok() {
            drop(wire.linger().await);
        }
    }

    /// Takes, decides and answers until there is nothing more to do.
    async fn turns<S>(&mut self, wire: &mut Wire<S>, stop: &mut watch::Receiver<bool>) -> io::Result<()>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        loop {
            let over = self.take(&mut wire.buffer).is_err();
            self.outgoing.leave(&mut self.out);
            if !self.out.is_empty() {
                timeout(PATIENCE, wire.stream.write_all(&self.out)).await??;
                self.out.clear();
                wire.stream.flush().await?;
            }
            if over || (self.stage == Stage::Leaving && self.is_idle()) {
                return Ok(());
            }
            let next = self.next();
            tokio::select! {
                biased;
                read = wire.fill() => read?,
                () = ended(stop), if self.stage != Stage::Leaving => self.leave(),
                () = sleep_until(next) => self.expire(),
            }
        }
    }

    /// Takes every frame that is here.
    ///
    /// # Errors
    /// The connection cannot go on, and the other side is told.
    fn take(&mut self, buffer: &mut BytesMut) -> Result<(), Code> {
        loop {
            let fault = match Frame::take(buffer) {
                Ok(None) => return Ok(()),
                Ok(Some(frame)) => self.frame(&frame).err(),
                Err(fault) => Some(fault),
            };
            let fault = fault.or_else(|| self.exhausted());
            match fault {
                None => {}
                Some(Fault::Stream(stream, code)) => {
                    self.give_up(stream);
                    self.cut(stream, Extent::Part);
                    frame::reset(stream, code, &mut self.out);
                }
                Some(Fault::Connection(code)) => {
                    frame::goodbye(self.last, code, &mut self.out);
                    return Err(code);
                }
            }
        }
    }

    fn exhausted(&self) -> Option<Fault> {
        let exhausted = self.resets > RESETS || self.restless > RESTLESS;
        exhausted.then_some(Fault::Connection(Code::ENHANCE_YOUR_CALM))
    }

    /// Does what comes next for a request.
    pub(super) fn go_on(&mut self, stream: u32, progress: Progress<R::Pass>, extent: Extent) {
        match progress {
            Progress::Waits(open) if extent == Extent::Whole => {
                let ended = open.end(self.responder);
                self.decided(stream, ended, extent);
            }
            progress @ (Progress::Waits(_) | Progress::Answered(_) | Progress::Malformed) => {
                self.decided(stream, progress, extent);
            }
        }
    }

    fn decided(&mut self, stream: u32, progress: Progress<R::Pass>, extent: Extent) {
        match progress {
            Progress::Waits(open) => drop(self.streams.insert(stream, open)),
            Progress::Answered(answer) => self.answer(stream, &answer, extent),
            Progress::Malformed => {
                // Whoever sends nothing but what is malformed gets no further than whoever takes everything back.
                self.resets += 1;
                self.cut(stream, extent);
                frame::reset(stream, Code::PROTOCOL, &mut self.out);
            }
        }
    }

    fn answer(&mut self, stream: u32, answer: &Answer, extent: Extent) {
        self.cut(stream, extent);
        self.outgoing.push(stream, answer, (self.responder.manner().pause + answer.took, extent));
        self.resets = self.resets.saturating_sub(1);
        self.restless = 0;
        self.silent_since = Instant::now();
    }

    /// Remembers that more may come on a stream, where that is so; the oldest are forgotten.
    fn cut(&mut self, stream: u32, extent: Extent) {
        if extent == Extent::Part {
            self.cut.insert(stream);
        }
        if self.cut.len() > 2 * STREAMS {
            self.cut.pop_first();
        }
    }

    pub(super) fn give_up(&mut self, stream: u32) {
        self.streams.remove(&stream);
        self.outgoing.forget(stream);
    }

    pub(super) fn is_open(&self, stream: u32) -> bool {
        self.streams.contains_key(&stream) || self.outgoing.has(stream)
    }

    fn is_idle(&self) -> bool {
        self.streams.is_empty() && self.outgoing.len() == 0
    }

    /// When something is to be done, if nothing comes.
    fn next(&self) -> Instant {
        let deadlines = self.streams.values().map(|stream| stream.deadline);
        let next = deadlines.chain(self.outgoing.next()).min();
        next.unwrap_or(self.silent_since + IDLE)
    }

    /// Does what is due: answers what takes too long, and leaves where nothing happens.
    fn expire(&mut self) {
        let now = Instant::now();
        let late: Vec<u32> =
            self.streams.iter().filter(|(_, one)| one.deadline <= now).map(|(id, _)| *id).collect();
        for stream in late {
            if let Some(open) = self.streams.remove(&stream) {
                let answer = open.late(self.responder);
                self.answer(stream, &answer, Extent::Part);
            }
        }
        if self.is_idle() && self.silent_since + IDLE <= now {
            self.leave();
        }
    }

    /// Takes no further request.
    fn leave(&mut self) {
        self.stage = Stage::Leaving;
        frame::goodbye(self.last, Code::NO_ERROR, &mut self.out);
    }
}
