//! Where one environment's requests go, and the client that takes them there.

use crate::wire::{ClientOptions, Ordinary, Origin, SealError, WireError};

/// One environment's way to the target.
#[derive(Clone, Debug)]
pub struct Lane {
    /// The environment's origin.
    pub origin: Origin,
    /// Its plain origin, where the contract names one.
    pub plaintext: Option<Origin>,
    /// The client.
    pub sender: Ordinary,
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
        Ok(Self {
            origin: Origin::new(base)?,
            plaintext: plaintext.map(Origin::new).transpose()?,
            sender: Ordinary::new(options)?,
        })
    }
}
