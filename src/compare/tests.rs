//! Comparisons of two results, and how they are shown.

use proptest::prelude::*;

use super::*;
use crate::outcome::load::LoadVerdict;
use crate::outcome::{
    CaseResult, ContractInfo, FORMAT, Redacted, RunResult, RunVerdict, Summary, Tool, Verdict,
};
use crate::redact::Redactor;
use crate::report::{Colour, Ink, Page, Style};
use crate::scenario::Severity;

pub(super) fn case(id: &str, verdict: Verdict) -> CaseResult {
    let mut parts = id.split('/').map(str::to_owned);
    let mut next = || parts.next().unwrap_or_default();
    CaseResult {
        check: next(),
        environment: next(),
        operation: next(),
        variant: Some(next()),
        id: id.to_owned(),
        family: "core".to_owned(),
        severity: Severity::Must,
        credential: None,
        expects: None,
        verdict,
        answered: None,
        explained_by: None,
        requirement: Redacted::fixed("a key is asked for"),
        expected: Redacted::fixed("a refusal"),
        actual: Redactor::default().redact("status 200 | <b>@all</b>"),
        reproduce: None,
        exchange: None,
        duration_us: 1,
        file: None,
    }
}

pub(super) fn result(cases: &[(&str, Verdict)]) -> RunResult {
    RunResult {
        format: FORMAT.to_owned(),
        tool: Tool { name: "lockproof".to_owned(), version: "0.1.0".to_owned() },
        contract: ContractInfo {
            api: "Orders".to_owned(),
            file: "lockproof.yaml".to_owned(),
            environments: Vec::new(),
            operations: Vec::new(),
            credentials: Vec::new(),
        },
        target: Vec::new(),
        seed: 1,
        started: "2026-11-25T18:26:36Z".to_owned(),
        duration_ms: 5,
        verdict: RunVerdict::NonConformant,
        exit_code: 1,
        summary: Summary::of(cases.iter().map(|(_, verdict)| *verdict)),
        notices: Vec::new(),
        controls: Vec::new(),
        checks: Vec::new(),
        cases: cases.iter().map(|(id, verdict)| case(id, *verdict)).collect(),
    }
}

fn changed() -> RunComparison {
    let old = result(&[
        ("a/s/x.y/one", Verdict::Pass),
        ("a/s/x.y/two", Verdict::Fail),
        ("b/s/x.y/one", Verdict::Fail),
        ("b/s/x.y/two", Verdict::Pass),
        ("c/s/x.y/one", Verdict::Pass),
        ("d/s/x.y/one", Verdict::Pass),
        ("d/s/x.y/two", Verdict::Pass),
        ("gone/s/x.y/one", Verdict::Fail),
    ]);
    let new = result(&[
        ("a/s/x.y/one", Verdict::Fail),
        ("a/s/x.y/two", Verdict::Fail),
        ("b/s/x.y/one", Verdict::Pass),
        ("b/s/x.y/two", Verdict::Pass),
        ("c/s/x.y/one", Verdict::Warn),
        ("d/s/x.y/one", Verdict::Inconclusive),
        ("fresh/s/x.y/one", Verdict::Fail),
    ]);
    runs(&old, &new)
}

fn names(changes: &[CaseChange]) -> Vec<&str> {
    changes.iter().map(|change| change.case.as_str()).collect()
}

#[test]
fn every_case_is_in_one_list_and_what_nobody_knows_any_more_is_not_fixed() {
    let comparison = changed();
    assert_eq!(names(&comparison.new_failures), ["a/s/x.y/one", "fresh/s/x.y/one"]);
    assert_eq!(names(&comparison.new_warnings), ["c/s/x.y/one"]);
    assert_eq!(names(&comparison.unchanged), ["a/s/x.y/two"]);
    assert_eq!(names(&comparison.fixed), ["b/s/x.y/one"]);
    assert_eq!(names(&comparison.unjudged), ["d/s/x.y/one", "d/s/x.y/two"]);
    assert_eq!(
        (comparison.vanished.as_slice(), comparison.appeared.as_slice()),
        (&["gone".to_owned()][..], &["fresh".to_owned()][..])
    );
    assert_eq!(comparison.passing, 1);
    assert_eq!(comparison.trend(), Trend::NewFailures);
}

#[test]
fn a_result_is_not_worse_than_itself_and_a_lost_check_is_worse_though_nothing_fails() {
    let one = result(&[("a/s/x.y/one", Verdict::Pass), ("b/s/x.y/one", Verdict::Fail)]);
    assert_eq!(runs(&one, &one).trend(), Trend::NotWorse);
    let less = runs(&one, &result(&[("b/s/x.y/one", Verdict::Fail)]));
    assert_eq!(less.trend(), Trend::Worse);
    assert!(Sheet::from(&less).verdict.1.ends_with("checks gone: 1"), "what makes it worse is counted");
}

/// What a case can have come to, or that it was not there.
const STATES: [Option<Verdict>; 7] = [
    Some(Verdict::Pass),
    Some(Verdict::Fail),
    Some(Verdict::Warn),
    Some(Verdict::Skip),
    Some(Verdict::Inconclusive),
    Some(Verdict::Error),
    None,
];
/// The list that each change belongs in: `F` new failure, `W` new warning, `f` what no longer fails, `u` unchanged,
/// `?` unjudged, `p` passing as it did, `.` none of them. A row is what was, a column what is, in the order of `STATES`.
const LISTS: [&str; 7] = ["pFW????", "fuu????", "fFu????", ".FW....", ".FW....", ".FW....", ".FW...."];

#[test]
fn every_change_of_a_verdict_is_in_the_list_it_belongs_in() {
    // Another case keeps the check where the case itself is absent, or else the check would be new or gone.
    let run = |state: Option<Verdict>| {
        let one = state.map(|verdict| ("a/s/x.y/one", verdict));
        result(&[("a/s/x.y/rest", Verdict::Skip)].into_iter().chain(one).collect::<Vec<_>>())
    };
    for (was, row) in STATES.into_iter().zip(LISTS) {
        for (is, list) in STATES.into_iter().zip(row.chars()) {
            let comparison = runs(&run(was), &run(is));
            let lists = [
                (comparison.new_failures.len(), 'F'),
                (comparison.new_warnings.len(), 'W'),
                (comparison.fixed.len(), 'f'),
                (comparison.unchanged.len(), 'u'),
                (comparison.unjudged.len(), '?'),
                (comparison.passing, 'p'),
            ];
            let found: String =
                lists.iter().filter(|(number, _)| *number > 0).map(|(_, name)| *name).collect();
            assert_eq!(if found.is_empty() { "." } else { &found }, list.to_string(), "{was:?} {is:?}");
        }
    }
}

fn shown(sheet: &Sheet) -> String {
    let mut text = Page::new(Style { width: 80, colour: Colour::Off });
    page(sheet, &mut text);
    String::from_utf8(text.into_bytes()).expect("a page is text")
}

#[test]
fn two_runs_on_a_terminal_and_in_a_pull_request() {
    let sheet = Sheet::from(&changed());
    insta::assert_snapshot!(shown(&sheet));
    insta::assert_snapshot!(markdown(&sheet));
}

/// Two loads in which everything differs that can.
fn two_loads() -> LoadComparison {
    let class = |name: &str, verdict: Option<Pace>, (old_wrong, new_wrong): (u64, u64)| ClassComparison {
        name: name.to_owned(),
        latency: verdict.map(|verdict| Latency {
            old_p50_us: 1_204,
            new_p50_us: 1_900,
            old_p99_us: 4_032,
            new_p99_us: 16_127,
            delta: 0.41,
            p: 3.2e-9,
            tail_share: 0.083,
            tail_p: 1.5e-7,
            verdict,
        }),
        old_wrong,
        new_wrong,
        more_wrong: new_wrong > old_wrong,
        shed: Share { old: 0.01, new: if name == "rare" { 1.0 } else { 0.01 }, more: name == "rare" },
        broken: Share { old: 0.0, new: 0.0, more: false },
        timed_out: Share { old: 0.0, new: if name == "rare" { 0.125 } else { 0.0 }, more: name == "rare" },
    };
    LoadComparison {
        format: "lockproof-comparison/1",
        old: "steady, 2026-11-25T18:26:36Z".to_owned(),
        new: "steady | @all, 2026-11-26T18:26:36Z".to_owned(),
        notices: vec!["they are of different plans".to_owned(), "the later one was <b>cut</b>".to_owned()],
        valid: true,
        verdicts: Verdicts { old: LoadVerdict::Sound, new: LoadVerdict::Wrong },
        throughput: Throughput { old: 200.0, new: 174.4, p: Some(0.000_81), less: true },
        classes: vec![
            class("expired/items.list", Some(Pace::Same), (0, 2)),
            class("good/items.list", Some(Pace::Slower), (0, 0)),
            class("good/items.search", Some(Pace::LongerTail), (0, 0)),
            class("missing/items.list", Some(Pace::Faster), (3, 3)),
            class("rare", None, (0, 0)),
        ],
        vanished: vec!["narrow".to_owned()],
        appeared: vec!["wide".to_owned(), "far".to_owned()],
        newly_missed: vec!["p99(all) < 10ms".to_owned()],
    }
}

#[test]
fn two_loads_on_a_terminal_and_in_a_pull_request() {
    let sheet = Sheet::from(&two_loads());
    insta::assert_snapshot!(shown(&sheet));
    insta::assert_snapshot!(markdown(&sheet));
}

#[test]
fn what_cannot_be_trusted_is_said_to_conclude_nothing() {
    let sound = LoadComparison {
        classes: Vec::new(),
        verdicts: Verdicts { old: LoadVerdict::Sound, new: LoadVerdict::Sound },
        newly_missed: Vec::new(),
        vanished: Vec::new(),
        throughput: Throughput { old: 200.0, new: 200.0, p: None, less: false },
        ..two_loads()
    };
    let verdict = |comparison: &LoadComparison| Sheet::from(comparison).verdict.1;
    assert_eq!(verdict(&sound), "not worse than it was");
    let void = LoadComparison { valid: false, ..sound };
    assert_eq!(verdict(&void), "nothing can be concluded");
    let gone = LoadComparison { vanished: vec!["narrow".to_owned()], ..void };
    assert_eq!(verdict(&gone), "nothing can be concluded, but that classes are gone");
    assert_eq!(
        verdict(&LoadComparison { valid: false, ..two_loads() }),
        "verdicts are wrong, or thresholds missed, that were not"
    );
}

#[test]
fn a_long_table_is_cut_and_says_so() {
    let rows = (0..60).map(|number| vec![format!("case {number}")]).collect();
    let table = Table { title: "many", ink: Ink::Plain, head: vec!["case"], rows };
    let verdict = (Ink::Good, "fine".to_owned());
    let sheet = Sheet { title: "Two".to_owned(), facts: Vec::new(), tables: vec![table], verdict };
    for text in [shown(&sheet), markdown(&sheet)] {
        assert!(
            text.contains("case 49") && !text.contains("case 50") && text.contains("and 10 more"),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn nothing_that_a_target_writes_is_markup(text in "\\PC{0,60}|[|<>@`*_\\[\\]!#\\\\\n]{0,20}") {
        let table = Table { title: "t", ink: Ink::Plain, head: vec!["a", "b"], rows: vec![vec![text, "x".to_owned()]] };
        let sheet = Sheet { title: "T".to_owned(), facts: Vec::new(), tables: vec![table], verdict: (Ink::Good, "v".to_owned()) };
        let written = markdown(&sheet);
        let row = written.lines().last().unwrap_or_default();
        prop_assert_eq!(row.matches('|').count(), 3, "{}", row);
        prop_assert!(!row.contains(['<', '>', '@', '`', '*', '[', ']', '\\']), "{}", row);
        // Within a word an underscore is only itself.
        let chars: Vec<char> = row.chars().collect();
        let is_own = |three: &[char]| three[1] != '_' || three[0].is_alphanumeric() && three[2].is_alphanumeric();
        prop_assert!(chars.windows(3).all(is_own), "{}", row);
    }
}
