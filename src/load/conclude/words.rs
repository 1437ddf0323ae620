//! Figures and notices in words.

use super::Collected;
use crate::load::format::Model;
use crate::load::sheet::Sheet;
use crate::load::threshold::{Bound, Figure, Threshold, Weighed};
use crate::load::verdict::Outcome;
use crate::outcome::Redacted;

/// What was measured, as a reader knows it, and what it was compared with where the threshold does not say that.
pub(super) fn actual(threshold: &Threshold, weighed: Weighed) -> Option<String> {
    let of = |value| figure(&threshold.figure, value);
    match (&threshold.bound, weighed.bound) {
        (Bound::Fixed(_) | Bound::Policy(_), _) => weighed.figure.map(of),
        (Bound::Compared { .. }, None) => {
            weighed.figure.map(|value| format!("{}, beside nothing", of(value)))
        }
        (Bound::Compared { .. }, Some(bound)) => {
            weighed.figure.map(|value| format!("{}, beside {}", of(value), of(bound)))
        }
    }
}

/// A figure in the unit of its threshold.
fn figure(figure: &Figure, value: f64) -> String {
    match figure {
        Figure::Percentile { .. } | Figure::Longest { .. } => format!("{:.2} ms", value * 1000.0),
        Figure::Rate { .. } => format!("{:.4} %", value * 100.0),
        Figure::Count { .. } => format!("{value:.0}"),
        Figure::Throughput { .. } => format!("{value:.1}/s"),
    }
}

/// What a reader must know before trusting anything else.
pub(super) fn notices(
    mut notices: Vec<String>,
    job: &Sheet,
    collected: &Collected,
    mismatches: &[String],
) -> Vec<Redacted> {
    if collected.signal.is_some() {
        notices.push("interrupted: this is a part of the plan".to_owned());
    }
    let broken = collected.broken.and_then(|number| job.thresholds.get(number));
    notices.extend(broken.map(|threshold| {
        format!("ended early, for it did not hold: {}; this is a part of the plan", threshold.text)
    }));
    notices.extend(
        mismatches.iter().map(|what| format!("our own counts do not add up, please report it: {what}")),
    );
    notices.extend(collected.performed.iter().filter_map(|one| one.problem.as_ref()).cloned());
    notices.extend(collected.left.iter().map(|what| format!("not taken back: {what}")));
    notices.extend(collected.failures.iter().cloned());
    if collected.missing > collected.failures.len() {
        notices
            .push("a thread did not end in time: its last counts and all its times are missing".to_owned());
    }
    if collected.opened_first < job.connections {
        let problem = collected.problem.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
        notices.push(format!(
            "{} of {} connections stood at the start{problem}",
            collected.opened_first, job.connections
        ));
    }
    if job.model == Model::Closed {
        notices.push("a closed model waits for a slow target: its times say how it does under this load, not under a rate".to_owned());
    }
    notices.extend(bound(collected, job));
    notices.iter().map(|notice| job.redactor.redact(notice)).collect()
}

/// Where no key was wrongly accepted: what that shows, by the rule of three.
fn bound(collected: &Collected, job: &Sheet) -> Option<String> {
    let refusing = job.classes.iter().zip(&collected.measured).filter(|(class, _)| !class.accepts);
    let (refused, wrong) = refusing.fold((0, 0), |(refused, wrong), (_, counts)| {
        (refused + counts.of(Outcome::RightRefusal), wrong + counts.of(Outcome::FalseAccept))
    });
    (wrong == 0 && refused >= 30).then(|| {
        let one_in = refused / 3;
        format!("none of {refused} requests that had to be refused was accepted: with 95 % confidence, fewer than 1 in {one_in} is")
    })
}
