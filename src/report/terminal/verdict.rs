//! The last lines: what the exit code means, and what the run came to.

use crate::outcome::{ExitCode, RunResult, RunVerdict};
use crate::report::page::{Ink, Page};
use crate::report::words::{counts, duration};

/// The verdict, in the very last line.
pub(super) fn verdict(result: &RunResult, page: &mut Page) {
    let meaning = ExitCode::from_code(result.exit_code).map_or("unknown", ExitCode::meaning);
    let ink = match result.verdict {
        RunVerdict::Conformant => Ink::Good,
        RunVerdict::NonConformant => Ink::Bad,
        RunVerdict::Inconclusive | RunVerdict::Aborted => Ink::Doubt,
    };
    page.gap();
    page.paragraph(0, 2, (Ink::Faint, &format!("exit {}: {meaning}", result.exit_code)));
    let (word, took) = (result.verdict, duration(result.duration_ms));
    page.line(0, &[(ink, &format!("{word}: {} in {took}", counts(result)))]);
}
