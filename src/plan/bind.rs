//! One scenario over one contract: its cases.

use std::sync::Arc;

use indexmap::IndexMap;

use super::axes::Operations;
use super::draft::{Draft, DraftKey};
use super::permission::{Standing, active_standing, application, standing};
use super::require::{requirement, wants_acceptance};
use super::{BoundOperation, Case, Inputs, PlannedStep, compose};
use crate::contract::{Contract, Credential, Effect, Environment, KeyState};
use crate::judge::Requirement;
use crate::outcome::Expects;
use crate::scenario::{
    CredentialPick, Expectation, First, Need, ObjectOf, OperationFilter, OperationSelector, Scenario,
    Selected, Step, Twist, Variant,
};

/// One cell of the matrix: where a scenario is bound.
pub(super) struct Cell<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    pub(super) operations: &'a Operations,
    pub(super) scenario: &'a Arc<Scenario>,
    pub(super) environment: (&'a str, &'a Environment),
    pub(super) operation: &'a Arc<BoundOperation>,
    /// The credential of the axis, where there is one.
    pub(super) axis: Option<&'a str>,
    pub(super) variant: Option<&'a Variant>,
}

/// Whose key a request carries, or why nobody's can be had.
type Picked<'a> = Result<Option<&'a str>, String>;

/// The cases of one scenario, in the order of the contract.
pub(super) fn cases(inputs: &Inputs<'_>, operations: &Operations, scenario: &Arc<Scenario>) -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, environment) in &inputs.contract.environments {
        let selected = match &scenario.over.environments {
            Selected::All => true,
            Selected::Named(names) => names.iter().any(|wanted| wanted == name.as_str()),
        };
        if !selected {
            continue;
        }
        let found = operations.selected(&scenario.over.operations).into_iter().map(|operation| {
            let environment = (name.as_str(), environment);
            let cell = Cell {
                inputs,
                operations,
                scenario,
                environment,
                operation: &operation,
                axis: None,
                variant: None,
            };
            cell.expand()
        });
        cases.extend(first_of(&scenario.over.operations, found));
    }
    cases
}

/// Keeps, where a check asks for the first operation of every service or of all, the cases of the first to which it
/// applies.
fn first_of(selector: &OperationSelector, found: impl Iterator<Item = Vec<Case>>) -> Vec<Case> {
    let first = match selector {
        OperationSelector::Like(OperationFilter { first_of: Some(first), .. }) => *first,
        OperationSelector::Named(_) | OperationSelector::Like(_) => return found.flatten().collect(),
    };
    let mut firsts: IndexMap<String, Vec<Case>> = IndexMap::new();
    for cases in found.filter(|cases| !cases.is_empty()) {
        let service = cases.first().map_or("", |case| case.operation.id.service());
        let group = if first == First::Service { service.to_owned() } else { String::new() };
        let kept = firsts.entry(group).or_default();
        if !kept.iter().any(Case::applies) && (kept.is_empty() || cases.iter().any(Case::applies)) {
            *kept = cases;
        }
    }
    firsts.into_values().flatten().collect()
}

impl<'a> Cell<'a> {
    /// The cell's cases: one, or one for every credential of the axis and every variant.
    fn expand(&self) -> Vec<Case> {
        let place = (&**self.operation, self.environment.0);
        let axis: Vec<Option<&str>> = match &self.scenario.over.credentials {
            None => vec![None],
            Some(selector) => {
                let names = self.operations.credentials(self.inputs.contract, selector, place);
                names.into_iter().map(Some).collect()
            }
        };
        let variants: Vec<Option<&Variant>> = match &*self.scenario.each {
            [] => vec![None],
            variants => variants.iter().map(Some).collect(),
        };
        let cells = axis.iter().flat_map(|axis| variants.iter().map(|variant| (*axis, *variant)));
        cells.map(|(axis, variant)| Cell { axis, variant, ..*self }.case()).collect()
    }

    fn case(&self) -> Case {
        let (twist, _) = self.layers(&Step::default());
        let sent = self.pick(&twist).ok().flatten();
        let own_key = sent.filter(|_| twist.key.is_none());
        let label = match (self.axis, self.variant) {
            (Some(credential), Some(variant)) => format!("{credential}+{}", variant.name),
            (Some(credential), None) => credential.to_owned(),
            (None, Some(variant)) => variant.name.to_string(),
            (None, None) if sent.is_some() && own_key.is_none() => "forged".to_owned(),
            (None, None) => own_key.unwrap_or("none").to_owned(),
        };
        let (scenario, operation, environment) = (self.scenario, self.operation, self.environment.0);
        let work = self.work();
        // A refusal that a check of something else objects to is a refusal all the same.
        let asks = work.as_ref().map_or(true, |steps| steps.iter().all(|step| step.requirement.is_verdict()));
        Case {
            id: format!("{}/{environment}/{}/{label}", scenario.id, operation.id),
            scenario: Arc::clone(scenario),
            environment: environment.to_owned(),
            operation: Arc::clone(operation),
            credential: own_key.map(str::to_owned),
            variant: self.variant.map(|variant| variant.name.to_string()),
            expects: own_key.filter(|_| asks).and_then(|credential| self.expects(credential, &twist)),
            work,
        }
    }

    /// What to send and what is right, or why the case does not apply.
    fn work(&self) -> Result<Vec<PlannedStep>, String> {
        self.permitted()?;
        self.scenario.needs.iter().try_for_each(|need| self.has(need))?;
        let single = [Step::default()];
        let steps = if self.scenario.steps.is_empty() { &single } else { &*self.scenario.steps };
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&self, step: &Step) -> Result<PlannedStep, String> {
        let (twist, expect) = self.layers(step);
        let credential = self.pick(&twist)?;
        let declared = credential.map(|name| self.standing(name));
        let requirement = requirement(self, &expect, declared)?;
        if wants_acceptance(&requirement) {
            self.effects_permitted(self.operation)?;
        }
        let mut draft = compose::draft(self, &twist, credential);
        self.prepare(&mut draft, &twist, (&requirement, credential))?;
        let (repeat, capture) = (step.repeat.max(1), step.capture.clone());
        Ok(PlannedStep { draft, requirement, repeat, capture })
    }

    /// The scenario's request and expectation with the variant's and the step's laid over them.
    fn layers(&self, step: &Step) -> (Twist, Expectation) {
        let (mut twist, mut expect) = (self.scenario.request.clone(), self.scenario.expect.clone());
        if let Some(variant) = self.variant {
            twist = twist.overlaid(&variant.request);
            expect = expect.overlaid(&variant.expect);
        }
        (twist.overlaid(&step.request), expect.overlaid(&step.expect))
    }

    fn standing(&self, credential: &str) -> Standing {
        let found = self.credentials().find(|(name, _)| *name == credential);
        found.map_or(Standing::WrongService, |(_, body)| standing(body, self.operation, self.environment.0))
    }

    fn credentials(&self) -> impl Iterator<Item = (&'a str, &'a Credential)> {
        self.inputs.contract.credentials.iter().map(|(name, credential)| (name.as_str(), credential))
    }

    fn pick(&self, twist: &Twist) -> Picked<'a> {
        let (operation, environment) = (self.operation, self.environment.0);
        let first = |fits: &dyn Fn(&Credential) -> bool| {
            self.credentials().find(|(_, credential)| fits(credential)).map(|(name, _)| name)
        };
        let allowing =
            || first(&|credential| standing(credential, operation, environment) == Standing::Allowed);
        let found = match &twist.credential {
            Some(CredentialPick::None) => return Ok(None),
            None if self.axis.is_some() => self.axis,
            None if operation.id.service() == "public" => return Ok(None),
            None | Some(CredentialPick::Allowing) => allowing(),
            Some(CredentialPick::Named(name)) => {
                self.credentials().find(|(known, _)| known == name).map(|(name, _)| name)
            }
            Some(CredentialPick::Denying) => first(&|credential| {
                credential.state == KeyState::Active
                    && standing(credential, operation, environment) != Standing::Allowed
            }),
            Some(CredentialPick::State(state)) => first(&|credential| {
                credential.state == *state
                    && active_standing(credential, operation, environment) == Standing::Allowed
            }),
        };
        found.map(Some).ok_or_else(|| format!("no credential of the contract is {}", wanted(twist)))
    }

    /// What the contract implies, where the request is a sound one of one credential.
    fn expects(&self, credential: &str, twist: &Twist) -> Option<Expects> {
        let bare = Twist { credential: None, ..twist.clone() };
        let sound = bare == Twist::default() && self.scenario.steps.is_empty();
        let allowed = self.standing(credential) == Standing::Allowed;
        sound.then_some(if allowed { Expects::Acceptance } else { Expects::Refusal })
    }

    fn permitted(&self) -> Result<(), String> {
        let (name, environment) = self.environment;
        if environment.protected && !self.inputs.permits.environments.iter().any(|allowed| allowed == name) {
            return Err(format!("the environment `{name}` is protected; ask it with --allow {name}"));
        }
        Ok(())
    }

    fn effects_permitted(&self, operation: &BoundOperation) -> Result<(), String> {
        if operation.operation.effect == Effect::None || self.inputs.permits.effects {
            return Ok(());
        }
        Err(format!("an accepted `{}` changes the target; permit it with --allow-effects", operation.id))
    }

    fn has(&self, need: &Need) -> Result<(), String> {
        let contract = self.inputs.contract;
        let environment = self.environment.1;
        let (there, cure) = match need {
            Need::Tls => (environment.base_url.starts_with("https:"), "an https `base_url`".to_owned()),
            Need::Plaintext => (environment.plaintext_url.is_some(), "a `plaintext_url`".to_owned()),
            Need::Scheme(scheme) => {
                let declared = contract.authentication.carrier.scheme();
                let same = declared.is_some_and(|declared| declared.eq_ignore_ascii_case(scheme));
                (same, format!("`authentication.carrier.scheme: {scheme}`"))
            }
            Need::Policy(name) => (has_policy(contract, name), format!("a line `policy.{name}`")),
            Need::Refusal(name) => {
                let there = contract.refusals.keys().any(|kind| kind.as_str() == name);
                (there, format!("a line `refusals.{name}`"))
            }
            Need::Control(name) => {
                (contract.control.action(name).is_some(), format!("a line `control.{name}`"))
            }
        };
        if there { Ok(()) } else { Err(format!("the contract lacks {cure}")) }
    }

    /// Plans what makes the objects that the path names, where a mere example will not do.
    fn prepare(
        &self,
        draft: &mut Draft,
        twist: &Twist,
        (requirement, sender): (&Requirement, Option<&str>),
    ) -> Result<(), String> {
        let object = twist.object.unwrap_or(if wants_acceptance(requirement) {
            ObjectOf::Own
        } else {
            ObjectOf::Example
        });
        for (name, parameter) in &self.operation.operation.parameters {
            let real = parameter.from.as_ref().filter(|_| object != ObjectOf::Example);
            let Some(source) = real else {
                draft.target = draft.target.replace(&format!("{{{name}}}"), &parameter.example);
                continue;
            };
            let maker = self.operations.guarded(&source.operation.0);
            let maker =
                maker.ok_or_else(|| format!("the contract has no operation `{}`", source.operation.0))?;
            self.effects_permitted(maker)?;
            let credential = self.maker(maker, sender, object)?;
            let preparation = compose::preparation(self, (maker, credential), &source.capture);
            draft.preparations.insert(name.to_string(), preparation);
        }
        Ok(())
    }

    /// The credential that makes an object: of the sender's own application, or of another.
    fn maker(
        &self,
        maker: &BoundOperation,
        sender: Option<&str>,
        object: ObjectOf,
    ) -> Result<&'a str, String> {
        let contract = self.inputs.contract;
        let owner = sender.map(|name| application(contract, name));
        let right_owner = |name: &str| match (owner, object) {
            (None, _) => true,
            (Some(owner), ObjectOf::Foreign) => application(contract, name) != owner,
            (Some(owner), ObjectOf::Own | ObjectOf::Example) => application(contract, name) == owner,
        };
        let able =
            |credential: &Credential| standing(credential, maker, self.environment.0) == Standing::Allowed;
        let found = self.credentials().find(|(name, credential)| right_owner(name) && able(credential));
        found.map(|(name, _)| name).ok_or_else(|| {
            format!("no credential of {} may make the object with `{}`", whose(object), maker.id)
        })
    }

    /// The key of a credential as a draft carries it.
    pub(super) fn key(&self, credential: &str, twist: &Twist) -> DraftKey {
        let found = self.credentials().find(|(name, _)| *name == credential);
        DraftKey {
            credential: credential.to_owned(),
            id: found.and_then(|(_, credential)| credential.id.clone()),
            twist: twist.key.clone(),
            place: compose::place(&self.inputs.contract.authentication.carrier, twist.carry.as_ref()),
        }
    }
}

fn has_policy(contract: &Contract, name: &str) -> bool {
    match name {
        "problem_details" => contract.policy.problem_details == Some(true),
        "max_revocation_lag" => contract.policy.max_revocation_lag.is_some(),
        name => contract.policy.status(name).is_some(),
    }
}

fn wanted(twist: &Twist) -> String {
    match &twist.credential {
        Some(CredentialPick::Named(name)) => format!("called `{name}`"),
        Some(CredentialPick::State(state)) => {
            let state = format!("{state:?}").to_lowercase();
            format!("{state} and could otherwise use this operation here")
        }
        Some(CredentialPick::Denying) => "active and denied this operation here".to_owned(),
        Some(CredentialPick::None | CredentialPick::Allowing) | None => {
            "allowed this operation here".to_owned()
        }
    }
}

fn whose(object: ObjectOf) -> &'static str {
    match object {
        ObjectOf::Foreign => "another application",
        ObjectOf::Own | ObjectOf::Example => "the sender's application",
    }
}
