//! The verdict of a case, and of a run.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What one case came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The requirement holds.
    Pass,
    /// The target broke a MUST.
    Fail,
    /// The target broke a SHOULD.
    Warn,
    /// The check does not apply here, and says why.
    Skip,
    /// It could not be found out.
    Inconclusive,
    /// Lockproof itself is at fault.
    Error,
}

impl Verdict {
    /// Every verdict, in the order in which a summary counts them.
    pub const ALL: [Self; 6] =
        [Self::Pass, Self::Fail, Self::Warn, Self::Skip, Self::Inconclusive, Self::Error];

    /// The word that stands for it everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Warn => "warn",
            Self::Skip => "skip",
            Self::Inconclusive => "inconclusive",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a whole run came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunVerdict {
    /// Every check that could fail was judged, and none did.
    Conformant,
    /// A check failed in a run whose controls held.
    NonConformant,
    /// The target could not be judged, in part or at all, and nothing failed.
    Inconclusive,
    /// The run was interrupted; what was judged until then stands.
    Aborted,
}

impl RunVerdict {
    /// The word that stands for it everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::NonConformant => "non-conformant",
            Self::Inconclusive => "inconclusive",
            Self::Aborted => "aborted",
        }
    }
}

impl fmt::Display for RunVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
