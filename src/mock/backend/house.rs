//! What the backend knows: its routes, its clients, and the key.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::BackendConfig;
use crate::contract::{Authentication, Carrier, Contract, Cors, Grant, Secret};
use crate::mock::config::MockError;
use crate::mock::edge::{Denial, Rendering, render};
use crate::mock::message::Answer;

/// Everything that the stages may look at.
#[derive(Debug)]
pub(crate) struct House {
    /// The routes, in the order of the contract.
    pub(crate) routes: Vec<Way>,
    /// The clients, by what they prove themselves with.
    pub(crate) clients: BTreeMap<String, Arc<Client>>,
    /// Where a client's proof is.
    pub(crate) carrier: Carrier,
    /// The key for the platform.
    pub(crate) key: Secret,
    /// Where the platform takes its keys.
    pub(crate) authentication: Authentication,
    /// Host and port of the platform.
    pub(crate) platform: String,
    /// Which pages may call it.
    pub(crate) cors: Option<Cors>,
    rendering: Rendering,
}

/// A route, and the operation that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    /// Its full name.
    pub(crate) id: String,
    /// Its method.
    pub(crate) method: http::Method,
    /// Its path; `{name}` stands for a parameter.
    pub(crate) path: String,
    /// The method of the operation.
    pub(crate) onward_method: String,
    /// The path of the operation.
    pub(crate) onward_path: String,
    /// The media type of its body, where it has one.
    pub(crate) media_type: Option<String>,
}

/// A client.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// The routes that are its own.
    pub(crate) allows: Vec<Grant>,
}

/// A route that was found.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The route.
    pub(crate) way: Way,
    /// The parameters of the path, as they were sent.
    pub(crate) parameters: Vec<(String, String)>,
    /// What stands behind the path of the route: nothing, where the backend is sound.
    pub(crate) rest: String,
}

impl House {
    /// Prepares a backend.
    ///
    /// # Errors
    /// A contract without a backend or without its key, and a refusal that cannot be produced.
    pub(super) fn new(config: &BackendConfig) -> Result<Self, MockError> {
        let contract = &config.contract;
        let (Some(backend), Some(facing)) = (&contract.backend, contract.facing_clients()) else {
            return Err(MockError::NoBackend);
        };
        let proof = |name: &str| config.keyring.key(name).map(|key| key.expose().to_owned());
        let clients = facing.credentials.iter().filter_map(|(name, client)| {
            Some((proof(name.as_str())?, Arc::new(Client { allows: client.allows.clone() })))
        });
        let key = config.keyring.key(backend.credential.as_str()).cloned();
        Ok(Self {
            routes: ways(&facing),
            clients: clients.collect(),
            carrier: backend.carrier.clone(),
            key: key.ok_or(MockError::NoBackend)?,
            authentication: contract.authentication.clone(),
            platform: config.platform.trim_start_matches("http://").trim_end_matches('/').to_owned(),
            cors: backend.cors.clone(),
            rendering: Rendering::new(&facing)?,
        })
    }

    /// How a denial looks.
    pub(crate) fn refusal(&self, denial: &Denial) -> Answer {
        render(&self.rendering, denial, None)
    }
}

fn ways(facing: &Contract) -> Vec<Way> {
    let behind = facing.behind.as_deref();
    let way = |(id, route): (crate::contract::OperationId, &crate::contract::Operation)| {
        let (_, operation) = behind?.operation_of(&id)?;
        Some(Way {
            id: id.to_string(),
            method: route.method.http().clone(),
            path: route.path.clone(),
            onward_method: operation.method.to_string(),
            onward_path: operation.path.clone(),
            media_type: route.body.as_ref().map(|body| body.content_type().to_owned()),
        })
    };
    facing.operations().filter_map(way).collect()
}
