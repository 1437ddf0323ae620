//! What is said and heard in HTTP/2, frame by frame (RFC 9113 sections 4 and 6).

use std::fmt;

use bytes::Bytes;

/// A frame that is to be sent, sound or not.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// Field lines, none of them compressed, in as many frames as they take.
    Headers {
        /// The stream.
        stream: u32,
        /// The fields in order, pseudo-fields among them.
        fields: Vec<(Vec<u8>, Vec<u8>)>,
        /// Whether nothing follows on the stream.
        end: bool,
    },
    /// Content, in as many frames as it takes.
    Data {
        /// The stream.
        stream: u32,
        /// The content.
        bytes: Bytes,
        /// Whether nothing follows on the stream.
        end: bool,
    },
    /// Any frame at all.
    Other {
        /// Its type.
        kind: u8,
        /// Its flags.
        flags: u8,
        /// Its stream.
        stream: u32,
        /// What it holds.
        payload: Bytes,
    },
}

impl Frame {
    /// Its stream.
    pub fn stream(&self) -> u32 {
        match self {
            Self::Headers { stream, .. } | Self::Data { stream, .. } | Self::Other { stream, .. } => *stream,
        }
    }

    /// The method of the request that it would begin.
    pub(super) fn method(&self) -> Option<String> {
        let Self::Headers { fields, .. } = self else { return None };
        let method = fields.iter().find(|(name, _)| name == b":method").map(|(_, method)| &**method);
        Some(String::from_utf8_lossy(method.unwrap_or_default()).into_owned())
    }

    /// The frame as lines that can be read; the bytes of its fields and content as they are.
    pub(super) fn text(&self) -> Vec<u8> {
        match self {
            Self::Headers { stream, fields, end } => {
                let mut text =
                    format!("HEADERS on stream {stream}{}\n", ENDING[usize::from(*end)]).into_bytes();
                for (name, value) in fields {
                    text.extend_from_slice(&[b"  ", &**name, b": ", value, b"\n"].concat());
                }
                text
            }
            Self::Data { stream, bytes, end } => {
                let title =
                    format!("DATA on stream {stream}, {} bytes{}\n", bytes.len(), ENDING[usize::from(*end)]);
                let content = if bytes.is_empty() { Vec::new() } else { [&**bytes, b"\n"].concat() };
                [title.into_bytes(), content].concat()
            }
            Self::Other { kind, flags, stream, payload } => {
                // What it holds may be a compressed block, in which nobody would find a key.
                let (name, length) = (name_of(*kind), payload.len());
                format!("{name} on stream {stream}, flags {flags:#04x}, {length} bytes\n").into_bytes()
            }
        }
    }
}

/// What is said of a frame behind which more follows, and of one behind which nothing does.
const ENDING: [&str; 2] = ["", ", the end of the stream"];

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Fields and content may hold a key.
        let kind = match self {
            Self::Headers { .. } => kinds::HEADERS,
            Self::Data { .. } => kinds::DATA,
            Self::Other { kind, .. } => *kind,
        };
        write!(f, "{}({})", name_of(kind), self.stream())
    }
}

/// The types of frames (RFC 9113 section 6).
pub(super) mod kinds {
    pub(in super::super) const DATA: u8 = 0;
    pub(in super::super) const HEADERS: u8 = 1;
    pub(in super::super) const RESET: u8 = 3;
    pub(in super::super) const SETTINGS: u8 = 4;
    pub(in super::super) const PUSH: u8 = 5;
    pub(in super::super) const PING: u8 = 6;
    pub(in super::super) const GOAWAY: u8 = 7;
    pub(in super::super) const WINDOW: u8 = 8;
    pub(in super::super) const CONTINUATION: u8 = 9;
}

/// The flags of frames (RFC 9113 section 6).
pub(super) mod flags {
    /// Nothing follows on the stream.
    pub(in super::super) const END_STREAM: u8 = 0x1;
    /// Settings or a ping that answer those of the other side.
    pub(in super::super) const ACK: u8 = 0x1;
    /// The block of fields ends here.
    pub(in super::super) const END_HEADERS: u8 = 0x4;
    /// The payload is padded.
    pub(in super::super) const PADDED: u8 = 0x8;
    /// A priority stands before the block of fields.
    pub(in super::super) const PRIORITY: u8 = 0x20;
}

/// What a type of frame is called.
pub(super) fn name_of(kind: u8) -> String {
    const NAMES: [&str; 10] = [
        "DATA",
        "HEADERS",
        "PRIORITY",
        "RST_STREAM",
        "SETTINGS",
        "PUSH_PROMISE",
        "PING",
        "GOAWAY",
        "WINDOW_UPDATE",
        "CONTINUATION",
    ];
    NAMES.get(usize::from(kind)).map_or_else(|| format!("frame of type {kind:#04x}"), ToString::to_string)
}

/// Why a stream or a connection was ended (RFC 9113 section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// Nothing went wrong.
    pub const NO_ERROR: Self = Self(0);
    /// What was sent is malformed.
    pub const PROTOCOL_ERROR: Self = Self(1);
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 14] = [
            "NO_ERROR",
            "PROTOCOL_ERROR",
            "INTERNAL_ERROR",
            "FLOW_CONTROL_ERROR",
            "SETTINGS_TIMEOUT",
            "STREAM_CLOSED",
            "FRAME_SIZE_ERROR",
            "REFUSED_STREAM",
            "CANCEL",
            "COMPRESSION_ERROR",
            "CONNECT_ERROR",
            "ENHANCE_YOUR_CALM",
            "INADEQUATE_SECURITY",
            "HTTP_1_1_REQUIRED",
        ];
        match usize::try_from(self.0).ok().and_then(|at| NAMES.get(at)) {
            Some(name) => f.write_str(name),
            None => write!(f, "the unknown error {:#x}", self.0),
        }
    }
}

/// How the other side ended what a request asked for, where it gave no answer or not all of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// It reset the stream.
    Stream(ErrorCode),
    /// It gave the connection up.
    Connection(ErrorCode),
    /// It closed the connection without a word.
    Closed,
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(code) => write!(f, "the stream reset ({code})"),
            Self::Connection(code) => write!(f, "the connection given up ({code})"),
            Self::Closed => f.write_str("the connection closed without an answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_can_be_read_by_people() {
        let fields = vec![(b":path".to_vec(), b"/".to_vec())];
        let frame = Frame::Headers { stream: 1, fields, end: true };
        assert_eq!(frame.text(), b"HEADERS on stream 1, the end of the stream\n  :path: /\n");
        let frame = Frame::Data { stream: 1, bytes: Bytes::from_static(b"{}"), end: false };
        assert_eq!(frame.text(), b"DATA on stream 1, 2 bytes\n{}\n");
        let frame = Frame::Other { kind: 0xbe, flags: 1, stream: 0, payload: Bytes::new() };
        assert_eq!(frame.text(), b"frame of type 0xbe on stream 0, flags 0x01, 0 bytes\n");
        assert_eq!(format!("{frame:?}"), "frame of type 0xbe(0)");
    }

    #[test]
    fn a_known_error_has_its_name_and_any_other_its_number() {
        assert_eq!(Cut::Stream(ErrorCode(1)).to_string(), "the stream reset (PROTOCOL_ERROR)");
        assert_eq!(
            Cut::Connection(ErrorCode(0xff)).to_string(),
            "the connection given up (the unknown error 0xff)"
        );
    }
}
