//! A conversation to the frame: HTTP/2 as no ordinary client would speak it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Awaited, Closing};
use crate::document::Millis;

/// One part of a conversation in HTTP/2. Parts without a pause between them leave in one piece; the preface, settings
/// and acknowledgements are added.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum H2Part {
    /// Begins with a request in HTTP/1.1 that asks to go on in HTTP/2, where it is stream 1. Where it is answered with
    /// anything but 101, no frame is sent.
    Upgrade(H2Upgrade),
    /// Begins a request; on a stream that has one, fields behind its content.
    Headers(H2Headers),
    /// Content.
    Data(H2Data),
    /// Any frame at all.
    Frame(H2Frame),
    /// Send nothing for so long, or until an answer, be it an interim one.
    Hold(Millis),
    /// Wait for an answer; a stream that was reset and a connection that was given up are answered too.
    Await(Awaited),
    /// End the connection, or half of it.
    Close(Closing),
}

/// A request in HTTP/1.1 that asks to go on in HTTP/2.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct H2Upgrade {
    /// The lines of its head. The empty line behind them is added.
    pub head: String,
    /// Its body.
    #[serde(default)]
    pub body: String,
}

/// Field lines.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct H2Headers {
    /// The stream; without this, the next that a client would open.
    #[serde(default)]
    #[schemars(range(min = 1, max = 0x7fff_ffff))]
    pub stream: Option<u32>,
    /// The fields in order, one a line, pseudo-fields among them: a name, a colon and a space, a value; nothing is added,
    /// left out or trimmed. `{key-line}`, `{type-line}` and `{key-name}` are in lower case, `{key-name-swapped}` is in
    /// upper case.
    pub fields: String,
    /// Whether nothing follows on the stream.
    #[serde(default)]
    pub end: bool,
}

/// Content.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct H2Data {
    /// The stream; without this, that of the last fields.
    #[serde(default)]
    #[schemars(range(min = 1, max = 0x7fff_ffff))]
    pub stream: Option<u32>,
    /// The content.
    #[serde(default)]
    pub text: String,
    /// Whether nothing follows on the stream.
    #[serde(default = "yes")]
    pub end: bool,
}

/// Any frame at all.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct H2Frame {
    /// Its type, as a number.
    pub kind: u8,
    /// Its flags, as a number.
    #[serde(default)]
    pub flags: u8,
    /// Its stream.
    #[serde(default)]
    #[schemars(range(max = 0x7fff_ffff))]
    pub stream: u32,
    /// What it holds. Reports do not show it.
    #[serde(default)]
    pub payload: String,
}

fn yes() -> bool {
    true
}
