//! Placeholders: what stands where a value is volatile.

use std::fmt;

/// What kind of value stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// A UUID (RFC 9562).
    Uuid,
    /// A moment.
    Timestamp,
    /// A number.
    Number,
    /// Anything.
    Opaque,
}

impl Gap {
    /// Every kind.
    pub(super) const ALL: [Self; 4] = [Self::Uuid, Self::Timestamp, Self::Number, Self::Opaque];

    /// How it is written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Uuid => "<uuid>",
            Self::Timestamp => "<timestamp>",
            Self::Number => "<number>",
            Self::Opaque => "<opaque>",
        }
    }

    /// The kind of a single word.
    pub(super) fn of(word: &str) -> Self {
        let digits = word.strip_prefix('-').unwrap_or(word);
        let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
        if is_number { Self::Number } else { Self::Opaque }
    }

    /// The kind of what is sometimes the one and sometimes the other.
    pub(super) fn or(self, other: Self) -> Self {
        if self == other { self } else { Self::Opaque }
    }

    /// What it stands for, as a regular expression: one word, so that nothing that was added behind it goes unseen.
    pub(super) fn pattern(self) -> &'static str {
        match self {
            Self::Uuid => "(?:<uuid>)",
            Self::Timestamp => "(?:<timestamp>)",
            Self::Number => r"(?:<number>|-?[0-9]+(?:\.[0-9]+)?)",
            Self::Opaque => r"(?:<uuid>|<timestamp>|<number>|<opaque>|[A-Za-z0-9_~+/.-]+=*)",
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
