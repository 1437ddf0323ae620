//! A conversation to the byte: what no ordinary client would send, written down part by part.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{ControlStep, CredentialPick, H2Part, KeyTwist};
use crate::document::{Millis, Name};

/// What is said to the byte on one connection, instead of one request by an ordinary client.
///
/// In every text, a line break is CRLF on the wire; `\r`, `\n`, `\t`, `\0`, `\xNN` and `\\` are single bytes. Filled
/// in are, of the request as the other twists leave it: `{method}`, `{target}` (path and query), `{path}`,
/// `{host}`, `{host-upper}` (the same in upper case), `{scheme}`, `{body}`, `{body-chunk}` (the body as one chunk) and `{length}` (how many octets follow
/// this head, up to the next one); of its key: `{key}`, `{key-name}` (the header field that carries it),
/// `{key-name-swapped}` (the same in swapped letter case), `{key-value}` (what stands in that field). A line that
/// is only `{key-line}` is the whole header line of the key, and one that is only `{type-line}` that of the media
/// type; without a key or a body the line is left out. `{key:name}`, `{key-line:name}` and the like are about a
/// key of `keys`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WireTwist {
    /// Texts to put in for `{name}`, so that a variant can change one detail of what is said.
    #[serde(default)]
    pub with: IndexMap<Name, String>,
    /// Further keys, by the names that `{key-line:name}` calls them.
    #[serde(default)]
    pub keys: IndexMap<Name, WireKey>,
    /// What is said in HTTP/1, one part after the other.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub say: Vec<WirePart>,
    /// What is said in HTTP/2 instead, one part after the other.
    #[serde(default)]
    #[schemars(length(max = 100))]
    pub h2: Vec<H2Part>,
}

/// One more key of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WireKey {
    /// Whose it is; without this, that of a credential which may use the operation.
    #[serde(default)]
    pub credential: Option<CredentialPick>,
    /// What is done to it.
    #[serde(default)]
    pub key: Option<KeyTwist>,
}

/// One part of a conversation. Parts without a pause between them leave in one piece.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum WirePart {
    /// Begins a request: the lines of its head. The empty line behind them is added.
    Head(String),
    /// Begins a request: its head, or the beginning of it, with nothing added.
    HeadAsIs(String),
    /// Text that belongs to the request.
    Send(String),
    /// A request hidden in another: its lines belong to that one's body, and nobody is to answer them. The empty line
    /// behind them is added.
    Hidden(String),
    /// The same text over and over, until there is an answer.
    Repeat {
        /// The text.
        text: String,
        /// How often at the most.
        #[schemars(range(min = 1, max = 10_000_000))]
        times: u64,
        /// How long at the most.
        #[serde(default)]
        within: Option<Millis>,
    },
    /// Text byte by byte, until there is an answer; what is left then is not sent.
    Trickle {
        /// The text.
        text: String,
        /// The pause before each byte.
        every: Millis,
    },
    /// Send nothing for so long, or until an answer, be it an interim one.
    Hold(Millis),
    /// Wait for an answer.
    Await(Awaited),
    /// End the connection, or half of it.
    Close(Closing),
    /// Does this to the target while the connection stays open.
    Control(Box<ControlStep>),
}

/// What is waited for; never longer than an answer may take at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Awaited {
    /// The final answer to every request so far.
    Final,
    /// Something more, be it an interim answer.
    Interim,
}

/// Which half of a connection is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Closing {
    /// The half that sends: what is answered is still heard.
    Sending,
    /// All of it, at once.
    Both,
}

impl WireTwist {
    /// This conversation with another laid over it: what the other says is said instead, its texts and keys are
    /// added.
    #[must_use]
    pub(super) fn overlaid(mut self, over: Self) -> Self {
        self.with.extend(over.with);
        self.keys.extend(over.keys);
        let say = if over.say.is_empty() { self.say } else { over.say };
        let h2 = if over.h2.is_empty() { self.h2 } else { over.h2 };
        Self { say, h2, ..self }
    }
}
