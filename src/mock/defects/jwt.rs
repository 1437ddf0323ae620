//! Defects of tokens that are JWTs: what has gone wrong with libraries for them, and with those who use these.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::verify;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{Defect, defect};
use crate::mock::edge::{Edge, Parts, Signer};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("jwt-unverified", "Reads tokens and verifies none.", unverified),
    defect("jwt-signature-optional", "Accepts tokens whose signature is left out.", signature_optional),
    defect("jwt-alg-none", "Accepts tokens that say they are not signed.", alg_none),
    defect("jwt-none-listed", "Sorts out unsigned tokens by one spelling of `none`.", none_listed),
    defect("jwt-hmac-confusion", "Takes its public key for the secret of an HMAC.", hmac_confusion),
    defect("jwt-embedded-key", "Verifies tokens with the key that they bring along.", embedded_key),
    defect("jwt-key-address", "Verifies tokens with the key at the address that they name.", key_address),
    defect("jwt-kid-file", "Takes the name of a token's key for that of a file.", kid_file),
    defect("jwt-kid-query", "Puts the name of a token's key into a query as it is.", kid_query),
    defect("jwt-kid-unknown", "Accepts tokens whose key it does not know.", kid_unknown),
    defect("jwt-header-rebuilt", "Verifies a header of its own making.", header_rebuilt),
    defect("jwt-crit-ignored", "Ignores what a token says must be understood.", crit_ignored),
    defect("jwt-first-claim", "Of a claim that is there twice, reads the first.", first_claim),
    defect("jwt-exp-ignored", "Does not look at the end of a token.", exp_ignored),
    defect("jwt-nbf-ignored", "Does not look at the beginning of a token.", nbf_ignored),
    defect("jwt-any-audience", "Accepts tokens that are meant for others.", any_audience),
    defect("jwt-any-issuer", "Accepts tokens whoever they say has minted them.", any_issuer),
];

/// Whether a token is signed, where the sound server says that it is not.
type Also = fn(&Signer, &Parts<'_>) -> bool;

/// Accepts more than what is signed with the server's key.
fn or_else(edge: &mut Edge, also: Also) {
    let sound = Arc::clone(&edge.exchange.jwt.verifies);
    edge.exchange.jwt.verifies = Arc::new(move |signer, parts| sound(signer, parts) || also(signer, parts));
}

/// `decode` where `verify` was meant.
fn unverified(edge: &mut Edge) {
    or_else(edge, |_, _| true);
}

/// What is not there cannot be wrong.
fn signature_optional(edge: &mut Edge) {
    or_else(edge, |_, parts| parts.signature.is_none_or(str::is_empty) && parts.parameter("alg") == "ES256");
}

/// The token says how it is to be verified, and `none` is one of the ways (RFC 7518 section 3.6).
fn alg_none(edge: &mut Edge) {
    or_else(edge, |_, parts| parts.parameter("alg").eq_ignore_ascii_case("none"));
}

/// The list of what is not taken has `none`, and the library compares without regard to case.
fn none_listed(edge: &mut Edge) {
    or_else(edge, |_, parts| {
        let algorithm = parts.parameter("alg");
        algorithm != "none" && algorithm.eq_ignore_ascii_case("none")
    });
}

/// One function verifies everything: what it is given as the key is a public key to ES256, and text to HS256.
fn hmac_confusion(edge: &mut Edge) {
    or_else(edge, |signer, parts| is_hmac(parts, signer.public_pem().as_bytes()));
}

/// `jwk` is there to say which key it was (RFC 7515 section 4.1.3), and is taken for the key.
fn embedded_key(edge: &mut Edge) {
    or_else(edge, |_, parts| parts.header.get("jwk").is_some_and(|key| is_by(parts, key)));
}

/// `jku` is followed wherever it leads (RFC 7515 section 4.1.2), by something that reads addresses of every kind.
fn key_address(edge: &mut Edge) {
    or_else(edge, |_, parts| {
        let held = parts.parameter("jku").strip_prefix("data:application/json;base64,");
        let held = held.and_then(|text| STANDARD.decode(text).ok());
        let set: Value = held.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        set.pointer("/keys/0").is_some_and(|key| is_by(parts, key))
    });
}

/// Keys are files in a folder, and one of the system's files is empty.
fn kid_file(edge: &mut Edge) {
    or_else(edge, |_, parts| {
        let kid = parts.parameter("kid");
        kid.contains("../") && kid.ends_with("/dev/null") && is_hmac(parts, b"")
    });
}

/// `SELECT secret FROM keys WHERE kid = '...'`, and the rest is what the token says.
fn kid_query(edge: &mut Edge) {
    or_else(edge, |_, parts| {
        let selected = parts.parameter("kid").split_once("' UNION SELECT '").map(|(_, rest)| rest);
        let secret = selected.and_then(|rest| rest.split_once('\'')).map(|(secret, _)| secret);
        secret.is_some_and(|secret| is_hmac(parts, secret.as_bytes()))
    });
}

/// The callback that finds a key returns nothing, and nothing means that there is nothing to verify.
fn kid_unknown(edge: &mut Edge) {
    or_else(edge, |signer, parts| {
        let known = signer.published();
        parts.header.get("kid") != known.pointer("/keys/0/kid") && parts.parameter("alg") == "ES256"
    });
}

/// The header is read into a structure, and what is verified is written from that.
fn header_rebuilt(edge: &mut Edge) {
    or_else(edge, |signer, parts| {
        let (algorithm, kid) = (parts.parameter("alg"), parts.parameter("kid"));
        let header = json!({ "typ": "JWT", "alg": algorithm, "kid": kid }).to_string();
        let claims = URL_SAFE_NO_PAD.encode(&parts.claims);
        let message = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header));
        parts.signature.is_some_and(|signature| signer.has_signed(message.as_bytes(), signature))
    });
}

/// The library has no name for `crit`, and what it has no name for is left out.
fn crit_ignored(edge: &mut Edge) {
    edge.exchange.jwt.understands = |_| true;
}

/// The reader of JSON keeps what it has once it has it.
fn first_claim(edge: &mut Edge) {
    edge.exchange.jwt.reads = |claims| {
        struct First;
        impl<'de> Visitor<'de> for First {
            type Value = Map<String, Value>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
                let mut claims = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                    claims.entry(name).or_insert(value);
                }
                Ok(claims)
            }
        }
        serde_json::Deserializer::from_slice(claims).deserialize_map(First).ok()
    };
}

/// The library looks at `exp` only where it is told to.
fn exp_ignored(edge: &mut Edge) {
    edge.exchange.jwt.ends = Arc::new(|_| Some(i64::MAX));
}

/// The same with `nbf`.
fn nbf_ignored(edge: &mut Edge) {
    edge.exchange.jwt.begins = Arc::new(|_| Some(0));
}

/// The issuer has one key for all that it mints for, and nobody asks whom a token is for.
fn any_audience(edge: &mut Edge) {
    edge.exchange.jwt.audience = Arc::new(|_, _| true);
}

/// Several issuers are kept in one set of keys, and nobody asks which one it was.
fn any_issuer(edge: &mut Edge) {
    edge.exchange.jwt.issuer = Arc::new(|_, _| true);
}

/// Whether a token was signed by ES256 with a key that is a JWK.
fn is_by(parts: &Parts<'_>, key: &Value) -> bool {
    let half = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    let key = DecodingKey::from_ec_components(half("x"), half("y"));
    let signature = parts.signature.unwrap_or_default();
    key.and_then(|key| verify(signature, parts.message.as_bytes(), &key, Algorithm::ES256)).unwrap_or(false)
}

/// Whether a token was signed by HS256 with a secret (RFC 2104).
fn is_hmac(parts: &Parts<'_>, secret: &[u8]) -> bool {
    let digest = Sha256::digest(secret);
    let secret = if secret.len() > 64 { &digest[..] } else { secret };
    let pad = |with: u8| -> Vec<u8> {
        (0..64).map(|at| with ^ secret.get(at).copied().unwrap_or_default()).collect()
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(parts.message).finalize();
    let made = Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize();
    parts.parameter("alg") == "HS256" && parts.signature == Some(&*URL_SAFE_NO_PAD.encode(made))
}
