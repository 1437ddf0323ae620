//! Which requests load can send: those that are one request, and good as often as they are sent.

use crate::judge::Requirement;
use crate::plan::{Case, Draft};
use crate::scenario::WhichNode;

/// The request of a case and what is right, or why load cannot send it.
pub(super) fn sendable(case: &Case) -> Result<(&Draft, &Requirement), String> {
    let steps = case.work.as_ref().map_err(Clone::clone)?;
    let [step] = steps.as_slice() else {
        return Err(format!("it takes {} requests, one after the other, and load sends one", steps.len()));
    };
    let draft = &step.draft;
    if let Some(name) = draft.preparations.keys().next() {
        return Err(format!("`{{{name}}}` needs an object that is made first, and load makes none"));
    }
    let beyond = [
        (draft.plaintext, "it would go to the plain address beside the environment's own"),
        (draft.node != WhichNode::First, "it would go to another node than the environment's own"),
        (draft.conversation.is_some(), "load sends no exact bytes"),
        (
            draft.token.is_some() || draft.token_at.is_some(),
            "it carries a token that is minted first, and load mints none",
        ),
    ];
    match beyond.into_iter().find(|(is_so, _)| *is_so) {
        Some((_, why)) => Err(why.to_owned()),
        None => Ok((draft, &step.requirement)),
    }
}
