//! Carries a script out on a stream, and listens all the while.

use std::io;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::time::timeout;

use super::super::client::Limits;
use super::super::gate::Gate;
use super::super::script::{Act, Script, Until};
use super::super::transcript::{Ending, Transcript};
use super::burst::Burst;
use super::ledger::Ledger;
use super::reader::{Caps, Moment, Reader};

/// How long the other side may take to end a connection that it said it would end, or that we ended.
pub(super) const SILENCE: Duration = Duration::from_millis(500);
/// How long it may take where its end is what is asked for: servers that end a connection with care wait for a while.
pub(super) const LINGERING: Duration = Duration::from_secs(2);
/// How long to listen for more at the least, once everything was answered.
pub(super) const QUIET: Duration = Duration::from_millis(50);
/// How many bytes are read at a time.
pub(super) const PIECE: usize = 16 * 1024;
/// How many times the cap on one body is read from a connection in all.
pub(super) const BODIES: usize = 4;

/// What is known of a conversation while it goes on. It outlives the stream, so that what was heard is kept where
/// time runs out.
#[derive(Debug)]
pub(super) struct Talk {
    started: Instant,
    /// What is added to every pause that a script makes for an answer: a distant target needs longer for one.
    pub(super) slack: Duration,
    reader: Reader,
    ledger: Ledger,
    ending: Ending,
    received: usize,
    most: usize,
}

/// The two halves of a stream.
struct Line<S> {
    from: ReadHalf<S>,
    to: WriteHalf<S>,
    piece: BytesMut,
    /// Whether the other side still takes what is sent.
    takes: bool,
}

/// The other side can no longer be heard: the connection ended, or said more than is read.
#[derive(Debug)]
pub(super) struct Over;

impl Talk {
    pub(super) fn new(started: Instant, limits: Limits) -> Self {
        let caps = Caps::of(limits);
        let most = limits.body_bytes.saturating_mul(BODIES).saturating_add(caps.head);
        let (reader, ledger) = (Reader::new(caps), Ledger::default());
        Self { started, slack: Duration::ZERO, reader, ledger, ending: Ending::Open, received: 0, most }
    }

    /// Everything that was heard.
    pub(super) fn finish(self) -> Transcript {
        let at = self.started.elapsed();
        self.reader.finish(self.ending, at)
    }

    /// Carries the script out, then listens until the other side has nothing more to say.
    pub(super) async fn run<S: AsyncRead + AsyncWrite>(&mut self, stream: S, script: &Script) {
        let (from, to) = tokio::io::split(stream);
        let mut line = Line { from, to, piece: BytesMut::new(), takes: true };
        let mut rest = &*script.acts;
        while let Some((act, behind)) = rest.split_first() {
            let burst = Burst::of(rest);
            let done = if burst.is_empty() {
                rest = behind;
                self.act(&mut line, act).await
            } else {
                rest = rest.get(burst.acts()..).unwrap_or_default();
                self.send(&mut line, &burst).await
            };
            if done.is_err() {
                return;
            }
        }
        drop(self.settle(&mut line, script.until).await);
    }

    async fn act<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>, act: &Act) -> Result<(), Over> {
        match act {
            // A script with frames is carried out by those who speak in frames.
            Act::Send { .. } | Act::Frame(_) => Ok(()),
            Act::Repeat { bytes, times, within } => {
                let sending = self.repeat(line, bytes, *times);
                timeout(*within, sending).await.unwrap_or(Ok(()))
            }
            Act::Trickle { bytes, every } => self.trickle(line, bytes, *every).await,
            Act::Hold(time) => self.hold(line, *time).await,
            Act::Await => self.answered(line).await,
            Act::Pass(gate) => self.pass(line, gate).await,
            Act::EndSending => {
                line.takes = false;
                drop(line.to.shutdown().await);
                Ok(())
            }
            Act::Leave => {
                self.ending = Ending::Ours;
                Err(Over)
            }
        }
    }

    async fn repeat<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        bytes: &Bytes,
        times: u64,
    ) -> Result<(), Over> {
        let before = self.reader.complete();
        // One write a turn would be slow for what is short.
        let turns = (PIECE / bytes.len().max(1)).max(1);
        let mut left = usize::try_from(times).unwrap_or(usize::MAX);
        while left > 0 && line.takes && self.reader.complete() == before {
            let count = left.min(turns);
            self.send(line, &Burst::more(bytes.repeat(count).into())).await?;
            left -= count;
        }
        Ok(())
    }

    async fn trickle<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        bytes: &Bytes,
        every: Duration,
    ) -> Result<(), Over> {
        let before = self.reader.complete();
        for at in 0..bytes.len() {
            self.hold(line, every).await?;
            if !line.takes || self.reader.complete() > before {
                break;
            }
            self.send(line, &Burst::more(bytes.slice(at..=at))).await?;
        }
        Ok(())
    }

    /// Sends, and takes what comes meanwhile. Where the other side takes no more, what it says is still heard.
    async fn send<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        burst: &Burst,
    ) -> Result<(), Over> {
        burst.methods().for_each(|method| self.reader.asked(method));
        let mut sent = 0;
        while line.takes {
            let left = burst.bytes().get(sent..).unwrap_or_default();
            if left.is_empty() {
                line.takes = line.to.flush().await.is_ok();
                break;
            }
            line.piece.reserve(PIECE);
            tokio::select! {
                written = line.to.write(left) => match written {
                    Ok(0) | Err(_) => line.takes = false,
                    Ok(count) => {
                        burst.account(sent..sent + count, &mut self.ledger);
                        sent += count;
                    }
                },
                read = line.from.read_buf(&mut line.piece) => self.heard(&mut line.piece, &read)?,
            }
        }
        Ok(())
    }

    /// Waits until something more was answered, an interim answer included, and for so long at the most.
    async fn hold<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        time: Duration,
    ) -> Result<(), Over> {
        let (before, time) = (self.reader.heads(), time.saturating_add(self.slack));
        let listening = async {
            while self.reader.heads() == before {
                self.listen(line).await?;
            }
            Ok(())
        };
        timeout(time, listening).await.unwrap_or(Ok(()))
    }

    /// Waits until the gate is open, and hears what comes meanwhile.
    async fn pass<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>, gate: &Gate) -> Result<(), Over> {
        let mut opened = std::pin::pin!(gate.pass());
        loop {
            tokio::select! {
                () = &mut opened => return Ok(()),
                heard = self.listen(line) => heard?,
            }
        }
    }

    /// Waits until every request has its answer.
    async fn answered<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>) -> Result<(), Over> {
        while self.reader.complete() < self.reader.requests() {
            self.listen(line).await?;
        }
        Ok(())
    }

    /// Waits for what is still owed, then for what nobody asked for: as long as the first answer took, so that a
    /// distant target has time for a second one. Then nothing more is sent, and whatever comes is still heard.
    async fn settle<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        until: Until,
    ) -> Result<(), Over> {
        self.answered(line).await?;
        while let Ok(heard) = timeout(self.patience(until), self.listen(line)).await {
            heard?;
        }
        drop(timeout(SILENCE, line.to.shutdown()).await);
        while let Ok(Ok(())) = timeout(SILENCE, self.listen(line)).await {}
        // That it ends now says nothing: we ended first.
        if self.ending != Ending::TooMuch {
            self.ending = Ending::Open;
        }
        Ok(())
    }

    fn patience(&self, until: Until) -> Duration {
        if until == Until::End {
            return LINGERING;
        }
        let answers = self.reader.answers();
        if answers.last().is_some_and(|heard| heard.answer.is_the_last()) {
            return SILENCE;
        }
        answers.first().map_or(QUIET, |heard| heard.head_at).clamp(QUIET, SILENCE)
    }

    async fn listen<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>) -> Result<(), Over> {
        line.piece.reserve(PIECE);
        let read = line.from.read_buf(&mut line.piece).await;
        self.heard(&mut line.piece, &read)
    }

    fn heard(&mut self, piece: &mut BytesMut, read: &io::Result<usize>) -> Result<(), Over> {
        let bytes = piece.split();
        if let Some(ending) = Ending::of(read) {
            self.ending = ending;
            return Err(Over);
        }
        self.received += bytes.len();
        let moment = Moment { at: self.started.elapsed(), bodies: self.ledger.bodies() };
        self.reader.push(&bytes, moment);
        if self.received > self.most || self.reader.is_full() {
            self.ending = Ending::TooMuch;
            return Err(Over);
        }
        Ok(())
    }
}
