//! Everything of a run's page but its findings.

use super::findings::parts;
use super::text::{Markdown, Span};
use crate::outcome::{Control, ExitCode, RunResult, RunVerdict, Tool, Verdict};
use crate::report::permissions::{self, Cell, Cells, Shown};
use crate::report::words::{cases, count, counts, duration};
use crate::report::{families, group};

/// How many reasons are given.
const REASONS: usize = 20;

/// How many controls are shown.
const CONTROLS: usize = 5;

/// The verdict, and what was tested.
pub(super) fn head(result: &RunResult, page: &mut Markdown) {
    let mark = match result.verdict {
        RunVerdict::Conformant => "✅ ",
        RunVerdict::NonConformant => "❌ ",
        RunVerdict::Inconclusive | RunVerdict::Aborted => "❔ ",
    };
    page.heading(2, &[Span::Own(mark), Span::Text(&result.contract.api), Span::Own(": "), verdict(result)]);
    let meaning = ExitCode::from_code(result.exit_code).map_or("unknown", ExitCode::meaning);
    let came_to = format!("{} in {}.", counts(result), duration(result.duration_ms));
    page.paragraph(&[
        Span::Text(&came_to),
        Span::Own(" Exit "),
        Span::Number(result.exit_code.into()),
        Span::Own(": "),
        Span::Text(meaning),
        Span::Own("."),
    ]);
    for notice in &result.notices {
        page.paragraph(&[Span::Own("> **!!** "), Span::Text(notice.as_str())]);
    }
    page.field("Contract", Span::Code(&result.contract.file));
    for target in &result.target {
        let place = format!("{}  {}", target.environment, target.url);
        page.field("Target", Span::Code(&place));
    }
}

fn verdict(result: &RunResult) -> Span<'static> {
    Span::Text(result.verdict.as_str())
}

/// The controls that did not hold.
pub(super) fn controls(result: &RunResult, page: &mut Markdown) {
    let broken: Vec<_> = result.controls.iter().filter(|control| !control.held).collect();
    if broken.is_empty() {
        return;
    }
    let number = count(broken.len(), "control", "controls");
    page.heading(3, &[Span::Text(&number), Span::Own(" did not hold: the target cannot be judged")]);
    broken.iter().take(CONTROLS).for_each(|control| one_control(control, page));
}

fn one_control(control: &Control, page: &mut Markdown) {
    let place = format!("{} in {}, {} the run", control.operation, control.environment, control.when);
    page.field("Where", Span::Text(&place));
    page.field("Actual", Span::Text(control.actual.as_str()));
    page.field("Advice", Span::Text(&control.advice));
    if let Some(exchange) = &control.exchange {
        page.folded(&[Span::Own("What was sent, and what came back")], |page| parts(exchange, page));
    }
}

/// Cases that could not be judged, and faults of our own.
pub(super) fn unjudged(result: &RunResult, page: &mut Markdown) {
    for (verdict, title) in [
        (Verdict::Inconclusive, " could not be judged"),
        (Verdict::Error, " met an error of Lockproof itself"),
    ] {
        reasons(result, page, (verdict, title));
    }
}

/// Cases that do not apply: a line for each reason.
pub(super) fn skipped(result: &RunResult, page: &mut Markdown) {
    reasons(result, page, (Verdict::Skip, " skipped"));
}

fn reasons(result: &RunResult, page: &mut Markdown, (verdict, title): (Verdict, &'static str)) {
    let groups = group::by_reason(result, verdict);
    if groups.is_empty() {
        return;
    }
    page.heading(3, &[Span::Text(&cases(result.summary.count(verdict))), Span::Own(title)]);
    for (reason, found) in groups.iter().take(REASONS) {
        page.line(&[Span::Own("- "), Span::Number(found.len()), Span::Own(": "), Span::Text(reason)]);
    }
    if let Some(more) = groups.len().checked_sub(REASONS).filter(|&more| more > 0) {
        let more = count(more, "more reason", "more reasons");
        page.line(&[Span::Own("- and "), Span::Text(&more)]);
    }
}

/// Who may do what, as the target showed it.
pub(super) fn permissions(result: &RunResult, page: &mut Markdown) {
    let tables = permissions::of(result);
    if tables.is_empty() {
        return;
    }
    page.heading(3, &[Span::Own("Permissions")]);
    let legend = "✓ accepted and – refused, both as they should be; ❌ wrong; ❔ unknown; · not asked";
    page.paragraph(&[Span::Own(legend)]);
    for (environment, cells) in &tables {
        table(result, environment, cells, page);
    }
}

fn table(result: &RunResult, environment: &str, cells: &Cells<'_>, page: &mut Markdown) {
    let operations = &result.contract.operations;
    let names = operations.iter().map(|name| Span::Code(name));
    let columns: Vec<_> = std::iter::once(Span::Text(environment)).chain(names).collect();
    page.table(&columns);
    for credential in &result.contract.credentials {
        let symbols =
            operations.iter().map(|operation| symbol(cells.get(&(credential.as_str(), operation.as_str()))));
        let row: Vec<_> = std::iter::once(Span::Code(credential)).chain(symbols).collect();
        page.row(&row);
    }
}

fn symbol(cell: Option<&Cell<'_>>) -> Span<'static> {
    Span::Own(match cell.map(|cell| cell.shown) {
        None => "·",
        Some(Shown::Accepted) => "✓",
        Some(Shown::Refused) => "–",
        Some(Shown::Unknown) => "❔",
        Some(Shown::Wrong) => "❌",
    })
}

/// How much was tested, by family.
pub(super) fn coverage(result: &RunResult, page: &mut Markdown) {
    let families = families::of(result);
    if families.is_empty() {
        return;
    }
    page.heading(3, &[Span::Own("Coverage")]);
    let columns = ["family", "checks", "cases", "pass", "fail", "warn", "skip", "?"].map(Span::Own);
    page.table(&columns);
    for (name, family) in families {
        let sum = family.summary;
        let unknown = sum.inconclusive + sum.error;
        let numbers = [family.checks.len(), sum.total(), sum.pass, sum.fail, sum.warn, sum.skip, unknown];
        let row: Vec<_> = std::iter::once(Span::Code(name)).chain(numbers.map(Span::Number)).collect();
        page.row(&row);
    }
}

/// What it takes to run the same again.
pub(super) fn foot(result: &RunResult, page: &mut Markdown) {
    made((&result.tool, result.seed, &result.started), page);
}

/// What made a result, and when.
pub(super) fn made((tool, seed, started): (&Tool, u64, &str), page: &mut Markdown) {
    let made = format!("{} {}, seed {seed}, {started}", tool.name, tool.version);
    page.paragraph(&[Span::Own("<sub>"), Span::Text(&made), Span::Own("</sub>")]);
}
