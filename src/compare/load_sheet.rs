//! Two loads for people.

use super::Trend;
use super::loads::{ClassComparison, Latency, LoadComparison, Pace, Throughput, real};
use super::sheet::{Sheet, Table};
use crate::report::Ink;

impl From<&LoadComparison> for Sheet {
    fn from(comparison: &LoadComparison) -> Self {
        let Throughput { old, new, p, less } = comparison.throughput;
        let chance = p.map_or(String::new(), |p| format!(", p {p:.2e}"));
        let rate = format!("{old:.0}/s to {new:.0}/s{chance}{}", if less { ": less" } else { "" });
        let pace = |wanted: &[Pace]| -> Vec<Vec<String>> {
            let classes = comparison.classes.iter();
            let measured = classes.filter_map(|class| Some((class, class.latency?)));
            measured
                .filter(|(_, latency)| wanted.contains(&latency.verdict))
                .map(|(class, it)| row(class, &it))
                .collect()
        };
        let head = vec!["class", "median", "99th percentile", "effect", "tail"];
        let table =
            |title, ink, wanted: &[Pace]| Table { title, ink, head: head.clone(), rows: pace(wanted) };
        let wrong = comparison.classes.iter().filter(|class| class.more_wrong);
        let wrong = wrong
            .map(|class| vec![class.name.clone(), class.old_wrong.to_string(), class.new_wrong.to_string()]);
        let missed = comparison.newly_missed.iter().map(|text| vec![text.clone()]);
        Self {
            title: "Two loads".to_owned(),
            facts: vec![
                ("old", comparison.old.clone()),
                ("new", comparison.new.clone()),
                ("notice", comparison.notices.join("; ")),
                ("throughput", rate),
                ("gone", comparison.vanished.join(", ")),
                ("added", comparison.appeared.join(", ")),
            ],
            tables: vec![
                Table {
                    title: "more wrong verdicts",
                    ink: Ink::Bad,
                    head: vec!["class", "were", "are"],
                    rows: wrong.collect(),
                },
                Table {
                    title: "thresholds newly missed",
                    ink: Ink::Bad,
                    head: vec!["threshold"],
                    rows: missed.collect(),
                },
                table("slower", Ink::Bad, &[Pace::Slower]),
                table("longer tails", Ink::Doubt, &[Pace::LongerTail]),
                table("faster", Ink::Good, &[Pace::Faster]),
                table("the same", Ink::Plain, &[Pace::Same]),
            ],
            verdict: verdict(comparison),
        }
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
        Trend::NotWorse | Trend::Worse if !comparison.valid => {
            (Ink::Doubt, "nothing can be concluded".to_owned())
        }
        Trend::NewFailures => {
            (Ink::Bad, "verdicts are wrong, or thresholds missed, that were not".to_owned())
        }
        Trend::Worse => (Ink::Bad, "worse than it was".to_owned()),
        Trend::NotWorse => (Ink::Good, "not worse than it was".to_owned()),
    }
}
