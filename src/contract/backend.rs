//! A backend between clients and the platform: it holds the key, so that no client has to.

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Acceptance, Authentication, Body, Carrier, Contract, Control, Cors, Credential, Documents, Effect,
    Environment, Grant, Limits, Operation, OperationId, Parameter, Policy, Refusal, RefusalKind, Service,
    Snapshots, Tls, Volatile,
};
use crate::document::{Method, Name};

/// What the routes are called as a service: `backend.ROUTE`.
const SERVICE: &str = "backend";

/// A backend between clients and the platform. Clients prove to it who they are, and it calls the platform for them with
/// a key that they never see.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// Where it runs; `lockproof between --backend URL` says otherwise.
    #[schemars(extend("format" = "base-url"))]
    pub base_url: String,
    /// The environment whose platform it calls.
    pub environment: Name,
    /// The credential whose key it calls the platform with.
    pub credential: Name,
    /// Where a client's request carries what proves who it is: a session, a token.
    pub carrier: Carrier,
    /// The clients that we play, each with what proves who it is. `allows` names routes, as `backend.ROUTE`, or `backend`
    /// for all of them.
    #[schemars(extend("minProperties" = 1))]
    pub clients: IndexMap<Name, Credential>,
    /// What clients may call, and which operation of the platform each call is for.
    #[schemars(extend("minProperties" = 1))]
    pub routes: IndexMap<Name, Route>,
    /// Which pages may call it from a browser; without it, none.
    #[serde(default)]
    pub cors: Option<Cors>,
    /// How the backend refuses a client: `missing` without a proof, `invalid` with a wrong one, `insufficient` where the
    /// route is not the client's.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "$ref": "#/$defs/RefusalKind" }))]
    pub refusals: IndexMap<RefusalKind, Refusal>,
}

/// One thing that clients may ask of a backend.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The request method.
    pub method: Method,
    /// The path behind the base URL; `{name}` stands for a parameter, which the platform's path has too.
    #[schemars(extend("format" = "path-template"))]
    pub path: String,
    /// The operation of the platform that it is for, as `service.operation`: the only one that it may lead to.
    #[serde(rename = "for")]
    pub operation: Grant,
    /// The body of a sound request.
    #[serde(default)]
    pub body: Option<Body>,
    /// What stands for the parameters of the path.
    #[serde(default)]
    pub parameters: IndexMap<Name, Parameter>,
    /// How an acceptance is recognised.
    pub accepted: Acceptance,
}

/// What is behind what clients see of a backend.
#[derive(Clone, Debug)]
pub struct Behind {
    /// The backend.
    pub backend: Backend,
    /// The contract of the platform.
    pub platform: Contract,
}

impl Backend {
    /// The body of every route.
    pub(super) fn bodies(&self) -> impl Iterator<Item = (OperationId, &Body)> {
        let id = |name: &Name| OperationId::new(SERVICE, name.as_str());
        self.routes.iter().filter_map(move |(name, route)| Some((id(name), route.body.as_ref()?)))
    }

    /// What clients see of it, as a contract of its own: its routes are the operations, its clients the credentials.
    fn facing(&self, platform: &Contract) -> Contract {
        let environment = Environment {
            base_url: self.base_url.clone(),
            plaintext_url: None,
            nodes: Vec::new(),
            protected: false,
            tls: Tls::default(),
        };
        let operations = self.routes.iter().map(|(name, route)| (name.clone(), route.facing(platform)));
        let service = Service { operations: operations.collect() };
        let behind = Behind { backend: self.clone(), platform: platform.clone() };
        Contract {
            lockproof: platform.lockproof,
            api: format!("{}: a backend in between", platform.api),
            environments: [(self.environment.clone(), environment)].into(),
            authentication: Authentication { carrier: self.carrier.clone(), key_pattern: None, key_id: None },
            services: Name::parse(SERVICE).into_iter().map(|name| (name, service.clone())).collect(),
            credentials: self.clients.clone(),
            refusals: self.refusals.clone(),
            policy: Policy::default(),
            public: Vec::new(),
            volatile: Volatile::default(),
            snapshots: Snapshots::default(),
            cors: self.cors.clone(),
            documents: Documents::default(),
            tokens: None,
            backend: None,
            control: Box::<Control>::default(),
            behind: Some(Arc::new(behind)),
        }
    }
}

impl Route {
    /// The route as an operation: it changes what the operation behind it changes.
    fn facing(&self, platform: &Contract) -> Operation {
        let behind = platform.operations().find(|(id, _)| id.as_str() == self.operation.0);
        Operation {
            method: self.method.clone(),
            path: self.path.clone(),
            body: self.body.clone(),
            effect: behind.map_or(Effect::None, |(_, operation)| operation.effect),
            admin: false,
            carries: Vec::new(),
            parameters: self.parameters.clone(),
            limits: Limits::default(),
            accepted: self.accepted.clone(),
            idempotency: None,
        }
    }
}

impl Contract {
    /// What clients see of the backend in between, where the contract has one.
    pub fn facing_clients(&self) -> Option<Self> {
        self.backend.as_ref().map(|backend| backend.facing(self))
    }
}

impl Behind {
    /// The operation of the platform that a route is for.
    pub fn operation_of(&self, route: &OperationId) -> Option<(OperationId, &Operation)> {
        let (_, route) = self.backend.routes.iter().find(|(name, _)| name.as_str() == route.name())?;
        self.platform.operations().find(|(id, _)| id.as_str() == route.operation.0)
    }

    /// What checks may fill into the requests of a route: `unrouted`, the path of an operation of the platform that no
    /// route is for, of the same method where there is one; `platform-field`, the field in which the platform takes keys.
    pub fn names(&self, route: &OperationId) -> BTreeMap<&'static str, String> {
        let method = self.operation_of(route).map(|(_, operation)| &operation.method);
        let routed = |id: &OperationId| self.backend.routes.values().any(|it| it.operation.0 == id.as_str());
        let free =
            || self.platform.operations().filter(|(id, _)| !routed(id)).map(|(_, operation)| operation);
        let unrouted = free().find(|operation| Some(&operation.method) == method).or_else(|| free().next());
        let unrouted = unrouted.map(|operation| {
            let fill = |path: String, (name, parameter): (&Name, &Parameter)| {
                path.replace(&format!("{{{name}}}"), &parameter.example)
            };
            ("unrouted", operation.parameters.iter().fold(operation.path.clone(), fill))
        });
        let field = self.platform.authentication.carrier.field();
        unrouted.into_iter().chain(field.map(|field| ("platform-field", field.to_string()))).collect()
    }
}
