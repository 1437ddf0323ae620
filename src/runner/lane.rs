//! Where one environment's requests go, and the client that takes them there.

use crate::plan::Sender;
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
            ordinary: Ordinary::new(&options)?,
            plain: beside.as_ref().map(Ordinary::new).transpose()?,
            raw: Raw::new(&options)?,
        })
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
