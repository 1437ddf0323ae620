//! The time line: how much was sent and answered, how long it took, and what was wrong, above each other.

use std::fmt::Write as _;

use super::super::element::{Element, el};
use super::super::section;
use super::latency::{line, picture, short, text, with_room};
use super::scale::{Px, Scale, real};
use crate::outcome::load::{LoadResult, Second};
use crate::report::load::millis;

/// Where the scale begins and ends.
const ACROSS: (f64, f64) = (70.0, 940.0);

/// How many points a line has at the most: a screen shows no more.
const POINTS: usize = 400;

/// A stretch of a run: one second, or several.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    /// The first second.
    from: u64,
    /// How many seconds it has.
    seconds: u64,
    sent: u64,
    completed: u64,
    p50_us: Option<u64>,
    p99_us: Option<u64>,
    max_us: Option<u64>,
    wrong: u64,
    /// Shed, broken, timed out.
    lost: u64,
}

impl Stretch {
    fn of(seconds: &[Second]) -> Self {
        let first = seconds.first().map_or(0, |second| second.second);
        let begin = Self { from: first, ..Self::default() };
        seconds.iter().fold(begin, |sum, second| Self {
            from: sum.from,
            seconds: sum.seconds + 1,
            sent: sum.sent.saturating_add(second.sent),
            completed: sum.completed.saturating_add(second.completed),
            // Of several seconds the worst is what must not be lost.
            p50_us: sum.p50_us.max(second.p50_us),
            p99_us: sum.p99_us.max(second.p99_us),
            max_us: sum.max_us.max(second.max_us),
            wrong: added([sum.wrong, second.false_accept, second.false_refusal]),
            lost: added([sum.lost, second.shed, second.broken, second.timed_out]),
        })
    }

    /// What was not answered as it should have been.
    fn bad(&self) -> u64 {
        self.wrong.saturating_add(self.lost)
    }

    fn per_second(&self, count: u64) -> u64 {
        count / self.seconds.max(1)
    }
}

/// Counts come from a file, and nobody knows what it says.
fn added<const N: usize>(counts: [u64; N]) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

/// The pictures.
pub(super) fn seconds(result: &LoadResult) -> Option<Element> {
    let each = result.seconds.len().div_ceil(POINTS).max(1);
    let stretches: Vec<_> = result.seconds.chunks(each).map(Stretch::of).collect();
    let last = result.seconds.last().map(|second| second.second).filter(|last| *last > 0)?;
    let across = Scale::linear(last, ACROSS);
    let marks = Marks { across, warm_up: result.warm_up_us / 1_000_000 };
    let section = section("timeline", "Time line")
        .all(intro(result))
        .add(rate(&stretches, &marks))
        .add(times(&stretches, &marks))
        .add(wrong(&stretches, &marks))
        .all(deeds(result));
    Some(section)
}

fn intro(result: &LoadResult) -> Option<Element> {
    let words = "The shaded beginning is warm-up, and counts for nothing.";
    (result.warm_up_us > 0).then(|| el("p").class("intro").text(words))
}

/// What all pictures have in common.
struct Marks {
    across: Scale,
    warm_up: u64,
}

impl Marks {
    /// A picture: the warm-up, the seconds, the figures on the left, and lines.
    fn frame(
        &self,
        (title, label): (&str, &str),
        (up, unit): (&Scale, &dyn Fn(u64) -> String),
        lines: Vec<Element>,
    ) -> Element {
        let seconds = self.across.ticks(9).into_iter().map(|second| {
            text((self.across.at(second), Px(138.0)), &format!("{second} s")).with("text-anchor", "middle")
        });
        let figures = up.ticks(3).into_iter().flat_map(|tick| {
            let at = up.at(tick);
            let label = text((Px(ACROSS.0 - 10.0), Px(at.0 + 4.0)), &unit(tick)).with("text-anchor", "end");
            [line((Px(ACROSS.0), at), (Px(ACROSS.1), at)).class("grid"), label]
        });
        let until = self.across.at(self.warm_up);
        let shade = (self.warm_up > 0).then(|| {
            el("rect")
                .class("shade")
                .with("x", Px(ACROSS.0))
                .with("y", 22)
                .with("width", Px(until.0 - ACROSS.0))
                .with("height", 100)
        });
        let title = text((Px(ACROSS.0), Px(12.0)), title).class("title");
        picture(144.0, label, shade.into_iter().chain(figures).chain(seconds).chain([title]).chain(lines))
    }

    /// A line through figures; where there is none it is broken.
    fn path(&self, stretches: &[Stretch], up: &Scale, figure: impl Fn(&Stretch) -> Option<u64>) -> Element {
        let mut path = String::new();
        let mut command = 'M';
        for stretch in stretches {
            match figure(stretch) {
                Some(figure) => {
                    let (x, y) = (self.across.at(stretch.from), up.at(figure));
                    // Writing to a string cannot fail.
                    let _ = write!(path, "{command}{x} {y}");
                    command = 'L';
                }
                None => command = 'M',
            }
        }
        el("path").with("d", path)
    }
}

fn rate(stretches: &[Stretch], marks: &Marks) -> Element {
    let most = stretches.iter().map(|stretch| stretch.per_second(stretch.sent.max(stretch.completed))).max();
    let up = Scale::linear(most.unwrap_or(0), (122.0, 26.0));
    let lines = vec![
        marks.path(stretches, &up, |one| Some(one.per_second(one.sent))).class("sent"),
        marks.path(stretches, &up, |one| Some(one.per_second(one.completed))).class("answered"),
    ];
    let title = ("Sent (grey) and answered (green), each second", "Requests sent and answered by second");
    marks.frame(title, (&up, &|figure| figure.to_string()), lines)
}

fn times(stretches: &[Stretch], marks: &Marks) -> Element {
    let all = || stretches.iter().flat_map(|one| [one.p50_us, one.p99_us, one.max_us]).flatten();
    let bounds = with_room((all().min().unwrap_or(1), all().max().unwrap_or(1)));
    let up = Scale::logarithmic(bounds, (122.0, 26.0));
    let title = "Response time in ms: median (blue), 99th percentile (amber), longest (grey)";
    let lines = vec![
        marks.path(stretches, &up, |one| one.max_us).class("longest"),
        marks.path(stretches, &up, |one| one.p99_us).class("p99"),
        marks.path(stretches, &up, |one| one.p50_us).class("p50"),
    ];
    marks.frame((title, "Response times by second"), (&up, &short), lines)
}

fn wrong(stretches: &[Stretch], marks: &Marks) -> Element {
    let most = stretches.iter().map(Stretch::bad).max().filter(|most| *most > 0);
    let Some(most) = most else {
        return el("p")
            .class("intro")
            .text("In no second was an answer wrong, shed, broken or late beyond the time-out.");
    };
    let up = Scale::linear(most, (122.0, 26.0));
    let width = Px(((ACROSS.1 - ACROSS.0) / real(stretches.len() as u64) - 1.0).max(1.5));
    let bars = stretches.iter().filter(|one| one.bad() > 0).flat_map(|one| {
        let x = Px(marks.across.at(one.from).0 - width.0 / 2.0);
        let told =
            format!("second {}: {} wrong, {} shed, broken or timed out", one.from, one.wrong, one.lost);
        let parts = [("bad", 0, one.wrong), ("lost", one.wrong, one.bad())];
        parts.map(|(class, from, to)| {
            let (bottom, top) = (up.at(from), up.at(to));
            let bar = el("rect").class(class).with("x", x).with("y", top).with("width", width);
            bar.with("height", Px(bottom.0 - top.0)).add(el("title").text(&told))
        })
    });
    let title = "Wrong answers (red); shed, broken and timed out (amber)";
    let title = (title, "Wrong and lost answers by second");
    marks.frame(title, (&up, &|figure| figure.to_string()), bars.collect())
}

/// What was done to the target meanwhile.
fn deeds(result: &LoadResult) -> Option<Element> {
    let rows = result.timeline.iter().map(|deed| {
        let at = deed.planned_ms.map_or_else(|| "before".to_owned(), |at| format!("{at} ms"));
        let (class, word) = if deed.done { ("pass", "done") } else { ("fail", "not done") };
        let problem = deed.problem.iter().map(|problem| el("span").text(format!(": {problem}")));
        let took = deed.took_us.map(|took| format!("{} ms", millis(Some(took)))).unwrap_or_default();
        el("tr")
            .add(el("td").text(at))
            .add(el("td").text(&deed.what))
            .add(el("td").add(el("span").with("class", format!("tag {class}")).text(word)).all(problem))
            .add(el("td").text(took))
    });
    let head = ["At", "What was done to the target", "", "Took"].map(|name| match name {
        "" => el("td"),
        name => el("th").with("scope", "col").text(name),
    });
    let table = super::tables::table("deeds", "What was done to the target", el("tr").all(head), rows);
    (!result.timeline.is_empty()).then_some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_that_no_load_has_do_not_wrap() {
        let stretch = Stretch { wrong: added([u64::MAX, 1, 1]), lost: 1, ..Stretch::default() };
        assert_eq!((stretch.wrong, stretch.bad()), (u64::MAX, u64::MAX));
        assert_eq!(added([1, 2, 3]), 6);
    }
}
