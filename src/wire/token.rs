//! The token of a case, where a request carries it or says that it is to be revoked.

use serde_json::Value;

use super::seal::{Captures, SealError};
use crate::contract::{Keyring, SIGNING_KEY, Secret};
use crate::plan::{Dice, DraftToken, Materials, forge_token};

/// What the token of a case is called among what earlier answers have told.
const TOKEN: &str = "token";
/// What the keys are called there that the target publishes.
const JWKS: &str = "jwks";

/// The token that was minted for the case.
///
/// # Errors
/// That none was.
pub(super) fn text(captures: &Captures) -> Result<String, SealError> {
    captures.get(TOKEN).cloned().ok_or_else(|| SealError::NoValue(TOKEN.to_owned()))
}

/// The token that a request carries: the one that was minted, or what is made of it.
///
/// # Errors
/// That none was minted, or that none can be made of it.
pub(super) fn carried(
    token: &DraftToken,
    captures: &Captures,
    keyring: &Keyring,
    dice: &mut Dice,
) -> Result<String, SealError> {
    let minted = text(captures)?;
    let Some(forge) = &token.forge else { return Ok(minted) };
    let jwks = captures.get(JWKS).map(String::as_str);
    let materials = Materials { jwks, signing_key: keyring.key(SIGNING_KEY).map(Secret::expose) };
    forge_token(&minted, forge, materials, dice).map_err(SealError::Token)
}

/// A JSON body with a token at the places that are for it.
///
/// # Errors
/// That the body has no such place.
pub(super) fn in_body(
    token: &str,
    places: &dyn Fn(&Value) -> Vec<String>,
    body: Option<&[u8]>,
) -> Result<Vec<u8>, SealError> {
    let mut document: Value = body.and_then(|body| serde_json::from_slice(body).ok()).unwrap_or_default();
    let places = places(&document);
    if places.is_empty() {
        return Err(SealError::NoPlace);
    }
    for place in places {
        if let Some(value) = document.pointer_mut(&place) {
            *value = Value::String(token.to_owned());
        }
    }
    Ok(document.to_string().into_bytes())
}
