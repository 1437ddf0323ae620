//! Thresholds, classes, and how the generator itself fared.

use super::super::element::{Element, el};
use super::super::{field, section};
use crate::outcome::load::{Class, LoadResult, Percentiles, ThresholdResult};
use crate::report::load::millis;

/// What the thresholds came to.
pub(super) fn thresholds(result: &LoadResult) -> Option<Element> {
    let rows = result.thresholds.iter().map(threshold);
    let head = ["", "Threshold", "Measured"].map(|name| match name {
        "" => el("td"),
        name => el("th").with("scope", "col").text(name),
    });
    let table = table("thresholds", "Thresholds", el("tr").all(head), rows);
    (!result.thresholds.is_empty()).then(|| section("thresholds", "Thresholds").add(table))
}

fn threshold(one: &ThresholdResult) -> Element {
    let (class, word) = if one.met { ("pass", "met") } else { ("fail", "missed") };
    let actual = one.actual.as_deref().unwrap_or("too few samples to say, and so it is missed");
    el("tr")
        .add(el("td").add(el("span").with("class", format!("tag {class}")).text(word)))
        .add(el("td").add(el("code").text(&one.threshold)))
        .add(el("td").text(actual))
}

/// What was sent and what came of it, by class.
pub(super) fn classes(result: &LoadResult) -> Element {
    let columns = [
        "Class",
        "Sent",
        "Right",
        "False accepts",
        "False refusals",
        "Shed",
        "Broken",
        "Timed out",
        "p50 ms",
        "p99 ms",
    ];
    let head = el("tr").all(columns.map(|name| el("th").with("scope", "col").text(name)));
    let rows = result.classes.iter().chain(&result.warm_up).map(row);
    section("classes", "Classes").add(table("classes", "What came of each class", head, rows))
}

fn row(class: &Class) -> Element {
    let right = class.right_accept.saturating_add(class.right_refusal);
    let bad = [class.false_accept, class.false_refusal, class.shed, class.broken, class.timed_out];
    let bad = bad.map(|number| el("td").with("class", if number == 0 { "none" } else { "bad" }).text(number));
    let times =
        [class.response_time_us.p50, class.response_time_us.p99].map(|time| el("td").text(millis(time)));
    el("tr")
        .add(el("th").with("scope", "row").add(el("code").text(&class.name)).with("title", &class.expected))
        .add(el("td").text(class.sent))
        .add(el("td").text(right))
        .all(bad)
        .all(times)
}

/// A table that can be scrolled where it does not fit.
pub(super) fn table(
    class: &'static str,
    label: &'static str,
    head: Element,
    rows: impl Iterator<Item = Element>,
) -> Element {
    let table = el("table")
        .class(class)
        .add(el("caption").class("hidden").text(label))
        .add(el("thead").add(head))
        .add(el("tbody").all(rows));
    el("div").class("scroll").with("tabindex", 0).with("role", "group").with("aria-label", label).add(table)
}

/// Percentiles of several kinds, a row each.
pub(super) fn percentiles<'a>(kinds: impl Iterator<Item = (&'a str, &'a Percentiles)>) -> Element {
    let columns = ["ms", "Samples", "p50", "p75", "p90", "p99", "p99.9", "Max"];
    let head = el("tr").all(columns.map(|name| el("th").with("scope", "col").text(name)));
    let rows = kinds.map(|(name, times)| {
        let Percentiles { count, p50, p75, p90, p99, p999, max } = *times;
        el("tr")
            .add(el("th").with("scope", "row").text(name))
            .add(el("td").text(count))
            .all([p50, p75, p90, p99, p999, max].map(|time| el("td").text(millis(time))))
    });
    table("percentiles", "Times", head, rows)
}

/// Whether it can be believed.
pub(super) fn generator(result: &LoadResult) -> Element {
    let own = &result.generator;
    let cpu = own.cpu_us_per_request.map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.1} µs"));
    let wires = &result.connections;
    let opened = format!(
        "{} opened, {} ended, {} refused, {} handshakes",
        wires.opened, wires.closed, wires.refused, wires.handshakes
    );
    let tone =
        if own.valid { "What was measured is the target." } else { "What was measured is the generator." };
    let facts = el("dl")
        .class("facts")
        .all(field("Threads", &own.threads.to_string()))
        .all(field("Connections", &own.connections.to_string()))
        .all(field("Processor, each request", &cpu))
        .all(field("Late, p99", &format!("{} ms", millis(own.lag_p99_us))))
        .all(field("Connections over time", &opened));
    section("generator", "The generator itself").add(el("p").class("intro").text(tone)).add(facts)
}
