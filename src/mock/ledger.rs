//! The operator's own records of what was issued: the keys in clear, and their public ids.
//!
//! A sound edge has no need of them: it knows a key by its digest. They are here because there are edges that
//! compare keys themselves. Nothing here decides anything.

use crate::contract::{Contract, Keyring};

/// What was issued under a contract.
#[derive(Debug)]
pub(crate) struct Ledger {
    keyring: Keyring,
    ids: Vec<(String, String)>,
}

impl Ledger {
    /// The records of a contract and its keys.
    pub(crate) fn new(contract: &Contract, keyring: Keyring) -> Self {
        let id = |(name, credential): (&crate::document::Name, &crate::contract::Credential)| {
            credential.id.as_ref().map(|id| (name.to_string(), id.clone()))
        };
        Self { ids: contract.credentials.iter().filter_map(id).collect(), keyring }
    }

    /// The first key, in the order of the contract, of which something holds.
    pub(crate) fn key(&self, wanted: impl Fn(&str) -> bool) -> Option<&str> {
        self.keyring.iter().map(|(_, key)| key.expose()).find(|key| wanted(key))
    }

    /// The key that a public id stands for.
    pub(crate) fn key_of(&self, id: &str) -> Option<&str> {
        let (name, _) = self.ids.iter().find(|(_, known)| known == id)?;
        self.keyring.key(name).map(crate::contract::Secret::expose)
    }
}
