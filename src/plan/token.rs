//! Tokens: minted before they are carried, and what they may do.

use std::sync::Arc;
use std::time::Duration;

use super::bind::Cell;
use super::draft::Draft;
use super::permission::{Standing, covers_any, standing};
use super::{BoundOperation, compose};
use crate::contract::{Carrier, Credential, Grant, Tokens};
use crate::document::Millis;
use crate::scenario::{CredentialPick, TokenTwist, Twist};

/// What a token is called among the names that are filled in.
pub(super) const TOKEN: &str = "token";

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
        match &self.tokens()?.carrier {
            Carrier::Header { name, scheme } => {
                let scheme = scheme.as_ref().map(|scheme| format!("{scheme} ")).unwrap_or_default();
                draft.headers.push((name.to_string(), format!("{scheme}{{{TOKEN}}}")));
            }
            Carrier::Cookie(name) => {
                draft.headers.push(("Cookie".to_owned(), format!("{name}={{{TOKEN}}}")));
            }
            Carrier::Query(name) => {
                let sign = if draft.target.contains('?') { '&' } else { '?' };
                draft.target = format!("{}{sign}{name}={{{TOKEN}}}", draft.target);
            }
        }
        Ok(())
    }

    /// Mints a token first.
    fn minted(&self, draft: &mut Draft, token: &TokenTwist) -> Result<(), String> {
        let mint = &self.tokens()?.mint;
        let operation = self.token_operation(&mint.operation)?;
        self.effects_permitted(operation)?;
        let pick = Twist { credential: Some(token.minted_by.clone()), ..Twist::default() };
        let credential = self.picked_for(operation, &pick)?;
        let sound = compose::sound(self, (operation, credential), &pick);
        let preparation = compose::preparation(operation, sound, &mint.capture);
        draft.preparations.insert(TOKEN.to_owned(), preparation);
        Ok(())
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
