//! The twin of a case: a request that must be accepted, so that the case says something.

use super::PlannedStep;
use super::bind::Cell;
use super::permission::Standing;
use crate::judge::Requirement;
use crate::scenario::Twist;

impl Cell<'_> {
    /// The twin of the cell's case, where its check or its variant has one.
    ///
    /// # Errors
    /// Why it cannot be sent, or not be accepted here: then the case does not apply.
    pub(super) fn twin(&self) -> Result<Option<PlannedStep>, String> {
        let Some(twist) = self.twin_twist() else { return Ok(None) };
        // It is there to be accepted.
        self.effects_permitted(self.operation)?;
        let senders = self.senders(&twist)?;
        if senders.0.is_some_and(|name| self.standing(name) != Standing::Allowed) {
            return Err("its twin must be accepted, and its key may not use the operation here".to_owned());
        }
        let requirement = Requirement::Acceptance;
        let draft = self.draft(&twist, &requirement, senders)?;
        Ok(Some(PlannedStep::once(draft, requirement)))
    }

    /// The request of the check and the variant, with the twin of both laid over it.
    fn twin_twist(&self) -> Option<Twist> {
        let own = self.variant.and_then(|variant| variant.twin.as_ref());
        if self.scenario.twin.is_none() && own.is_none() {
            return None;
        }
        let sent = self.variant.map(|variant| &variant.request);
        let layers = [sent, self.scenario.twin.as_ref(), own];
        let base = self.scenario.request.clone();
        Some(layers.into_iter().flatten().fold(base, Twist::overlaid))
    }
}
