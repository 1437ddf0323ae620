//! A public key of a JWK Set (RFC 7517), in the forms in which programs keep it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::scenario::KeyForm;

/// What stands before the point of a public key on P-256, and before that of Ed25519, in DER (RFC 5480, RFC 8410).
const P256: &[u8] = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00\x04";
const ED25519: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";
/// What says in DER that a key is one of RSA (RFC 8017 appendix A.1).
const RSA: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

/// The bytes of a key in a form: that of an id, or the first where none has it.
///
/// # Errors
/// Why there is none.
pub(super) fn written(jwks: &str, kid: Option<&Value>, form: KeyForm) -> Result<Vec<u8>, String> {
    let set: Value = serde_json::from_str(jwks).unwrap_or_default();
    let keys = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let named = keys.iter().find(|key| kid.is_some() && key.get("kid") == kid);
    let key =
        named.or(keys.first()).ok_or("what `tokens.jwt.jwks` leads to is no JWK Set (RFC 7517 section 5)")?;
    let der =
        || der(key).ok_or_else(|| "the target's public key is of a kind that is not known here".to_owned());
    Ok(match form {
        KeyForm::Jwk => key.to_string().into_bytes(),
        KeyForm::Der => der()?,
        KeyForm::Pem => format!("{}\n", pem(&der()?)).into_bytes(),
        KeyForm::PemTrimmed => pem(&der()?).into_bytes(),
    })
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"))
}

/// A key with its kind before it, a `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
fn der(key: &Value) -> Option<Vec<u8>> {
    let bytes = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok();
    let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
    match (text("kty"), text("crv")) {
        ("EC", "P-256") => Some([P256, &bytes("x")?, &bytes("y")?].concat()),
        ("OKP", "Ed25519") => Some([ED25519, &bytes("x")?].concat()),
        ("RSA", _) => {
            let numbers = [number(&bytes("n")?), number(&bytes("e")?)].concat();
            let key = [&[0][..], &tagged(0x30, &numbers)].concat();
            Some(tagged(0x30, &[RSA, &tagged(0x03, &key)].concat()))
        }
        _ => None,
    }
}

/// A number without a sign: a zero comes before a first bit that would be one.
fn number(bytes: &[u8]) -> Vec<u8> {
    let sign = bytes.first().filter(|first| **first >= 0x80).map(|_| 0);
    tagged(0x02, &sign.into_iter().chain(bytes.iter().copied()).collect::<Vec<u8>>())
}

/// Content with its tag and its length.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let long = u8::try_from(length.len()).unwrap_or_default() | 0x80;
    match content.len() {
        short @ 0..=127 => [&[tag, u8::try_from(short).unwrap_or_default()][..], content].concat(),
        _ => [&[tag, long][..], &length, content].concat(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_of_rsa_is_written_as_others_write_it() {
        // The modulus begins with a bit that is set.
        let set =
            json!({ "keys": [{ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([0xff; 128]), "e": "AQAB" }] });
        let der = written(&set.to_string(), None, KeyForm::Der).unwrap();
        assert_eq!(der[..3], [0x30, 0x81, 0x9f]);
        assert_eq!(der.len(), 162);
        assert_eq!(der[der.len() - 5..], [0x02, 0x03, 0x01, 0x00, 0x01]);
    }

    #[test]
    fn what_is_no_key_set_is_said_to_be_none() {
        for text in ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct"}]}"#] {
            assert!(written(text, None, KeyForm::Pem).is_err(), "{text}");
        }
    }
}
