//! The page about a scan: what was found and where, what could not be looked into, and what that comes to.

use super::page::{Ink, Page};
use super::words::{count, duration};
use super::{ReportError, Style};
use crate::outcome::{CheckInfo, ExitCode, RunVerdict, ScanResult, place};

/// How many findings of a check, and how many parts that could not be looked into, a page has.
const SHOWN: usize = 200;

/// The page, for a terminal.
pub fn scan_page(result: &ScanResult, style: Style) -> Vec<u8> {
    let mut page = Page::new(style);
    head(result, &mut page);
    for check in &result.checks {
        findings(result, check, &mut page);
    }
    unread(result, &mut page);
    verdict(result, &mut page);
    page.into_bytes()
}

/// The whole result as `scan.json`.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn scan_json(result: &ScanResult) -> Result<Vec<u8>, ReportError> {
    let json = serde_json::to_string_pretty(result);
    let json =
        json.map_err(|error| ReportError::Render { format: "scan.json", problem: error.to_string() })?;
    Ok((json + "\n").into_bytes())
}

fn head(result: &ScanResult, page: &mut Page) {
    let tool = format!("{} {}", result.tool.name, result.tool.version);
    page.line(0, &[(Ink::Faint, &tool), (Ink::Plain, "  "), (Ink::Strong, &result.contract.api)]);
    page.field("contract", (Ink::Plain, &result.contract.file));
    for path in &result.paths {
        page.field("path", (Ink::Plain, path.as_str()));
    }
    page.field("keys", (Ink::Plain, &result.contract.credentials.len().to_string()));
    page.field("started", (Ink::Plain, &result.started));
    if !result.notices.is_empty() {
        page.gap();
    }
    for notice in &result.notices {
        page.paragraph(0, 3, (Ink::Doubt, &format!("!! {notice}")));
    }
}

/// Every finding of a check, with its place.
fn findings(result: &ScanResult, check: &CheckInfo, page: &mut Page) {
    let found: Vec<_> = result.findings.iter().filter(|finding| finding.check == check.id).collect();
    if found.is_empty() {
        return;
    }
    page.gap();
    page.paragraph(0, 6, (Ink::Bad, &format!("FAIL  {}", check.title)));
    let places = count(found.len(), "place", "places");
    page.line(6, &[(Ink::Faint, &format!("{} (must), in {places}", check.id))]);
    for finding in found.iter().take(SHOWN) {
        page.line(2, &[(Ink::Strong, &place(&finding.file, &finding.entries))]);
        page.line(4, &[(Ink::Plain, &format!("{}, at byte {}", finding.words(), finding.offset))]);
    }
    more(found.len(), page);
    page.field("why", (Ink::Plain, &check.why));
    page.field("advice", (Ink::Plain, &check.advice));
    page.field("sources", (Ink::Plain, &check.sources.join("; ")));
    page.field("more", (Ink::Plain, &format!("lockproof explain {}", check.id)));
}

fn unread(result: &ScanResult, page: &mut Page) {
    if result.unread.is_empty() {
        return;
    }
    let parts = count(result.unread.len(), "part", "parts");
    page.heading(&format!("{parts} could not be looked into"));
    for one in result.unread.iter().take(SHOWN) {
        page.line(2, &[(Ink::Strong, &place(&one.file, &one.entries))]);
        page.paragraph(4, 6, (Ink::Doubt, &format!("?? {}", one.why)));
    }
    more(result.unread.len(), page);
}

fn more(all: usize, page: &mut Page) {
    if let Some(more @ 1..) = all.checked_sub(SHOWN) {
        page.line(2, &[(Ink::Faint, &format!("and {more} more, which --report json=FILE lists"))]);
    }
}

fn verdict(result: &ScanResult, page: &mut Page) {
    let (ink, meaning) = match result.verdict {
        RunVerdict::Conformant => (Ink::Good, "everything was looked into, and no key is in it"),
        RunVerdict::NonConformant => (Ink::Bad, "a key is in what is shipped"),
        RunVerdict::Inconclusive => (Ink::Doubt, "no key was found, and not everything could be looked into"),
        RunVerdict::Aborted => (Ink::Doubt, ExitCode::Interrupted.meaning()),
    };
    page.gap();
    page.paragraph(0, 2, (Ink::Faint, &format!("exit {}: {meaning}", result.exit_code)));
    let looked = [
        count(usize::try_from(result.files).unwrap_or(usize::MAX), "file", "files"),
        count(usize::try_from(result.entries).unwrap_or(usize::MAX), "entry", "entries"),
        format!("{}.{} MB", result.bytes / 1_000_000, result.bytes % 1_000_000 / 100_000),
    ];
    let found = format!("{} found, {} not looked into", result.found, result.left);
    let took = duration(result.duration_ms);
    page.line(0, &[(ink, &format!("{}: {found}; {} in {took}", result.verdict, looked.join(", ")))]);
}
