//! Carries a script of frames out on a stream, and listens all the while.

use std::io;
use std::time::{Duration, Instant};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::time::timeout;

use super::super::super::client::Limits;
use super::super::super::frames::{Frame, flags, kinds};
use super::super::super::script::{Act, Script, Until};
use super::super::super::transcript::{Ending, Transcript};
use super::super::Caps;
use super::super::talk::{BODIES, LINGERING, Over, PIECE, QUIET, SILENCE};
use super::reader::FrameReader;
use super::write::{self, FRAME};

/// What is known of a conversation while it goes on. It outlives the stream, so that what was heard is kept where
/// time runs out.
#[derive(Debug)]
pub(in super::super) struct FrameTalk {
    started: Instant,
    /// What is added to every pause that a script makes for an answer: a distant target needs longer for one.
    pub(in super::super) slack: Duration,
    reader: FrameReader,
    fields_bytes: usize,
    ending: Ending,
    received: usize,
    most: usize,
}

/// The two halves of a stream.
struct Line<S> {
    from: ReadHalf<S>,
    to: WriteHalf<S>,
    piece: BytesMut,
    /// What is to be sent next.
    out: BytesMut,
    /// Whether the other side still takes what is sent.
    takes: bool,
}

impl FrameTalk {
    pub(in super::super) fn new(started: Instant, limits: Limits) -> Self {
        let caps = Caps::of(limits);
        let most = limits.body_bytes.saturating_mul(BODIES).saturating_add(caps.head);
        Self {
            started,
            slack: Duration::ZERO,
            reader: FrameReader::new(caps),
            fields_bytes: caps.head,
            ending: Ending::Open,
            received: 0,
            most,
        }
    }

    /// Everything that was heard.
    pub(in super::super) fn finish(self) -> Transcript {
        let at = self.started.elapsed();
        self.reader.finish(self.ending, at)
    }

    /// Carries the script out, then listens until the other side has nothing more to say.
    pub(in super::super) async fn run<S: AsyncRead + AsyncWrite>(&mut self, stream: S, script: &Script) {
        let (from, to) = tokio::io::split(stream);
        let (piece, out) = (BytesMut::new(), BytesMut::new());
        let mut line = Line { from, to, piece, out, takes: true };
        let asks = script.acts.first().is_some_and(|act| matches!(act, Act::Send { .. }));
        if !asks {
            write::beginning(self.fields_bytes, &mut line.out);
        }
        for act in &script.acts {
            if self.act(&mut line, act).await.is_err() {
                return;
            }
        }
        drop(self.settle(&mut line, script.until).await);
    }

    async fn act<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>, act: &Act) -> Result<(), Over> {
        match act {
            Act::Send { bytes, begins } => {
                if let Some(method) = begins {
                    self.reader.asked_to_upgrade(method);
                }
                line.out.extend_from_slice(bytes);
                Ok(())
            }
            Act::Frame(frame) => self.frame(line, frame).await,
            // What only bytes can be is not said in frames, and the target is steered between conversations in them.
            Act::Repeat { .. } | Act::Trickle { .. } | Act::Pass(_) => Ok(()),
            Act::Hold(time) => self.hold(line, *time).await,
            Act::Await => self.answered(line).await,
            Act::EndSending => {
                self.flush(line).await?;
                line.takes = false;
                drop(line.to.shutdown().await);
                Ok(())
            }
            Act::Leave => {
                self.flush(line).await?;
                self.ending = Ending::Ours;
                Err(Over)
            }
        }
    }

    /// Puts a frame behind what is to be sent next, once frames can be sent; where they cannot, nothing is.
    async fn frame<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        frame: &Frame,
    ) -> Result<(), Over> {
        if self.reader.takes_frames().is_none() {
            while self.reader.takes_frames().is_none() {
                self.listen(line).await?;
            }
            if self.reader.takes_frames() == Some(true) {
                write::beginning(self.fields_bytes, &mut line.out);
            }
        }
        if self.reader.takes_frames() == Some(false) {
            return Ok(());
        }
        match frame {
            Frame::Headers { stream, fields, end } => {
                let ends: &[u8] = if *end { &[flags::END_STREAM] } else { &[] };
                if !self.reader.has(*stream) {
                    self.reader.opened(*stream, &frame.method().unwrap_or_default());
                }
                write::headers(*stream, fields, ends, &mut line.out);
            }
            Frame::Data { stream, bytes, end } => self.content(line, (*stream, *end), bytes).await?,
            Frame::Other { kind, flags, stream, payload } => {
                write::frame((*kind, *flags, *stream), payload, &mut line.out);
            }
        }
        Ok(())
    }

    /// Content in pieces, each as soon as the other side takes it. What is left when the request is answered is not sent.
    async fn content<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        (stream, end): (u32, bool),
        bytes: &Bytes,
    ) -> Result<(), Over> {
        let mut rest = bytes.clone();
        loop {
            // However small the window is: the other side may never open a larger one.
            while self.reader.room(stream) == 0 && !rest.is_empty() && !self.reader.is_done(stream) {
                self.listen(line).await?;
            }
            if self.reader.is_done(stream) || !line.takes {
                return Ok(());
            }
            let piece = rest.split_to(rest.len().min(FRAME).min(self.reader.room(stream)));
            let last = if end && rest.is_empty() { flags::END_STREAM } else { 0 };
            write::frame((kinds::DATA, last, stream), &piece, &mut line.out);
            self.reader.sent(stream, piece.len());
            if rest.is_empty() {
                return Ok(());
            }
            self.flush(line).await?;
        }
    }

    /// Sends all that is to be sent, and takes what comes meanwhile.
    async fn flush<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>) -> Result<(), Over> {
        while line.takes && !line.out.is_empty() {
            self.listen(line).await?;
        }
        Ok(())
    }

    /// Waits until something more was answered, an interim answer included, and for so long at the most.
    async fn hold<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        time: Duration,
    ) -> Result<(), Over> {
        self.flush(line).await?;
        let (before, time) = (self.reader.heads(), time.saturating_add(self.slack));
        let listening = async {
            while self.reader.heads() == before {
                self.listen(line).await?;
            }
            Ok(())
        };
        timeout(time, listening).await.unwrap_or(Ok(()))
    }

    /// Waits until every request has what will come of it.
    async fn answered<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>) -> Result<(), Over> {
        self.flush(line).await?;
        while self.reader.complete() < self.reader.requests() {
            self.listen(line).await?;
        }
        Ok(())
    }

    /// Waits for what is still owed, then for what nobody asked for: as long as the first answer took, so that a
    /// distant target has time for it. Then we say goodbye.
    async fn settle<S: AsyncRead + AsyncWrite>(
        &mut self,
        line: &mut Line<S>,
        until: Until,
    ) -> Result<(), Over> {
        self.answered(line).await?;
        let patience = match until {
            Until::End => LINGERING,
            Until::Silence => self.reader.first_head().map_or(QUIET, |at| at.clamp(QUIET, SILENCE)),
        };
        while let Ok(heard) = timeout(patience, self.listen(line)).await {
            heard?;
        }
        if self.reader.takes_frames() == Some(true) {
            write::goodbye(&mut line.out);
        }
        let leaving = async {
            drop(line.to.write_all(&line.out).await);
            drop(line.to.shutdown().await);
        };
        drop(timeout(SILENCE, leaving).await);
        Ok(())
    }

    /// Sends what is due or takes what came, whichever is possible first.
    async fn listen<S: AsyncRead + AsyncWrite>(&mut self, line: &mut Line<S>) -> Result<(), Over> {
        line.piece.reserve(PIECE);
        let due = line.takes && !line.out.is_empty();
        tokio::select! {
            written = line.to.write(&line.out), if due => match written {
                Ok(0) | Err(_) => line.takes = false,
                Ok(count) => {
                    line.out.advance(count);
                    if line.out.is_empty() {
                        line.takes = line.to.flush().await.is_ok();
                    }
                }
            },
            read = line.from.read_buf(&mut line.piece) => self.heard(line, &read)?,
        }
        Ok(())
    }

    fn heard<S>(&mut self, line: &mut Line<S>, read: &io::Result<usize>) -> Result<(), Over> {
        let bytes = line.piece.split();
        let ended = Ending::of(read);
        if let Some(ending) = ended {
            self.ending = ending;
            return Err(Over);
        }
        self.received += bytes.len();
        self.reader.push(&bytes, self.started.elapsed());
        line.out.extend_from_slice(&self.reader.take_replies());
        if self.reader.is_lost() {
            self.ending = Ending::Ours;
            return Err(Over);
        }
        if self.received > self.most {
            self.ending = Ending::TooMuch;
            return Err(Over);
        }
        Ok(())
    }
}
