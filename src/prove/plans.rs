//! What is sent to a server, expanded once for all that are sent the same.

use std::sync::{Arc, Mutex, PoisonError};

use super::stage::Stage;
use super::subject::{Kind, Reach, Subject};
use crate::plan::{Filter, Inputs, Plan, Slow};

/// What a plan depends on: where a server is tried, and in which environments it is asked.
type Wanted = (Stage, Reach);

/// The plans that more than one server is tried with.
#[derive(Debug, Default)]
pub(super) struct Plans(Mutex<Vec<(Wanted, Arc<Plan>)>>);

impl Plans {
    /// The plan for a server, made of `inputs` where nobody has made it yet.
    ///
    /// A plan says nothing of where a server is. It depends on the contract, which only a variant changes, on the stage, on
    /// the environments that are asked, and on the slow checks that are tried, which are another server's.
    pub(super) fn of(&self, subject: &Subject, inputs: &Inputs<'_>) -> Arc<Plan> {
        if matches!(subject.kind, Kind::Variant(_)) || subject.slow == Slow::Included {
            return Arc::new(expand(subject, inputs));
        }
        let wanted = (subject.stage, subject.reach());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = known.iter().find(|(made, _)| *made == wanted) {
            return Arc::clone(plan);
        }
        let plan = Arc::new(expand(subject, inputs));
        known.push((wanted, Arc::clone(&plan)));
        plan
    }
}

fn expand(subject: &Subject, inputs: &Inputs<'_>) -> Plan {
    let mut filter = Filter::default();
    if subject.reach() == Reach::First {
        filter.environments.extend(inputs.contract.environments.keys().next().map(ToString::to_string));
    }
    let mut plan = Plan::expand(inputs, &filter);
    plan.cases.retain(|case| subject.tries(&case.scenario));
    plan
}
