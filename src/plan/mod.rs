//! Contract x scenarios: the cases, before anything is sent.
//!
//! A plan is a value: which requests go out ([`Draft`]), in the name of which credential, and what each answer
//! must be ([`Requirement`]). Its order and its ids are stable, so that two runs
//! compare line by line. It holds no key and knows no clock.

mod axes;
mod bind;
mod browser;
mod compose;
mod control;
mod conversation;
mod deed;
mod described;
mod draft;
mod forge;
mod frames;
mod gate;
mod jwt;
mod lines;
mod path;
mod permission;
mod pick;
mod prepare;
mod public_key;
mod require;
mod select;
mod sender;
mod steer;
#[cfg(test)]
mod tests;
mod token;
mod twin;
mod upstream;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

pub use control::ControlPair;
// The texts of a conversation keep their gaps until they are filled in.
pub use crate::scenario::{Gap, Piece, Template, What};
pub use conversation::{Conversation, Part};
pub use deed::created;
pub use draft::{Draft, DraftBody, DraftKey, DraftToken, Place, Preparation, Sender};
pub use forge::{Dice, Public, forge};
pub use frames::FramePart;
pub use jwt::{Materials, forge_token};
pub use permission::{Standing, standing};
pub use select::Filter;
pub use steer::{Deed, PlannedUntil, Rule};
pub use upstream::UpstreamAct;

use crate::contract::{Contract, Operation, OperationId};
use crate::document::{HeaderName, JsonPath, Name};
use crate::judge::Requirement;
use crate::outcome::Expects;
pub use crate::scenario::{Beside, Failing, INTERNAL, WhichNode};
use crate::scenario::{Scenario, Side, Suite};

/// The cases of a run, in a stable order.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The cases.
    pub cases: Vec<Case>,
    /// The probes that show whether the target can be judged.
    pub controls: Vec<ControlPair>,
    /// The operations that no case reaches.
    pub unreached: Vec<OperationId>,
}

/// One scenario bound to one cell of the matrix: the unit that gets a verdict.
#[derive(Clone, Debug)]
pub struct Case {
    /// `<check>/<environment>/<service.operation>/<credential or variant>`.
    pub id: String,
    /// The check.
    pub scenario: Arc<Scenario>,
    /// The environment's name.
    pub environment: String,
    /// The operation.
    pub operation: Arc<BoundOperation>,
    /// The credential whose own key is sent, if one is.
    pub credential: Option<String>,
    /// The variant, if the check has any.
    pub variant: Option<String>,
    /// What the contract implies, where the request is a sound one of one credential.
    pub expects: Option<Expects>,
    /// What must be accepted first, or nothing is said, if the check has such a twin.
    pub twin: Option<PlannedStep>,
    /// What to send, or why the case does not apply.
    pub work: Result<Vec<PlannedStep>, String>,
}

/// An operation and its name.
#[derive(Clone, Debug)]
pub struct BoundOperation {
    /// Its full name.
    pub id: OperationId,
    /// What the contract says of it.
    pub operation: Operation,
}

/// One request of a case, and what its answer must be.
#[derive(Clone, Debug)]
pub struct PlannedStep {
    /// What to send.
    pub draft: Draft,
    /// What the answer must be.
    pub requirement: Requirement,
    /// How often to send it.
    pub repeat: u32,
    /// What to take out of its answer for later steps.
    pub capture: IndexMap<Name, JsonPath>,
    /// The same of its header fields.
    pub capture_headers: IndexMap<Name, HeaderName>,
    /// How long it is sent again until the requirement holds, where it is.
    pub until: Option<PlannedUntil>,
    /// What is done to the target before it.
    pub before: Vec<Deed>,
    /// What is done to the target behind it, where nothing more is sent.
    pub after: Vec<Deed>,
}

impl PlannedStep {
    /// A request that is sent once.
    pub fn once(draft: Draft, requirement: Requirement) -> Self {
        let (before, after) = (Vec::new(), Vec::new());
        let (capture, capture_headers) = (IndexMap::new(), IndexMap::new());
        Self { draft, requirement, repeat: 1, capture, capture_headers, until: None, before, after }
    }
}

/// What a plan is made of.
#[derive(Clone, Debug)]
pub struct Inputs<'a> {
    /// The contract.
    pub contract: &'a Contract,
    /// The content of every body file that the contract names.
    pub bodies: &'a BTreeMap<String, Vec<u8>>,
    /// The scenarios.
    pub suite: &'a Suite,
    /// What the operator permits.
    pub permits: &'a Permits,
}

/// What the operator permits beyond what is harmless.
#[derive(Clone, Debug, Default)]
pub struct Permits {
    /// Requests that change the target may be accepted.
    pub effects: bool,
    /// The protected environments that may be asked.
    pub environments: Vec<String>,
    /// Why no exact bytes can be sent, where none can.
    pub no_exact_bytes: Option<&'static str>,
    /// How HTTP/2 is spoken, to the frame.
    pub frames: Frames,
    /// Whether slow checks are part of it.
    pub slow: Slow,
}

impl Permits {
    /// Whether an environment may be asked although it is protected.
    pub(crate) fn allows(&self, environment: &str) -> bool {
        self.environments.iter().any(|allowed| allowed == environment)
    }
}

/// Whether slow checks are part of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slow {
    /// They are skipped.
    #[default]
    LeftOut,
    /// They are sent.
    Included,
}

/// Where frames of HTTP/2 can be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Frames {
    /// Over TLS, where the target offers HTTP/2.
    #[default]
    OverTls,
    /// In the clear too: the target is said to expect them.
    Anywhere,
    /// Nowhere, and why.
    Nowhere(&'static str),
}

impl Plan {
    /// Expands the scenarios over the contract and keeps what the filter selects.
    pub fn expand(inputs: &Inputs<'_>, filter: &Filter) -> Self {
        let operations = axes::Operations::of(inputs.contract);
        let side = if inputs.contract.behind.is_some() { Side::Backend } else { Side::Platform };
        let on_side = inputs.suite.scenarios.iter().filter(|scenario| scenario.side == side);
        let bind = |scenario: &Scenario| bind::cases(inputs, &operations, &Arc::new(scenario.clone()));
        let (chosen, others): (Vec<_>, Vec<_>) =
            on_side.partition(|scenario| filter.covers_scenario(scenario));
        let mut cases: Vec<Case> = chosen.into_iter().flat_map(bind).collect();
        let mut unreached = operations.unreached(&cases, filter);
        // Any check of the suite may reach what the chosen ones do not; most often those reach everything.
        for scenario in others {
            if unreached.is_empty() {
                break;
            }
            let more = bind(scenario);
            unreached.retain(|id| !more.iter().any(|case| case.applies() && case.operation.id == *id));
        }
        cases.retain(|case| filter.selects(case));
        let mut controls = control::pairs(inputs, &operations);
        controls.retain(|pair| cases.iter().any(|case: &Case| case.environment == pair.environment));
        Self { cases, controls, unreached }
    }
}

/// How many exchanges of each kind a procedure may take: enough for what it says itself to end it first.
const PROCEDURE: u32 = 200_000;

impl Case {
    /// How many exchanges the case may take at the most, its preparations, retries and confirmations included.
    pub fn exchanges(&self) -> u32 {
        let of_step = |step: &PlannedStep| {
            let deeds = step.before.len() + step.after.len() + step.draft.deeds().len();
            // Each may have to be taken back.
            let others = u32::try_from(step.draft.preparations.len() + 2 * deeds).unwrap_or(1);
            let sent = step.until.map_or(step.repeat, PlannedUntil::times);
            sent.saturating_add(others)
        };
        let steps = self.work.iter().flatten().chain(&self.twin);
        let once = steps.map(of_step).fold(0, u32::saturating_add);
        once.saturating_mul(if self.scenario.procedure.is_some() { PROCEDURE } else { 9 })
    }

    /// Whether it does something to the target: then its request alone would find another target, and no such key.
    pub fn is_steered(&self) -> bool {
        let steers = |step: &PlannedStep| {
            !step.before.is_empty() || !step.after.is_empty() || !step.draft.deeds().is_empty()
        };
        self.work.iter().flatten().any(steers)
    }

    /// Whether nothing else may be sent while it runs.
    pub fn is_alone(&self) -> bool {
        self.scenario.is_alone()
    }

    /// Whether the case can be sent at all.
    pub fn applies(&self) -> bool {
        self.work.is_ok()
    }
}
