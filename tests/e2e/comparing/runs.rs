//! `compare` of two runs.

use std::fs;

use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Server, Small, json};

/// A sound target, or one that lets everybody in who has any key.
#[derive(Clone, Copy, PartialEq)]
enum Door {
    Locked,
    Open,
}

/// The result of a run against it.
fn result(door: Door) -> String {
    let edge = Edge::new(&Keys::default());
    let server = Server::http(move |request| {
        let sound = edge.answer(request);
        let refused = String::from_utf8_lossy(&sound).contains("invalid_api_key");
        Reply::Whole(if door == Door::Open && refused { json(200, r#"{"items":[]}"#) } else { sound })
    });
    let outcome = Small::at(&server.url()).run().args(&["--tag", "core"]).run();
    fs::read_to_string(outcome.folder().join("reports/latest/results.json")).unwrap()
}

fn compare(old: &str, new: &str, arguments: &[&str]) -> Outcome {
    let program = Lockproof::new(&["compare", "old.json", "new.json"]).args(arguments);
    program.file("old.json", old).file("new.json", new).run()
}

#[test]
fn what_fails_now_is_told_from_what_no_longer_does() {
    let (sound, open) = (result(Door::Locked), result(Door::Open));
    let worse = compare(&sound, &open, &["--fail-on", "new-failures"]);
    assert_eq!(worse.code, Some(1), "{worse}");
    assert!(worse.says("key-unknown/test/items.list/forged went from pass to fail"), "{worse}");
    let better = compare(&open, &sound, &["--fail-on", "regression"]);
    assert_eq!(better.code, Some(0), "{better}");
    assert!(better.says("key-unknown/test/items.list/forged went from fail to pass"), "{better}");
    let same = compare(&open, &open, &["--fail-on", "regression"]);
    assert_eq!(same.code, Some(0), "{same}");
    assert!(same.says("new failures: 0, new warnings: 0, no longer judged: 0, fixed: 0"), "{same}");
    // Without --fail-on it only tells.
    assert_eq!(compare(&sound, &open, &[]).code, Some(0));
}

/// Makes the summary of a result that of its cases.
fn sum_up(run: &mut serde_json::Value) {
    let verdicts: Vec<_> =
        run["cases"].as_array().unwrap().iter().map(|case| case["verdict"].clone()).collect();
    for (name, count) in run["summary"].as_object_mut().unwrap() {
        *count = verdicts.iter().filter(|verdict| **verdict == **name).count().into();
    }
}

#[test]
fn a_check_that_is_gone_is_counted_in_the_last_line() {
    let all = result(Door::Locked);
    let mut some: serde_json::Value = serde_json::from_str(&all).unwrap();
    some["cases"].as_array_mut().unwrap().retain(|case| case["check"] != "key-missing");
    sum_up(&mut some);
    let less = compare(&all, &some.to_string(), &["--fail-on", "regression"]);
    assert_eq!(less.code, Some(1), "{less}");
    assert!(
        less.says("new failures: 0, new warnings: 0, no longer judged: 0") && less.says("checks gone: 1"),
        "{less}"
    );
}

#[test]
fn a_case_on_which_the_program_broke_is_no_new_failure_and_hides_none() {
    let (sound, open) = (result(Door::Locked), result(Door::Open));
    let broke = |text: &str| {
        let mut run: serde_json::Value = serde_json::from_str(text).unwrap();
        for case in run["cases"].as_array_mut().unwrap() {
            case["verdict"] = "error".into();
        }
        sum_up(&mut run);
        run.to_string()
    };
    let unknown = compare(&sound, &broke(&sound), &["--fail-on", "new-failures"]);
    assert_eq!(unknown.code, Some(0), "{unknown}");
    assert!(unknown.says("no longer judged") && unknown.says("as they did: 0"), "{unknown}");
    let hidden = compare(&broke(&open), &open, &["--fail-on", "new-failures"]);
    assert_eq!(hidden.code, Some(1), "{hidden}");
}

#[test]
fn it_is_shown_to_programs_and_in_pull_requests() {
    let (sound, open) = (result(Door::Locked), result(Door::Open));
    let told = compare(&sound, &open, &["--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(value["format"], "lockproof-compare/1");
    let failures = value["new_failures"].as_array().unwrap();
    assert!(failures.iter().all(|change| change["was"] == "pass" && change["is"] == "fail"), "{told}");
    let told = compare(&sound, &open, &["--format", "markdown"]);
    assert!(
        told.stdout.starts_with("### Two runs\n") && told.stdout.contains("| case | went from | seen |"),
        "{told}"
    );
    assert!(!told.stdout.contains('\u{1b}'), "{told}");
}

#[test]
fn what_is_no_result_is_named() {
    let sound = result(Door::Locked);
    for (old, said) in [
        ("", "could not read old.json: it is empty"),
        ("{}", "could not read old.json: it is no result of Lockproof"),
        (r#"{"format":"x"}"#, "it is of the format `x`"),
        (
            r#"{"format":"lockproof-results/1"}"#,
            "could not read old.json: it says to be lockproof-results/1, and does not fit it",
        ),
        (r#"{"format":"lockproof-load/1"}"#, "it says to be lockproof-load/1, and does not fit it"),
    ] {
        let outcome = compare(old, &sound, &[]);
        assert_eq!(outcome.code, Some(2), "{outcome}");
        assert!(outcome.says(said), "{said}: {outcome}");
    }
    let missing = Lockproof::new(&["compare", "nowhere.json", "nowhere.json"]).run();
    assert_eq!(missing.code, Some(2), "{missing}");
}
