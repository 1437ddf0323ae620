//! What is sent to a server, expanded once for all that are sent the same.

use std::sync::{Arc, Mutex, PoisonError};

use super::stage::Stage;
use super::subject::{Kind, Subject};
use crate::plan::{Plan, Slow};

/// The plans that more than one server is tried with.
#[derive(Debug, Default)]
pub(super) struct Plans(Mutex<Vec<(Stage, Arc<Plan>)>>);

impl Plans {
    /// The plan for a server; `expand` makes it where nobody has yet.
    ///
    /// A plan says nothing of where a server is. It depends on the contract, which only a variant changes, on the stage,
    /// and on the slow checks that are tried, which are another server's.
    pub(super) fn of(&self, subject: &Subject, expand: impl FnOnce() -> Plan) -> Arc<Plan> {
        if matches!(subject.kind, Kind::Variant(_)) || subject.slow == Slow::Included {
            return Arc::new(expand());
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = known.iter().find(|(stage, _)| *stage == subject.stage) {
            return Arc::clone(plan);
        }
        let plan = Arc::new(expand());
        known.push((subject.stage, Arc::clone(&plan)));
        plan
    }
}
