//! The rules of the matrix, tried on runs that never were.

use std::collections::BTreeMap;

use serde_json::json;

use super::matrix::Matrix;
use super::seen::{Controls, Seen};
use super::stage::Stage;
use super::subject::{Kind, Subject};
use super::weigh::{Row, weigh};
use super::{markdown, page};
use crate::document::Source;
use crate::mock::{defects, variants};
use crate::outcome::{CaseResult, RunVerdict, Verdict};
use crate::plan::Slow;
use crate::scenario::{Suite, load};

/// A suite of two checks, each there to find one defect; what else a check says is added to it.
fn suite(more: [&str; 2]) -> Suite {
    let checks = [("first", "ignore-expiry", more[0]), ("second", "allow-all", more[1])];
    let scenarios = checks.map(|(id, catches, more)| {
        let severity = if more.contains("severity") { "" } else { "severity: must\n" };
        let text = format!(
            "id: {id}\ntitle: The {id} holds\n{severity}sources: [RFC 9110]\nwhy: Because.\nadvice: Do.\n\
             expect: {{ refusal: missing }}\ncatches: [{catches}]\n{more}\n"
        );
        load(Source { name: format!("core/{id}.yaml"), text }).unwrap()
    });
    Suite { scenarios: scenarios.into() }
}

/// A case that was rightly found wrong.
fn found(check: &str, verdict: Verdict) -> CaseResult {
    serde_json::from_value(json!({
        "id": format!("{check}/here/a.b"), "check": check, "family": "core", "severity": "must",
        "environment": "here", "operation": "a.b", "credential": null, "expects": null, "variant": null,
        "verdict": verdict, "requirement": format!("The {check} holds"), "expected": "a refusal",
        "actual": "status 200", "reproduce": "curl http://here", "duration_us": 1,
        "exchange": {
            "sent": { "method": "GET", "url": "http://here", "headers": [], "body": null, "body_bytes": 0 },
            "received": {
                "version": "HTTP/1.1", "status": 200, "headers": [], "body": "", "body_bytes": 0, "truncated": false
            },
            "problem": null,
            "timing": { "connect_us": null, "first_byte_us": null, "last_byte_us": null }
        }
    }))
    .unwrap()
}

fn seen(verdict: RunVerdict, raised: impl IntoIterator<Item = CaseResult>) -> Seen {
    let raised: BTreeMap<_, _> = raised.into_iter().map(|case| (case.check.clone(), case)).collect();
    Seen { verdict, controls: Controls::Held, raised }
}

/// A run in which some checks failed.
fn failed<const N: usize>(checks: [&str; N]) -> Seen {
    seen(RunVerdict::NonConformant, checks.map(|check| found(check, Verdict::Fail)))
}

fn clean() -> Seen {
    seen(RunVerdict::Conformant, [])
}

fn row(kind: Kind, seen: Seen) -> Row {
    (Subject { kind, stage: Stage::plain(), seed: 1, slow: Slow::LeftOut }, seen)
}

fn defect(id: &str, seen: Seen) -> Row {
    row(Kind::Defect(defects::find(id).unwrap()), seen)
}

/// The rows of a suite that is as it should be; a test changes what it is about.
fn sound() -> Vec<Row> {
    vec![
        row(Kind::Sound, clean()),
        row(Kind::Variant(variants::find("gzip").unwrap()), clean()),
        defect("ignore-expiry", failed(["first"])),
        defect("allow-all", failed(["second"])),
    ]
}

fn weighed(at: usize, seen: Seen) -> Matrix {
    let mut rows = sound();
    rows[at].1 = seen;
    weigh(&suite(["", ""]), Slow::LeftOut, &rows)
}

/// What is wrong with a matrix, heading by heading.
fn complaints(matrix: &Matrix) -> Vec<String> {
    assert_eq!(matrix.holds(), matrix.complaints().is_empty());
    let lines =
        matrix.complaints().into_iter().map(|(heading, all)| format!("{heading}: {}", all.join("; ")));
    lines.collect()
}

#[test]
fn a_suite_that_finds_everything_and_nothing_else_is_proved() {
    let matrix = weigh(&suite(["", ""]), Slow::LeftOut, &sound());
    assert_eq!(complaints(&matrix), [""; 0]);
    assert_eq!((matrix.defects, matrix.killed, matrix.seeds, matrix.variants.len()), (2, 2, 1, 1));
    assert_eq!(matrix.matrix["allow-all"]["second"], Verdict::Fail);
    assert_eq!(matrix.staged["allow-all"], "plain");
}

#[test]
fn a_defect_that_nothing_finds_survives_and_leaves_its_check_idle() {
    let matrix = weighed(2, clean());
    assert_eq!(
        complaints(&matrix),
        [
            "Defects that survived: ignore-expiry",
            "Checks that name a defect and do not find it: ignore-expiry by first",
            "Checks that can fail and find nothing: first",
        ]
    );
    assert_eq!((matrix.defects, matrix.killed), (2, 1));
}

#[test]
fn a_find_by_a_check_that_does_not_name_the_defect_is_undeclared() {
    let undeclared = "Checks that find a defect which they neither name nor declare: ignore-expiry by second";
    assert_eq!(complaints(&weighed(2, failed(["first", "second"]))), [undeclared]);
    // It is not a kill either.
    assert_eq!(weighed(2, failed(["second"])).survived, ["ignore-expiry"]);
}

#[test]
fn what_could_not_be_judged_or_broke_is_raised_too() {
    for verdict in [Verdict::Inconclusive, Verdict::Error, Verdict::Warn] {
        let raised = [found("first", Verdict::Fail), found("second", verdict)];
        let matrix = weighed(2, seen(RunVerdict::NonConformant, raised));
        assert_eq!(matrix.undeclared_kills.len(), 1, "{verdict}");
        let alarmed = weighed(1, seen(RunVerdict::Conformant, [found("second", verdict)]));
        assert_eq!(alarmed.false_alarms.len(), 1, "{verdict}");
    }
}

#[test]
fn collateral_with_a_reason_is_allowed_and_shown_and_is_no_kill() {
    let suite = suite(["", "collateral: { ignore-expiry: the two cannot be told apart }"]);
    let mut rows = sound();
    rows[2].1 = failed(["first", "second"]);
    let matrix = weigh(&suite, Slow::LeftOut, &rows);
    assert_eq!(complaints(&matrix), [""; 0]);
    let declared = "`ignore-expiry` by `second`: the two cannot be told apart";
    assert!(markdown(&matrix).contains(declared));
    rows[2].1 = failed(["second"]);
    assert_eq!(weigh(&suite, Slow::LeftOut, &rows).survived, ["ignore-expiry"]);
}

/// Something done to a case so that it proves nothing any more, and what is said of it.
type Spoiled = (fn(&mut CaseResult), &'static str);

#[test]
fn a_find_without_sound_evidence_does_not_count() {
    let spoiled: [Spoiled; 7] = [
        (|case| case.verdict = Verdict::Warn, "the verdict is warn, of a must it is fail"),
        (|case| case.verdict = Verdict::Inconclusive, "the verdict is inconclusive, of a must it is fail"),
        (
            |case| case.requirement = found("other", Verdict::Fail).requirement,
            "the requirement is not the check's title",
        ),
        (|case| case.actual = crate::outcome::Redacted::default(), "it does not say what was seen"),
        (|case| case.exchange.as_mut().unwrap().received = None, "there is no answer to show"),
        (|case| case.exchange = None, "there is no answer to show"),
        (|case| case.reproduce = None, "there is no command to reproduce it"),
    ];
    for (spoil, why) in spoiled {
        let mut case = found("first", Verdict::Fail);
        spoil(&mut case);
        let matrix = weighed(2, seen(RunVerdict::NonConformant, [case]));
        let weak: Vec<_> = matrix.weak_kills.iter().map(|kill| &*kill.why).collect();
        assert_eq!(weak, [why]);
        assert_eq!((matrix.killed, &*matrix.survived), (1, &["ignore-expiry".to_owned()][..]), "{why}");
    }
}

#[test]
fn a_failure_in_a_run_that_did_not_fail_proves_nothing() {
    let matrix = weighed(2, seen(RunVerdict::Conformant, [found("first", Verdict::Fail)]));
    assert_eq!(matrix.weak_kills[0].why, "the run came to conformant");
}

#[test]
fn a_should_is_proved_by_a_warning_and_an_info_need_not_be_proved() {
    let suite = suite(["severity: should", "severity: info"]);
    let mut rows = sound();
    rows[2].1 = seen(RunVerdict::Conformant, [found("first", Verdict::Warn)]);
    rows[3].1 = clean();
    let matrix = weigh(&suite, Slow::LeftOut, &rows);
    assert_eq!(matrix.idle_checks, [""; 0]);
    assert_eq!((&*matrix.weak_kills, &*matrix.survived), (&[][..], &["allow-all".to_owned()][..]));
}

#[test]
fn a_server_that_accepts_nobody_is_found_unjudgeable_and_is_no_kill() {
    let all = ["first", "second"].map(|check| found(check, Verdict::Inconclusive));
    let nothing = Seen { controls: Controls::Failed, ..seen(RunVerdict::Inconclusive, all) };
    let matrix = weighed(2, nothing.clone());
    assert_eq!(complaints(&matrix), ["Checks that can fail and find nothing: first"]);
    assert_eq!((matrix.killed, &*matrix.unjudgeable), (1, &["ignore-expiry".to_owned()][..]));
    assert_eq!(matrix.matrix["ignore-expiry"].len(), 1, "only the check that names it is entered");

    // Controls that held, or a failure beside it, are another matter.
    let held = Seen { controls: Controls::Held, ..nothing.clone() };
    let mut failing = nothing;
    failing.raised.insert("second".to_owned(), found("second", Verdict::Fail));
    for other in [held, failing] {
        let matrix = weighed(2, other);
        assert_eq!((&*matrix.unjudgeable, &*matrix.survived), (&[][..], &["ignore-expiry".to_owned()][..]));
    }
}

#[test]
fn whatever_is_raised_on_a_sound_server_is_a_false_alarm() {
    let alarms = complaints(&weighed(0, failed(["first"])));
    assert_eq!(alarms, ["False alarms: the sound server, plain, seed 1: first/here/a.b is fail: status 200"]);
    let alarms = complaints(&weighed(1, failed(["second"])));
    assert_eq!(alarms, ["False alarms: the variant gzip, plain: second/here/a.b is fail: status 200"]);
}

#[test]
fn a_sound_server_on_which_nothing_was_judged_proves_nothing() {
    let alarms = complaints(&weighed(0, seen(RunVerdict::Inconclusive, [])));
    let told =
        "False alarms: the sound server, plain, seed 1: the whole run is inconclusive: nothing was raised";
    assert_eq!(alarms, [told]);
}

#[test]
fn a_check_that_names_a_defect_which_does_not_exist_does_not_find_it() {
    let mut rows = sound();
    rows.remove(3);
    let matrix = weigh(&suite(["", ""]), Slow::LeftOut, &rows);
    assert_eq!(matrix.missed_kills[0].to_string(), "allow-all by second");
}

#[test]
fn of_two_defects_at_least_one_is_found() {
    let pair = |seen| {
        let [one, other] = ["ignore-expiry", "allow-all"].map(|id| defects::find(id).unwrap());
        let mut rows = sound();
        rows.push(row(Kind::Pair(one, other), seen));
        weigh(&suite(["", ""]), Slow::LeftOut, &rows)
    };
    assert_eq!(complaints(&pair(failed(["second"]))), [""; 0]);
    let masked = ["Pairs of defects that hide each other: ignore-expiry with allow-all"];
    assert_eq!(complaints(&pair(clean())), masked);
    assert_eq!(pair(clean()).pairs, 1);
}

#[test]
fn a_matrix_tells_what_is_wrong_with_it() {
    let mut rows = sound();
    rows[1].1 = failed(["second"]);
    rows[2].1 = failed(["second"]);
    let mut matrix = weigh(&suite(["", ""]), Slow::LeftOut, &rows);
    matrix.shipped.insert("ships-hex".to_owned(), "scan-key-in-artefact".to_owned());
    matrix.overlooked.push("ships-digest".to_owned());
    insta::assert_snapshot!("the_page_of_a_proof_that_failed", page(&matrix));
    insta::assert_snapshot!("the_document_of_a_proof_that_failed", markdown(&matrix));
}

#[test]
fn a_matrix_is_read_back_as_it_was_written() {
    let matrix = weighed(1, failed(["second"]));
    let text = serde_json::to_string(&matrix).unwrap();
    assert_eq!(serde_json::from_str::<Matrix>(&text).unwrap(), matrix);
}

#[test]
fn a_slow_check_owes_nothing_where_it_was_left_out() {
    let suite = suite(["", "slow: true"]);
    let mut rows = sound();
    rows.pop();
    let matrix = weigh(&suite, Slow::LeftOut, &rows);
    assert!(matrix.holds(), "{:?}", complaints(&matrix));
    assert_eq!(matrix.left_out, ["second"]);
    assert!(page(&matrix).contains("1 left out"), "{}", page(&matrix));

    let matrix = weigh(&suite, Slow::Included, &rows);
    assert!(matrix.left_out.is_empty());
    assert_eq!(matrix.idle_checks, ["second"]);
    let mut all = sound();
    all[3].0.slow = Slow::Included;
    assert!(weigh(&suite, Slow::Included, &all).holds());
}
