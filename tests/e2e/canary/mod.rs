//! The canary: random keys, whatever the target does with them and however a run ends. Nothing that the program
//! prints or writes holds one, whole or in part, in any encoding.

mod commands;
mod leaks;
mod search;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

use crate::support::{Keys, Lockproof, Outcome, Small};
pub(crate) use search::Canary;

/// Forty characters that nobody has ever seen, and that look like no word.
fn random_key() -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let length = u64::try_from(ALPHABET.len()).unwrap();
    let source = RandomState::new();
    let character = |at: u64| char::from(ALPHABET[usize::try_from(source.hash_one(at) % length).unwrap()]);
    (0..40).map(character).collect()
}

fn random_keys() -> Keys {
    Keys { full: random_key(), narrow: random_key(), expired: random_key() }
}

/// A run that writes every report there is.
fn run(url: &str, keys: &Keys) -> Lockproof {
    let run = Small::at(url).program(keys).args(&[
        "run",
        "--contract",
        "lockproof.yaml",
        "--timeout",
        "1s",
        "--skip-tag",
        "exact-bytes",
    ]);
    let run = run.args(&["--report", "terminal=page.txt", "--report", "json=results.json"]);
    run.args(&["--report", "junit=reports/junit.xml", "--color", "always"])
}

/// Nothing of any key is anywhere in what the program gave out.
fn is_clean(outcome: &Outcome, keys: &Keys) {
    let mut given_out = vec![
        ("standard output".to_owned(), outcome.stdout.clone().into_bytes()),
        ("standard error".to_owned(), outcome.stderr.clone().into_bytes()),
        ("the command line".to_owned(), outcome.cmdline.clone()),
    ];
    let input = ["lockproof.yaml", "search.json"].map(|name| outcome.folder().join(name));
    for path in outcome.files().into_iter().filter(|path| !input.contains(path)) {
        given_out.push((path.display().to_string(), std::fs::read(&path).unwrap()));
    }
    for key in [&keys.full, &keys.narrow, &keys.expired] {
        let canary = Canary::new(key);
        for (place, bytes) in &given_out {
            if let Some(found) = canary.find(bytes) {
                panic!("{place} holds a key, {found}: {}", String::from_utf8_lossy(bytes));
            }
        }
    }
}
