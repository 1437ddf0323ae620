//! What ships: keys planted in files of every kind, hostile archives, and how the verb speaks to those who use it.

mod build;
mod history;
mod hostile;
mod planted;
mod verb;

use serde_json::Value;

use crate::support::{Keys, Lockproof, Outcome, Small};

/// `lockproof scan` with the keys of the small contract, and what a key looks like.
fn scan(arguments: &[&str]) -> Lockproof {
    let carrier = "carrier: { header: X-API-Key }";
    let pattern = format!("{carrier}, key_pattern: '^tst_[A-Za-z0-9]{{32}}$'");
    let contract = Small::at("http://127.0.0.1:1").text().replace(carrier, &pattern);
    let program = Small::at("http://127.0.0.1:1").program(&Keys::default());
    program.file("lockproof.yaml", contract).args(&["scan"]).args(arguments)
}

/// The key that is planted.
fn key() -> String {
    Keys::default().full
}

/// The result that was written to standard output.
fn result(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.stdout).unwrap_or_else(|error| panic!("{error}: {outcome}"))
}

/// The place of a finding or of what was not looked into.
fn place(one: &Value) -> String {
    let entries = one["entries"].as_array().unwrap().iter().map(|entry| entry.as_str().unwrap());
    [one["file"].as_str().unwrap()].into_iter().chain(entries).collect::<Vec<_>>().join("!/")
}

/// No report and no message holds the key, nor a piece of it.
fn silent(outcome: &Outcome) {
    let said = [&outcome.stdout, &outcome.stderr].map(|text| text.to_lowercase());
    for start in 4..key().len() - 8 {
        let piece = key()[start..start + 8].to_lowercase();
        assert!(!said.iter().any(|text| text.contains(&piece)), "{outcome}");
    }
}
