//! What can go wrong before there is a result, and how the program then ends.

use crate::document::Diagnostics;
use crate::outcome::ExitCode;
use crate::report::escape_terminal;

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
    /// Several at once; the program ends as it would for the first.
    All(Vec<Failure>),
}

impl Failure {
    /// A single mistake of usage.
    pub(super) fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(vec![problem.into()])
    }

    /// Whatever went wrong, told together.
    ///
    /// # Errors
    /// Where anything did.
    pub(super) fn all(problems: impl Iterator<Item = Self>) -> Result<(), Self> {
        let mut problems: Vec<_> = problems.collect();
        match problems.len() {
            0 => Ok(()),
            1 => problems.pop().map_or(Ok(()), Err),
            _ => Err(Self::All(problems)),
        }
    }

    /// How the program ends.
    pub(super) fn exit(&self) -> ExitCode {
        match self {
            Self::Documents(_) | Self::Usage(_) => ExitCode::Usage,
            Self::Inconclusive(_) => ExitCode::Inconclusive,
            Self::Void(_) => ExitCode::LoadVoid,
            Self::Report(_) => ExitCode::ReportNotWritten,
            Self::System(_) => ExitCode::Internal,
            Self::All(all) => all.first().map_or(ExitCode::Internal, Self::exit),
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
            Self::Usage(lines) => lines.iter().map(|text| line(text)).collect(),
            Self::Inconclusive(text) | Self::Void(text) | Self::Report(text) | Self::System(text) => {
                line(text)
            }
            Self::All(all) => all.iter().map(|one| one.render(output)).collect(),
        }
    }
}

/// One line and no more: the name of a file may hold a line of its own, which a build server would obey.
fn line(text: &str) -> String {
    format!("error: {}\n", escape_terminal(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_begins_a_line_of_its_own() {
        let output = Output::plain();
        let name = "a\n::error ::x\u{1b}[2J";
        let one = "error: a\\n::error ::x\\u{1b}[2J\n";
        assert_eq!(Failure::Report(name.to_owned()).render(&output), one);
        let two = Failure::Usage(vec![name.to_owned(), "b".to_owned()]);
        assert_eq!(two.render(&output), format!("{one}error: b\n"));
        let all = Failure::all([two, Failure::System("c".to_owned())].into_iter()).unwrap_err();
        assert_eq!(all.render(&output), format!("{one}error: b\nerror: c\n"));
        assert_eq!(all.exit(), ExitCode::Usage);
    }
}
