//! Tokens: what a key is exchanged for, so that the key itself need not be given away.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Carrier, Grant, KeySource, ParameterSource};
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
    /// What they are, where they are JWTs (RFC 7519); without this, a token is text that says nothing.
    #[serde(default)]
    pub jwt: Option<Jwt>,
}

/// Tokens that are JWTs.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Jwt {
    /// Who mints them: the claim `iss` (RFC 7519 section 4.1.1).
    pub issuer: String,
    /// Whom they are for: the claim `aud` (RFC 7519 section 4.1.3).
    pub audience: String,
    /// The path at which every environment publishes the keys that they are verified with, as a JWK Set (RFC 7517
    /// section 5), for whoever asks without a key.
    #[serde(default)]
    #[schemars(regex(pattern = "^/[!$-z|~]*$"))]
    pub jwks: Option<String>,
    /// Where the private key comes from that they are signed with, for checks of what is signed and wrong all the same:
    /// PKCS #8 in base64 on one line (ES256, ES384, Ed25519), or the secret of an HMAC. Only that of a test environment.
    #[serde(default)]
    pub signing_key: Option<KeySource>,
}

/// What a keyring calls the key that tokens are signed with: no credential has such a name.
pub const SIGNING_KEY: &str = "tokens.jwt.signing_key";

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
            "opaque" => self.jwt.is_none(),
            "jwt" => self.jwt.is_some(),
            "jwt.jwks" => self.jwt.as_ref().is_some_and(|jwt| jwt.jwks.is_some()),
            "jwt.signing_key" => self.jwt.as_ref().is_some_and(|jwt| jwt.signing_key.is_some()),
            _ => false,
        }
    }
}
