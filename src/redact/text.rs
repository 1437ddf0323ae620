//! Text that holds no key.

use std::fmt::{self, Write as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Text that holds no key, in no encoding.
///
/// Only a [`Redactor`](super::Redactor) makes one of text that is known at run time. Reading a results file is
/// the one exception: what stands there was redacted when it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Redacted(String);

impl Redacted {
    /// Words of our own, written in the program: no key is known when it is compiled.
    pub fn fixed(words: &'static str) -> Self {
        Self(words.to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, cut behind at most this many bytes. What is cut here was redacted whole.
    #[must_use]
    pub fn truncated(mut self, most: usize) -> Self {
        let end = self.0.floor_char_boundary(most);
        if end < self.0.len() {
            self.0.truncate(end);
            // A run keeps thousands of these: what was cut is not to stay behind it.
            self.0.shrink_to_fit();
        }
        self
    }

    /// Text that the redactor has been through.
    pub(super) fn clean(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Appends bytes as text, what is not UTF-8 as `\xNN`.
pub(super) fn push_bytes(text: &mut String, bytes: &[u8]) {
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
}
