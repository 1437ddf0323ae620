//! One scenario over one contract: its cases.

use std::sync::Arc;

use indexmap::IndexMap;

use super::axes::Operations;
use super::compose::Senders;
use super::draft::{Draft, DraftKey};
use super::permission::Standing;
use super::require::{requirement, wants_acceptance};
use super::{BoundOperation, Case, Inputs, PlannedStep, Slow, compose, conversation, deed, sender};
use crate::contract::Environment;
use crate::judge::Requirement;
use crate::outcome::Expects;
use crate::scenario::{
    CredentialPick, Expectation, First, OperationFilter, OperationSelector, Procedure, Scenario, Selected,
    Step, Twist, Variant,
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

/// The cases of one scenario, in the order of the contract.
pub(super) fn cases(inputs: &Inputs<'_>, operations: &Operations, scenario: &Arc<Scenario>) -> Vec<Case> {
    let mut cases = Vec::new();
    let first = first_environment(inputs);
    for (name, environment) in &inputs.contract.environments {
        let selected = match &scenario.over.environments {
            Selected::All => true,
            Selected::First => Some(name.as_str()) == first,
            Selected::Named(names) => names.iter().any(|wanted| wanted == name.as_str()),
        };
        if !selected {
            continue;
        }
        let environment = (name.as_str(), environment);
        let cell = |operation| Cell {
            inputs,
            operations,
            scenario,
            environment,
            operation,
            axis: None,
            variant: None,
        };
        let chosen = operations.selected(&scenario.over.operations);
        // Where there is no such operation because the contract does not say so, that is said.
        let lacking = operations.first().filter(|_| chosen.is_empty()).map(cell);
        let lacking = lacking.filter(|cell| scenario.needs.iter().any(|need| cell.has(need).is_err()));
        cases.extend(lacking.map(|cell| cell.case()));
        let found = chosen.iter().map(|operation| cell(operation).expand());
        cases.extend(first_of(&scenario.over.operations, found));
    }
    cases.extend(stranded(inputs, operations, scenario));
    cases
}

/// The label of a case that only says which names of its check the contract does not have.
const UNKNOWN: &str = "not-in-the-contract";

/// One case that does not apply, where a check names operations or environments that the contract does not have: else
/// nothing would be heard of them.
fn stranded(inputs: &Inputs<'_>, operations: &Operations, scenario: &Arc<Scenario>) -> Option<Case> {
    let mut strange = Vec::new();
    if let OperationSelector::Named(Selected::Named(names)) = &scenario.over.operations {
        let unknown = names.iter().filter(|name| operations.guarded(name).is_none());
        strange.extend(unknown.map(|name| format!("operation `{name}`")));
    }
    if let Selected::Named(names) = &scenario.over.environments {
        let known = |name: &str| inputs.contract.environments.keys().any(|known| known.as_str() == name);
        let unknown = names.iter().filter(|name| !known(name));
        strange.extend(unknown.map(|name| format!("environment `{name}`")));
    }
    let environment = first_environment(inputs).filter(|_| !strange.is_empty())?;
    let operation = operations.first()?;
    Some(Case {
        id: format!("{}/{environment}/{}/{UNKNOWN}", scenario.id, operation.id),
        scenario: Arc::clone(scenario),
        environment: environment.to_owned(),
        operation: Arc::clone(operation),
        credential: None,
        variant: None,
        expects: None,
        twin: None,
        work: Err(format!("the contract has no {}", strange.join(" and no "))),
    })
}

/// The first environment that may be asked, or the first of all where none may.
fn first_environment<'a>(inputs: &Inputs<'a>) -> Option<&'a str> {
    let mut all = inputs.contract.environments.iter();
    let first = all.clone().next();
    let open = all.find(|(name, one)| !one.protected || inputs.permits.allows(name.as_str()));
    open.or(first).map(|(name, _)| name.as_str())
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

impl Cell<'_> {
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
        let twist = self.twist(&Step::default());
        let sent = self.pick(&twist).ok().flatten();
        let created = matches!(twist.credential, Some(CredentialPick::Created(_)));
        let own_key = sent.filter(|_| twist.key.is_none() && !created && self.scenario.procedure.is_none());
        let label = match (self.axis, self.variant) {
            (Some(credential), Some(variant)) => format!("{credential}+{}", variant.name),
            (Some(credential), None) => credential.to_owned(),
            (None, Some(variant)) => variant.name.to_string(),
            (None, None) if self.scenario.procedure.is_some() => {
                self.scenario.procedure.as_ref().map_or("", Procedure::as_str).to_owned()
            }
            (None, None) if created => "created".to_owned(),
            (None, None) if sent.is_some() && own_key.is_none() => "forged".to_owned(),
            (None, None) => own_key.unwrap_or("none").to_owned(),
        };
        let (scenario, operation, environment) = (self.scenario, self.operation, self.environment.0);
        let (twin, work) = match self.work() {
            Ok((twin, steps)) => (twin, Ok(steps)),
            Err(why) => (None, Err(why)),
        };
        // A refusal that a check of something else objects to is a refusal all the same.
        let asks = work.as_ref().map_or(true, |steps| steps.iter().all(|step| step.requirement.is_verdict()));
        Case {
            id: format!("{}/{environment}/{}/{label}", scenario.id, operation.id),
            scenario: Arc::clone(scenario),
            environment: environment.to_owned(),
            operation: Arc::clone(operation),
            credential: own_key.map(str::to_owned),
            variant: self.variant.map(|variant| variant.name.to_string()),
            expects: own_key.filter(|_| asks).and_then(|credential| self.expects(credential, twist)),
            twin,
            work,
        }
    }

    /// What to send and what is right, its twin before it, or why the case does not apply.
    fn work(&self) -> Result<(Option<PlannedStep>, Vec<PlannedStep>), String> {
        self.permitted()?;
        if self.scenario.slow && self.inputs.permits.slow == Slow::LeftOut {
            return Err("slow: add --slow".to_owned());
        }
        let of_variant = self.variant.iter().flat_map(|variant| &variant.needs);
        self.scenario.needs.iter().chain(of_variant).try_for_each(|need| self.has(need))?;
        if let Some(procedure) = &self.scenario.procedure {
            let (twist, expect) = self.layers(&Step::default());
            let requests = procedure.requests((&twist, &expect)).into_iter();
            let steps = requests.map(|(twist, expect)| self.bound(&Step::default(), (twist, expect)));
            return Ok((None, steps.collect::<Result<_, _>>()?));
        }
        let single = [Step::default()];
        let steps = if self.scenario.steps.is_empty() { &single } else { &*self.scenario.steps };
        let steps = self.steps(steps)?;
        Ok((self.twin()?, steps))
    }

    /// The requests of the steps, each with what is done to the target before it.
    fn steps(&self, steps: &[Step]) -> Result<Vec<PlannedStep>, String> {
        let mut planned: Vec<PlannedStep> = Vec::new();
        let mut deeds = Vec::new();
        // The number of each step's request among the requests.
        let mut numbers = Vec::new();
        for step in steps {
            if let Some(control) = &step.control {
                deeds.push(self.deed(control)?);
            } else {
                let mut request = self.step(step, &numbers)?;
                request.before = std::mem::take(&mut deeds);
                planned.push(request);
            }
            numbers.push(planned.len());
        }
        if let Some(last) = planned.last_mut() {
            last.after = deeds;
        }
        Ok(planned)
    }

    fn step(&self, step: &Step, numbers: &[usize]) -> Result<PlannedStep, String> {
        let (twist, mut expect) = self.layers(step);
        expect.renumber(numbers);
        self.bound(step, (twist, expect))
    }

    /// What a step sends, with this twist, and what is right for it.
    fn bound(&self, step: &Step, (twist, expect): (Twist, Expectation)) -> Result<PlannedStep, String> {
        let (credential, second) = self.senders(&twist)?;
        let declared = match &twist.token {
            Some(_) => Some(self.token_standing()?),
            None => credential.map(|name| self.standing(name)),
        };
        let requirement = requirement(self, &expect, declared)?;
        // A key that may, on an operation that changes something: whatever is expected, it could be accepted.
        if declared == Some(Standing::Allowed) && twist.key.is_none()
            || second.is_some()
            || wants_acceptance(&requirement)
        {
            self.effects_permitted(self.operation)?;
        }
        let draft = self.draft(&twist, &requirement, (credential, second))?;
        let (repeat, capture) = (step.repeat.max(1), step.capture.clone());
        let (until, capture_headers) = (step.until.as_ref(), step.capture_headers.clone());
        let until = until.map(|until| self.until(until)).transpose()?;
        Ok(PlannedStep { repeat, capture, capture_headers, until, ..PlannedStep::once(draft, requirement) })
    }

    /// Whose keys a request carries, as far as the contract leaves something to twist about them.
    pub(super) fn senders(&self, twist: &Twist) -> Result<Senders<'_>, String> {
        self.has_node(twist)?;
        let credential = self.pick(twist)?;
        self.twistable(twist, credential)?;
        Ok((credential, self.second(twist, credential)?))
    }

    /// The request of a twist, with what has to be made for it and who sends it.
    pub(super) fn draft(
        &self,
        twist: &Twist,
        requirement: &Requirement,
        senders: Senders<'_>,
    ) -> Result<Draft, String> {
        let mut draft = compose::draft(self, twist, senders);
        self.fetch(&mut draft, twist)?;
        self.exchange(&mut draft, twist)?;
        self.browse(&mut draft, twist)?;
        self.upstream(&mut draft, twist)?;
        self.prepare(&mut draft, twist, (requirement, senders.0))?;
        if let Some(wire) = &twist.wire {
            draft.conversation = Some(conversation::bind(self, wire, draft.key.as_ref())?);
        }
        draft.sender = sender::choose(&draft, requirement, self.inputs.permits)?;
        Ok(draft)
    }

    /// The scenario's request and expectation with the variant's and the step's laid over them.
    fn layers(&self, step: &Step) -> (Twist, Expectation) {
        let base = self.scenario.expect.clone();
        let expect = self.variant.iter().fold(base, |base, variant| base.overlaid(&variant.expect));
        (self.twist(step), expect.overlaid(&step.expect))
    }

    /// The request alone.
    fn twist(&self, step: &Step) -> Twist {
        let base = self.scenario.request.clone();
        let twist = self.variant.iter().fold(base, |base, variant| base.overlaid(&variant.request));
        twist.overlaid(&step.request)
    }

    /// What the contract implies, where the request is a sound one of one credential.
    fn expects(&self, credential: &str, twist: Twist) -> Option<Expects> {
        let bare = Twist { credential: None, ..twist };
        let sound = bare == Twist::default() && self.scenario.steps.is_empty();
        let allowed = self.standing(credential) == Standing::Allowed;
        sound.then_some(if allowed { Expects::Acceptance } else { Expects::Refusal })
    }

    /// The key of a credential as a draft carries it.
    pub(super) fn key(&self, credential: &str, twist: &Twist) -> DraftKey {
        let found = self.credentials().find(|(name, _)| *name == credential);
        DraftKey {
            credential: deed::key_name(credential, twist),
            id: found.and_then(|(_, credential)| credential.id.clone()),
            public_part: self.inputs.contract.authentication.key_id.clone(),
            twist: twist.key.clone(),
            place: compose::place(&self.inputs.contract.authentication.carrier, twist.carry.as_ref()),
        }
    }
}
