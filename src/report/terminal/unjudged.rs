//! What was not judged: by reason, since one reason often stands for many cases.

use crate::outcome::{RunResult, Verdict};
use crate::report::group;
use crate::report::page::{Ink, Page};
use crate::report::words::{cases, count, listed};

/// How many reasons are given.
const REASONS: usize = 20;

/// How many cases are named for a reason.
const NAMED: usize = 3;

/// Cases that could not be judged, and faults of our own.
pub(super) fn unjudged(result: &RunResult, page: &mut Page) {
    for (verdict, ink, title) in [
        (Verdict::Inconclusive, Ink::Doubt, "could not be judged"),
        (Verdict::Error, Ink::Bad, "met an error of Lockproof itself"),
    ] {
        let number = result.summary.count(verdict);
        if number > 0 {
            page.heading(&format!("{} {title}", cases(number)));
            reasons(result, page, (ink, verdict));
        }
    }
}

/// Cases that do not apply: a line for each reason.
pub(super) fn skipped(result: &RunResult, page: &mut Page) {
    let groups = group::by_reason(result, Verdict::Skip);
    if groups.is_empty() {
        return;
    }
    page.heading(&format!("{} skipped", cases(result.summary.skip)));
    for (reason, skipped) in groups.iter().take(REASONS) {
        page.paragraph(2, 14, (Ink::Plain, &format!("{:<12}{reason}", format!("skip {}", skipped.len()))));
    }
    more(page, groups.len());
}

fn reasons(result: &RunResult, page: &mut Page, of: (Ink, Verdict)) {
    let (ink, verdict) = of;
    let groups = group::by_reason(result, verdict);
    for (reason, found) in groups.iter().take(REASONS) {
        page.paragraph(2, 4, (ink, &format!("{}: {reason}", cases(found.len()))));
        page.paragraph(4, 4, (Ink::Faint, &listed(found.iter().map(|case| case.id.as_str()), NAMED)));
    }
    more(page, groups.len());
}

fn more(page: &mut Page, reasons: usize) {
    if let Some(more) = reasons.checked_sub(REASONS).filter(|&more| more > 0) {
        page.line(2, &[(Ink::Faint, &format!("and {}", count(more, "more reason", "more reasons")))]);
    }
}
