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
    /// Every exit code, in the order of its number.
    pub const ALL: [Self; 10] = [
        Self::Conformant,
        Self::NonConformant,
        Self::Usage,
        Self::Inconclusive,
        Self::ThresholdMissed,
        Self::LoadVoid,
        Self::ReportNotWritten,
        Self::Internal,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The exit code with a number, if there is one.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|exit| exit.code() == code)
    }

    /// What it means, in a few words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Conformant => "conformant, and every threshold met",
            Self::NonConformant => "a check failed, a snapshot differs, or a verdict was wrong under load",
            Self::Usage => "the command, contract, scenario or plan is wrong; nothing was sent",
            Self::Inconclusive => "the target could not be judged, or nothing was selected",
            Self::ThresholdMissed => "a load threshold was missed",
            Self::LoadVoid => "the load result is void: the generator itself was the bottleneck",
            Self::ReportNotWritten => "a report could not be written",
            Self::Internal => "an internal error",
            Self::Interrupted | Self::Terminated => "interrupted; what was judged until then stands",
        }
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_code_has_a_number_of_its_own_and_is_found_by_it() {
        let codes: Vec<_> = ExitCode::ALL.into_iter().map(ExitCode::code).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 70, 130, 143]);
        assert!(ExitCode::ALL.into_iter().all(|exit| ExitCode::from_code(exit.code()) == Some(exit)));
        assert_eq!(ExitCode::from_code(7), None);
    }
}
