//! A token instead of a key.

use schemars::JsonSchema;
use serde::Deserialize;

use super::CredentialPick;

/// The token that a request carries instead of a key, where the contract says that tokens are carried. One is minted
/// for every case, before the first request that needs it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenTwist {
    /// The key that it is minted with.
    pub minted_by: CredentialPick,
}
