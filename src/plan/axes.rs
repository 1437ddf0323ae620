//! The axes of the matrix: operations, environments, credentials.

use std::collections::HashSet;
use std::sync::Arc;

use super::permission::{Standing, active_standing, covers, covers_any, standing};
use super::{BoundOperation, Case, Filter};
use crate::contract::{Contract, Credential, KeyState, OperationId, Tokens};
use crate::scenario::{CredentialSelector, DeniedBy, OperationFilter, OperationSelector, Selected};

/// Every operation of a contract, bound to its name.
pub(super) struct Operations {
    /// What the contract says of tokens.
    tokens: Option<Tokens>,
    guarded: Vec<Arc<BoundOperation>>,
    public: Vec<Arc<BoundOperation>>,
}

impl Operations {
    pub(super) fn of(contract: &Contract) -> Self {
        let bound = |id, operation| Arc::new(BoundOperation { id, operation });
        let guarded = contract.operations().map(|(id, operation)| bound(id, operation.clone())).collect();
        let public = contract.public_operations().map(|(id, one)| bound(id, one.as_operation())).collect();
        Self { tokens: contract.tokens.clone(), guarded, public }
    }

    /// The first operation that needs a key.
    pub(super) fn first(&self) -> Option<&Arc<BoundOperation>> {
        self.guarded.first()
    }

    /// The guarded operation of a full name.
    pub(super) fn guarded(&self, id: &str) -> Option<&Arc<BoundOperation>> {
        self.guarded.iter().find(|operation| operation.id.as_str() == id)
    }

    /// The guarded operations of a service, in the order of the contract.
    pub(super) fn guarded_of<'a>(&'a self, service: &str) -> impl Iterator<Item = &'a Arc<BoundOperation>> {
        let service = service.to_owned();
        self.guarded.iter().filter(move |operation| operation.id.service() == service)
    }

    /// The operations that a selector selects, in the order of the contract.
    pub(super) fn selected(&self, selector: &OperationSelector) -> Vec<Arc<BoundOperation>> {
        match selector {
            OperationSelector::Named(Selected::All) => self.guarded.clone(),
            OperationSelector::Named(Selected::First) => self.guarded.first().cloned().into_iter().collect(),
            OperationSelector::Named(Selected::Named(names)) => {
                let chosen = |one: &&Arc<BoundOperation>| names.iter().any(|name| name == one.id.as_str());
                self.guarded.iter().filter(chosen).cloned().collect()
            }
            OperationSelector::Like(filter) => self.like(filter),
        }
    }

    fn like(&self, filter: &OperationFilter) -> Vec<Arc<BoundOperation>> {
        let all = if filter.public == Some(true) { &self.public } else { &self.guarded };
        all.iter().filter(|one| self.is_like(one, filter)).cloned().collect()
    }

    fn is_like(&self, one: &BoundOperation, filter: &OperationFilter) -> bool {
        let operation = &one.operation;
        let json = operation.body.as_ref().is_some_and(|body| body.content_type().contains("json"));
        let owned = operation.parameters.values().any(|parameter| parameter.from.is_some());
        let is = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
        is(filter.json_body, json)
            && is(filter.admin, operation.admin)
            && self.has_to_do_with_tokens(one, filter)
            && is(filter.owned, owned)
            && is(filter.carries, !operation.carries.is_empty())
            && is(filter.shares_path, self.shares_path(one))
            && filter.methods.as_ref().is_none_or(|methods| methods.contains(&operation.method))
            && filter.effects.as_ref().is_none_or(|effects| effects.contains(&operation.effect))
    }

    /// Whether an operation has to do with tokens as a filter wants; where there are none, every one has.
    fn has_to_do_with_tokens(&self, one: &BoundOperation, filter: &OperationFilter) -> bool {
        self.tokens.as_ref().is_none_or(|tokens| {
            let mints = tokens.mint.operation.0 == one.id.as_str();
            filter.mints_tokens.is_none_or(|wanted| wanted == mints)
                && filter.token_allowed.is_none_or(|wanted| wanted == covers_any(&tokens.allows, &one.id))
        })
    }

    /// Whether the path of an operation is also that of another, guarded or not, by another method.
    fn shares_path(&self, one: &BoundOperation) -> bool {
        let open = self.public.iter().filter(|other| other.operation.method != one.operation.method);
        self.siblings(one).next().is_some()
            || open.into_iter().any(|other| other.operation.path == one.operation.path)
    }

    /// The guarded operations of the same path under other methods.
    fn siblings<'a>(&'a self, one: &'a BoundOperation) -> impl Iterator<Item = &'a Arc<BoundOperation>> {
        self.guarded.iter().filter(move |other| {
            other.operation.path == one.operation.path && other.operation.method != one.operation.method
        })
    }

    /// The credentials that a selector makes an axis of, for one operation and environment.
    pub(super) fn credentials<'a>(
        &self,
        contract: &'a Contract,
        selector: &CredentialSelector,
        (operation, environment): (&BoundOperation, &str),
    ) -> Vec<&'a str> {
        let states = selector.states.as_deref().unwrap_or(&[KeyState::Active]);
        let fits = |credential: &Credential| {
            let standing = standing(credential, operation, environment);
            states.contains(&credential.state)
                && selector.allowed.is_none_or(|allowed| allowed == (standing == Standing::Allowed))
                && selector.denied_by.is_none_or(|by| is_denied_by(credential, (operation, environment), by))
                && selector.allowed_other_method.is_none_or(|wanted| {
                    wanted == self.siblings(operation).any(|other| covers(credential, &other.id))
                })
        };
        let all = contract.credentials.iter().filter(|(_, credential)| fits(credential));
        all.map(|(name, _)| name.as_str()).take(if selector.first { 1 } else { usize::MAX }).collect()
    }

    /// The operations in the filter's scope that no case sends anything to.
    pub(super) fn unreached(&self, cases: &[Case], filter: &Filter) -> Vec<OperationId> {
        let reached: HashSet<_> =
            cases.iter().filter(|case| case.applies()).map(|case| case.operation.id.as_str()).collect();
        let in_scope = self.guarded.iter().filter(|operation| filter.covers_service(operation.id.service()));
        in_scope.map(|one| &one.id).filter(|id| !reached.contains(id.as_str())).cloned().collect()
    }
}

fn is_denied_by(credential: &Credential, cell: (&BoundOperation, &str), by: DeniedBy) -> bool {
    let standing = active_standing(credential, cell.0, cell.1);
    match by {
        DeniedBy::Service => standing == Standing::WrongService,
        DeniedBy::Operation => standing == Standing::WrongOperation,
        DeniedBy::Carried => standing == Standing::WrongCarried,
        DeniedBy::Environment => standing == Standing::WrongEnvironment && covers(credential, &cell.0.id),
    }
}
