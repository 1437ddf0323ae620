//! The probes that show whether a target can be judged at all.
//!
//! For every service of every environment, a sound request that must be accepted and the same request without a key
//! that must not be. A target that accepts nothing, or everything, or is not there, is thus never called conformant,
//! and a broken one never non-conformant.

use super::axes::Operations;
use super::draft::{Draft, DraftKey, Place};
use super::permission::{Standing, standing};
use super::{BoundOperation, Inputs, compose};
use crate::contract::Effect;
use std::sync::Arc;

/// The probes of one service in one environment.
#[derive(Clone, Debug)]
pub struct ControlPair {
    /// The environment's name.
    pub environment: String,
    /// The operation that is probed.
    pub operation: Arc<BoundOperation>,
    /// A sound request: it must be accepted.
    pub positive: Draft,
    /// The same without a key: it must not be answered like an acceptance.
    pub negative: Draft,
}

/// The probes for every service of every environment that a plan may ask.
pub(super) fn pairs(inputs: &Inputs<'_>, operations: &Operations) -> Vec<ControlPair> {
    let contract = inputs.contract;
    let mut pairs = Vec::new();
    for (name, environment) in &contract.environments {
        if environment.protected
            && !inputs.permits.environments.iter().any(|allowed| allowed == name.as_str())
        {
            continue;
        }
        for service in contract.services.keys() {
            let mut candidates = operations.guarded_of(service.as_str());
            let pair = candidates.find_map(|operation| pair(inputs, name.as_str(), operation));
            pairs.extend(pair);
        }
    }
    pairs
}

/// The probes with one operation, where a credential may use it and it is harmless or permitted.
fn pair(inputs: &Inputs<'_>, environment: &str, operation: &Arc<BoundOperation>) -> Option<ControlPair> {
    let harmless = operation.operation.effect == Effect::None || inputs.permits.effects;
    if !harmless || !operation.operation.parameters.is_empty() {
        return None;
    }
    let mut credentials = inputs.contract.credentials.iter();
    let (name, _) = credentials
        .find(|(_, credential)| standing(credential, operation, environment) == Standing::Allowed)?;
    let negative = Draft::sound(&operation.operation, compose::sound_body(inputs, operation));
    let key = DraftKey {
        credential: name.to_string(),
        id: None,
        public_part: None,
        twist: None,
        place: Place::Carrier(inputs.contract.authentication.carrier.clone()),
    };
    let positive = Draft { key: Some(key), ..negative.clone() };
    Some(ControlPair {
        environment: environment.to_owned(),
        operation: Arc::clone(operation),
        positive,
        negative,
    })
}
