//! Counts, times, and the distribution, drawn in characters.

use super::super::page::{Ink, Page};
use crate::outcome::load::{Class, LoadResult, LoadVerdict, Percentiles, Range};

/// How wide the longest bar is.
const BAR: u64 = 40;

/// What was sent and what came of it, by class.
pub(super) fn classes(result: &LoadResult, page: &mut Page) {
    page.heading(&format!(
        "{} planned, {} sent, {} answered; {} late, {} dropped, {} not started",
        result.planned, result.sent, result.completed, result.late, result.dropped, result.not_started
    ));
    let width = result.classes.iter().map(|class| class.name.len()).max().unwrap_or(5).clamp(5, 40);
    let title = format!(
        "{:width$} {:>9} {:>9} {:>8} {:>8} {:>7} {:>7} {:>7}  p50 / p99 ms",
        "class", "sent", "right", "f.accept", "f.refuse", "shed", "broken", "timeout"
    );
    page.line(2, &[(Ink::Faint, &title)]);
    for class in result.classes.iter().chain(&result.warm_up) {
        row(class, width, page);
    }
}

fn row(class: &Class, width: usize, page: &mut Page) {
    let right = class.right_accept + class.right_refusal;
    let start = format!("{:width$.40} {:>9} ", class.name, class.sent);
    let cells = [
        (right, 9, if right == class.sent { Ink::Good } else { Ink::Plain }),
        (class.false_accept, 8, Ink::Bad),
        (class.false_refusal, 8, Ink::Bad),
        (class.shed, 7, Ink::Doubt),
        (class.broken, 7, Ink::Bad),
        (class.timed_out, 7, Ink::Doubt),
    ];
    let cells = cells
        .map(|(count, width, ink)| (if count == 0 { Ink::Faint } else { ink }, format!("{count:>width$} ")));
    let times = &class.response_time_us;
    let end = format!(" {} / {}", millis(times.p50), millis(times.p99));
    let mut words = vec![(Ink::Plain, &*start)];
    words.extend(cells.iter().map(|(ink, cell)| (*ink, &**cell)));
    words.push((Ink::Plain, &end));
    page.line(2, &words);
}

/// Both times: what a user waits for, and what the target took for it.
pub(super) fn times(result: &LoadResult, page: &mut Page) {
    let void =
        if result.verdict == LoadVerdict::Void { "  VOID: the generator was the bottleneck" } else { "" };
    page.gap();
    page.line(0, &[(Ink::Strong, "Times in ms"), (Ink::Bad, void)]);
    let title = format!(
        "{:10} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "", "samples", "p50", "p75", "p90", "p99", "p99.9", "max"
    );
    page.line(2, &[(Ink::Faint, &title)]);
    let timeout = result.generator.timeout_us;
    line("response", &result.response_time_us, timeout, page);
    line("service", &result.service_time_us, timeout, page);
    // Where connections live on, a handful was opened before the start, and says nothing.
    let wires = &result.connections;
    if wires.opened > u64::try_from(result.generator.connections).unwrap_or(0) {
        line("connect", &wires.connect_time_us, u64::MAX, page);
        if wires.handshakes > 0 {
            line("handshake", &wires.handshake_time_us, u64::MAX, page);
        }
    }
    let words = "response counts from when a request was due, service from when it was sent; - is where too few \
                 samples support a figure";
    page.paragraph(2, 2, (Ink::Faint, words));
}

/// Percentiles of one kind; what reaches the time-out is at least that.
pub(super) fn line(name: &str, times: &Percentiles, timeout: u64, page: &mut Page) {
    let cell = |time: Option<u64>| {
        let mark = if time.is_some_and(|time| time >= timeout) { "≥" } else { "" };
        format!("{:>9}", format!("{mark}{}", millis(time)))
    };
    let cells: Vec<_> =
        [times.p50, times.p75, times.p90, times.p99, times.p999, times.max].into_iter().map(cell).collect();
    page.line(2, &[(Ink::Plain, &format!("{name:10} {:>9} {}", times.count, cells.join(" ")))]);
}

/// The response times, as bars.
pub(super) fn distribution(result: &LoadResult, page: &mut Page) {
    let most = result.distribution.iter().map(|range| range.count).max().unwrap_or(0);
    if most == 0 {
        return;
    }
    page.heading("Response times");
    let total: u64 = result.distribution.iter().map(|range| range.count).sum();
    for range in &result.distribution {
        let words = bar(range, (most, total));
        page.line(2, &[(Ink::Plain, &words)]);
    }
}

fn bar(range: &Range, (most, total): (u64, u64)) -> String {
    // At least something is drawn for what is there, and in eighths of a character.
    let eighths = (range.count.saturating_mul(BAR * 8) / most).max(1);
    let full = "█".repeat(usize::try_from(eighths / 8).unwrap_or(0));
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let rest = usize::try_from(eighths % 8).ok().and_then(|at| parts.get(at));
    let tenths = range.count.saturating_mul(1000) / total.max(1);
    format!(
        "{:>8} - {:<8} {:>9} {:>3}.{} % {full}{}",
        millis(Some(range.from_us)),
        millis(Some(range.to_us)),
        range.count,
        tenths / 10,
        tenths % 10,
        rest.copied().unwrap_or_default()
    )
}

/// Whether it can be believed.
pub(super) fn generator(result: &LoadResult, page: &mut Page) {
    let own = &result.generator;
    page.heading("Generator");
    let cpu = own.cpu_us_per_request.map_or_else(|| "-".to_owned(), |cpu| format!("{cpu:.1} us"));
    let words = format!(
        "{} thread(s), {} connections, {} of processor a request, late by {} ms (p99), tick {} us",
        own.threads,
        own.connections,
        cpu,
        millis(own.lag_p99_us),
        own.tick_us
    );
    page.paragraph(2, 4, (Ink::Plain, &words));
    let wires = &result.connections;
    let words = format!(
        "connections: {} opened, {} ended, {} refused, {} handshakes, {} without a port, {} without a file",
        wires.opened, wires.closed, wires.refused, wires.handshakes, wires.no_port, wires.no_file
    );
    page.paragraph(2, 4, (Ink::Plain, &words));
    for cause in &own.causes {
        page.paragraph(0, 3, (Ink::Bad, &format!("!! void: {cause}")));
    }
}

/// What the thresholds came to.
pub(super) fn thresholds(result: &LoadResult, page: &mut Page) {
    if result.thresholds.is_empty() {
        return;
    }
    page.heading("Thresholds");
    for one in &result.thresholds {
        let (ink, word) = if one.met { (Ink::Good, "met   ") } else { (Ink::Bad, "MISSED") };
        let actual = one.actual.as_deref().unwrap_or("too few samples to say, and so it is missed");
        page.line(
            2,
            &[
                (ink, word),
                (Ink::Plain, "  "),
                (Ink::Plain, one.threshold.as_str()),
                (Ink::Faint, "   "),
                (Ink::Plain, actual),
            ],
        );
    }
}

/// Microseconds as milliseconds, with as many digits as mean something.
pub(in crate::report) fn millis(micros: Option<u64>) -> String {
    match micros {
        None => "-".to_owned(),
        Some(micros @ 0..10_000) => format!("{}.{:03}", micros / 1000, micros % 1000),
        Some(micros @ 10_000..100_000) => format!("{}.{:02}", micros / 1000, micros % 1000 / 10),
        Some(micros @ 100_000..10_000_000) => format!("{}.{}", micros / 1000, micros % 1000 / 100),
        Some(micros) => (micros / 1000).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_as_many_digits_as_mean_something() {
        let words = [None, Some(7), Some(1_234), Some(12_345), Some(123_456), Some(12_345_678)].map(millis);
        assert_eq!(words, ["-", "0.007", "1.234", "12.34", "123.4", "12345"]);
    }

    #[test]
    fn bars_are_as_long_as_their_counts() {
        let range = |count| Range { from_us: 1000, to_us: 1500, count };
        assert!(bar(&range(80), (80, 100)).ends_with(&"█".repeat(40)));
        assert!(bar(&range(1), (1_000_000, 1_000_000)).ends_with('▏'));
        assert!(bar(&range(45), (80, 100)).contains(" 45.0 % "));
    }
}
