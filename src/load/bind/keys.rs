//! Keys that the plan itself makes: what is done to them, and what is right for them before their end and behind it.

use std::sync::Arc;

use super::{BindError, Bound, Place, cases, expectation, sendable};
use crate::contract::Action;
use crate::document::Name;
use crate::judge::{Fast, Requirement};
use crate::load::format::{Act as Written, Entry, Expected, KeyDeed};
use crate::load::job::Class;
use crate::load::key_end::KeyEnd;
use crate::load::number::nanos_of;
use crate::load::steer::{Act, Unsealed};
use crate::plan::{Case, Deed, Rule};
use crate::scenario::{CredentialPick, Expectation, Step};

/// A part of the mix, and what the plan does to keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keys<'a> {
    pub(super) acts: &'a [Written],
    pub(super) entry: &'a Entry,
}

impl<'a> Keys<'a> {
    /// The created key that the part of the mix is sent with.
    fn key(&self) -> Option<&'a Name> {
        if let Some(CredentialPick::Created(name)) = &self.entry.request.credential {
            Some(name)
        } else {
            None
        }
    }

    /// What a check would do to say the same: make the keys, then send the request. Nothing where no key is made.
    pub(super) fn steps(&self) -> Vec<Step> {
        if self.key().is_none() {
            return Vec::new();
        }
        let deed = |act: &Written| Step { control: Some(act.control.step()), ..once() };
        self.acts.iter().map(deed).chain([once()]).collect()
    }

    /// What is right before the end of the key.
    pub(super) fn before(&self) -> Expectation {
        expectation(self.entry, self.entry.expect)
    }

    /// The deed that ends the key.
    fn end(&self) -> Option<&'a KeyDeed> {
        let key = self.key()?;
        let own = self.acts.iter().map(|act| &act.control).filter(|deed| deed.of() == key);
        own.into_iter().find(|deed| deed.ends_a_key())
    }

    /// Adds a class, with what is done to its key and what is right behind that.
    pub(super) fn bind(
        &self,
        (mut class, case): (Class, &Case),
        place: &Place<'_>,
        bound: &mut Bound,
    ) -> Result<(), BindError> {
        if let Some(name) = self.key() {
            let failed = |why: String| BindError::NothingToSend { entry: self.entry.name.to_string(), why };
            let (draft, _) = sendable(case).map_err(failed)?;
            let key = crate::plan::created(name.as_str());
            self.remember(deeds(case), bound).map_err(failed)?;
            bound.drafts.push(Unsealed { class: bound.classes.len(), key, draft: draft.clone() });
            if let Some(end) = self.end() {
                let lag = place.contract.policy.max_revocation_lag.as_ref();
                let lag = lag.ok_or_else(|| {
                    failed("the contract lacks a line `policy.max_revocation_lag`".to_owned())
                })?;
                let requirement = self.behind(end, case, place)?;
                let fast = Fast::compile(&requirement, place.contract, &class.accepted);
                class.end = Some(Arc::new(KeyEnd::new((requirement, fast), nanos_of(lag.duration()))));
            }
        }
        bound.classes.push(class);
        Ok(())
    }

    /// What is right behind the end of the key.
    fn behind(&self, end: &KeyDeed, case: &Case, place: &Place<'_>) -> Result<Requirement, BindError> {
        let failed = |why: String| BindError::NothingToSend { entry: self.entry.name.to_string(), why };
        let expected = match end {
            KeyDeed::Create(_) | KeyDeed::Revoke(_) => Expected::Revoked,
            KeyDeed::Delete(_) => Expected::Invalid,
        };
        let cases = cases(self.entry, (&self.steps(), expectation(self.entry, Some(expected))), place)?;
        let same = cases.iter().find(|other| other.operation.id == case.operation.id);
        let same = same.ok_or_else(|| failed("it has no end".to_owned()))?;
        sendable(same).map(|(_, requirement)| requirement.clone()).map_err(failed)
    }

    /// Remembers what is done, once; every part of the mix that is sent with a key must mean the same key.
    fn remember(&self, deeds: &[Deed], bound: &mut Bound) -> Result<(), String> {
        if bound.acts.is_empty() {
            let known = self.acts.iter().zip(deeds);
            let act = |(act, deed): (&Written, &Deed)| Act {
                at: act.at.as_ref().map(crate::document::Millis::duration),
                deed: deed.clone(),
                ends: act.control.ends_a_key(),
            };
            bound.acts = known.map(act).collect();
        }
        let model =
            |deed: &Deed| if let Rule::Key { model, .. } = &deed.rule { Some(model.clone()) } else { None };
        let makes = |deed: &&Deed| deed.action == Some(Action::Create);
        let other = bound.acts.iter().map(|act| &act.deed).filter(makes).map(model);
        if other.eq(deeds.iter().filter(makes).map(model)) {
            return Ok(());
        }
        Err("its operations need keys of different kinds: say which with `like`, where the key is created"
            .to_owned())
    }
}

/// A step that does nothing of its own, and is sent once.
pub(super) fn once() -> Step {
    Step { repeat: 1, ..Step::default() }
}

/// What a case does before its request.
pub(super) fn deeds(case: &Case) -> &[Deed] {
    let steps = case.work.as_ref().map(Vec::as_slice).unwrap_or_default();
    steps.first().map(|step| step.before.as_slice()).unwrap_or_default()
}
