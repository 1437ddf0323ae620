//! Questions that more than one room asks of a contract.

use std::collections::HashSet;
use std::fmt;

use indexmap::IndexMap;

use super::{
    Acceptance, Body, Carrier, Contract, Effect, Limits, Operation, PublicOperation, Refusal, RefusalKind,
};
use crate::document::HeaderName;

/// The service, in names, of the operations that need no key; no service of a contract is called so.
pub const PUBLIC: &str = "public";

/// An operation's full name: `service.operation`, or `public.<method>-<path>` for what needs no key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(String);

impl OperationId {
    /// The name of an operation of a service.
    pub fn new(service: &str, operation: &str) -> Self {
        Self(format!("{service}.{operation}"))
    }

    /// The name of a public operation, made of its method and path.
    pub fn public(operation: &PublicOperation) -> Self {
        let text = format!("{}{}", operation.method, operation.path).to_lowercase();
        let slug: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        Self::new(PUBLIC, slug.trim_end_matches('-'))
    }

    /// The full name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The service's name.
    pub fn service(&self) -> &str {
        self.0.split_once('.').map_or(&*self.0, |(service, _)| service)
    }

    /// The operation's name within its service.
    pub fn name(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, name)| name)
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Contract {
    /// The operations that need a key, in the order in which they are declared.
    pub fn operations(&self) -> impl Iterator<Item = (OperationId, &Operation)> {
        self.services.iter().flat_map(|(service, body)| {
            let id = move |name: &str| OperationId::new(service.as_str(), name);
            body.operations.iter().map(move |(name, operation)| (id(name.as_str()), operation))
        })
    }

    /// The operations that need no key, in the order in which they are declared. Where two would have one name, the
    /// later one has its number behind it.
    pub fn public_operations(&self) -> impl Iterator<Item = (OperationId, &PublicOperation)> {
        let mut taken = HashSet::new();
        self.public.iter().map(move |operation| {
            let first = OperationId::public(operation);
            let numbered = (2_usize..).map(|number| OperationId(format!("{first}-{number}")));
            let mut names = std::iter::once(first.clone()).chain(numbered);
            let free = names.find(|name| !taken.contains(name)).unwrap_or_else(|| first.clone());
            taken.insert(free.clone());
            (free, operation)
        })
    }

    /// Every body that a request of an operation, or of a backend's route, may need.
    pub fn bodies(&self) -> impl Iterator<Item = (OperationId, &Body)> {
        let of_operations = self.operations().flat_map(|(id, operation)| {
            let other = operation.idempotency.as_ref().and_then(|it| it.other_body.as_ref());
            operation.body.iter().chain(other).map(move |body| (id.clone(), body))
        });
        of_operations.chain(self.backend.iter().flat_map(|backend| backend.bodies()))
    }

    /// The operation of a full name.
    pub fn operation(&self, id: &OperationId) -> Option<&Operation> {
        let service = self.services.iter().find(|(name, _)| name.as_str() == id.service())?.1;
        service.operations.iter().find(|(name, _)| name.as_str() == id.name()).map(|(_, operation)| operation)
    }

    /// How a kind of refusal is recognised, `like` resolved; nothing where the contract does not say.
    pub fn refusal(&self, kind: RefusalKind) -> Option<&Refusal> {
        let mut refusal = self.refusals.get(&kind)?;
        for _ in 0..self.refusals.len() {
            match refusal.like {
                Some(like) => refusal = self.refusals.get(&like)?,
                None => return Some(refusal),
            }
        }
        None
    }
}

impl Carrier {
    /// The header field that carries the key, where one does.
    pub fn field(&self) -> Option<HeaderName> {
        match self {
            Self::Header { name, .. } => Some(name.clone()),
            Self::Cookie(_) => HeaderName::parse("Cookie").ok(),
            Self::Query(_) => None,
        }
    }

    /// The authentication scheme before the key, where there is one.
    pub fn scheme(&self) -> Option<&str> {
        match self {
            Self::Header { scheme, .. } => scheme.as_deref(),
            Self::Query(_) | Self::Cookie(_) => None,
        }
    }
}

impl PublicOperation {
    /// The same thing as an operation, so that one machinery serves both.
    pub fn as_operation(&self) -> Operation {
        let by_status = Acceptance { status: 200, headers: IndexMap::new(), body: IndexMap::new() };
        Operation {
            method: self.method.clone(),
            path: self.path.clone(),
            body: None,
            effect: Effect::None,
            admin: false,
            carries: Vec::new(),
            parameters: IndexMap::new(),
            limits: Limits::default(),
            accepted: self.accepted.clone().unwrap_or(by_status),
            idempotency: None,
        }
    }
}
