//! What was heard on one connection: every answer in order, and everything odd about the bytes.
//!
//! Nothing here is an error. A server that breaks the grammar, answers twice or goes silent is a finding, and a
//! finding needs evidence; whether it matters is for a check to say.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::time::Duration;

use super::exchange::Answer;

/// What was heard on one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// How many requests were put to the other side.
    pub requests: usize,
    /// The final answers, in the order in which they came; in HTTP/2 one for every request, in the order of the requests.
    pub answers: Vec<Heard>,
    /// Bytes that belong to no answer, up to a cap.
    pub surplus: Vec<u8>,
    /// What was odd, where it belongs to no answer.
    pub oddities: BTreeSet<Oddity>,
    /// How the connection ended.
    pub ending: Ending,
    /// The frames that were heard, in words and without their content; none where HTTP/1 was spoken.
    pub frames: Vec<String>,
}

/// One final answer, and how it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The answer.
    pub answer: Answer,
    /// The interim answers before it (RFC 9110 section 15.2), without content.
    pub interim: Vec<Answer>,
    /// Its trailer fields, names in lower case.
    pub trailers: Vec<(String, Vec<u8>)>,
    /// How many octets of its request's body had been sent when its head was complete.
    pub body_sent: u64,
    /// When its head was complete, counted from the beginning of the exchange.
    pub head_at: Duration,
    /// When all of it was there, if all of it came, as far as its framing tells.
    pub done_at: Option<Duration>,
    /// Whether it can have no content.
    pub bare: bool,
    /// What was odd about it.
    pub oddities: BTreeSet<Oddity>,
}

impl Heard {
    /// Whether all of it came.
    pub fn is_complete(&self) -> bool {
        self.done_at.is_some()
    }
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The other side closed it.
    Closed,
    /// The other side reset it.
    Reset,
    /// The other side was silent, and kept it open until we ended it.
    Open,
    /// We ended it, because the script says so.
    Ours,
    /// We ended it, because there was more to read than we take.
    TooMuch,
}

impl Ending {
    /// How a connection ended, if a read shows that it did.
    pub(super) fn of(read: &io::Result<usize>) -> Option<Self> {
        match read {
            Ok(0) => Some(Self::Closed),
            Ok(_) => None,
            // TLS reports a connection that ended without notice as an error of its own.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Some(Self::Closed),
            Err(_) => Some(Self::Reset),
        }
    }

    /// Whether the other side ended the connection.
    pub fn is_theirs(self) -> bool {
        matches!(self, Self::Closed | Self::Reset)
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "the target closed the connection",
            Self::Reset => "the target reset the connection",
            Self::Open => "the connection stayed open",
            Self::Ours => "we closed the connection",
            Self::TooMuch => "the target sent more than is read",
        })
    }
}

/// What can be odd about the bytes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Oddity {
    /// A line ends in LF alone (RFC 9112 section 2.2).
    BareLf,
    /// A CR stands within a line (RFC 9112 section 2.2).
    BareCr,
    /// A status line is not quite by the grammar (RFC 9112 section 4).
    StatusLine,
    /// The version is neither HTTP/1.0 nor HTTP/1.1.
    Version,
    /// White space stands before the first field line (RFC 9112 section 2.2).
    LeadingSpace,
    /// A field is folded over two lines (RFC 9112 section 5.2).
    ObsFold,
    /// White space stands between a field's name and its colon (RFC 9112 section 5.1).
    SpaceBeforeColon,
    /// A field line has no colon, or its name is not a token (RFC 9110 section 5.1).
    FieldName,
    /// A field's value holds a control character (RFC 9110 section 5.5).
    FieldValue,
    /// There are more field lines than are taken.
    TooManyFields,
    /// A head, or a line of a chunked body, is longer than is taken.
    TooLongHead,
    /// There are more interim answers than are taken.
    TooManyInterim,
    /// Both a length and a transfer coding (RFC 9112 section 6.3).
    LengthAndCoding,
    /// Lengths that differ (RFC 9112 section 6.3).
    LengthsDiffer,
    /// The same length more than once (RFC 9110 section 8.6).
    LengthRepeated,
    /// A length that is not a number (RFC 9110 section 8.6).
    LengthSyntax,
    /// A transfer coding that does not end in `chunked` (RFC 9112 section 6.1).
    CodingNotChunked,
    /// A transfer coding in HTTP/1.0 (RFC 9112 section 6.1).
    CodingInHttp10,
    /// A length or a transfer coding where there can be no content (RFC 9110 section 8.6, RFC 9112 section 6.1).
    FramingForbidden,
    /// Content where there must be none: behind an answer to HEAD, a 204 or a 304 (RFC 9110 section 6.4.1).
    ContentForbidden,
    /// A chunk's size line is not by the grammar (RFC 9112 section 7.1).
    ChunkSize,
    /// A chunk does not end where its size says.
    ChunkEnd,
    /// An answer to which no request was sent.
    Unasked,
    /// Bytes that are no answer, where one would begin.
    NotHttp,
    /// The connection ended within an answer.
    Torn,
    /// A frame is too long, too short, or padded with more than it holds (RFC 9113 section 4.2).
    FrameSize,
    /// A frame has no place on its stream: none was opened, or it has ended (RFC 9113 section 5.1).
    FrameStream,
    /// A frame stands where another must (RFC 9113 sections 3.4 and 6.10).
    FrameOrder,
    /// The fields of an answer cannot be decompressed (RFC 9113 section 4.3).
    HeaderBlock,
    /// An answer does not have exactly one sound status, before everything else (RFC 9113 section 8.3.2).
    StatusField,
    /// The answer came in HTTP/1.
    OtherVersion,
    /// There are more frames than are taken.
    TooManyFrames,
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BareLf => "a line that ends in LF alone",
            Self::BareCr => "a CR within a line",
            Self::StatusLine => "a status line that is not by the grammar",
            Self::Version => "a version that is not HTTP/1",
            Self::LeadingSpace => "white space before the first field",
            Self::ObsFold => "a folded field",
            Self::SpaceBeforeColon => "white space before a colon",
            Self::FieldName => "a field line without a name",
            Self::FieldValue => "a control character in a field",
            Self::TooManyFields => "more fields than are read",
            Self::TooLongHead => "a head longer than is read",
            Self::TooManyInterim => "more interim answers than are read",
            Self::LengthAndCoding => "both a length and a transfer coding",
            Self::LengthsDiffer => "lengths that differ",
            Self::LengthRepeated => "the length more than once",
            Self::LengthSyntax => "a length that is not a number",
            Self::CodingNotChunked => "a transfer coding that does not end in chunked",
            Self::CodingInHttp10 => "a transfer coding in HTTP/1.0",
            Self::FramingForbidden => "a length where there can be no content",
            Self::ContentForbidden => "content where there must be none",
            Self::ChunkSize => "a chunk size that is not one",
            Self::ChunkEnd => "a chunk that does not end where its size says",
            Self::Unasked => "an answer to which no request was sent",
            Self::NotHttp => "bytes that are no answer",
            Self::Torn => "an end within an answer",
            Self::FrameSize => "a frame of a wrong size",
            Self::FrameStream => "a frame that has no place on its stream",
            Self::FrameOrder => "a frame where another must stand",
            Self::HeaderBlock => "fields that cannot be decompressed",
            Self::StatusField => "an answer without one sound status",
            Self::OtherVersion => "an answer in HTTP/1",
            Self::TooManyFrames => "more frames than are read",
        })
    }
}
