//! When a request with an idempotency key is the repetition of an earlier one
//! (draft-ietf-httpapi-idempotency-key-header section 2).

use sha2::{Digest as _, Sha256};

use super::Key;
use super::keys::Digest;

/// What two requests with the same idempotency key must share to be one.
#[derive(Clone, Copy)]
pub(crate) struct Repetition {
    /// Whose idempotency key it is: nobody else's is the same.
    pub(crate) owner: for<'a> fn(Option<&'a Key>) -> &'a str,
    /// What the request says; where that differs, the idempotency key was used twice.
    pub(crate) payload: fn(&[u8]) -> Digest,
}

impl Repetition {
    /// As it should be: of one application, with the same body.
    pub(crate) fn sound() -> Self {
        Self {
            owner: |key| key.map_or("", |key| key.application.name.as_str()),
            payload: |body| Sha256::digest(body).into(),
        }
    }
}
