//! What can be wrong with an answer under load.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kinds of surprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WrongKind {
    /// It was accepted and had to be refused.
    FalseAccept,
    /// It was refused and had to be accepted.
    FalseRefusal,
    /// A whole answer that is nothing the contract knows.
    WrongAnswer,
    /// What came is not HTTP, or not framed.
    Malformed,
    /// Bytes came that nobody had asked for.
    Surplus,
    /// The connection was reset.
    Reset,
    /// The connection ended before the answer did.
    Closed,
    /// No whole answer came in time.
    TimedOut,
    /// The target said that it was too busy.
    Shed,
}

impl WrongKind {
    /// What it is called.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FalseAccept => "false accept",
            Self::FalseRefusal => "false refusal",
            Self::WrongAnswer => "wrong answer",
            Self::Malformed => "malformed answer",
            Self::Surplus => "bytes that nobody asked for",
            Self::Reset => "reset",
            Self::Closed => "connection closed",
            Self::TimedOut => "timed out",
            Self::Shed => "shed",
        }
    }

    /// Whether it makes a load wrong, and not only slow or unsteady.
    pub fn is_wrong(self) -> bool {
        matches!(
            self,
            Self::FalseAccept | Self::FalseRefusal | Self::WrongAnswer | Self::Malformed | Self::Surplus
        )
    }
}
