//! A token instead of a key, in words.

use super::{code, forge, sends};
use crate::scenario::{IfRefused, MintedIn, TokenCarry, TokenTwist};

/// What a request carries instead of a key.
pub(super) fn words(token: &TokenTwist) -> String {
    let place = match &token.carry {
        None => String::new(),
        Some(TokenCarry::Key) => " in the key's own place".to_owned(),
        Some(TokenCarry::Query(name)) => format!(" in the query parameter {}", code(name)),
        Some(TokenCarry::Cookie(name)) => format!(" in the cookie {}", code(name)),
        Some(TokenCarry::Header(name)) => format!(" in the header field {}", code(name)),
    };
    let minted = match token.minted_in {
        MintedIn::Here => sends::credential(&token.minted_by),
        MintedIn::OtherEnvironment => "in another environment".to_owned(),
    };
    let refused = match token.if_refused {
        IfRefused::Unclear => "",
        IfRefused::Holds => " (that none is minted is right too)",
    };
    let forged = token.forge.as_ref().map(|forge| format!(", {}", forge::words(forge))).unwrap_or_default();
    format!("with a token that was minted {minted}{place} instead of a key{refused}{forged}")
}
