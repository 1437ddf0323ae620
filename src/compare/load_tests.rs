//! Comparisons of the committed load with what it might have been.

use super::*;
use crate::outcome::LoadResult;
use crate::outcome::load::{Class, LoadVerdict};

fn committed() -> LoadResult {
    let text = include_str!("../../reports/reference/load/load.json");
    serde_json::from_str(text).expect("it is a load")
}

fn of(verdict: LoadVerdict) -> LoadResult {
    LoadResult { verdict, ..committed() }
}

fn compared(old: LoadResult, new: LoadResult) -> LoadComparison {
    let measured = |result| Measured { result, times: std::collections::BTreeMap::new() };
    loads(&measured(old), &measured(new))
}

/// The committed load after something was done to its first class.
fn but(change: impl Fn(&mut Class)) -> LoadResult {
    let mut result = committed();
    change(&mut result.classes[0]);
    result
}

#[test]
fn nothing_follows_from_a_load_that_is_inconclusive() {
    use LoadVerdict::{Aborted, Error, Inconclusive, Missed, Sound, Void, Wrong};
    for (verdict, valid) in [
        (Sound, true),
        (Wrong, true),
        (Missed, true),
        (Void, false),
        (Inconclusive, false),
        (Aborted, false),
        (Error, false),
    ] {
        assert_eq!(compared(of(verdict), of(verdict)).valid, valid, "{verdict:?}");
        assert_eq!(compared(of(Sound), of(verdict)).valid, valid, "{verdict:?}");
        let wrong = compared(of(verdict), of(Wrong));
        assert_eq!(wrong.trend() == Trend::NewFailures, verdict != Wrong, "{verdict:?}");
    }
    let dead = compared(of(Sound), of(Inconclusive));
    assert!(dead.notices.iter().any(|notice| notice.contains("it was inconclusive")), "{:?}", dead.notices);
}

#[test]
fn a_target_that_is_busy_breaks_off_or_is_late_more_often_is_worse() {
    let changes: [fn(&mut Class); 3] = [
        |class| (class.shed, class.right_accept) = (class.sent, 0),
        |class| class.broken = class.sent / 10,
        |class| class.timed_out = class.sent / 10,
    ];
    for (change, name) in changes.into_iter().zip(["shed", "broken", "timed out"]) {
        let worse = compared(committed(), but(change));
        let shares = worse.classes.iter().flat_map(ClassComparison::shares);
        let more: Vec<_> = shares.filter(|(_, share)| share.more).collect();
        assert!(matches!(more[..], [(found, _)] if found == name), "{name}: {more:?}");
        assert_eq!(worse.trend(), Trend::Worse, "{name}");
        assert_eq!(compared(but(change), but(change)).trend(), Trend::NotWorse, "{name}");
        assert_eq!(compared(but(change), committed()).trend(), Trend::NotWorse, "{name}");
    }
    let few = compared(committed(), but(|class| class.broken = 1));
    assert_eq!(few.trend(), Trend::NotWorse, "one of many is chance");
}

#[test]
fn classes_without_times_enough_are_listed() {
    let comparison = compared(committed(), committed());
    let sheet = Sheet::from(&comparison);
    let listed = sheet.tables.iter().find(|table| table.title == "too few answers to compare their times");
    assert_eq!(listed.map(|table| table.rows.len()), Some(comparison.classes.len()));
}
