//! A token instead of a key.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{CredentialPick, TokenForge};
use crate::document::HeaderName;

/// The token that a request carries instead of a key, where the contract says that tokens are carried. One is minted
/// for every case, before the first request that needs it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenTwist {
    /// The key that it is minted with.
    pub minted_by: CredentialPick,
    /// Where it is carried instead of the declared place.
    #[serde(default)]
    pub carry: Option<TokenCarry>,
    /// Where it is minted: in the environment of the case, or in another one.
    #[serde(default)]
    pub minted_in: MintedIn,
    /// What it means that no such token is minted (an answer of 4xx): that the case cannot be judged, or that all is
    /// well.
    #[serde(default)]
    pub if_refused: IfRefused,
    /// What is done to it, where it is a JWT.
    #[serde(default)]
    pub forge: Option<TokenForge>,
}

/// Where a token is carried instead of its declared place.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenCarry {
    /// In the declared place of the key.
    Key,
    /// In this query parameter.
    Query(String),
    /// In this cookie.
    Cookie(String),
    /// In this header field.
    Header(HeaderName),
}

/// Where a token is minted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MintedIn {
    /// In the environment of the case.
    #[default]
    Here,
    /// In another environment, with a key that may mint in both.
    OtherEnvironment,
}

/// What it means that no token is minted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IfRefused {
    /// Nothing can be said.
    #[default]
    Unclear,
    /// All is well: a token that nobody gets opens nothing.
    Holds,
}
