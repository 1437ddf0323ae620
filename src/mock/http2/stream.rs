//! One request on its way in: from its head to the end of its content.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use super::frame::{Code, Frame, flag};
use crate::mock::edge::Denial;
use crate::mock::http1::{Admission, BODY_LIMIT, Responder};
use crate::mock::message::{Answer, Head};

/// How long a body may take.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Why a stream or a whole connection cannot go on (RFC 9113 section 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The stream.
    Stream(u32, Code),
    /// The connection.
    Connection(Code),
}

/// How much of a request is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// Something is still to come.
    Part,
}

impl Extent {
    /// What the end of a stream says, where it is one.
    pub(super) fn of(frame: &Frame) -> Self {
        if frame.has(flag::END_STREAM) { Self::Whole } else { Self::Part }
    }
}

/// What is to be done with what comes.
enum Phase<P> {
    /// Nothing is decided before the body is here.
    Awaited,
    /// It was let through, and waits for its body.
    Admitted(P),
}

/// A request that is not complete.
pub(super) struct Stream<P> {
    head: Head,
    phase: Phase<P>,
    body: BytesMut,
    /// When its body must be here.
    pub(super) deadline: Instant,
}

/// What came of a request so far.
pub(super) enum Progress<P> {
    /// It goes on.
    Waits(Stream<P>),
    /// It is answered.
    Answered(Answer),
    /// It contradicts itself (section 8.1.1).
    Malformed,
}

impl<P: Send> Stream<P> {
    /// A request whose head is here.
    pub(super) fn begin<R: Responder<Pass = P>>(responder: &R, head: Head) -> Progress<P> {
        let phase = if responder.awaits_body(&head) {
            Phase::Awaited
        } else {
            match responder.admit(&head, None) {
                Admission::Answered(answer) => return Progress::Answered(answer),
                Admission::Admitted(pass) => Phase::Admitted(pass),
            }
        };
        let deadline = Instant::now() + BODY_TIME;
        Progress::Waits(Self { head, phase, body: BytesMut::new(), deadline })
    }

    /// Whether its sender waits to be asked for its body.
    pub(super) fn expects_continue(&self) -> bool {
        self.head.expects_continue()
    }

    /// More of its body.
    pub(super) fn content<R: Responder<Pass = P>>(mut self, responder: &R, bytes: &Bytes) -> Progress<P> {
        if self.body.len() + bytes.len() > BODY_LIMIT {
            return Progress::Answered(responder.refuse(Some(&self.head), &Denial::TooLarge));
        }
        self.body.extend_from_slice(bytes);
        Progress::Waits(self)
    }

    /// Its end.
    pub(super) fn end<R: Responder<Pass = P>>(self, responder: &R) -> Progress<P> {
        let Self { head, phase, body, .. } = self;
        let differs = head.values("content-length").next().is_some()
            && head.declared_length() != u64::try_from(body.len()).ok();
        if differs {
            return Progress::Malformed;
        }
        let pass = match phase {
            Phase::Admitted(pass) => pass,
            Phase::Awaited => match responder.admit(&head, Some(&body)) {
                Admission::Answered(answer) => return Progress::Answered(answer),
                Admission::Admitted(pass) => pass,
            },
        };
        Progress::Answered(responder.serve(&head, pass, &body))
    }

    /// It takes too long.
    pub(super) fn late<R: Responder<Pass = P>>(self, responder: &R) -> Answer {
        responder.refuse(Some(&self.head), &Denial::TooSlow)
    }
}
