//! Requests and answers: what is written, what is read, and what becomes of a connection behind them.

use std::io::ErrorKind;

use super::Worker;
use crate::load::engine::connection::{Flight, State};
use crate::load::engine::pace::Due;
use crate::load::engine::reader::Progress;
use crate::load::verdict::Outcome;

impl Worker {
    /// Sends a request on a connection that waits for one.
    pub(super) fn send(&mut self, index: usize, due: Due) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        let Some((pick, sealed)) = self.job.pick(due.number, due.at) else {
            // Its key is not there; the connection waits on.
            self.idle(index);
            return self.score.never_sent(due);
        };
        connection.flight = Flight { due, pick, sent_at: self.desk.clock.now(), written: 0 };
        if !sealed.patches.is_empty() {
            // The room is the connection's own, and is there from the first time on.
            connection.own.clear();
            connection.own.extend_from_slice(&sealed.bytes);
            self.job.stamp.patch(&sealed.patches, due.number, &mut connection.own);
        }
        connection.reader.begin(&sealed.request.method);
        connection.state = State::Busy;
        self.busy += 1;
        self.push(index);
    }

    /// Writes as much of the request as goes.
    pub(super) fn push(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        let (Some(transport), Some((_, sealed))) =
            (&mut connection.transport, self.job.picked(connection.flight.pick))
        else {
            return;
        };
        let bytes = if sealed.patches.is_empty() { &*sealed.bytes } else { &*connection.own };
        loop {
            let rest = bytes.get(connection.flight.written..).unwrap_or_default();
            let written =
                if rest.is_empty() { transport.flush().map(|()| None) } else { transport.write(rest) };
            match written {
                Ok(None | Some(0)) => return,
                Ok(Some(count)) => {
                    if connection.flight.written == 0 {
                        self.score.sent(&connection.flight);
                    }
                    connection.flight.written += count;
                    if connection.flight.written == bytes.len() && transport.short_reads_end() {
                        return;
                    }
                }
                Err(_) => return self.not_written(index),
            }
        }
    }

    /// A request of which nothing was written goes another way; for one that was, an answer may have come already.
    fn not_written(&mut self, index: usize) {
        let Some(connection) = self.connections.get_mut(index) else { return };
        let flight = connection.flight;
        if flight.written > 0 {
            connection.half_closed = true;
            self.pull(index);
            if self.connections.get(index).is_some_and(|one| one.state == State::Busy) {
                self.fail(index, Outcome::Reset, "the connection was reset");
            }
            return;
        }
        self.busy -= 1;
        self.pace.wait_first(flight.due);
        self.lost(index);
    }

    /// Reads what has come.
    pub(super) fn pull(&mut self, index: usize) {
        loop {
            let Some(connection) = self.connections.get_mut(index) else { return };
            let Some(transport) = &mut connection.transport else { return };
            let busy = connection.state == State::Busy;
            let room = connection.reader.room();
            let size = room.len();
            let (progress, count) = match transport.read(room) {
                Ok(None) => return,
                Ok(Some(0)) | Err(_) if !busy => return self.lost(index),
                Ok(Some(count)) if !busy => return self.unasked(index, count),
                Ok(Some(0)) => (connection.reader.ended(), 0),
                Ok(Some(count)) => (connection.reader.read(count), count),
                // TLS says when a stream ends: one that is cut may have gone on (RFC 9112 section 9.8).
                Err(error) if error.kind() == ErrorKind::UnexpectedEof => (Progress::Cut, 0),
                Err(_) => return self.fail(index, Outcome::Reset, "the connection was reset"),
            };
            // What did not fill its room was all there is: the next edge tells of more.
            let drained = count < size && transport.short_reads_end() && !connection.half_closed;
            match progress {
                Progress::Complete => return self.finish(index),
                Progress::Broken(what) => return self.fail(index, Outcome::Malformed, what),
                Progress::Cut if connection.reader.has_begun() => {
                    return self.fail(index, Outcome::Closed, "the connection ended before the answer did");
                }
                Progress::Cut => {
                    return self.fail(index, Outcome::Closed, "the connection ended without an answer");
                }
                Progress::Partial if drained => return,
                Progress::Partial => {}
            }
        }
    }

    /// A connection is gone, and no request with it. Where it never carried an answer, the next one may fare no better, and
    /// is waited for.
    fn lost(&mut self, index: usize) {
        self.score.wires().closed += 1;
        let now = self.desk.clock.now();
        match self.connections.get_mut(index) {
            Some(connection) if !connection.has_answered() => connection.give_up(now),
            _ => self.open(index),
        }
    }

    /// Bytes came that nobody had asked for.
    fn unasked(&mut self, index: usize, count: usize) {
        let now = self.desk.clock.now();
        if let Some(connection) = self.connections.get_mut(index) {
            let bytes = connection.reader.room().get(..count).unwrap_or_default();
            if !is_time_out(bytes) {
                self.score.unasked(connection.flight.pick, bytes, now);
            }
        }
        self.lost(index);
    }

    /// An answer is complete.
    fn finish(&mut self, index: usize) {
        let now = self.desk.clock.now();
        let Some(connection) = self.connections.get_mut(index) else { return };
        self.busy -= 1;
        connection.state = State::Idle;
        let sent = connection.transport.as_ref().is_some_and(|transport| !transport.holds_back());
        let whole = self.score.answered(&connection.flight, &connection.reader, now) && sent;
        let lives = connection.lives(&self.job.settings, now);
        if whole && lives && !connection.reader.must_close() && !connection.half_closed {
            if self.pace.is_closed() {
                return self.turns.push(index);
            }
            return self.ready(index, now);
        }
        self.score.wires().closed += 1;
        self.open(index);
    }

    /// A request has no whole answer and will have none.
    pub(super) fn fail(&mut self, index: usize, outcome: Outcome, what: &'static str) {
        let now = self.desk.clock.now();
        let Some(connection) = self.connections.get_mut(index) else { return };
        self.busy -= 1;
        connection.state = State::Idle;
        self.score.failed(&connection.flight, &connection.reader, (outcome, what, now));
        self.open(index);
    }
}

/// Whether it is what a server says on a connection on which it waited too long for a request (RFC 9110 section 15.5.9).
fn is_time_out(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/1.") && bytes.get(8..12) == Some(b" 408")
}
