//! What a run concluded: the values behind `results.json` and every report.
//!
//! Everything that came from a target, a key or a request stands here as [`Redacted`] text, so nothing after
//! this room can hold a key. The field names are a published interface.

mod exchange;
mod exit;
pub mod load;
mod run;
mod saved;
mod scan;
mod turn;
mod verdict;
mod wrong;

pub use exchange::{Arrived, Conversation, Exchange, HeardAnswer, Received, Sent, Timing};
pub use exit::ExitCode;
pub use load::LoadResult;
pub use run::{
    Answered, CaseResult, CheckInfo, ContractInfo, Control, ControlKind, Expects, RunResult, Summary, Target,
    Tool,
};
pub use saved::{Saved, SavedError};
pub use scan::{SCAN_FORMAT, ScanFinding, ScanResult, Unread, place};
pub use verdict::{RunVerdict, Verdict};
pub use wrong::WrongKind;

pub use crate::redact::Redacted;
pub use crate::scenario::{Region, Severity};

/// The name and version of the `results.json` format.
pub const FORMAT: &str = "lockproof-results/1";
