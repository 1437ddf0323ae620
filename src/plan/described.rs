//! The description that the API publishes about itself: how it is fetched, and what it must say.

use super::bind::Cell;
use super::draft::Draft;
use crate::contract::RefusalKind;
use crate::judge::{DescribedPart, DescriptionRequirement};
use crate::scenario::{DocumentRule, TheDocument, Twist};

/// The refusals that anybody who calls an operation can get.
const EVERYBODYS: [RefusalKind; 3] = [RefusalKind::Missing, RefusalKind::Invalid, RefusalKind::Insufficient];

impl Cell<'_> {
    /// Makes a draft a request for a document, where the twist wants one.
    ///
    /// # Errors
    /// What the contract would have to say of documents.
    pub(super) fn fetch(&self, draft: &mut Draft, twist: &Twist) -> Result<(), String> {
        let Some(TheDocument::Openapi) = twist.document else { return Ok(()) };
        let openapi = self.inputs.contract.documents.openapi.as_ref();
        let path = openapi.ok_or("the contract lacks a line `documents.openapi`")?.path();
        "GET".clone_into(&mut draft.method);
        path.clone_into(&mut draft.target);
        draft.body = None;
        Ok(())
    }

    /// What the description must say of the operation.
    pub(super) fn description(&self, rule: DocumentRule) -> DescriptionRequirement {
        let operation = &self.operation.operation;
        let about = match rule {
            DocumentRule::SecurityDeclared => DescribedPart::Security,
            DocumentRule::NotAnonymous => DescribedPart::NotAnonymous,
            DocumentRule::RefusalsDescribed => DescribedPart::Refusals(self.refusals()),
            DocumentRule::RolesNamed => DescribedPart::Roles,
            DocumentRule::NoShadowedField => DescribedPart::NoShadowedField,
            DocumentRule::AnswerDescribed => DescribedPart::Answer,
        };
        DescriptionRequirement {
            about,
            method: operation.method.to_string(),
            path: operation.path.clone(),
            may_be_missing: operation.admin,
        }
    }

    /// The statuses of the refusals, and whether a challenge comes along.
    fn refusals(&self) -> Vec<(u16, bool)> {
        let declared = EVERYBODYS.iter().filter_map(|kind| self.inputs.contract.refusal(*kind));
        let mut all: Vec<_> =
            declared.filter_map(|one| Some((one.status?, one.challenge.is_some()))).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
