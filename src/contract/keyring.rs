//! The keys themselves, fetched from where the contract says that they are.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::IndexMap;

use super::{Contract, KeySource, SIGNING_KEY, Secret};

/// The shortest key that can be taken: the redactor removes every trace of a key from every report, and a
/// shorter text would take half of the report with it.
pub const SHORTEST_KEY: usize = 16;

/// The longest key that can be taken: far longer than any, and short enough to be found wherever a text is cut for the
/// search.
const LONGEST_KEY: usize = 1024;

/// Where keys come from: the one thing of the outside world that a keyring needs.
pub trait KeySupply {
    /// The value of an environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// The content of a file that only its owner may read.
    ///
    /// # Errors
    /// Why it cannot be read, as a fragment of a sentence.
    fn file(&self, path: &Path) -> Result<String, String>;
    /// The value of a label on standard input.
    fn stdin(&self, label: &str) -> Option<String>;
}

/// Every key of a contract, by the name of its credential.
#[derive(Clone, Debug, Default)]
pub struct Keyring {
    /// Shared by every copy until a key is added to one: each attempt at a case has a copy, and few of them add any.
    keys: Arc<IndexMap<String, Secret>>,
}

/// A key that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The credential that lacks its key.
    pub credential: String,
    /// What is wrong and what to do, never with a part of the key.
    pub problem: String,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "credential `{}`: {}", self.credential, self.problem)
    }
}

impl Contract {
    /// Where each key comes from, by the name of its credential; the one that signs tokens is one of them.
    pub fn key_sources(&self) -> impl Iterator<Item = (&str, &KeySource)> {
        let signing = self.tokens.as_ref().and_then(|tokens| tokens.jwt.as_ref()?.signing_key.as_ref());
        let credentials = self.credentials.iter().map(|(name, credential)| (name.as_str(), &credential.key));
        credentials.chain(signing.map(|source| (SIGNING_KEY, source)))
    }
}

impl Keyring {
    /// Fetches every key of a contract; `folder` is the contract's own.
    ///
    /// # Errors
    /// All the keys that cannot be had, not only the first.
    pub fn fetch(contract: &Contract, folder: &Path, supply: &dyn KeySupply) -> Result<Self, Vec<KeyError>> {
        let mut keys: IndexMap<String, Secret> = IndexMap::new();
        let mut errors = Vec::new();
        for (name, source) in contract.key_sources() {
            let fetched = fetch_key(source, folder, supply).and_then(check_key);
            match fetched {
                Ok(key) => {
                    errors.extend(same_key(&keys, (name, &key)));
                    keys.insert(name.to_owned(), Secret::new(key));
                }
                Err(problem) => errors.push(KeyError { credential: name.to_owned(), problem }),
            }
        }
        if errors.is_empty() { Ok(Self { keys: Arc::new(keys) }) } else { Err(errors) }
    }

    /// Adds a key that came to be during a run.
    ///
    /// # Errors
    /// Why it cannot be taken, never with a part of it.
    pub fn add(&mut self, credential: &str, key: Secret) -> Result<(), KeyError> {
        let refused = |problem| KeyError { credential: credential.to_owned(), problem };
        check_text(key.expose()).map_err(refused)?;
        Arc::make_mut(&mut self.keys).insert(credential.to_owned(), key);
        Ok(())
    }

    /// The same keyring, and the keys of another beside its own.
    #[must_use]
    pub fn with(mut self, other: &Self) -> Self {
        let others = other.keys.iter().map(|(name, key)| (name.clone(), key.clone()));
        Arc::make_mut(&mut self.keys).extend(others);
        self
    }

    /// The key of a credential.
    pub fn key(&self, credential: &str) -> Option<&Secret> {
        self.keys.get(credential)
    }

    /// Every credential's name with its key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.keys.iter().map(|(name, key)| (name.as_str(), key))
    }
}

/// One key from two sources: whatever the permissions of the two credentials say, they are one.
fn same_key(keys: &IndexMap<String, Secret>, (name, key): (&str, &str)) -> Option<KeyError> {
    let (first, _) = keys.iter().find(|(_, known)| known.expose() == key)?;
    let problem = format!("its key is that of the credential `{first}` too; give each a key of its own");
    Some(KeyError { credential: name.to_owned(), problem })
}

fn fetch_key(source: &KeySource, folder: &Path, supply: &dyn KeySupply) -> Result<String, String> {
    match source {
        KeySource::Env(name) => supply
            .variable(name)
            .ok_or_else(|| format!("the environment variable {} is not set; set it to the key", shown(name))),
        KeySource::File(name) => {
            let path: PathBuf = folder.join(name);
            let unnamed = |problem| if could_be_a_key(name) { NOT_A_FILE.to_owned() } else { problem };
            let text = supply.file(&path).map_err(unnamed)?;
            let text = text.strip_suffix('\n').unwrap_or(&text);
            Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
        }
        KeySource::Stdin(label) => supply
            .stdin(label)
            .ok_or_else(|| format!("standard input has no line `{}=...`; give the key there", shown(label))),
        KeySource::Fixture(key) => Ok(key.clone()),
    }
}

/// What is said of a file whose name is not shown.
const NOT_A_FILE: &str = "the file cannot be read; its name is not shown, because it could be a key";

/// A name as a message may show it: somebody may have written the key itself where its name belongs.
fn shown(name: &str) -> &str {
    if could_be_a_key(name) { "(not shown: it could be a key)" } else { name }
}

/// Names are made of words, and keys are not.
fn could_be_a_key(name: &str) -> bool {
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| word.len() >= SHORTEST_KEY) || name.chars().filter(char::is_ascii_digit).count() > 6
}

/// Takes a key only if it can be sent in a header as it is, and can be kept out of every report.
fn check_key(key: String) -> Result<String, String> {
    check_text(&key).map(|()| key)
}

fn check_text(key: &str) -> Result<(), String> {
    if key.is_empty() {
        return Err("the key is empty".to_owned());
    }
    if key.len() < SHORTEST_KEY {
        return Err(format!(
            "the key is shorter than {SHORTEST_KEY} characters: too short to keep out of reports"
        ));
    }
    if key.len() > LONGEST_KEY {
        return Err(format!("the key is longer than {LONGEST_KEY} characters: no header takes such a key"));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("the key holds a space, a line break or a character outside ASCII".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;
    use crate::document::Source;

    /// Every variable holds a key, and two of them the same.
    struct Variables;

    impl KeySupply for Variables {
        fn variable(&self, name: &str) -> Option<String> {
            let key = if name == "THIRD" { "one-key-of-its-own-1" } else { "one-key-for-them-all" };
            Some(key.to_owned())
        }

        fn file(&self, _: &Path) -> Result<String, String> {
            Err("there are no files".to_owned())
        }

        fn stdin(&self, _: &str) -> Option<String> {
            None
        }
    }

    #[test]
    fn two_credentials_of_one_key_are_both_named_and_the_key_is_not() {
        let text = "lockproof: 1\napi: a\nenvironments: { e: { base_url: 'http://h' } }\n\
                    authentication: { carrier: { header: K } }\nservices: { s: { operations: { o: { method: GET, \
                    path: /o, accepted: { status: 200 } } } } }\ncredentials:\n  first: { key: { env: FIRST } }\n  \
                    second: { key: { env: SECOND } }\n  third: { key: { env: THIRD } }\nrefusals: { missing: { \
                    status: 401 }, invalid: { status: 401 }, insufficient: { status: 403 } }\n";
        let source = Source { name: "lockproof.yaml".to_owned(), text: text.to_owned() };
        let contract = contract::load(source, &|_| None).unwrap();
        let errors = Keyring::fetch(&contract, Path::new(""), &Variables).unwrap_err();
        let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
        let expected =
            "credential `second`: its key is that of the credential `first` too; give each a key of its own";
        assert_eq!(said, [expected]);
    }
}
