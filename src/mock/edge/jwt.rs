//! Tokens that are JWTs (RFC 7519): signed when they are minted, verified at every use, and not kept.
//!
//! By which algorithm and with which key is for this server to say, and never for a token (RFC 8725 sections 3.1 and
//! 3.10): of a header, nothing is believed but that it names the one key that there is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::{sign, verify};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Map, Value, json};

use super::{Key, Token};
use crate::contract::{Grant, Jwt, Keyring, RefusalKind, SIGNING_KEY};
use crate::mock::config::MockError;
use crate::mock::server::Server;

/// The name of the key that tokens are signed with.
const KID: &str = "reference-1";

/// What tokens are signed and verified with.
pub(crate) struct Signer {
    private: EncodingKey,
    /// The point of the public key: its halves, in base64url.
    point: (String, String),
    issuer: String,
    audience: String,
    /// The path at which the public key is published.
    pub(crate) jwks: Option<String>,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signer")
    }
}

impl Signer {
    /// A signer for what a contract says, with its key or with a new one.
    ///
    /// # Errors
    /// That the key of the contract is none.
    pub(crate) fn new(jwt: &Jwt, keyring: &Keyring) -> Result<Self, MockError> {
        let pair = match keyring.key(SIGNING_KEY) {
            None => KeyPair::generate()?,
            Some(key) => {
                let der = PrivatePkcs8KeyDer::from(STANDARD.decode(key.expose()).unwrap_or_default());
                KeyPair::from_pkcs8_der_and_sign_algo(&der, &PKCS_ECDSA_P256_SHA256)?
            }
        };
        let half = |from: usize| {
            let bytes = pair.public_key_raw().get(from..from + 32);
            URL_SAFE_NO_PAD.encode(bytes.unwrap_or_default())
        };
        Ok(Self {
            private: EncodingKey::from_ec_der(pair.serialized_der()),
            point: (half(1), half(33)),
            issuer: jwt.issuer.clone(),
            audience: jwt.audience.clone(),
            jwks: jwt.jwks.clone(),
        })
    }

    /// The public key, as everybody may have it (RFC 7517 section 5).
    pub(crate) fn published(&self) -> Value {
        let (x, y) = &self.point;
        let key =
            json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": KID });
        json!({ "keys": [key] })
    }

    /// Mints a token for what a key asks; nothing where the system has no randomness to give.
    pub(crate) fn mint(&self, own: &Key, parent: &Key, now_ms: i64) -> Option<String> {
        let scope: Vec<&str> = own.allows.iter().map(|grant| &*grant.0).collect();
        let claims = json!({
            "iss": self.issuer,
            "aud": self.audience,
            "sub": parent.credential,
            "jti": own.credential,
            "iat": now_ms.div_euclid(1000),
            "nbf": now_ms.div_euclid(1000),
            "exp": own.expires_at.load(Ordering::Acquire).div_euclid(1000),
            "scope": scope.join(" "),
            "env": own.environments,
        });
        let header = json!({ "typ": "JWT", "alg": "ES256", "kid": KID });
        let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let message = format!("{}.{}", part(&header), part(&claims));
        let signature = sign(message.as_bytes(), &self.private, Algorithm::ES256).ok()?;
        Some(format!("{message}.{signature}"))
    }

    /// Whether a signature by the server's key is that of a message.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &str) -> bool {
        let key = DecodingKey::from_ec_components(&self.point.0, &self.point.1);
        key.and_then(|key| verify(signature, message, &key, Algorithm::ES256)).unwrap_or(false)
    }

    /// The key's public half as PEM, as a file would hold it.
    pub(crate) fn public_pem(&self) -> String {
        let half = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let der = [P256, &half(&self.point.0), &half(&self.point.1)].concat();
        let text = STANDARD.encode(der);
        let lines: Vec<String> =
            text.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }
}

/// What stands before the point of a public key on P-256 (RFC 5480 section 2).
const P256: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";

/// A token in its parts (RFC 7515 section 3.1).
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    /// The parameters of its header.
    pub(crate) header: Map<String, Value>,
    /// What its signature is about: two parts and the dot between them.
    pub(crate) message: &'a str,
    /// Its claims, as they stand there.
    pub(crate) claims: Vec<u8>,
    /// Its signature, in base64url; nothing where there is no third part.
    pub(crate) signature: Option<&'a str>,
}

impl Parts<'_> {
    /// A parameter of the header that is text.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        self.header.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// Takes a token apart, whether it is signed or not.
fn parts(token: &str) -> Option<Parts<'_>> {
    let dots: Vec<usize> = token.match_indices('.').map(|(at, _)| at).collect();
    let (first, second) = match *dots {
        [first] => (first, None),
        [first, second] => (first, Some(second)),
        _ => return None,
    };
    let message = token.get(..second.unwrap_or(token.len()))?;
    let header = URL_SAFE_NO_PAD.decode(token.get(..first)?).ok()?;
    Some(Parts {
        header: serde_json::from_slice(&header).ok()?,
        message,
        claims: URL_SAFE_NO_PAD.decode(message.get(first + 1..)?).ok()?,
        signature: second.and_then(|at| token.get(at + 1..)),
    })
}

/// Whether a token is signed as it must be.
type Verifies = Arc<dyn Fn(&Signer, &Parts<'_>) -> bool + Send + Sync>;
/// Whether something holds of a token's claims.
type Holds = Arc<dyn Fn(&Signer, &Map<String, Value>) -> bool + Send + Sync>;
/// A time that a token's claims say, in seconds since 1970.
type Says = Arc<dyn Fn(&Map<String, Value>) -> Option<i64> + Send + Sync>;

/// The stages that verify a token (RFC 7519 section 7.2).
#[derive(Clone)]
pub(crate) struct Verification {
    /// Whether every extension is understood that must be (RFC 7515 section 4.1.11).
    pub(crate) understands: fn(&Parts<'_>) -> bool,
    /// Whether it was signed with the server's key.
    pub(crate) verifies: Verifies,
    /// Reads its claims.
    pub(crate) reads: fn(&[u8]) -> Option<Map<String, Value>>,
    /// Whether it was this server that minted it.
    pub(crate) issuer: Holds,
    /// Whether it is meant for this server.
    pub(crate) audience: Holds,
    /// From when on it works.
    pub(crate) begins: Says,
    /// From when on it no longer works.
    pub(crate) ends: Says,
}

impl Verification {
    /// As it should be.
    pub(super) fn sound() -> Self {
        Self {
            understands: |parts| !parts.header.contains_key("crit"),
            verifies: Arc::new(verifies),
            // Of a member that is there twice the last counts (RFC 7519 section 4).
            reads: |claims| serde_json::from_slice(claims).ok(),
            issuer: Arc::new(|signer, claims| claims.get("iss") == Some(&json!(signer.issuer))),
            audience: Arc::new(|signer, claims| {
                claims.get("aud").is_some_and(|aud| names(aud, &signer.audience))
            }),
            begins: Arc::new(|claims| claims.get("nbf").map_or(Some(0), Value::as_i64)),
            ends: Arc::new(|claims| claims.get("exp")?.as_i64()),
        }
    }
}

/// One algorithm, one key.
fn verifies(signer: &Signer, parts: &Parts<'_>) -> bool {
    let meant = parts.parameter("alg") == "ES256" && parts.parameter("kid") == KID;
    meant && parts.signature.is_some_and(|signature| signer.has_signed(parts.message.as_bytes(), signature))
}

/// Whether an audience is named, alone or among others (RFC 7519 section 4.1.3).
fn names(claim: &Value, audience: &str) -> bool {
    let same = |one: &Value| one.as_str() == Some(audience);
    same(claim) || claim.as_array().is_some_and(|all| all.iter().any(same))
}

/// The token behind some text, where it was minted here.
pub(super) fn read(server: &Server, signer: &Signer, text: &[u8]) -> Result<Arc<Token>, RefusalKind> {
    let stages = &server.edge.exchange.jwt;
    let invalid = RefusalKind::Invalid;
    let parts = std::str::from_utf8(text).ok().and_then(parts).ok_or(invalid)?;
    if !(stages.understands)(&parts) || !(stages.verifies)(signer, &parts) {
        return Err(invalid);
    }
    let claims = (stages.reads)(&parts.claims).ok_or(invalid)?;
    if !(stages.issuer)(signer, &claims) || !(stages.audience)(signer, &claims) {
        return Err(invalid);
    }
    token(server, &claims).ok_or(invalid)
}

/// The token that some claims describe.
fn token(server: &Server, claims: &Map<String, Value>) -> Option<Arc<Token>> {
    let stages = &server.edge.exchange.jwt;
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let parent = server.keys.credential(text("sub")?)?;
    let grants = text("scope")?.split(' ').map(|one| Grant(one.to_owned())).collect();
    let mut own = Key::new(text("jti")?, Arc::clone(&parent.application), grants);
    own.environments = serde_json::from_value(claims.get("env")?.clone()).ok()?;
    own.not_before.store((stages.begins)(claims)?.saturating_mul(1000), Ordering::Release);
    own.expires_at.store((stages.ends)(claims)?.saturating_mul(1000), Ordering::Release);
    own.revoked.store(server.tokens.is_withdrawn(&own.credential), Ordering::Release);
    Some(Arc::new(Token { own: Arc::new(own), parent }))
}
