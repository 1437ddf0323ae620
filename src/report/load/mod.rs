//! The page about a load: what was sent, what came of it, how long it took, and whether that can be believed.

mod surprises;
mod tables;
mod timeline;

pub(super) use surprises::telling;
pub(super) use tables::millis;

use super::page::{Ink, Page};
use super::words::duration;
use super::{ReportError, Style};
use crate::outcome::ExitCode;
use crate::outcome::load::{LoadModel, LoadResult, LoadVerdict};

/// The sections, in the order of the page.
const SECTIONS: [fn(&LoadResult, &mut Page); 9] = [
    head,
    tables::classes,
    tables::times,
    tables::distribution,
    timeline::timeline,
    tables::generator,
    tables::thresholds,
    surprises::surprises,
    verdict,
];

/// The page, for a terminal.
pub fn load_page(result: &LoadResult, style: Style) -> Vec<u8> {
    let mut page = Page::new(style);
    for section in SECTIONS {
        section(result, &mut page);
    }
    page.into_bytes()
}

/// The whole result as `load.json`.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn load_json(result: &LoadResult) -> Result<Vec<u8>, ReportError> {
    super::json::pretty(result, "load.json")
}

fn head(result: &LoadResult, page: &mut Page) {
    let tool = format!("{} {}", result.tool.name, result.tool.version);
    page.line(0, &[(Ink::Faint, &tool), (Ink::Plain, "  "), (Ink::Strong, &result.contract.api)]);
    page.field("plan", (Ink::Plain, &format!("{}: {}", result.plan, result.title)));
    page.field("target", (Ink::Plain, &format!("{}  {}", result.target.environment, result.target.url)));
    if let Some(host) = &result.authorized {
        page.field("authorized", (Ink::Plain, host.as_str()));
    }
    let model = match result.model {
        LoadModel::Open => "open: each request when it was due",
        LoadModel::Closed => "closed: each request when an answer had come",
    };
    page.field("model", (Ink::Plain, model));
    page.field("seed", (Ink::Plain, &result.seed.to_string()));
    page.field("started", (Ink::Plain, &format!("{}, for {}", result.started, duration(result.duration_ms))));
    if !result.notices.is_empty() {
        page.gap();
    }
    for notice in &result.notices {
        page.paragraph(0, 3, (Ink::Doubt, &format!("!! {notice}")));
    }
}

fn verdict(result: &LoadResult, page: &mut Page) {
    let ink = match result.verdict {
        LoadVerdict::Sound => Ink::Good,
        LoadVerdict::Wrong | LoadVerdict::Missed | LoadVerdict::Error => Ink::Bad,
        LoadVerdict::Void | LoadVerdict::Inconclusive | LoadVerdict::Aborted => Ink::Doubt,
    };
    page.gap();
    page.line(0, &[(ink, &format!("exit {}: {}", result.exit_code, meaning(result.verdict)))]);
}

/// What a verdict means, in a few words.
pub(super) fn meaning(verdict: LoadVerdict) -> &'static str {
    match verdict {
        LoadVerdict::Sound => "no answer was wrong, and every threshold met",
        LoadVerdict::Wrong => "answers were wrong",
        LoadVerdict::Missed => "a load threshold was missed",
        LoadVerdict::Void => "the load result is void: the generator itself was the bottleneck",
        LoadVerdict::Inconclusive => "nothing can be concluded",
        LoadVerdict::Aborted => "interrupted; what was judged until then stands",
        LoadVerdict::Error => ExitCode::Internal.meaning(),
    }
}
