//! What a case does to the target between its requests, bound to a cell.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::bind::Cell;
use super::permission::application;
use super::{Deed, PlannedUntil, Rule};
use crate::contract::Grant;
use crate::scenario::{
    Bound, ClockMove, ControlStep, CredentialPick, Narrowed, NewKey, Outlived, SeenRule, StoreMove, Twist,
    Until, WhichNode, Without,
};

/// The pause between two requests of a step that is sent until something holds, where the check says none.
const PAUSE: Duration = Duration::from_millis(50);

/// So much longer a clock goes on than what it is to outlive.
const A_LITTLE: Duration = Duration::from_secs(1);

/// What a created key is called where a credential of the contract has its own name: no name there has a slash.
pub fn created(name: &str) -> String {
    format!("created/{name}")
}

impl<'a> Cell<'a> {
    /// Binds what a step does to the target.
    ///
    /// # Errors
    /// Why it cannot be done here.
    pub(super) fn deed(&self, step: &ControlStep) -> Result<Deed, String> {
        let control = &self.inputs.contract.control;
        if let Some(action) = step.action().filter(|action| control.call(*action).is_none()) {
            return Err(format!("the contract lacks a line `{action}`"));
        }
        let mut arguments = BTreeMap::from([("environment".to_owned(), json!(self.environment.0))]);
        let mut add = |name: &str, value: Value| drop(arguments.insert(name.to_owned(), value));
        let mut rule = Rule::Done;
        match step {
            ControlStep::Create(new) | ControlStep::Forge(new) => {
                let model = self.model(new)?;
                self.describe(model, &mut add);
                let made_there =
                    control.create.as_ref().is_some_and(crate::contract::Call::is_made_by_target);
                if matches!(step, ControlStep::Forge(_)) && made_there {
                    return Err(
                        "the target makes its keys itself: none is known before it is issued".to_owned()
                    );
                }
                rule = Rule::Key { model: model.to_owned(), owner: new.application.clone() };
            }
            ControlStep::Permissions(narrowed) => add("allows", json!(self.narrowed(narrowed)?)),
            ControlStep::Expire(expiry) => rule = Rule::At(expiry.at.clone()),
            ControlStep::Clock(ClockMove::Hold(at)) => rule = Rule::At(at.clone()),
            ControlStep::Clock(ClockMove::Outlive(Outlived::Token)) => {
                add("ms", json!(millis(self.token_lifetime()? + A_LITTLE)));
            }
            ControlStep::Clock(ClockMove::Advance(by)) | ControlStep::Store(StoreMove::Slow(by)) => {
                add("ms", json!(millis(by.duration())));
            }
            ControlStep::Timezone(name) => add("timezone", json!(name)),
            ControlStep::Processed(reading) | ControlStep::Stored(reading) => rule = Rule::Reading(*reading),
            ControlStep::Log(_) => rule = Rule::Log,
            ControlStep::Seen(seen) => rule = self.seen(seen)?,
            ControlStep::Clock(ClockMove::Reset(_))
            | ControlStep::Revoke(_)
            | ControlStep::Delete(_)
            | ControlStep::Disable(_)
            | ControlStep::Enable(_)
            | ControlStep::Config(_)
            | ControlStep::Store(StoreMove::Stop | StoreMove::Start)
            | ControlStep::Upstream(_)
            | ControlStep::Limiter(_) => {}
        }
        let key = step.of().map(|name| created(name.as_str()));
        Ok(Deed { action: step.action(), key, arguments, rule })
    }

    fn seen(&self, seen: &SeenRule) -> Result<Rule, String> {
        let field = self.inputs.contract.control.identity.clone();
        if seen.identity.is_some() && field.is_none() {
            return Err("the contract lacks a line `control.identity`".to_owned());
        }
        Ok(Rule::Seen { seen: seen.clone(), field })
    }

    /// The credential that a new key is modelled on.
    fn model(&self, new: &NewKey) -> Result<&'a str, String> {
        let twist = Twist { credential: new.like.clone(), ..Twist::default() };
        self.pick_off_axis(&twist)?.ok_or_else(|| "a key cannot be modelled on none".to_owned())
    }

    /// What a new key is to be, after its model.
    fn describe(&self, model: &str, add: &mut dyn FnMut(&str, Value)) {
        let contract = self.inputs.contract;
        let found = self.credentials().find(|(name, _)| *name == model).map(|(_, credential)| credential);
        let allows: Vec<&str> = found.iter().flat_map(|it| &it.allows).map(|grant| &*grant.0).collect();
        let own = found.and_then(|it| it.environments.as_ref());
        let environments: Vec<&str> = match own {
            Some(names) => names.iter().map(crate::document::Name::as_str).collect(),
            None => contract.environments.keys().map(crate::document::Name::as_str).collect(),
        };
        add("like", json!(model));
        add("application", json!(application(contract, model)));
        add("allows", json!(allows));
        add("environments", json!(environments));
    }

    /// The permissions of a key's model without some.
    fn narrowed(&self, narrowed: &Narrowed) -> Result<Vec<String>, String> {
        let model = self.made(&narrowed.of)?;
        let found = self.credentials().find(|(name, _)| *name == model).map(|(_, credential)| credential);
        let (service, name) = (self.operation.id.service(), self.operation.id.name());
        let mut left = Vec::new();
        for Grant(grant) in found.iter().flat_map(|it| &it.allows) {
            let of_service = grant.split('.').next() == Some(service);
            match narrowed.without {
                _ if !of_service => left.push(grant.clone()),
                Without::Service => {}
                Without::Operation => left.extend(self.others(grant, (service, name))),
            }
        }
        Ok(left)
    }

    /// What a grant of a service comes to without one operation.
    fn others(&self, grant: &str, (service, name): (&str, &str)) -> Vec<String> {
        if grant.contains('.') {
            return (grant != format!("{service}.{name}")).then(|| grant.to_owned()).into_iter().collect();
        }
        let all = self.operations.guarded_of(service).map(|operation| operation.id.to_string());
        all.filter(|id| *id != format!("{service}.{name}")).collect()
    }

    /// The credential that a created key is modelled on.
    ///
    /// # Errors
    /// When no step creates such a key.
    pub(super) fn made(&self, name: &crate::document::Name) -> Result<&'a str, String> {
        let steps = self.scenario.steps.iter().filter_map(|step| step.control.as_ref());
        let new = steps.into_iter().find_map(|step| {
            let (ControlStep::Create(new) | ControlStep::Forge(new)) = step else { return None };
            Some(new).filter(|new| new.name == *name)
        });
        new.map_or_else(|| Err(format!("no step creates a key `{name}`")), |new| self.model(new))
    }

    /// How long a step is sent again, and how often.
    pub(super) fn until(&self, until: &Until) -> Result<PlannedUntil, String> {
        let within = match &until.within {
            Bound::Time(time) => time.duration(),
            Bound::Policy(name) => self
                .inputs
                .contract
                .policy
                .time(name)
                .ok_or_else(|| format!("the contract lacks a line `policy.{name}`"))?,
        };
        let every = until.every.as_ref().map_or(PAUSE, crate::document::Millis::duration);
        Ok(PlannedUntil { within, every: every.max(Duration::from_millis(1)) })
    }

    /// Whether the environment has the node that a request goes to.
    pub(super) fn has_node(&self, twist: &Twist) -> Result<(), String> {
        let other = twist.node == Some(WhichNode::Other);
        if other && self.environment.1.nodes.is_empty() {
            return Err("the contract lacks a line `nodes` of the environment".to_owned());
        }
        Ok(())
    }
}

/// The name under which the key of a credential is found: another where a step created it.
pub(super) fn key_name(credential: &str, twist: &Twist) -> String {
    match &twist.credential {
        Some(CredentialPick::Created(name)) => created(name.as_str()),
        Some(_) | None => credential.to_owned(),
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
