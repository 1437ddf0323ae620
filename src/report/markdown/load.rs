//! The page of a load: whether it was sound, what came of every class, how long it took.

use super::findings::parts;
use super::run::made;
use super::text::{Markdown, Span};
use crate::outcome::load::{Class, LoadResult, LoadVerdict, Percentiles};
use crate::report::load::{meaning, millis, telling};
use crate::report::words::duration;

/// How many surprises are shown.
const SURPRISES: usize = 10;

/// The verdict, and what was loaded.
pub(super) fn head(result: &LoadResult, page: &mut Markdown) {
    let mark = match result.verdict {
        LoadVerdict::Sound => "✅ ",
        LoadVerdict::Wrong | LoadVerdict::Missed | LoadVerdict::Error => "❌ ",
        LoadVerdict::Void | LoadVerdict::Inconclusive | LoadVerdict::Aborted => "❔ ",
    };
    let api = &result.contract.api;
    page.heading(
        2,
        &[Span::Own(mark), Span::Text(api), Span::Own(": "), Span::Text(meaning(result.verdict))],
    );
    let counts = format!(
        "{} planned, {} sent, {} answered; {} late, {} dropped, {} not started, in {}. Exit {}.",
        result.planned,
        result.sent,
        result.completed,
        result.late,
        result.dropped,
        result.not_started,
        duration(result.duration_ms),
        result.exit_code
    );
    page.paragraph(&[Span::Text(&counts)]);
    let causes = result.generator.causes.iter().map(|cause| format!("void: {cause}"));
    for notice in result.notices.iter().map(ToString::to_string).chain(causes) {
        page.paragraph(&[Span::Own("> **!!** "), Span::Text(&notice)]);
    }
    let plan = format!("{}: {}", result.plan, result.title);
    let target = format!("{}  {}", result.target.environment, result.target.url);
    page.field("Plan", Span::Text(&plan));
    page.field("Target", Span::Code(&target));
}

/// What the thresholds came to.
pub(super) fn thresholds(result: &LoadResult, page: &mut Markdown) {
    if result.thresholds.is_empty() {
        return;
    }
    page.heading(3, &[Span::Own("Thresholds")]);
    for one in &result.thresholds {
        let actual = one.actual.as_deref().unwrap_or("too few samples to say, and so it is missed");
        let mark = if one.met { "- ✅ " } else { "- ❌ " };
        page.line(&[
            Span::Own(mark),
            Span::Code(one.threshold.as_str()),
            Span::Own(": "),
            Span::Text(actual),
        ]);
    }
}

/// What came of every class.
pub(super) fn classes(result: &LoadResult, page: &mut Markdown) {
    page.heading(3, &[Span::Own("Classes")]);
    let columns = [
        "class",
        "sent",
        "right",
        "false accepts",
        "false refusals",
        "shed",
        "broken",
        "timed out",
        "p50 ms",
        "p99 ms",
    ];
    page.table(&columns.map(Span::Own));
    result.classes.iter().chain(&result.warm_up).for_each(|class| row(class, page));
}

fn row(class: &Class, page: &mut Markdown) {
    let numbers = [
        class.sent,
        class.right_accept + class.right_refusal,
        class.false_accept,
        class.false_refusal,
        class.shed,
        class.broken,
        class.timed_out,
    ];
    let times = [class.response_time_us.p50, class.response_time_us.p99].map(millis);
    let cells: Vec<_> = numbers.iter().map(ToString::to_string).chain(times).collect();
    let cells = cells.iter().map(|cell| Span::Text(cell));
    let row: Vec<_> = std::iter::once(Span::Code(&class.name)).chain(cells).collect();
    page.row(&row);
}

/// How long it took.
pub(super) fn times(result: &LoadResult, page: &mut Markdown) {
    page.heading(3, &[Span::Own("Times in ms")]);
    page.table(&["", "samples", "p50", "p75", "p90", "p99", "p99.9", "max"].map(Span::Own));
    for (name, times) in [("response", &result.response_time_us), ("service", &result.service_time_us)] {
        let Percentiles { count, p50, p75, p90, p99, p999, max } = *times;
        let times = [p50, p75, p90, p99, p999, max].map(millis);
        let cells: Vec<_> = std::iter::once(count.to_string()).chain(times).collect();
        let cells = cells.iter().map(|cell| Span::Text(cell));
        let row: Vec<_> = std::iter::once(Span::Own(name)).chain(cells).collect();
        page.row(&row);
    }
}

/// The first surprise of each kind.
pub(super) fn surprises(result: &LoadResult, page: &mut Markdown) {
    let told = telling(result);
    if told.is_empty() {
        return;
    }
    page.heading(3, &[Span::Own("What was not to come")]);
    for surprise in told.iter().take(SURPRISES) {
        let title = format!("{} in {}, after {} ms", surprise.kind.as_str(), surprise.class, surprise.at_ms);
        page.heading(4, &[Span::Text(&title)]);
        page.field("Expected", Span::Text(surprise.expected.as_str()));
        page.field("Actual", Span::Text(surprise.actual.as_str()));
        if let Some(exchange) = &surprise.exchange {
            page.folded(&[Span::Own("What was sent, and what came back")], |page| parts(exchange, page));
        }
    }
    if let Some(more) = told.len().checked_sub(SURPRISES).filter(|&more| more > 0) {
        page.paragraph(&[Span::Own("And "), Span::Number(more), Span::Own(" more.")]);
    }
}

/// What it takes to send the same again.
pub(super) fn foot(result: &LoadResult, page: &mut Markdown) {
    made((&result.tool, result.seed, &result.started), page);
}
