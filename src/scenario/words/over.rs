//! The part of the matrix, in words.

use super::{codes, joined};
use crate::contract::{Effect, KeyState};
use crate::scenario::{
    CredentialSelector, DeniedBy, First, OperationFilter, OperationSelector, Over, Selected,
};

/// The part of the matrix that a check covers.
pub(super) fn words(over: &Over) -> String {
    let operations = match &over.operations {
        OperationSelector::Named(Selected::All) => "every operation".to_owned(),
        OperationSelector::Named(Selected::First) => "the first operation".to_owned(),
        OperationSelector::Named(Selected::Named(names)) => format!("the operations {}", codes(names, "and")),
        OperationSelector::Like(filter) => like(filter),
    };
    let environments = match &over.environments {
        Selected::All => "in every environment".to_owned(),
        Selected::First => "in the first environment".to_owned(),
        Selected::Named(names) => format!("in the environments {}", codes(names, "and")),
    };
    let credentials = over.credentials.as_ref().map(|selector| format!(", with {}", keys(selector)));
    format!("{operations}, {environments}{}", credentials.unwrap_or_default())
}

fn like(filter: &OperationFilter) -> String {
    let which = match filter.first_of {
        Some(First::Service) => "of every service the first operation",
        Some(First::All) => "the first operation",
        None => "every operation",
    };
    let clauses = clauses(filter);
    if clauses.is_empty() { which.to_owned() } else { format!("{which} that {}", joined(&clauses, "and")) }
}

fn clauses(filter: &OperationFilter) -> Vec<String> {
    let flag = |set: Option<bool>, yes: &str, no: &str| set.map(|set| if set { yes } else { no }.to_owned());
    let methods = filter.methods.as_ref().map(|methods| format!("has the method {}", codes(methods, "or")));
    let clauses = [
        flag(filter.public, "needs no key", "needs a key"),
        flag(filter.admin, "is meant for the operator alone", "is not meant for the operator alone"),
        methods,
        flag(filter.token_allowed, "a token may use", "a token may not use"),
        flag(filter.mints_tokens, "mints tokens", "mints no tokens"),
        flag(filter.json_body, "has a JSON body", "has no JSON body"),
        filter.effects.as_ref().map(|effects| effect(effects)),
        flag(
            filter.owned,
            "names in its path what an application owns",
            "names in its path nothing that an application owns",
        ),
        flag(filter.carries, "carries calls of other operations", "carries no calls of other operations"),
        flag(
            filter.shares_path,
            "shares its path with an operation of another method",
            "has its path for itself",
        ),
    ];
    clauses.into_iter().flatten().collect()
}

fn effect(effects: &[Effect]) -> String {
    let verb = |effect: &Effect| {
        let verb = match effect {
            Effect::None => "changes nothing",
            Effect::Creates => "creates something",
            Effect::Changes => "changes something",
            Effect::Deletes => "deletes something",
        };
        verb.to_owned()
    };
    joined(&effects.iter().map(verb).collect::<Vec<_>>(), "or")
}

fn keys(selector: &CredentialSelector) -> String {
    let which =
        if selector.first { "the key of the first credential" } else { "the key of every credential" };
    let states = selector.states.as_deref().unwrap_or(&[KeyState::Active]);
    let states: Vec<_> = states.iter().map(|state| state_of(*state).to_owned()).collect();
    let allowed =
        selector.allowed.map(|may| if may { "may use the operation" } else { "may not use the operation" });
    let denied = selector.denied_by.map(|reason| match reason {
        DeniedBy::Service => "has no permission on anything of the service",
        DeniedBy::Operation => "has permissions on the service, but not on the operation",
        DeniedBy::Carried => "may use the operation, but not one that it carries calls of",
        DeniedBy::Environment => "may use the operation, but not in this environment",
    });
    let other = selector.allowed_other_method.map(|may| {
        if may { "may use the path by another method" } else { "may not use the path by another method" }
    });
    let clauses = [allowed, denied, other].into_iter().flatten().map(str::to_owned);
    let clauses: Vec<_> = [format!("is {}", joined(&states, "or"))].into_iter().chain(clauses).collect();
    format!("{which} that {}", joined(&clauses, "and"))
}

/// A key's state, as an adjective.
fn state_of(state: KeyState) -> &'static str {
    match state {
        KeyState::Active => "active",
        KeyState::Expired => "expired",
        KeyState::Revoked => "revoked",
        KeyState::Disabled => "disabled with its application",
        KeyState::NotYetValid => "not yet valid",
    }
}
