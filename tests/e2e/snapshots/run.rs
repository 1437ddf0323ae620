//! `run --snapshots`: what is unseen, stale or changed is a finding of the run.

use serde_json::Value;

use super::{approved, names, program, text, volatile};
use crate::support::{Lockproof, Outcome, Small};

const RUN: [&str; 3] = ["run", "--snapshots", "snapshots"];

/// What the snapshots came to: check, verdict, and the last part of the id.
fn found(outcome: &Outcome) -> Vec<(String, String, String)> {
    let results = outcome.results();
    let text = |case: &Value, name: &str| case[name].as_str().unwrap().to_owned();
    let cases = results["cases"].as_array().unwrap().iter().filter(|case| case["family"] == "snapshot");
    let cases = cases.map(|case| (text(case, "check"), text(case, "verdict"), text(case, "variant")));
    cases.filter(|(_, verdict, _)| verdict != "pass").collect()
}

#[test]
fn what_is_volatile_is_found_without_being_declared() {
    let before = approved(&volatile("Nobody knows this key."));
    insta::assert_snapshot!(text(&before, "401-invalid-api-key.snap"));
    let after = program(&volatile("Nobody knows this key."), &RUN, Some(&before)).args(&["--strict"]).run();
    assert_eq!(found(&after), [], "{after}");
    assert_eq!(names(&after), names(&before));
    assert!(after.says("conformant"), "{after}");
    assert_eq!(after.code, Some(0), "{after}");
}

#[test]
fn one_word_is_found_and_waits_for_a_review() {
    let before = approved(&volatile("Nobody knows this key."));
    let after = program(&volatile("Nobody knows that key."), &RUN, Some(&before)).run();
    let changed = ("snapshot-changed".to_owned(), "fail".to_owned(), "401-invalid-api-key".to_owned());
    assert_eq!(found(&after), [changed], "{after}");
    assert_eq!(after.code, Some(1), "{after}");
    assert!(after.says(
        r#"it says "detail": "Nobody knows that key." and no longer "detail": "Nobody knows this key.""#
    ));
    let pending = text(&after, "401-invalid-api-key.snap.new");
    let approved = text(&before, "401-invalid-api-key.snap");
    assert_eq!(pending, approved.replace("this key", "that key"));
}

#[test]
fn what_nobody_approved_is_unseen_and_what_nothing_belongs_to_is_stale() {
    let server = volatile("Nobody knows this key.");
    let before = program(&server, &["snapshot", "--approve", "--only", "key-missing"], None).run();
    assert_eq!(names(&before), ["401-missing-api-key.snap"], "{before}");
    let stale = text(&before, "401-missing-api-key.snap").replace("key-missing/", "key-of-old/");
    let after =
        program(&server, &RUN, Some(&before)).args(&["--only", "key-unknown", "--only", "key-missing"]);
    let after = after.file("snapshots/401-old.snap", stale).run();
    let mut checks = found(&after);
    checks.sort();
    let finding = |check: &str, name: &str| (check.to_owned(), "fail".to_owned(), name.to_owned());
    let wanted = [finding("snapshot-stale", "401-old"), finding("snapshot-unseen", "401-key-unknown")];
    assert_eq!(checks, wanted, "{after}");
    assert_eq!(after.code, Some(1), "{after}");
    assert!(names(&after).contains(&"401-invalid-api-key.snap.new".to_owned()), "{after}");
    let pruned = program(&server, &["snapshot", "--prune"], Some(&after)).run();
    assert!(!names(&pruned).contains(&"401-old.snap".to_owned()), "{pruned}");
}

#[test]
fn scenarios_of_ones_own_remove_no_snapshot_of_another_check() {
    let server = volatile("Nobody knows this key.");
    let before = approved(&server);
    let own = include_str!("../../../scenarios/core/key-missing.yaml");
    // Alone it depends on no other check, and is no longer in the folder that makes it one of the core.
    let own = own.replace("depends_on: [not-407, problem-content-type]\n", "");
    let own = own.replace("tags: [smoke]", "tags: [core]");
    let asked = server.requests().len();
    let pruned = program(&server, &["snapshot", "--prune", "--scenarios", "key-missing.yaml"], Some(&before));
    let pruned = pruned.file("key-missing.yaml", &own).run();
    assert_eq!(pruned.code, Some(2), "{pruned}");
    assert!(pruned.says("--prune is for the built-in suite") && names(&pruned) == names(&before), "{pruned}");
    assert_eq!(server.requests().len(), asked);
    let after = program(&server, &RUN, Some(&before)).args(&["--scenarios", "key-missing.yaml"]);
    let after = after.file("key-missing.yaml", &own).run();
    assert_eq!(found(&after), [], "{after}");
}

#[test]
fn what_waits_from_one_part_stays_where_another_is_recorded() {
    let server = volatile("Nobody knows this key.");
    let first = program(&server, &["snapshot", "--only", "key-unknown"], None).run();
    assert_eq!(names(&first), ["401-invalid-api-key.snap.new"], "{first}");
    let both = |outcome: &Outcome| {
        let waiting = text(outcome, "401-invalid-api-key.snap.new");
        assert!(
            waiting.contains("- key-unknown/") && waiting.contains("Nobody knows this key."),
            "{waiting}"
        );
        waiting.contains("- key-malformed/")
    };
    let same = program(&server, &["snapshot", "--only", "key-malformed"], Some(&first)).run();
    assert!(names(&same) == names(&first) && both(&same), "{same}");
    let other = volatile("Nobody knows that key.");
    let other = program(&other, &["snapshot", "--only", "key-malformed"], Some(&first)).run();
    let two = ["401-invalid-api-key-key-malformed.snap.new", "401-invalid-api-key.snap.new"];
    assert!(names(&other) == two && !both(&other), "{other}");
}

#[test]
fn in_ci_nothing_is_written_and_what_would_have_been_is_a_failure() {
    let before = approved(&volatile("Nobody knows this key."));
    let changed = volatile("Nobody knows that key.");
    for verb in [&RUN[..], &["snapshot"]] {
        let after = program(&changed, verb, Some(&before)).env("CI", "true").run();
        assert_eq!(after.code, Some(1), "{after}");
        assert!(after.says("CI is set"), "{after}");
        assert_eq!(names(&after), names(&before));
    }
    let same =
        program(&volatile("Nobody knows this key."), &["snapshot"], Some(&before)).env("CI", "true").run();
    assert_eq!(same.code, Some(0), "{same}");
    // What others take for "not in CI" is that here too.
    let after = program(&changed, &["snapshot"], Some(&before)).env("CI", "false").run();
    assert_eq!(names(&after).len(), names(&before).len() + 1, "{after}");
}

#[test]
fn a_target_that_cannot_be_judged_is_not_frozen() {
    let down = Small::at("http://127.0.0.1:1").program(&crate::support::Keys::default());
    let outcome = down.args(&["snapshot", "--contract", "lockproof.yaml", "--tag", "core"]).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(outcome.says("no snapshot is taken") && names(&outcome).is_empty(), "{outcome}");
}

#[test]
fn there_must_be_something_to_compare_with() {
    let outcome = Lockproof::new(&["run", "--snapshots", "nowhere"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("lockproof snapshot --snapshots nowhere --approve"), "{outcome}");
}

#[test]
fn the_three_checks_are_explained() {
    for check in ["snapshot-changed", "snapshot-unseen", "snapshot-stale"] {
        let outcome = Lockproof::new(&["explain", check]).run();
        assert_eq!(outcome.code, Some(0), "{outcome}");
        assert!(outcome.says("lockproof run --snapshots FOLDER"), "{outcome}");
    }
}
