//! Tokens: minted before they are carried, and what they may do.

use std::sync::Arc;
use std::time::Duration;

use super::bind::Cell;
use super::draft::{Draft, DraftToken, Place, Preparation};
use super::permission::{Standing, covers_any, standing};
use super::{BoundOperation, compose};
use crate::contract::{Carrier, Credential, Environment, Grant, OperationId, Tokens};
use crate::document::{JsonPath, Millis, Name};
use crate::scenario::{
    CredentialPick, IfRefused, MintedIn, TokenCarry, TokenForge, TokenSignature, TokenTwist, Twist,
};

/// What a token is called among the names that are filled in.
pub(super) const TOKEN: &str = "token";
/// What the keys are called there that the target publishes.
const JWKS: &str = "jwks";

impl<'a> Cell<'a> {
    /// What the contract says of tokens.
    ///
    /// # Errors
    /// That it says nothing.
    fn tokens(&self) -> Result<&'a Tokens, String> {
        self.inputs.contract.tokens.as_ref().ok_or_else(|| "the contract lacks a line `tokens`".to_owned())
    }

    /// How long a token lives.
    ///
    /// # Errors
    /// That the contract does not say.
    pub(super) fn token_lifetime(&self) -> Result<Duration, String> {
        let lifetime = self.tokens()?.lifetime.as_ref().map(Millis::duration);
        lifetime.ok_or_else(|| "the contract lacks a line `tokens.lifetime`".to_owned())
    }

    /// What a token may do here.
    ///
    /// # Errors
    /// That the contract says nothing of tokens.
    pub(super) fn token_standing(&self) -> Result<Standing, String> {
        let allows = &self.tokens()?.allows;
        if covers_any(allows, &self.operation.id) {
            return Ok(Standing::Allowed);
        }
        let touches = allows.iter().any(|grant| grant.parts().0 == self.operation.id.service());
        Ok(if touches { Standing::WrongOperation } else { Standing::WrongService })
    }

    /// The first credential whose key may mint tokens here.
    pub(super) fn minting(&self) -> Option<&'a str> {
        let operation = self.token_operation(&self.tokens().ok()?.mint.operation).ok()?;
        let able = |credential: &Credential| {
            standing(credential, operation, self.environment.0) == Standing::Allowed
        };
        self.credentials().find(|(_, credential)| able(credential)).map(|(name, _)| name)
    }

    /// The operation behind a name that the contract's tokens use.
    fn token_operation(&self, name: &Grant) -> Result<&'a Arc<BoundOperation>, String> {
        let found = self.operations.guarded(&name.0);
        found.ok_or_else(|| format!("the contract has no operation `{}`", name.0))
    }

    /// Makes a draft carry a token, or revoke it, where the twist wants that.
    ///
    /// # Errors
    /// What the contract would have to say of tokens, or to permit.
    pub(super) fn exchange(&self, draft: &mut Draft, twist: &Twist) -> Result<(), String> {
        if twist.revoke_token == Some(true) {
            self.revocation(draft, twist)?;
        }
        let Some(token) = &twist.token else { return Ok(()) };
        self.minted(draft, token)?;
        if let Some(forge) = &token.forge {
            self.published_keys(draft, forge)?;
        }
        draft.token = Some(DraftToken { place: self.token_place(token)?, forge: token.forge.clone() });
        Ok(())
    }

    /// Gets the keys first that the target publishes, where a token is forged with one.
    fn published_keys(&self, draft: &mut Draft, forge: &TokenForge) -> Result<(), String> {
        let jwt = self.tokens()?.jwt.as_ref().ok_or("the contract lacks a line `tokens.jwt`")?;
        match &forge.signature {
            TokenSignature::PublicKey(_) => {}
            TokenSignature::Kept
            | TokenSignature::Empty
            | TokenSignature::Absent
            | TokenSignature::Random
            | TokenSignature::Foreign
            | TokenSignature::Own
            | TokenSignature::Secret(_) => return Ok(()),
        }
        let path = jwt.jwks.clone().ok_or("the contract lacks a line `tokens.jwt.jwks`")?;
        let bare = Draft::sound(&self.operation.operation, None);
        let asked = Draft { method: "GET".to_owned(), target: path, ..bare };
        let preparation = Preparation {
            operation: OperationId::new("tokens", "jwks"),
            draft: Box::new(asked),
            status: 200,
            capture: JsonPath::parse("$")?,
            environment: None,
            if_refused: IfRefused::Unclear,
        };
        draft.preparations.insert(JWKS.to_owned(), preparation);
        Ok(())
    }

    /// Where a token goes: its declared place, or another one where the twist says so.
    ///
    /// # Errors
    /// That the contract declares that other place.
    fn token_place(&self, token: &TokenTwist) -> Result<Place, String> {
        let (own, keys) = (&self.tokens()?.carrier, &self.inputs.contract.authentication.carrier);
        let other = match &token.carry {
            None => return Ok(Place::Carrier(own.clone())),
            Some(TokenCarry::Key) if is_same(own, keys) => {
                return Err("keys and tokens travel in the same place".to_owned());
            }
            Some(TokenCarry::Key) => return Ok(Place::Carrier(keys.clone())),
            Some(TokenCarry::Query(name)) => Carrier::Query(name.clone()),
            Some(TokenCarry::Cookie(name)) => Carrier::Cookie(name.clone()),
            Some(TokenCarry::Header(name)) => Carrier::Header { name: name.clone(), scheme: None },
        };
        if is_same(&other, own) || is_same(&other, keys) {
            return Err("the contract declares that very place".to_owned());
        }
        Ok(Place::Carrier(other))
    }

    /// Mints a token first.
    fn minted(&self, draft: &mut Draft, token: &TokenTwist) -> Result<(), String> {
        let mint = &self.tokens()?.mint;
        let operation = self.token_operation(&mint.operation)?;
        self.effects_permitted(operation)?;
        let mut pick = Twist { credential: Some(token.minted_by.clone()), ..Twist::default() };
        let elsewhere = match token.minted_in {
            MintedIn::Here => None,
            MintedIn::OtherEnvironment => {
                let (name, credential) = self.elsewhere(operation)?;
                pick.credential = Some(CredentialPick::Named(credential.to_owned()));
                Some(name)
            }
        };
        let credential = self.picked_for(operation, &pick)?;
        let sound = compose::sound(self, (operation, credential), &pick);
        let mut preparation = compose::preparation(operation, sound, &mint.capture);
        preparation.environment = elsewhere.map(str::to_owned);
        preparation.if_refused = token.if_refused;
        draft.preparations.insert(TOKEN.to_owned(), preparation);
        Ok(())
    }

    /// Another environment that may be asked, and the first credential that may mint tokens there and here.
    fn elsewhere(&self, operation: &BoundOperation) -> Result<(&'a str, &'a str), String> {
        let contract = self.inputs.contract;
        let asked = |(name, it): &(&'a Name, &Environment)| {
            name.as_str() != self.environment.0
                && (!it.protected || self.inputs.permits.allows(name.as_str()))
        };
        let other = contract.environments.iter().find(asked).map(|(name, _)| name.as_str());
        let other = other.ok_or("there is no other environment that may be asked")?;
        let may =
            |credential: &Credential, there| standing(credential, operation, there) == Standing::Allowed;
        let both = |(_, it): &(&str, &Credential)| may(it, other) && may(it, self.environment.0);
        let found = self.credentials().find(both).map(|(name, _)| name);
        found.map(|name| (other, name)).ok_or_else(|| "no key may mint tokens in two environments".to_owned())
    }

    /// Makes a draft the request that revokes the case's token.
    fn revocation(&self, draft: &mut Draft, twist: &Twist) -> Result<(), String> {
        let revoke = self.tokens()?.revoke.as_ref().ok_or("the contract lacks a line `tokens.revoke`")?;
        let operation = self.token_operation(&revoke.operation)?;
        self.effects_permitted(operation)?;
        let own = twist.credential.clone().unwrap_or(CredentialPick::Allowing);
        let pick = Twist { credential: Some(own), ..Twist::default() };
        let credential = self.picked_for(operation, &pick)?;
        let sound = compose::sound(self, (operation, credential), &pick);
        (draft.method, draft.target, draft.key) = (sound.method, sound.target, sound.key);
        if twist.body.is_none() {
            draft.body = sound.body;
            draft.token_at = Some(revoke.token.clone());
        }
        Ok(())
    }

    /// The credential of a pick, for another operation than the cell's.
    fn picked_for(&self, operation: &'a Arc<BoundOperation>, pick: &Twist) -> Result<&'a str, String> {
        let cell = Cell { operation, axis: None, ..*self };
        let picked = cell.pick(pick)?;
        picked.ok_or_else(|| format!("no key is used for `{}`", operation.id))
    }
}

/// Whether two carriers are the same place of a request.
fn is_same(one: &Carrier, other: &Carrier) -> bool {
    match (one, other) {
        (Carrier::Header { name, scheme }, Carrier::Header { name: other, scheme: others }) => {
            let scheme = scheme.as_deref().unwrap_or_default();
            name.as_str().eq_ignore_ascii_case(other.as_str())
                && scheme.eq_ignore_ascii_case(others.as_deref().unwrap_or_default())
        }
        (Carrier::Query(name), Carrier::Query(other)) | (Carrier::Cookie(name), Carrier::Cookie(other)) => {
            name == other
        }
        (Carrier::Header { .. } | Carrier::Query(_) | Carrier::Cookie(_), _) => false,
    }
}
