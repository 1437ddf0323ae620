//! Tokens: what a key is exchanged for, so that the key itself need not be given away.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Carrier, Grant, ParameterSource};
use crate::document::{JsonPath, Millis};

/// Tokens that are minted with a key and do less than it. What a token holds is the API's own affair.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The operation that mints one, with the body that the operation declares, and where its answer holds it.
    pub mint: ParameterSource,
    /// Where a request carries one. A key counts for nothing there, unless it is the key's place too.
    pub carrier: Carrier,
    /// The services (`ekyc`) and operations (`ekyc.ocr`) that a token which is minted like this may use.
    #[schemars(length(min = 1))]
    pub allows: Vec<Grant>,
    /// How long it lives.
    #[serde(default)]
    pub lifetime: Option<Millis>,
    /// How it is revoked before its time.
    #[serde(default)]
    pub revoke: Option<TokenRevocation>,
}

/// How a token is revoked.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenRevocation {
    /// The operation that revokes one.
    pub operation: Grant,
    /// Where the body of that operation holds the token.
    pub token: JsonPath,
}

impl Tokens {
    /// Whether they say something under a name.
    pub fn says(&self, name: &str) -> bool {
        match name {
            "mint" | "carrier" | "allows" => true,
            "lifetime" => self.lifetime.is_some(),
            "revoke" => self.revoke.is_some(),
            _ => false,
        }
    }
}
