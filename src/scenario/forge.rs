//! A token that was never minted: what is done to one that is a JWT.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// What is done to a token that is a JWT (RFC 7519). Whatever is left out stays as it was minted.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenForge {
    /// Parameters of its header; null takes one out. `{jwk}` stands for the public key of our own that `foreign` is signed
    /// with, and `{jwks}` for an address that holds nothing but that key.
    #[serde(default)]
    pub header: IndexMap<String, Value>,
    /// Claims; null takes one out.
    #[serde(default)]
    pub claims: IndexMap<String, Value>,
    /// Claims that are times, moved by so many seconds; one that is not there is taken to be what `iat` says.
    #[serde(default)]
    pub moved: IndexMap<String, i64>,
    /// Claims that are times, written once more before all others, moved by so many seconds.
    #[serde(default)]
    pub doubled: IndexMap<String, i64>,
    /// How it is signed.
    #[serde(default)]
    pub signature: TokenSignature,
}

/// How a token is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenSignature {
    /// With the signature that it was minted with, whether that still fits or not.
    #[default]
    Kept,
    /// With nothing behind the second dot, as `alg: none` has it (RFC 7518 section 3.6).
    Empty,
    /// With no second dot either.
    Absent,
    /// With random bytes, as many as its signature has.
    Random,
    /// With a key of our own, by ES256.
    Foreign,
    /// With the target's own key, where the contract has it: `tokens.jwt.signing_key`.
    Own,
    /// By HS256 with this secret.
    Secret(String),
    /// By HS256 with the target's public key for a secret, in this form.
    PublicKey(KeyForm),
}

/// The form of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyForm {
    /// PEM, with a line break at its end.
    Pem,
    /// PEM, without one.
    PemTrimmed,
    /// DER.
    Der,
    /// The JWK itself, as the target publishes it.
    Jwk,
}
