//! Whose key a request carries.

use super::bind::Cell;
use super::permission::{Standing, active_standing, application, standing};
use crate::contract::{Credential, KeyState, PUBLIC};
use crate::scenario::{CredentialPick, Twist};

/// Whose key a request carries, or why nobody's can be had.
pub(super) type Picked<'a> = Result<Option<&'a str>, String>;

impl<'a> Cell<'a> {
    /// The credential that a twist picks: the axis's where it picks none, or one that may use the operation.
    pub(super) fn pick(&self, twist: &Twist) -> Picked<'a> {
        let (operation, environment) = (self.operation, self.environment.0);
        let first = |fits: &dyn Fn(&Credential) -> bool| {
            self.credentials().find(|(_, credential)| fits(credential)).map(|(name, _)| name)
        };
        let allowing =
            || first(&|credential| standing(credential, operation, environment) == Standing::Allowed);
        if twist.token.is_some() {
            return Ok(None);
        }
        let found = match &twist.credential {
            Some(CredentialPick::None) => return Ok(None),
            None if self.axis.is_some() => self.axis,
            None if operation.id.service() == PUBLIC => return Ok(None),
            None | Some(CredentialPick::Allowing) => allowing(),
            Some(CredentialPick::Minting) => self.minting(),
            Some(CredentialPick::Created(name)) => return self.made(name).map(Some),
            Some(CredentialPick::Named(name)) => {
                self.credentials().find(|(known, _)| known == name).map(|(name, _)| name)
            }
            Some(CredentialPick::Denying) => first(&|credential| {
                credential.state == KeyState::Active
                    && standing(credential, operation, environment) != Standing::Allowed
            }),
            Some(CredentialPick::Foreign) => self.foreign(self.axis.or_else(allowing)),
            Some(CredentialPick::State(state)) => first(&|credential| {
                credential.state == *state
                    && active_standing(credential, operation, environment) == Standing::Allowed
            }),
        };
        found.map(Some).ok_or_else(|| format!("no credential of the contract is {}", wanted(twist)))
    }

    /// The first credential that may use the operation and is of another application than one.
    fn foreign(&self, own: Option<&str>) -> Option<&'a str> {
        let contract = self.inputs.contract;
        let own = own.map(|name| application(contract, name))?;
        let may = |credential| standing(credential, self.operation, self.environment.0) == Standing::Allowed;
        let mut all = self.credentials();
        all.find(|(name, credential)| may(credential) && application(contract, name) != own)
            .map(|(name, _)| name)
    }

    /// The same without regard to the axis: one that may use the operation where the twist picks none.
    pub(super) fn pick_off_axis(&self, twist: &Twist) -> Picked<'a> {
        let own = twist.credential.clone().unwrap_or(CredentialPick::Allowing);
        self.pick(&Twist { credential: Some(own), ..Twist::default() })
    }

    /// The credential of the second key, where a twist has one: the first one's where it picks none.
    pub(super) fn second(&self, twist: &Twist, first: Option<&'a str>) -> Picked<'a> {
        let Some(second) = &twist.second else { return Ok(None) };
        let own = Twist {
            credential: second.credential.clone(),
            key: second.key.clone(),
            carry: second.carry.clone(),
            ..Twist::default()
        };
        let picked = if second.credential.is_some() { self.pick(&own)? } else { first };
        self.twistable(&own, picked)?;
        Ok(picked)
    }

    /// Where a credential stands before the cell's operation.
    pub(super) fn standing(&self, credential: &str) -> Standing {
        let found = self.credentials().find(|(name, _)| *name == credential);
        found.map_or(Standing::WrongService, |(_, body)| standing(body, self.operation, self.environment.0))
    }

    /// Every credential of the contract, by name.
    pub(super) fn credentials(&self) -> impl Iterator<Item = (&'a str, &'a Credential)> {
        self.inputs.contract.credentials.iter().map(|(name, credential)| (name.as_str(), credential))
    }
}

/// What was looked for and not found.
fn wanted(twist: &Twist) -> String {
    match &twist.credential {
        Some(CredentialPick::Named(name)) => format!("called `{name}`"),
        Some(CredentialPick::State(state)) => {
            let state = format!("{state:?}").to_lowercase();
            format!("{state} and could otherwise use this operation here")
        }
        Some(CredentialPick::Foreign) => {
            "of a second application that is allowed this operation here; add one under `credentials`, with an \
             `application` of its own"
                .to_owned()
        }
        Some(CredentialPick::Minting) => "allowed to mint tokens here".to_owned(),
        Some(CredentialPick::Denying) => "active and denied this operation here".to_owned(),
        Some(CredentialPick::Created(name)) => format!("the model of `{name}`"),
        Some(CredentialPick::None | CredentialPick::Allowing) | None => {
            "allowed this operation here".to_owned()
        }
    }
}
