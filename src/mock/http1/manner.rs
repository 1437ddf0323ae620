//! How answers are written, as far as HTTP leaves it open: nobody may tell right from wrong by any of it.

use std::time::Duration;

use super::write::Connection;
use crate::mock::message::Version;

/// How answers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Manner {
    /// The case of field names; HTTP/2 knows lower case alone.
    pub(crate) names: Names,
    /// How the end of a content is told; HTTP/2 tells it by frames.
    pub(crate) framing: Written,
    /// What stands behind every status code instead of its own phrase (RFC 9112 section 4: nobody reads it).
    pub(crate) reason: Option<&'static str>,
    /// What becomes of a connection that could go on.
    pub(crate) behind: Connection,
    /// How long every answer is held back.
    pub(crate) pause: Duration,
}

/// The case of field names (RFC 9110 section 5.1: it does not count).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// As the edge has them.
    AsTheyAre,
    /// All in lower case.
    Lower,
    /// All in upper case.
    Upper,
}

/// How the end of a content is told (RFC 9112 section 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// By its length.
    Length,
    /// By an empty chunk.
    Chunked,
}

impl Manner {
    /// The usual manner.
    pub(crate) fn standard() -> Self {
        Self {
            names: Names::AsTheyAre,
            framing: Written::Length,
            reason: None,
            behind: Connection::Keep,
            pause: Duration::ZERO,
        }
    }

    /// The same towards a client of some version: HTTP/1.0 knows no chunks (RFC 9112 section 6.1).
    #[must_use]
    pub(super) fn toward(self, version: Version) -> Self {
        match version {
            Version::Http10 => Self { framing: Written::Length, ..self },
            Version::Http11 | Version::Http2 => self,
        }
    }
}
