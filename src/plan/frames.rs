//! From what a scenario says in frames to parts of a conversation that is bound to a cell.

use super::Template;
use super::conversation::{Part, awaiting, closing, template};
use crate::scenario::{H2Part, WireTwist};

/// A frame whose texts are still to be filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum FramePart {
    /// Field lines.
    Headers {
        /// The stream.
        stream: u32,
        /// The fields, one a line.
        fields: Template,
        /// Whether nothing follows on the stream.
        end: bool,
    },
    /// Content.
    Data {
        /// The stream.
        stream: u32,
        /// The content.
        text: Template,
        /// Whether nothing follows on the stream.
        end: bool,
    },
    /// Any frame.
    Other {
        /// Its type.
        kind: u8,
        /// Its flags.
        flags: u8,
        /// Its stream.
        stream: u32,
        /// What it holds.
        payload: Template,
    },
}

impl FramePart {
    /// The text of the frame.
    pub(super) fn text(&self) -> &Template {
        match self {
            Self::Headers { fields: text, .. }
            | Self::Data { text, .. }
            | Self::Other { payload: text, .. } => text,
        }
    }
}

/// Everything that is said in frames, in order.
///
/// # Errors
/// Why it cannot be said.
pub(super) fn parts(wire: &WireTwist) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    // The stream of the last request; the first has the number 1, and 1 is also that of one that asks to go on in HTTP/2.
    let mut last = None;
    for part in &wire.h2 {
        let frame = match part {
            H2Part::Upgrade(upgrade) => {
                last = Some(1);
                parts.push(Part::Head(template(&upgrade.head, wire)?.as_head()));
                parts.push(Part::Send(template(&upgrade.body, wire)?));
                continue;
            }
            H2Part::Hold(time) => {
                parts.push(Part::Hold(time.duration()));
                continue;
            }
            H2Part::Await(what) => {
                parts.push(awaiting(*what));
                continue;
            }
            H2Part::Close(half) => {
                parts.push(closing(*half));
                continue;
            }
            H2Part::Headers(headers) => {
                let stream = headers.stream.unwrap_or_else(|| last.map_or(1, |last| last + 2));
                last = last.max(Some(stream));
                FramePart::Headers { stream, fields: template(&headers.fields, wire)?, end: headers.end }
            }
            H2Part::Data(data) => {
                let stream = data.stream.or(last).unwrap_or(1);
                FramePart::Data { stream, text: template(&data.text, wire)?, end: data.end }
            }
            H2Part::Frame(frame) => {
                let (kind, flags, stream) = (frame.kind, frame.flags, frame.stream);
                FramePart::Other { kind, flags, stream, payload: template(&frame.payload, wire)? }
            }
        };
        parts.push(Part::Frame(frame));
    }
    Ok(parts)
}
