//! A request before it has a key, a host and a connection.

use indexmap::IndexMap;

use super::{Conversation, Deed, Part, UpstreamAct};
use crate::contract::{Carrier, Operation, OperationId};
use crate::document::{JsonPath, Pattern};
use crate::scenario::{Beside, IfRefused, KeyTwist, TokenForge, WhichNode};

/// A request, all but its key, its host and what only an earlier answer can tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The method.
    pub method: String,
    /// The path and query; `{name}` stands for what `preparations` bring.
    pub target: String,
    /// Header lines, in order; `{key}`, `{host}` and captured names are filled in.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<DraftBody>,
    /// The key, if there is one.
    pub key: Option<DraftKey>,
    /// A second key, and where it stands beside the first.
    pub second: Option<(DraftKey, Beside)>,
    /// What to do first, by the parameter that it fills in.
    pub preparations: IndexMap<String, Preparation>,
    /// The token that it carries, minted by the preparation of that name.
    pub token: Option<DraftToken>,
    /// Where its body holds the token that was minted for the case.
    pub token_at: Option<JsonPath>,
    /// Whether it goes to the environment's plain address.
    pub plaintext: bool,
    /// The node that it goes to.
    pub node: WhichNode,
    /// What the platform behind the target does meanwhile, where it is told to.
    pub upstream: Option<UpstreamAct>,
    /// What is said instead, to the byte, where a check says it so.
    pub conversation: Option<Conversation>,
    /// Who can send it truly.
    pub sender: Sender,
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Any well-behaved client.
    Ordinary,
    /// The client of exact bytes: for what an ordinary one would rewrite, or for an answer that it would hide.
    Raw,
}

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftBody {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub content_type: String,
    /// The file that it is the unchanged content of.
    pub file: Option<String>,
}

/// A key to be.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftKey {
    /// The credential whose key it is made of.
    pub credential: String,
    /// The credential's public identifier, where the contract has one.
    pub id: Option<String>,
    /// Where a key holds its own public identifier, where the contract says so.
    pub public_part: Option<Pattern>,
    /// What is done to it.
    pub twist: Option<KeyTwist>,
    /// Where it is carried.
    pub place: Place,
}

/// A token to be.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftToken {
    /// Where it is carried.
    pub place: Place,
    /// What is done to it.
    pub forge: Option<TokenForge>,
}

/// Where a key or a token is carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a carrier, declared or not.
    Carrier(Carrier),
    /// In a member of the JSON body.
    Body(String),
}

/// A request whose answer names something real.
#[derive(Clone, Debug, PartialEq)]
pub struct Preparation {
    /// The operation.
    pub operation: OperationId,
    /// The request.
    pub draft: Box<Draft>,
    /// The status that says that it was done.
    pub status: u16,
    /// Where its answer holds the value.
    pub capture: JsonPath,
    /// The environment in which it is asked, where that is not the case's.
    pub environment: Option<String>,
    /// What an answer of 4xx means for the case.
    pub if_refused: IfRefused,
}

impl Draft {
    /// Whether it is said in frames of HTTP/2.
    pub fn has_frames(&self) -> bool {
        let mut parts = self.conversation.iter().flat_map(|conversation| &conversation.parts);
        parts.any(|part| matches!(part, Part::Frame(_)))
    }

    /// A sound request without a key, its parameters still open.
    pub fn sound(operation: &Operation, body: Option<DraftBody>) -> Self {
        Self {
            method: operation.method.to_string(),
            target: operation.path.clone(),
            headers: Vec::new(),
            body,
            key: None,
            second: None,
            preparations: IndexMap::new(),
            token: None,
            token_at: None,
            plaintext: false,
            node: WhichNode::First,
            upstream: None,
            conversation: None,
            sender: Sender::Ordinary,
        }
    }
    /// What is done to the target in the middle of it.
    pub fn deeds(&self) -> &[Deed] {
        self.conversation.as_ref().map_or(&[], |conversation| &conversation.deeds)
    }
}
