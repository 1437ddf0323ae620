//! Markdown, for the summary page of a build and for comments: what failed and why, who may do what, the verdict.
//!
//! It is short enough for `$GITHUB_STEP_SUMMARY`, which takes 1 MiB. No text reaches it but through [`text`], which leaves
//! nothing in it that is a mark, a link, a mention or a tag.

mod findings;
mod load;
mod run;
mod text;

use super::{FormatEntry, ReportError, Style, Usual};
use crate::outcome::{LoadResult, RunResult};
use text::Markdown;
pub use text::prose as escape_markdown;

/// This format.
pub(super) const FORMAT: FormatEntry = FormatEntry {
    name: "markdown",
    file_name: "report.md",
    usual: Usual::OnRequest,
    render,
    load: Some(render_load),
};

/// The sections, in the order of the page.
const SECTIONS: [fn(&RunResult, &mut Markdown); 9] = [
    run::head,
    run::controls,
    findings::failures,
    findings::warnings,
    run::unjudged,
    run::permissions,
    run::coverage,
    run::skipped,
    run::foot,
];

/// The same for a load.
const LOAD_SECTIONS: [fn(&LoadResult, &mut Markdown); 6] =
    [load::head, load::thresholds, load::classes, load::times, load::surprises, load::foot];

#[expect(clippy::unnecessary_wraps, reason = "every format has the same signature")]
fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let mut page = Markdown::default();
    for section in SECTIONS {
        section(result, &mut page);
    }
    Ok(page.into_bytes())
}

#[expect(clippy::unnecessary_wraps, reason = "every format has the same signature")]
fn render_load(result: &LoadResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let mut page = Markdown::default();
    for section in LOAD_SECTIONS {
        section(result, &mut page);
    }
    Ok(page.into_bytes())
}
