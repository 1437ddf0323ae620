//! A contract with everything that it names: request bodies and keys.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::contract::{self, Contract, Keyring};
use crate::document::Source;

use super::check::Kind;
use super::error::Failure;
use super::supply::{self, World};

static REFERENCE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/reference");
static JWT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/jwt");
static BEARER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/bearer");

/// Bytes that one request body may have.
const LONGEST_BODY: u64 = 64 * 1024 * 1024;

/// A contract, its request bodies and its keys.
#[derive(Debug)]
pub(super) struct Bundle {
    /// The file that the contract was read from.
    pub(super) file: String,
    /// The contract.
    pub(super) contract: Contract,
    /// The content of every body file that it names.
    pub(super) bodies: BTreeMap<String, Vec<u8>>,
    /// The keys.
    pub(super) keyring: Keyring,
    /// The folder that file names in the contract are relative to.
    pub(super) folder: PathBuf,
    /// What the contract says of places, and is not used: `--target` names another place.
    pub(super) unused: Vec<&'static str>,
}

impl Bundle {
    /// The contract of the reference server, which is part of the program.
    pub(super) fn reference() -> Result<Self, Failure> {
        Self::embedded(&REFERENCE, "fixtures/reference/lockproof.yaml")
    }

    /// A contract whose key travels as a Bearer token, which is part of the program too.
    pub(super) fn bearer() -> Result<Self, Failure> {
        Self::embedded(&BEARER, "fixtures/bearer/lockproof.yaml")
    }

    /// A contract whose tokens are JWTs, which is part of the program too.
    pub(super) fn jwt() -> Result<Self, Failure> {
        Self::embedded(&JWT, "fixtures/jwt/lockproof.yaml")
    }

    fn embedded(fixture: &Dir<'_>, file: &str) -> Result<Self, Failure> {
        let text = fixture.get_file("lockproof.yaml").and_then(|file| file.contents_utf8());
        let source = Source { name: file.to_owned(), text: text.unwrap_or_default().to_owned() };
        // Its addresses are set by the server that is started for it, not by the environment.
        let contract = read(source, &|_| None)?;
        let embedded = |path: &str| {
            fixture
                .get_file(path)
                .map(|file| file.contents().to_vec())
                .ok_or_else(|| "it is not there".to_owned())
        };
        Self::complete(file.to_owned(), contract, PathBuf::new(), &embedded)
    }

    /// A contract from a file.
    pub(super) fn from_file(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let source = read_source(path)?;
        Kind::Contract.admits(&source)?;
        let contract = read(source, &supply::variable)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let on_disk = |name: &str| read_body(&folder.join(name));
        Self::complete(file, contract, folder.clone(), &on_disk)
    }

    /// What the clients of its backend prove themselves with; nothing where it has none.
    pub(super) fn clients(&self) -> Result<Keyring, Failure> {
        let Some(facing) = self.contract.facing_clients() else { return Ok(Keyring::default()) };
        Keyring::fetch(&facing, &self.folder, &World::default()).map_err(|errors| {
            Failure::Usage(errors.iter().map(|error| format!("{}: {error}", self.file)).collect())
        })
    }

    fn complete(
        file: String,
        contract: Contract,
        folder: PathBuf,
        read: &dyn Fn(&str) -> Result<Vec<u8>, String>,
    ) -> Result<Self, Failure> {
        let mut problems = Vec::new();
        let mut bodies = BTreeMap::new();
        for (id, body) in contract.bodies() {
            match read(body.path()) {
                Ok(bytes) => drop(bodies.insert(body.path().to_owned(), bytes)),
                Err(problem) => problems.push(format!("{file}: body `{}` of `{id}`: {problem}", body.path())),
            }
        }
        let keyring = Keyring::fetch(&contract, &folder, &World::default()).unwrap_or_else(|errors| {
            problems.extend(errors.iter().map(|error| format!("{file}: {error}")));
            Keyring::default()
        });
        if problems.is_empty() {
            Ok(Self { file, contract, bodies, keyring, folder, unused: Vec::new() })
        } else {
            Err(Failure::Usage(problems))
        }
    }
}

/// The text of a document.
pub(super) fn read_source(path: &Path) -> Result<Source, Failure> {
    let name = path.display().to_string();
    let text =
        std::fs::read_to_string(path).map_err(|error| Failure::usage(format!("read {name}: {error}")))?;
    Ok(Source { name, text })
}

fn read(source: Source, variables: &dyn Fn(&str) -> Option<String>) -> Result<Contract, Failure> {
    contract::load(source, variables).map_err(|diagnostics| Failure::Documents(vec![diagnostics]))
}

/// The content of a body file.
pub(super) fn read_body(path: &Path) -> Result<Vec<u8>, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > LONGEST_BODY {
        return Err(format!("it is longer than {LONGEST_BODY} bytes"));
    }
    std::fs::read(path).map_err(|error| error.to_string())
}
