//! Two loads for people.

use super::Trend;
use super::loads::{ClassComparison, Latency, LoadComparison, Pace, Throughput, real};
use super::shares::Share;
use super::sheet::{Sheet, Table};
use crate::report::Ink;

impl From<&LoadComparison> for Sheet {
    fn from(comparison: &LoadComparison) -> Self {
        let Throughput { old, new, p, less } = comparison.throughput;
        let chance = p.map_or(String::new(), |p| format!(", p {p:.2e}"));
        let rate = format!("{old:.0}/s to {new:.0}/s{chance}{}", if less { ": less" } else { "" });
        let [slower, longer, faster, same, too_few] = paces(comparison);
        Self {
            title: "Two loads".to_owned(),
            facts: vec![
                ("old", comparison.old.clone()),
                ("new", comparison.new.clone()),
                ("notice", comparison.notices.join("; ")),
                ("wrong", newly_wrong(comparison).to_owned()),
                ("throughput", rate),
                ("gone", comparison.vanished.join(", ")),
                ("added", comparison.appeared.join(", ")),
            ],
            tables: vec![
                wrong(comparison),
                Table {
                    title: "thresholds newly missed",
                    ink: Ink::Bad,
                    head: vec!["threshold"],
                    rows: comparison.newly_missed.iter().map(|text| vec![text.clone()]).collect(),
                },
                unanswered(comparison),
                slower,
                longer,
                faster,
                same,
                too_few,
            ],
            verdict: verdict(comparison),
        }
    }
}

/// The classes by how their times compare, and those whose times cannot be compared.
fn paces(comparison: &LoadComparison) -> [Table; 5] {
    let of = |pace: Pace| -> Vec<Vec<String>> {
        let measured = comparison.classes.iter().filter_map(|class| Some((class, class.latency?)));
        measured.filter(|(_, latency)| latency.verdict == pace).map(|(class, it)| row(class, &it)).collect()
    };
    let table = |title, ink, pace| Table {
        title,
        ink,
        head: vec!["class", "median", "99th percentile", "effect", "tail"],
        rows: of(pace),
    };
    let few = comparison.classes.iter().filter(|class| class.latency.is_none());
    [
        table("slower", Ink::Bad, Pace::Slower),
        table("longer tails", Ink::Doubt, Pace::LongerTail),
        table("faster", Ink::Good, Pace::Faster),
        table("the same", Ink::Plain, Pace::Same),
        Table {
            title: "too few answers to compare their times",
            ink: Ink::Doubt,
            head: vec!["class"],
            rows: few.map(|class| vec![class.name.clone()]).collect(),
        },
    ]
}

fn wrong(comparison: &LoadComparison) -> Table {
    let more = comparison.classes.iter().filter(|class| class.more_wrong);
    let row = |class: &ClassComparison| {
        vec![class.name.clone(), class.old_wrong.to_string(), class.new_wrong.to_string()]
    };
    Table {
        title: "more wrong verdicts",
        ink: Ink::Bad,
        head: vec!["class", "were", "are"],
        rows: more.map(row).collect(),
    }
}

/// That answers were wrong is told even where no class has them.
fn newly_wrong(comparison: &LoadComparison) -> &'static str {
    if comparison.verdicts.are_newly_wrong() {
        "the later load was wrong, its warm-up and what came unasked included, and the earlier was not"
    } else {
        ""
    }
}

/// The classes of which more was shed, broken or too late: only what is more is said.
fn unanswered(comparison: &LoadComparison) -> Table {
    let percent = |share: f64| format!("{:.1}%", share * 100.0);
    let cell = |(_, share): (_, Share)| {
        if share.more { format!("{} to {}", percent(share.old), percent(share.new)) } else { String::new() }
    };
    let worse = |class: &&ClassComparison| class.shares().iter().any(|(_, share)| share.more);
    let row = |class: &ClassComparison| {
        let cells = class.shares().map(cell);
        [class.name.clone()].into_iter().chain(cells).collect()
    };
    Table {
        title: "more shed, broken or timed out",
        ink: Ink::Bad,
        head: vec!["class", "shed", "broken", "timed out"],
        rows: comparison.classes.iter().filter(worse).map(row).collect(),
    }
}

fn row(class: &ClassComparison, it: &Latency) -> Vec<String> {
    let ms = |us: u64| format!("{:.3} ms", real(us) / 1000.0);
    vec![
        class.name.clone(),
        format!("{} to {}", ms(it.old_p50_us), ms(it.new_p50_us)),
        format!("{} to {}", ms(it.old_p99_us), ms(it.new_p99_us)),
        format!("{:+.2}, p {:.2e}", it.delta, it.p),
        format!("{:.1}% beyond the old 99th percentile, p {:.2e}", it.tail_share * 100.0, it.tail_p),
    ]
}

fn verdict(comparison: &LoadComparison) -> (Ink, String) {
    match comparison.trend() {
        Trend::NotWorse if !comparison.valid => (Ink::Doubt, "nothing can be concluded".to_owned()),
        Trend::Worse if !comparison.valid => {
            (Ink::Doubt, "nothing can be concluded, but that classes are gone".to_owned())
        }
        Trend::NewFailures => {
            (Ink::Bad, "verdicts are wrong, or thresholds missed, that were not".to_owned())
        }
        Trend::Worse => (Ink::Bad, "worse than it was".to_owned()),
        Trend::NotWorse => (Ink::Good, "not worse than it was".to_owned()),
    }
}
