//! A key, as a type that cannot be shown.

use std::fmt;

use zeroize::Zeroizing;

/// A key.
///
/// It cannot be printed, serialised or compared by accident: there is no `Display`, no `Serialize`, no
/// `PartialEq`, and `Debug` shows nothing of it. [`Secret::expose`] is the one way to its text, and is easy to
/// search for. The text is overwritten when it is dropped; copies in a socket's buffers are out of reach.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a key's text into custody.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The key's text, for the wire and for the redactor alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(****)")
    }
}
