//! The exit codes: a public interface, stable within a major version.

/// How the program ends, and what the number means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitCode {
    /// Conformant, and every threshold met.
    Conformant,
    /// A check failed, a snapshot differs, or a wrong verdict under load (with `--strict` also a warning).
    NonConformant,
    /// The command, contract, scenario or plan is wrong; nothing was sent.
    Usage,
    /// The target could not be judged, or nothing was selected.
    Inconclusive,
    /// A load threshold was missed.
    ThresholdMissed,
    /// The load result is void: the generator itself was the bottleneck.
    LoadVoid,
    /// A report could not be written.
    ReportNotWritten,
    /// An internal error.
    Internal,
    /// Interrupted by SIGINT; the partial report is written and marked so.
    Interrupted,
    /// Interrupted by SIGTERM; the partial report is written and marked so.
    Terminated,
}

impl ExitCode {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Self::Conformant => 0,
            Self::NonConformant => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::ThresholdMissed => 4,
            Self::LoadVoid => 5,
            Self::ReportNotWritten => 6,
            Self::Internal => 70,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}
