//! Where one environment's requests go, and the client that takes them there.

use crate::plan::{Draft, Sender, WhichNode};
use crate::wire::{
    ClientOptions, Exchange, HttpVersion, Ordinary, Origin, Raw, Request, Scheme, SealError, WireError,
};

/// One environment's way to the target.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The environment's origin.
    pub origin: Origin,
    /// Its plain origin, where the contract names one.
    pub plaintext: Option<Origin>,
    /// The origins of its further nodes.
    pub nodes: Vec<Origin>,
    ordinary: Ordinary,
    /// For the plain origin beside one over TLS. HTTP/2 is agreed on over TLS; in the clear nobody offers it, and a
    /// server that does not expect it takes it for noise (RFC 9113 section 3.3).
    plain: Option<Ordinary>,
    raw: Raw,
}

/// A lane that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum LaneError {
    /// The base URL is wrong.
    #[error(transparent)]
    Origin(#[from] SealError),
    /// The client could not be made.
    #[error(transparent)]
    Client(#[from] WireError),
}

impl Lane {
    /// Makes the way to one environment.
    ///
    /// # Errors
    /// When its addresses are wrong, or its client cannot be made.
    pub fn new(base: &str, plaintext: Option<&str>, options: &ClientOptions) -> Result<Self, LaneError> {
        let origin = Origin::new(base)?;
        let scheme = if origin.as_str().starts_with("https:") { Scheme::Https } else { Scheme::Http };
        let options = ClientOptions { scheme, ..options.clone() };
        let beside = plaintext.filter(|_| scheme == Scheme::Https).map(|_| ClientOptions {
            scheme: Scheme::Http,
            http: HttpVersion::Http1,
            ..options.clone()
        });
        Ok(Self {
            origin,
            plaintext: plaintext.map(Origin::new).transpose()?,
            nodes: Vec::new(),
            ordinary: Ordinary::new(&options)?,
            plain: beside.as_ref().map(Ordinary::new).transpose()?,
            raw: Raw::new(&options)?,
        })
    }

    /// The same way, and the ways to its further nodes.
    ///
    /// # Errors
    /// When an address is wrong.
    pub fn with_nodes(self, nodes: &[String]) -> Result<Self, LaneError> {
        let nodes = nodes.iter().map(|node| Origin::new(node)).collect::<Result<_, _>>()?;
        Ok(Self { nodes, ..self })
    }

    /// Where a draft goes.
    ///
    /// # Errors
    /// When the environment has no such address.
    pub(super) fn origin_of(&self, draft: &Draft) -> Result<&Origin, String> {
        match (draft.node, draft.plaintext) {
            (WhichNode::Other, _) => {
                self.nodes.first().ok_or_else(|| "the environment has one node".to_owned())
            }
            (WhichNode::First, true) => {
                self.plaintext.as_ref().ok_or_else(|| "the environment has no plain address".to_owned())
            }
            (WhichNode::First, false) => Ok(&self.origin),
        }
    }

    /// Sends a request with the client that can send it truly.
    pub(super) async fn send(&self, sender: Sender, request: Request) -> Exchange {
        match sender {
            Sender::Ordinary => {
                let beside = self.plain.as_ref().filter(|_| request.url.scheme() == "http");
                beside.unwrap_or(&self.ordinary).send(request).await
            }
            Sender::Raw => self.raw.send(request).await,
        }
    }
}
