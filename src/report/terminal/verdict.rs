//! The last lines: what the exit code means, and what the run came to.

use crate::outcome::{ExitCode, RunResult, RunVerdict, Verdict};
use crate::report::page::{Ink, Page};
use crate::report::words::duration;

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

/// How many cases came to each verdict; the rare verdicts only where there are any.
fn counts(result: &RunResult) -> String {
    let counts = Verdict::ALL.into_iter().filter_map(|verdict| {
        let count = result.summary.count(verdict);
        let rare = matches!(verdict, Verdict::Inconclusive | Verdict::Error);
        (count > 0 || !rare).then(|| format!("{count} {verdict}"))
    });
    counts.collect::<Vec<_>>().join(", ")
}
