//! The evidence: what was sent, what came back, and when.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Redacted;

/// One request and what came of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Exchange {
    /// What was really sent.
    pub sent: Sent,
    /// What came back, if anything did.
    pub received: Option<Received>,
    /// Why nothing, or not everything, came back.
    pub problem: Option<Redacted>,
    /// When.
    pub timing: Timing,
    /// Everything that was heard, where a client of exact bytes listened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// The requests that arrived behind the target, where it is a backend in between.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub behind: Vec<Arrived>,
}

/// A request that arrived behind a backend, at the platform or where nothing must arrive.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Arrived {
    /// Host and port where it arrived.
    pub place: Redacted,
    /// Its method.
    pub method: Redacted,
    /// Its target.
    pub target: Redacted,
    /// Its header lines, in order.
    pub headers: Vec<(Redacted, Redacted)>,
    /// How many bytes it has, head and body.
    pub bytes: usize,
    /// Whether all of it came.
    pub complete: bool,
}

/// All that was heard on one connection.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Conversation {
    /// How many requests were put to the target.
    pub requests: usize,
    /// The final answers, in the order in which they came.
    pub answers: Vec<HeardAnswer>,
    /// What belongs to no answer.
    pub surplus: Redacted,
    /// What was odd about the bytes.
    pub odd: Vec<String>,
    /// How the connection ended.
    pub ending: String,
    /// The frames that were heard, in words and without what they hold; none where HTTP/1 was spoken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<String>,
}

/// One final answer of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct HeardAnswer {
    /// The answer.
    pub received: Received,
    /// The statuses of the interim answers before it.
    pub interim: Vec<u16>,
    /// How many octets of its request's body had been sent when its head was complete.
    pub body_octets_sent: u64,
    /// When its head was complete: microseconds from the beginning.
    pub head_us: u64,
    /// Whether all of it came.
    pub complete: bool,
}

/// What was sent.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Sent {
    /// The method.
    pub method: Redacted,
    /// The whole target.
    pub url: Redacted,
    /// The header lines, in order; none where everything was said to the byte.
    pub headers: Vec<(Redacted, Redacted)>,
    /// The body, where it is text; where everything was said to the byte, all of that, what was repeated once.
    pub body: Option<Redacted>,
    /// The length of the body in bytes.
    pub body_bytes: usize,
}

/// What came back.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Received {
    /// The protocol: `HTTP/1.1` or `HTTP/2`.
    pub version: String,
    /// The status code; 0 where a stream or connection was ended without one.
    pub status: u16,
    /// The header lines, in order.
    pub headers: Vec<(Redacted, Redacted)>,
    /// The body without its content coding, or as much of it as the report keeps.
    pub body: Redacted,
    /// The length of the body in bytes, as it was on the wire and as far as it was read.
    pub body_bytes: usize,
    /// Whether the body was longer than Lockproof reads.
    pub truncated: bool,
    /// How the target ended the stream or the connection instead, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// When: microseconds from the moment in which the request was handed to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Timing {
    /// Until a new connection stood; nothing where one was reused.
    pub connect_us: Option<u64>,
    /// Until the head of the answer was there.
    pub first_byte_us: Option<u64>,
    /// Until the answer was complete.
    pub last_byte_us: Option<u64>,
}
