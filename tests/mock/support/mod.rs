//! What the tests of the reference server share: the reference contract, its keys, and a client that sends
//! bytes as they are.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

pub(crate) mod client;

use std::path::{Path, PathBuf};

use lockproof::contract::{self, Contract, KeySupply, Keyring};
use lockproof::document::Source;
use lockproof::mock::{self, Config, Running};

/// The key of a credential of the reference contract that may use everything but the operator's work.
pub(crate) const FULL: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

/// The folder of the reference contract.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reference")
}

/// The reference contract.
pub(crate) fn reference() -> Contract {
    let name = "fixtures/reference/lockproof.yaml".to_owned();
    let text = std::fs::read_to_string(folder().join("lockproof.yaml")).unwrap();
    contract::load(Source { name, text }, &|_| None).unwrap()
}

/// A contract from its document.
pub(crate) fn contract(document: serde_json::Value) -> Contract {
    serde_json::from_value(document).unwrap()
}

/// A request body of the reference contract.
pub(crate) fn body(name: &str) -> String {
    std::fs::read_to_string(folder().join("requests").join(format!("{name}.json"))).unwrap()
}

/// The key of a credential of a contract whose keys are fixtures.
pub(crate) fn key(contract: &Contract, credential: &str) -> String {
    keyring(contract).key(credential).unwrap().expose().to_owned()
}

/// The keys of a contract whose keys are fixtures.
pub(crate) fn keyring(contract: &Contract) -> Keyring {
    Keyring::fetch(contract, &folder(), &OnlyFixtures).unwrap()
}

/// A configuration for a contract whose keys are fixtures.
pub(crate) fn config(contract: Contract) -> Config {
    let keyring = keyring(&contract);
    Config { control: true, ..Config::new(contract, keyring) }
}

/// The sound reference server.
pub(crate) async fn server() -> Running {
    Box::pin(mock::start(config(reference()))).await.unwrap()
}

/// The reference server with one defect.
pub(crate) async fn broken(defect: &str) -> Running {
    let defects = vec![mock::defects::find(defect).unwrap()];
    Box::pin(mock::start(Config { defects, ..config(reference()) })).await.unwrap()
}

struct OnlyFixtures;

impl KeySupply for OnlyFixtures {
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _path: &Path) -> Result<String, String> {
        Err("there are no files".to_owned())
    }

    fn stdin(&self, _label: &str) -> Option<String> {
        None
    }
}
