//! What there is to tell while something is looked into.

use super::checks;

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A key, or something that looks like one.
    Found(Finding),
    /// Something could not be looked into.
    Unread {
        /// What.
        place: Place,
        /// Why, as a fragment of a sentence.
        why: String,
    },
    /// An entry of an archive begins.
    Entry,
    /// So many more bytes were searched.
    Searched(u64),
}

/// A file, and the entry in it, and the entry in that, as they call themselves: hostile text that may hold a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The entries, from the outermost to the innermost.
    pub entries: Vec<String>,
}

impl Place {
    /// A file.
    pub fn of_file(name: String) -> Self {
        Self { file: name, entries: Vec::new() }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// How many bytes of the unfolded entry stand before it.
    pub offset: u64,
    /// What.
    pub what: What,
    /// How it has to be read to be seen, where that is not as it stands.
    pub read: Option<&'static str>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A key of the contract.
    Key {
        /// The credential whose key it is.
        credential: String,
        /// The form in which it appears.
        form: &'static str,
    },
    /// A text that looks like a key, and is none that the contract has.
    Pattern,
}

impl What {
    /// The id of the check that this is a find of.
    pub fn check(&self) -> &'static str {
        match self {
            Self::Key { .. } => checks::KEY,
            Self::Pattern => checks::PATTERN,
        }
    }
}
