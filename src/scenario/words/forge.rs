//! What is done to a JWT, in words.

use serde_json::Value;

use super::{code, joined};
use crate::scenario::{KeyForm, TokenForge, TokenSignature};

/// What makes a token another than the one that was minted.
pub(super) fn words(forge: &TokenForge) -> String {
    let set = |what: &str, (name, value): (&String, &Value)| {
        if value.is_null() {
            return format!("without the {what} {}", code(name));
        }
        format!("the {what} {} being {}", code(name), code(value))
    };
    let mut parts: Vec<String> = forge.header.iter().map(|one| set("parameter", one)).collect();
    parts.extend(forge.claims.iter().map(|one| set("claim", one)));
    let moved = |(name, by): (&String, &i64)| format!("the claim {} moved by {by} s", code(name));
    parts.extend(forge.moved.iter().map(moved));
    let doubled = |(name, by): (&String, &i64)| {
        format!("the claim {} written twice, the first moved by {by} s", code(name))
    };
    parts.extend(forge.doubled.iter().map(doubled));
    parts.push(signature(&forge.signature));
    joined(&parts, "and")
}

fn signature(signature: &TokenSignature) -> String {
    match signature {
        TokenSignature::Kept => "its signature left as it was".to_owned(),
        TokenSignature::Empty => "its signature taken out".to_owned(),
        TokenSignature::Absent => "its signature taken out with the dot before it".to_owned(),
        TokenSignature::Random => "random bytes for its signature".to_owned(),
        TokenSignature::Foreign => "signed with a key of our own".to_owned(),
        TokenSignature::Own => "signed anew with the key that the contract has".to_owned(),
        TokenSignature::Secret(secret) if secret.is_empty() => "signed by HS256 with no secret".to_owned(),
        TokenSignature::Secret(secret) => format!("signed by HS256 with the secret {}", code(secret)),
        TokenSignature::PublicKey(form) => {
            let form = match form {
                KeyForm::Pem => "in PEM",
                KeyForm::PemTrimmed => "in PEM without the last line break",
                KeyForm::Der => "in DER",
                KeyForm::Jwk => "as a JWK",
            };
            format!("signed by HS256 with the public key for a secret, {form}")
        }
    }
}
