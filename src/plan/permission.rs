//! What the contract implies for a credential, an operation and an environment.

use crate::contract::{Contract, Credential, Grant, KeyState, OperationId, RefusalKind};
use crate::plan::BoundOperation;

/// Where a credential stands before an operation in an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may.
    Allowed,
    /// Its key does not work at all.
    Dead(KeyState),
    /// Its key is not for this environment.
    WrongEnvironment,
    /// It has no permission on anything of the service.
    WrongService,
    /// It has permissions on the service, but not this one.
    WrongOperation,
    /// It has permission on the operation, but not on one that this carries calls of.
    WrongCarried,
}

impl Standing {
    /// The refusal that the contract implies, or nothing for an acceptance.
    pub fn refusal(self) -> Option<RefusalKind> {
        match self {
            Self::Allowed | Self::Dead(KeyState::Active) => None,
            Self::Dead(KeyState::Expired) => Some(RefusalKind::Expired),
            Self::Dead(KeyState::Revoked) => Some(RefusalKind::Revoked),
            Self::Dead(KeyState::Disabled) => Some(RefusalKind::Disabled),
            Self::Dead(KeyState::NotYetValid) => Some(RefusalKind::NotYetValid),
            Self::WrongEnvironment => Some(RefusalKind::WrongEnvironment),
            Self::WrongService | Self::WrongOperation | Self::WrongCarried => Some(RefusalKind::Insufficient),
        }
    }
}

/// What the contract implies: first whether the key works, then where, then for what.
pub fn standing(credential: &Credential, operation: &BoundOperation, environment: &str) -> Standing {
    if credential.state == KeyState::Active {
        return active_standing(credential, operation, environment);
    }
    Standing::Dead(credential.state)
}

/// The same as if the key worked: what a dead key could do when it was alive.
pub(super) fn active_standing(
    credential: &Credential,
    operation: &BoundOperation,
    environment: &str,
) -> Standing {
    let elsewhere = credential
        .environments
        .as_ref()
        .is_some_and(|names| !names.iter().any(|n| n.as_str() == environment));
    if elsewhere {
        return Standing::WrongEnvironment;
    }
    if covers(credential, &operation.id) {
        let carried = operation.operation.carries.iter().map(Grant::parts);
        let all = carried.into_iter().all(|(service, name)| covers_named(&credential.allows, service, name));
        return if all { Standing::Allowed } else { Standing::WrongCarried };
    }
    let touches = credential.allows.iter().any(|grant| grant.parts().0 == operation.id.service());
    if touches { Standing::WrongOperation } else { Standing::WrongService }
}

/// Whether a credential was granted an operation, whatever its state and environment.
pub(super) fn covers(credential: &Credential, operation: &OperationId) -> bool {
    covers_any(&credential.allows, operation)
}

/// Whether some permissions cover an operation.
pub(super) fn covers_any(allows: &[Grant], operation: &OperationId) -> bool {
    covers_named(allows, operation.service(), Some(operation.name()))
}

/// The same for an operation of a service, by their names.
fn covers_named(allows: &[Grant], service: &str, operation: Option<&str>) -> bool {
    allows.iter().any(|grant| {
        let (granted, name) = grant.parts();
        granted == service && (name.is_none() || name == operation)
    })
}

/// The application that a credential identifies.
pub(super) fn application<'a>(contract: &'a Contract, credential: &'a str) -> &'a str {
    let found = contract.credentials.iter().find(|(name, _)| name.as_str() == credential);
    found.and_then(|(_, credential)| credential.application.as_ref()).map_or(credential, |name| name.as_str())
}
