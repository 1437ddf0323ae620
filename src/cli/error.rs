//! What can go wrong before there is a result, and how the program then ends.

use crate::document::Diagnostics;
use crate::outcome::ExitCode;

use super::output::Output;

/// Why a verb could not do its work.
#[derive(Debug)]
pub(super) enum Failure {
    /// Files with mistakes, each with all of them.
    Documents(Vec<Diagnostics>),
    /// The command, a file or a key is wrong; one line each, and what to do.
    Usage(Vec<String>),
    /// Nothing can be concluded.
    Inconclusive(String),
    /// We ourselves are not able to do it as asked: nothing would follow from the result.
    Void(String),
    /// A report could not be written.
    Report(String),
    /// The system refused us something.
    System(String),
}

impl Failure {
    /// A single mistake of usage.
    pub(super) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(vec![problem.into()])
    }

    /// How the program ends.
    pub(super) fn exit(&self) -> ExitCode {
        match self {
            Self::Documents(_) | Self::Usage(_) => ExitCode::Usage,
            Self::Inconclusive(_) => ExitCode::Inconclusive,
            Self::Void(_) => ExitCode::LoadVoid,
            Self::Report(_) => ExitCode::ReportNotWritten,
            Self::System(_) => ExitCode::Internal,
        }
    }

    /// What the operator reads.
    pub(super) fn render(&self, output: &Output) -> String {
        match self {
            Self::Documents(all) => {
                let mistakes: usize = all.iter().map(|one| one.all.len()).sum();
                let documents: Vec<_> =
                    all.iter().map(|one| one.render(output.style().colour, output.style().width)).collect();
                let plural = if mistakes == 1 { "" } else { "s" };
                format!("{}\nerror: {mistakes} mistake{plural}; nothing was sent\n", documents.join("\n"))
            }
            Self::Usage(lines) => {
                lines.iter().fold(String::new(), |text, line| text + "error: " + line + "\n")
            }
            Self::Inconclusive(text) | Self::Void(text) | Self::Report(text) | Self::System(text) => {
                format!("error: {text}\n")
            }
        }
    }
}
