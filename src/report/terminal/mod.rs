//! The report for a person: what failed and why, what each key may do, the verdict.
//!
//! Words and symbols carry everything; colour only repeats it. A run without a finding is short. No text
//! reaches the page but through [`Page`], which escapes it.

mod coverage;
mod findings;
mod head;
mod matrix;
mod unjudged;
mod verdict;

use super::load::load_page;
use super::{FormatEntry, ReportError, Style, Usual};
use crate::outcome::RunResult;
use crate::report::page::Page;

/// This format.
pub(super) const FORMAT: FormatEntry = FormatEntry {
    name: "terminal",
    file_name: "report.txt",
    usual: Usual::OnRequest,
    render,
    load: Some(|result, style| Ok(load_page(result, style))),
};

/// The sections, in the order of the page.
const SECTIONS: [fn(&RunResult, &mut Page); 9] = [
    head::head,
    head::controls,
    findings::failures,
    findings::warnings,
    unjudged::unjudged,
    unjudged::skipped,
    matrix::matrices,
    coverage::coverage,
    verdict::verdict,
];

#[expect(clippy::unnecessary_wraps, reason = "every format has the same signature")]
fn render(result: &RunResult, style: Style) -> Result<Vec<u8>, ReportError> {
    let mut page = Page::new(style);
    for section in SECTIONS {
        section(result, &mut page);
    }
    Ok(page.into_bytes())
}
