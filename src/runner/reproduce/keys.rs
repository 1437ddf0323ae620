//! The variables that stand for keys, and the texts that they stand for.

use std::fmt::Write as _;

use super::forged;
use crate::contract::{Contract, KeySource};
use crate::plan::{Dice, Draft, DraftKey, Public, forge};
use crate::scenario::KeyTwist;

use super::super::Job;

/// Shorter texts than that show nothing of the key that they are made of.
const SHORTEST: usize = 8;

/// Every text that must not be shown.
pub(super) struct Keys {
    /// The longest first.
    known: Vec<Known>,
    /// What makes a changed key of a real one.
    assignments: String,
}

struct Known {
    text: String,
    variable: String,
}

/// A part of some bytes.
pub(super) enum Piece<'a> {
    /// What can be shown.
    Plain(&'a [u8]),
    /// The variable that holds what cannot.
    Key(&'a str),
}

impl Keys {
    /// All keys of a run, and those that were made for one request.
    pub(super) fn of(draft: &Draft, job: &Job) -> Self {
        let mut keys = Self { known: Vec::new(), assignments: String::new() };
        for (credential, key) in job.keyring.iter() {
            keys.add(key.expose().to_owned(), variable(credential, &job.contract));
        }
        let others = draft.conversation.iter().flat_map(|said| said.keys.values().flatten());
        let second = draft.second.as_ref().map(|(key, _)| key);
        let drafted = draft.key.iter().chain(second).chain(others);
        for (number, key) in (1..).zip(drafted.filter(|key| is_forged(key))) {
            keys.forge(key, number, job);
        }
        keys.known.sort_by_key(|known| std::cmp::Reverse(known.text.len()));
        keys
    }

    fn add(&mut self, text: String, variable: String) {
        if text.len() >= SHORTEST {
            self.known.push(Known { text, variable });
        }
    }

    fn forge(&mut self, key: &DraftKey, number: usize, job: &Job) {
        let (Some(secret), Some(twist)) = (job.keyring.key(&key.credential), &key.twist) else { return };
        let KeyTwist::Transform(changes) = twist else { return };
        // No dice are thrown for what is made of a key.
        let public = Public { id: key.id.as_deref(), part: key.public_part.as_ref() };
        let text = forge(secret.expose(), public, twist, &mut Dice::new(0, ""));
        if text.len() < SHORTEST || self.known.iter().any(|known| known.text == text) {
            return;
        }
        let name =
            if number == 1 { "LOCKPROOF_FORGED".to_owned() } else { format!("LOCKPROOF_FORGED_{number}") };
        let made = forged::expression(&variable(&key.credential, &job.contract), changes);
        write!(self.assignments, "{name}={made}; ").ok();
        self.add(text, name);
    }

    /// What must come before the command.
    pub(super) fn assignments(&self) -> &str {
        &self.assignments
    }

    /// Bytes, cut where a key begins or ends.
    pub(super) fn split<'a>(&'a self, bytes: &'a [u8]) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        let (mut from, mut at) = (0, 0);
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(known) = self.known.iter().find(|known| rest.starts_with(known.text.as_bytes())) else {
                at += 1;
                continue;
            };
            pieces.extend(bytes.get(from..at).filter(|plain| !plain.is_empty()).map(Piece::Plain));
            pieces.push(Piece::Key(&known.variable));
            at += known.text.len();
            from = at;
        }
        pieces.extend(bytes.get(from..).filter(|plain| !plain.is_empty()).map(Piece::Plain));
        pieces
    }

    /// Keys for tests, the longest last.
    #[cfg(test)]
    pub(super) fn sample(known: &[(&str, &str)]) -> Self {
        let one = |(text, variable): &(&str, &str)| Known {
            text: (*text).to_owned(),
            variable: (*variable).to_owned(),
        };
        Self { known: known.iter().rev().map(one).collect(), assignments: String::new() }
    }
}

/// Whether a key was changed beyond putting something before or behind it.
fn is_forged(key: &DraftKey) -> bool {
    matches!(&key.twist, Some(KeyTwist::Transform(changes)) if !forged::is_around(changes))
}

/// The variable that the contract takes the key from, so that the command works where `lockproof` does; one made
/// of the credential's name where the key comes from elsewhere.
fn variable(credential: &str, contract: &Contract) -> String {
    let found = contract.credentials.iter().find(|(name, _)| name.as_str() == credential);
    match found.map(|(_, credential)| &credential.key) {
        Some(KeySource::Env(name)) if is_variable(name) => name.clone(),
        _ => {
            let upper = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
            format!("LOCKPROOF_KEY_{}", credential.chars().map(upper).collect::<String>())
        }
    }
}

/// Whether a shell reads `$name` as this variable and nothing else.
fn is_variable(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_a_shell_would_not_read_is_not_used() {
        assert!(is_variable("LOCKPROOF_KEY_FULL"));
        assert!(!is_variable("1KEY") && !is_variable("KEY-A") && !is_variable("A B"));
    }
}
