//! `compare` of two loads of the reference server.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Lockproof, Outcome};

/// A short load of the reference server; where its result was kept. How the generator fared on a machine that has other
/// work too is not what is tried here: the result says that it fared well.
fn load(flags: &[&str]) -> (TempDir, PathBuf) {
    let run =
        Lockproof::new(&["load", "--rate", "300/s", "--duration", "2s", "--out", "out"]).args(flags).run();
    let kept = TempDir::new().unwrap();
    for name in ["load.json", "load.hlog"] {
        let from = run.folder().join("out").join(name);
        fs::copy(&from, kept.path().join(name)).unwrap_or_else(|error| panic!("{error}: {run}"));
    }
    let path = kept.path().join("load.json");
    let mut result: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    result["generator"]["valid"] = true.into();
    if result["verdict"] == "void" {
        result["verdict"] = "sound".into();
    }
    fs::write(&path, result.to_string()).unwrap();
    (kept, path)
}

fn compare(old: &Path, new: &Path, arguments: &[&str]) -> Outcome {
    Lockproof::new(&["compare", old.to_str().unwrap(), new.to_str().unwrap()]).args(arguments).run()
}

#[test]
fn a_slower_target_is_found_and_one_that_is_the_same_is_not() {
    let (_one, sound) = load(&["--seed", "1"]);
    let (_two, again) = load(&["--seed", "2"]);
    let (_three, slow) = load(&["--seed", "3", "--delay", "20ms"]);
    let worse = compare(&sound, &slow, &["--fail-on", "regression"]);
    assert_eq!(worse.code, Some(1), "{worse}");
    assert!(worse.says("slower:") && worse.says("worse than it was"), "{worse}");
    let better = compare(&slow, &sound, &["--format", "json"]);
    let value: Value = serde_json::from_str(&better.stdout).unwrap();
    let classes = value["classes"].as_array().unwrap();
    assert!(classes.iter().any(|class| class["latency"]["verdict"] == "faster"), "{better}");
    let same = compare(&sound, &sound, &["--fail-on", "regression"]);
    assert_eq!(same.code, Some(0), "{same}");
    assert!(same.says("not worse than it was"), "{same}");
    let other = compare(&sound, &again, &["--fail-on", "new-failures"]);
    assert_eq!(other.code, Some(0), "{other}");
}

#[test]
fn a_key_that_is_wrongly_accepted_is_a_new_failure() {
    let (_one, sound) = load(&["--seed", "1"]);
    let (_two, open) = load(&["--seed", "1", "--defect", "ignore-expiry"]);
    let worse = compare(&sound, &open, &["--fail-on", "new-failures"]);
    assert_eq!(worse.code, Some(1), "{worse}");
    assert!(worse.says("more wrong verdicts"), "{worse}");
    let run = Lockproof::new(&["run", "--only", "key-missing", "--report", "json=results.json"]).run();
    let results = run.folder().join("results.json");
    let mixed = compare(&results, &sound, &[]);
    assert_eq!(mixed.code, Some(2), "{mixed}");
    assert!(mixed.says("compare two of a kind"), "{mixed}");
}

#[test]
fn a_load_without_its_histograms_is_told_what_is_missing() {
    let (_one, sound) = load(&["--seed", "1"]);
    fs::remove_file(sound.with_extension("hlog")).unwrap();
    let outcome = compare(&sound, &sound, &[]);
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("a load is compared by its histograms"), "{outcome}");
}

#[test]
fn of_a_load_that_is_void_nothing_follows_but_what_was_wrong_stays_wrong() {
    let (_one, sound) = load(&["--seed", "1"]);
    let (_two, open) = load(&["--seed", "1", "--defect", "ignore-expiry"]);
    let mut result: Value = serde_json::from_slice(&fs::read(&sound).unwrap()).unwrap();
    result["verdict"] = "void".into();
    fs::write(&sound, result.to_string()).unwrap();
    let void = compare(&sound, &sound, &["--fail-on", "regression"]);
    assert_eq!(void.code, Some(5), "{void}");
    assert!(void.says("nothing can be concluded"), "{void}");
    for open_or_not in [&sound, &open] {
        let told = compare(&sound, open_or_not, &[]);
        assert_eq!(told.code, Some(5), "nothing was asked for: {told}");
    }
    let wrong = compare(&sound, &open, &["--fail-on", "new-failures"]);
    assert_eq!(wrong.code, Some(1), "{wrong}");
}

#[test]
fn one_shard_of_several_is_not_whole_and_nothing_follows_from_it() {
    let (_one, path) = load(&["--seed", "1"]);
    let mut result: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for (of, code, says) in [(1, 0, "not worse than it was"), (2, 5, "nothing can be concluded")] {
        result["identity"]["shard"] = serde_json::json!({ "number": 1, "of": of });
        fs::write(&path, result.to_string()).unwrap();
        let outcome = compare(&path, &path, &["--fail-on", "regression"]);
        assert_eq!(outcome.code, Some(code), "{outcome}");
        assert!(outcome.says(says), "{outcome}");
        assert_eq!(outcome.says("it is shard 1/2, put all of them together with `lockproof merge`"), of == 2);
    }
}

#[test]
fn a_target_that_is_busy_with_everything_is_worse_and_one_that_was_not_judged_is_nothing() {
    let (_one, sound) = load(&["--seed", "1"]);
    let (_two, busy) = load(&["--seed", "1"]);
    let mut result: Value = serde_json::from_slice(&fs::read(&busy).unwrap()).unwrap();
    for class in result["classes"].as_array_mut().unwrap() {
        class["shed"] = class["sent"].clone();
    }
    fs::write(&busy, result.to_string()).unwrap();
    let worse = compare(&sound, &busy, &["--fail-on", "regression"]);
    assert_eq!(worse.code, Some(1), "{worse}");
    assert!(worse.says("more shed, broken or timed out"), "{worse}");
    result["verdict"] = "inconclusive".into();
    fs::write(&busy, result.to_string()).unwrap();
    let nothing = compare(&sound, &busy, &["--fail-on", "regression"]);
    assert_eq!(nothing.code, Some(5), "{nothing}");
    assert!(nothing.says("it was inconclusive"), "{nothing}");
}
