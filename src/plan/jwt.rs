//! JWTs that nobody minted, made of one that somebody did (RFC 7515, RFC 7519).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use indexmap::IndexMap;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, AlgorithmFamily, EncodingKey};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::forge::Dice;
use super::public_key;
use crate::scenario::{TokenForge, TokenSignature};

/// A key of our own (P-256, PKCS #8 in base64): it opens nothing anywhere, and is no secret.
const FOREIGN: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgig7Q0vLdvYURcaCHHqEH7x0qVOgYBta5X4D81VukR56hRANC\
     AATPmBbhS3URcY7hOO6aUi7+f1LAp/cQ8cYf53hJIUOz5RG2FRgSeB8rS3iguUL8zbIjWrquXHYszRy1jCz4Z/kt";
/// The point of its public key.
const FOREIGN_POINT: (&str, &str) =
    ("z5gW4Ut1EXGO4TjumlIu_n9SwKf3EPHGH-d4SSFDs-U", "EbYVGBJ4HytLeKC5QvzNsiNauq5cdizNHLWMLPhn-S0");

/// What tokens are forged with, beside themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Materials<'a> {
    /// The keys that the target publishes, as a JWK Set.
    pub jwks: Option<&'a str>,
    /// The key that the target signs with.
    pub signing_key: Option<&'a str>,
}

/// Makes another token of one.
///
/// # Errors
/// Why none can be made: it is no JWT, or something is missing that it would be signed with.
pub fn forge_token(
    token: &str,
    forge: &TokenForge,
    materials: Materials<'_>,
    dice: &mut Dice,
) -> Result<String, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = *parts else {
        return Err("it is no JWT: one has three parts (RFC 7515 section 3.1)".to_owned());
    };
    let (_, mut parameters) = members(header)?;
    change(&mut parameters, &forge.header);
    let header = if forge.header.is_empty() { header.to_owned() } else { encoded(&parameters) };
    let message = format!("{header}.{}", changed(claims, forge)?);
    let algorithm = parameters.get("alg").and_then(Value::as_str).unwrap_or_default();
    let signature = match &forge.signature {
        TokenSignature::Kept => signature.to_owned(),
        TokenSignature::Empty => String::new(),
        TokenSignature::Absent => return Ok(message),
        TokenSignature::Random => random(signature, dice),
        // Where the target signs otherwise, a signature by another key is as good as noise to it.
        TokenSignature::Foreign if algorithm != "ES256" => random(signature, dice),
        TokenSignature::Foreign => signed(&message, (FOREIGN, algorithm))?,
        TokenSignature::Own => {
            let key = materials.signing_key.ok_or("the contract lacks a line `tokens.jwt.signing_key`")?;
            signed(&message, (key, algorithm))?
        }
        TokenSignature::Secret(secret) => URL_SAFE_NO_PAD.encode(hmac(secret.as_bytes(), message.as_bytes())),
        TokenSignature::PublicKey(form) => {
            let jwks = materials.jwks.ok_or("the target publishes no keys")?;
            let (_, minted) = members(parts.first().copied().unwrap_or_default())?;
            let secret = public_key::written(jwks, minted.get("kid"), *form)?;
            URL_SAFE_NO_PAD.encode(hmac(&secret, message.as_bytes()))
        }
    };
    Ok(format!("{message}.{signature}"))
}

/// The text of a part, and the members of its object.
fn members(part: &str) -> Result<(String, Map<String, Value>), String> {
    let no_object =
        || "it is no JWT: its parts are no JSON objects in base64url (RFC 7519 section 7.2)".to_owned();
    let text = URL_SAFE_NO_PAD.decode(part).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let text = text.ok_or_else(no_object)?;
    let members = serde_json::from_str(&text).map_err(|_| no_object())?;
    Ok((text, members))
}

fn encoded(members: &Map<String, Value>) -> String {
    URL_SAFE_NO_PAD.encode(Value::Object(members.clone()).to_string())
}

/// Sets members, and takes those out that are null.
fn change(members: &mut Map<String, Value>, changes: &IndexMap<String, Value>) {
    for (name, value) in changes {
        if value.is_null() {
            members.shift_remove(name);
            continue;
        }
        let value = match value.as_str() {
            Some("{jwk}") => own_jwk(),
            Some("{jwks}") => own_address(),
            Some(_) | None => value.clone(),
        };
        members.insert(name.clone(), value);
    }
}

/// The claims of a forged token, encoded.
fn changed(part: &str, forge: &TokenForge) -> Result<String, String> {
    let (_, mut claims) = members(part)?;
    if forge.claims.is_empty() && forge.moved.is_empty() && forge.doubled.is_empty() {
        return Ok(part.to_owned());
    }
    let time = |name: &String, by: &i64| {
        let now = claims.get(name).or_else(|| claims.get("iat")).and_then(Value::as_i64);
        let now = now.ok_or_else(|| format!("it says neither `{name}` nor `iat`"))?;
        Ok::<_, String>((name.clone(), now.saturating_add(*by)))
    };
    let moved = forge.moved.iter().map(|(name, by)| time(name, by)).collect::<Result<Vec<_>, _>>()?;
    let doubled = forge.doubled.iter().map(|(name, by)| time(name, by)).collect::<Result<Vec<_>, _>>()?;
    change(&mut claims, &forge.claims);
    claims.extend(moved.into_iter().map(|(name, at)| (name, json!(at))));
    let first: Vec<String> = doubled.into_iter().map(|(name, at)| format!("{}:{at},", json!(name))).collect();
    let text = Value::Object(claims).to_string();
    Ok(URL_SAFE_NO_PAD.encode(format!("{{{}{}", first.concat(), text.strip_prefix('{').unwrap_or(&text))))
}

/// Random bytes, as many as a signature has.
fn random(signature: &str, dice: &mut Dice) -> String {
    let length = URL_SAFE_NO_PAD.decode(signature).map_or(64, |bytes| bytes.len());
    let bytes: Vec<u8> =
        (0..length).flat_map(|_| dice.next_u64().to_le_bytes().into_iter().take(1)).collect();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A signature with a private key, by the algorithm that the header names.
fn signed(message: &str, (key, algorithm): (&str, &str)) -> Result<String, String> {
    let known: Algorithm =
        algorithm.parse().map_err(|_| format!("nothing here signs by the algorithm `{algorithm}`"))?;
    let der = || STANDARD.decode(key).map_err(|_| "`tokens.jwt.signing_key` is not in base64".to_owned());
    let key = match known.family() {
        AlgorithmFamily::Hmac => {
            EncodingKey::from_secret(key.as_bytes()).map_err(|error| error.to_string())?
        }
        AlgorithmFamily::Ec => EncodingKey::from_ec_der(&der()?),
        AlgorithmFamily::Ed => EncodingKey::from_ed_der(&der()?),
        AlgorithmFamily::Rsa => return Err("nothing here signs with a key of RSA".to_owned()),
    };
    sign(message.as_bytes(), &key, known).map_err(|error| format!("the key does not sign: {error}"))
}

/// HMAC with SHA-256 (RFC 2104 section 2), for any secret: libraries refuse those that only an attacker would use.
fn hmac(secret: &[u8], message: &[u8]) -> [u8; 32] {
    let digest = Sha256::digest(secret);
    let secret = if secret.len() > 64 { &digest[..] } else { secret };
    let pad = |with: u8| {
        let mut block = [with; 64];
        block.iter_mut().zip(secret).for_each(|(byte, of_key)| *byte ^= of_key);
        block
    };
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().into()
}

/// The public key of our own.
fn own_jwk() -> Value {
    let (x, y) = FOREIGN_POINT;
    json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": "lockproof" })
}

/// An address that holds it, without a server: whoever gets what it names gets the key (RFC 2397).
fn own_address() -> Value {
    let keys = json!({ "keys": [own_jwk()] }).to_string();
    format!("data:application/json;base64,{}", STANDARD.encode(keys)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::KeyForm;

    const HEADER: &str = r#"{"typ":"JWT","alg":"ES256","kid":"one"}"#;
    const CLAIMS: &str = r#"{"iss":"me","iat":1000,"exp":1060}"#;

    fn token() -> String {
        format!("{}.{}.AAAA", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(CLAIMS))
    }

    fn forged(forge: serde_json::Value) -> Result<Vec<String>, String> {
        let forge: TokenForge = serde_json::from_value(forge).unwrap();
        let jwks = json!({ "keys": [own_jwk()] }).to_string();
        let materials = Materials { jwks: Some(&jwks), signing_key: Some(FOREIGN) };
        let forged = forge_token(&token(), &forge, materials, &mut Dice::new(1, "test"))?;
        let text = |part: &str| match URL_SAFE_NO_PAD.decode(part).map(String::from_utf8) {
            Ok(Ok(text)) => text,
            _ => part.to_owned(),
        };
        let mut parts: Vec<String> = forged.split('.').take(2).map(text).collect();
        parts.extend(forged.split('.').skip(2).map(str::to_owned));
        Ok(parts)
    }

    #[test]
    fn nothing_is_changed_that_is_not_said() {
        assert_eq!(forged(json!({})).unwrap(), [HEADER, CLAIMS, "AAAA"]);
        assert_eq!(forged(json!({ "signature": "absent" })).unwrap(), [HEADER, CLAIMS]);
        assert_eq!(forged(json!({ "signature": "empty" })).unwrap(), [HEADER, CLAIMS, ""]);
    }

    #[test]
    fn a_header_keeps_its_order_and_a_claim_can_be_said_twice() {
        let parts =
            forged(json!({ "header": { "alg": "none", "kid": null }, "signature": "empty" })).unwrap();
        assert_eq!(parts[0], r#"{"typ":"JWT","alg":"none"}"#);
        let parts = forged(json!({ "moved": { "exp": -100 }, "doubled": { "exp": 40 } })).unwrap();
        assert_eq!(parts[1], r#"{"exp":1100,"iss":"me","iat":1000,"exp":960}"#);
        let parts = forged(json!({ "moved": { "nbf": 7 }, "claims": { "iss": null } })).unwrap();
        assert_eq!(parts[1], r#"{"iat":1000,"exp":1060,"nbf":1007}"#);
    }

    #[test]
    fn a_token_that_is_signed_with_a_key_is_verified_with_it() {
        let forge = TokenForge { signature: TokenSignature::Own, ..TokenForge::default() };
        let materials = Materials { jwks: None, signing_key: Some(FOREIGN) };
        let forged = forge_token(&token(), &forge, materials, &mut Dice::new(1, "test")).unwrap();
        let (message, signature) = forged.rsplit_once('.').unwrap();
        let (x, y) = FOREIGN_POINT;
        let key = jsonwebtoken::DecodingKey::from_ec_components(x, y).unwrap();
        let fits = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, Algorithm::ES256);
        assert!(fits.unwrap());
    }

    #[test]
    fn what_is_no_jwt_is_not_forged() {
        let forge = TokenForge::default();
        for text in ["lpt_opaque", "a.b.c", "a.b", "e30.bm8.c"] {
            let forged = forge_token(text, &forge, Materials::default(), &mut Dice::new(1, "test"));
            assert!(forged.unwrap_err().contains("no JWT"), "{text}");
        }
    }

    #[test]
    fn a_public_key_is_a_secret_in_four_forms() {
        let forge = |form| TokenForge { signature: TokenSignature::PublicKey(form), ..TokenForge::default() };
        let jwks = json!({ "keys": [own_jwk()] }).to_string();
        let materials = Materials { jwks: Some(&jwks), signing_key: None };
        let forms = [KeyForm::Pem, KeyForm::PemTrimmed, KeyForm::Der, KeyForm::Jwk];
        let made =
            forms.map(|form| forge_token(&token(), &forge(form), materials, &mut Dice::new(1, "")).unwrap());
        let distinct: std::collections::BTreeSet<_> = made.iter().collect();
        assert_eq!(distinct.len(), 4);
    }

    #[test]
    fn the_hmac_is_that_of_rfc_4231() {
        // Its test case 2.
        let made = hmac(b"Jefe", b"what do ya want for nothing?");
        let hex: Vec<String> = made.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}
