//! Every form in which a key can appear: found for the judge, removed for everything after it.
//!
//! One engine gives both products: what it finds in an answer is a leak, and what it finds in a report is
//! replaced. Text becomes [`Redacted`] here and nowhere else. Text is redacted first and shortened after: a
//! key that is cut in two would be found in neither half.
//!
//! This room must never print, log or return a part of a key.

mod engine;
mod escape;
mod form;
mod index;
mod key;
mod lists;
mod sieve;
mod tables;
mod text;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use crate::contract::{Keyring, Secret};
use tables::Tables;

pub use sieve::Sieve;
pub use text::Redacted;

/// A trace of a key in some text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The credential whose key it is.
    pub credential: String,
    /// The form in which it appears: `as it is`, `in part`, `in base64`, `percent-encoded`, ...
    pub form: &'static str,
    /// Where, in bytes.
    pub at: std::ops::Range<usize>,
}

/// Finds and removes every trace of a set of keys.
///
/// A copy shares its tables with the original: a key that is added to one is found by all. The tables hold the keys in
/// other forms: they are no safer in memory than the keys themselves, and `Debug` shows nothing of them.
#[derive(Clone, Default)]
pub struct Redactor {
    tables: Arc<RwLock<Tables>>,
}

impl Redactor {
    /// Prepares for every key of a keyring.
    pub fn new(keys: &Keyring) -> Self {
        let keys: Vec<_> = keys.iter().map(|(name, key)| (name, key.expose())).collect();
        Self::of(&keys)
    }

    /// Adds a key that came to be during a run, for every copy of this redactor. Whatever is redacted from then on is
    /// clean of it.
    pub fn add(&self, credential: &str, key: &Secret) {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        tables.add(credential, key.expose());
    }

    /// Every trace of every key: in the order of the text, none overlapping another.
    ///
    /// Where forms overlap, the trace spans them all and is called after the longest.
    pub fn find(&self, text: &[u8]) -> Vec<Trace> {
        let tables = self.tables();
        let traces = tables.find(text).into_iter();
        traces
            .map(|hit| Trace {
                credential: tables.owner(hit.key).credential.clone(),
                form: hit.form,
                at: hit.at,
            })
            .collect()
    }

    /// The same search, for many megabytes: of the keys that are known now.
    pub fn sieve(&self) -> Sieve {
        Sieve::new(self.clone())
    }

    /// The text with every trace replaced by `[KEY:credential]`.
    pub fn redact(&self, text: &str) -> Redacted {
        self.redact_bytes(text.as_bytes())
    }

    /// Bytes as text, with every trace replaced and what is not UTF-8 written as `\xNN`.
    ///
    /// Control characters stay: what is harmful depends on the medium, and is escaped where a report is made.
    pub fn redact_bytes(&self, bytes: &[u8]) -> Redacted {
        let mut clean = String::with_capacity(bytes.len());
        let mut from = 0;
        let tables = self.tables();
        for hit in tables.find(bytes) {
            text::push_bytes(&mut clean, bytes.get(from..hit.at.start).unwrap_or_default());
            clean.push_str(&tables.owner(hit.key).replacement);
            from = hit.at.end;
        }
        text::push_bytes(&mut clean, bytes.get(from..).unwrap_or_default());
        Redacted::clean(clean)
    }

    /// Prepares for one text that was sent in the place of a key, and is nobody's.
    pub fn of_text(name: &str, text: &str) -> Self {
        Self::of(&[(name, text)])
    }

    /// Prepares for keys by the names of their credentials.
    fn of(keys: &[(&str, &str)]) -> Self {
        Self { tables: Arc::new(RwLock::new(Tables::of(keys))) }
    }

    fn tables(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redactor({} keys)", self.tables().keys())
    }
}
