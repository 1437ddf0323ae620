//! How long it took: for each class from the median to the longest, and for all how many took how long.

use super::super::element::{Element, el};
use super::super::section;
use super::scale::{Px, Scale};
use super::tables;
use crate::outcome::load::{Class, LoadResult, Percentiles};
use crate::report::load::millis;
use crate::report::words::shorten;

/// How wide a picture is, in units of its own.
const WIDTH: f64 = 960.0;

/// Where the scale begins: the names of the classes stand to its left.
const LEFT: f64 = 230.0;

/// Where the scale ends.
const RIGHT: f64 = 940.0;

/// How high a row is.
const ROW: f64 = 30.0;

/// How many classes are drawn.
const CLASSES: usize = 40;

/// The pictures and the table.
pub(super) fn latency(result: &LoadResult) -> Option<Element> {
    let measured: Vec<&Class> =
        result.classes.iter().filter(|class| class.response_time_us.max.is_some()).take(CLASSES).collect();
    let kinds = [("response", &result.response_time_us), ("service", &result.service_time_us)];
    let words = "Response counts from when a request was due, service from when it was sent. A bar reaches from the \
                 median to the 90th and, paler, to the 99th percentile where there are samples enough, its line to the \
                 longest.";
    (!measured.is_empty()).then(|| {
        section("latency", "Times")
            .add(el("p").class("intro").text(words))
            .add(ranges(&measured))
            .all(histogram(result))
            .add(tables::percentiles(kinds.into_iter()))
    })
}

/// A row for each class on one logarithmic scale.
fn ranges(classes: &[&Class]) -> Element {
    let times = || classes.iter().map(|class| &class.response_time_us);
    let least = times().filter_map(|times| times.p50.or(times.max)).min().unwrap_or(1);
    let most = times().filter_map(|times| times.max).max().unwrap_or(1);
    let scale = Scale::logarithmic(with_room((least, most)), (LEFT, RIGHT));
    let height = rows(classes.len()) + 26.0;
    let ticks = scale.ticks(7);
    let grid = ticks
        .iter()
        .map(|tick| line((scale.at(*tick), Px(4.0)), (scale.at(*tick), Px(height - 22.0))).class("grid"));
    let labels = ticks.iter().map(|tick| {
        text((scale.at(*tick), Px(height - 6.0)), &format!("{} ms", short(*tick)))
            .with("text-anchor", "middle")
    });
    let rows = classes.iter().enumerate().flat_map(|(at, class)| range(at, class, &scale));
    picture(height, "Response times by class", grid.chain(labels).chain(rows))
}

/// Bounds with some room around them, whatever a file says that they are.
pub(super) fn with_room((least, most): (u64, u64)) -> (u64, u64) {
    (least.saturating_mul(4) / 5, most.saturating_mul(5) / 4)
}

/// The upper edge of a row.
fn rows(at: usize) -> f64 {
    f64::from(u32::try_from(at).unwrap_or(u32::MAX)) * ROW + 4.0
}

fn range(at: usize, class: &Class, scale: &Scale) -> Vec<Element> {
    let Percentiles { p50, p90, p99, max, .. } = class.response_time_us;
    let middle = Px(rows(at) + ROW / 2.0);
    let name =
        text((Px(LEFT - 12.0), Px(middle.0 + 4.0)), &shorten(&class.name, 30)).with("text-anchor", "end");
    let told = [("p50", p50), ("p90", p90), ("p99", p99), ("longest", max)];
    let told = told.map(|(name, time)| format!("{name} {} ms", millis(time))).join(", ");
    let kind = if class.accepts { "accepts" } else { "refuses" };
    let whisker = p50.zip(max).map(|(from, to)| line((scale.at(from), middle), (scale.at(to), middle)));
    let end = max.map(|max| circle((scale.at(max), middle), 2.5).class("whisker"));
    let bars = [(p50, p90, ""), (p90, p99, " rest")].into_iter().filter_map(|(from, to, part)| {
        let (from, to) = (scale.at(from?), scale.at(to?));
        let bar = el("rect")
            .with("class", format!("range {kind}{part}"))
            .with("x", from)
            .with("y", Px(middle.0 - 6.0))
            .with("width", Px((to.0 - from.0).max(1.0)))
            .with("height", 12);
        Some(bar.add(el("title").text(format!("{}: {told}", class.name))))
    });
    let bars: Vec<_> = bars.collect();
    let median = p50.map(|p50| circle((scale.at(p50), middle), 4.0).class("median"));
    let whisker = whisker.map(|line| line.class("whisker"));
    std::iter::once(name).chain(whisker).chain(end).chain(bars).chain(median).collect()
}

/// How many response times lie in each range.
fn histogram(result: &LoadResult) -> Option<Element> {
    let (first, last) = (result.distribution.first()?, result.distribution.last()?);
    let most = result.distribution.iter().map(|range| range.count).max().filter(|most| *most > 0)?;
    let across = Scale::logarithmic((first.from_us, last.to_us), (LEFT, RIGHT));
    let up = Scale::linear(most, (150.0, 8.0));
    let bars = result.distribution.iter().map(|range| {
        let (from, to, top) = (across.at(range.from_us), across.at(range.to_us), up.at(range.count));
        let told =
            format!("{} to {} ms: {}", millis(Some(range.from_us)), millis(Some(range.to_us)), range.count);
        el("rect")
            .class("bucket")
            .with("x", from)
            .with("y", Px(top.0.min(149.0)))
            .with("width", Px((to.0 - from.0 - 1.0).max(1.0)))
            .with("height", Px((150.0 - top.0).max(1.0)))
            .add(el("title").text(told))
    });
    let heights = up.ticks(3).into_iter().flat_map(|tick| {
        let label =
            text((Px(LEFT - 12.0), Px(up.at(tick).0 + 4.0)), &tick.to_string()).with("text-anchor", "end");
        [line((Px(LEFT), up.at(tick)), (Px(RIGHT), up.at(tick))).class("grid"), label]
    });
    let labels = across.ticks(7).into_iter().map(|tick| {
        text((across.at(tick), Px(168.0)), &format!("{} ms", short(tick))).with("text-anchor", "middle")
    });
    let label = "How many response times lie in each range";
    Some(picture(176.0, label, heights.chain(bars).chain(labels)))
}

/// Microseconds as milliseconds, in as few digits as there are.
pub(super) fn short(micros: u64) -> String {
    let text = format!("{}.{:03}", micros / 1_000, micros % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A picture: what it is of, and its parts. Where it does not fit it can be scrolled.
pub(super) fn picture(height: f64, label: &str, parts: impl IntoIterator<Item = Element>) -> Element {
    let view = format!("0 0 {WIDTH} {height}");
    let svg = el("svg").class("chart").with("viewBox", view).with("role", "img").with("aria-label", label);
    el("div")
        .class("scroll")
        .with("tabindex", 0)
        .with("role", "group")
        .with("aria-label", label)
        .add(svg.all(parts))
}

/// A line from one place to another.
pub(super) fn line((x1, y1): (Px, Px), (x2, y2): (Px, Px)) -> Element {
    el("line").with("x1", x1).with("y1", y1).with("x2", x2).with("y2", y2)
}

/// A text that begins at a place.
pub(super) fn text((x, y): (Px, Px), text: &str) -> Element {
    el("text").with("x", x).with("y", y).text(text)
}

fn circle((x, y): (Px, Px), radius: f64) -> Element {
    el("circle").with("cx", x).with("cy", y).with("r", Px(radius))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_as_few_digits_as_it_can() {
        assert_eq!(with_room((100, 100)), (80, 125));
        assert_eq!(with_room((0, u64::MAX)), (0, u64::MAX / 4));
        assert_eq!([500, 1_000, 2_500, 10_000].map(short), ["0.5", "1", "2.5", "10"]);
    }
}
