//! The harness proves itself: every defect of the reference server is found by the checks that name it, and by no
//! other; the sound server raises nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use lockproof::mock::defects;
use lockproof::scenario::{Need, Scenario, Suite, builtin_files};
use serde_json::Value;

/// What one run said: its exit code, and the checks that went wrong, by verdict.
struct Seen {
    exit: i32,
    wrong: BTreeSet<(String, String)>,
    report: Value,
}

/// Runs the suite on the reference server, in this process's folder, and reads what it says.
fn run(arguments: &[&str]) -> Seen {
    let output = Command::new(env!("CARGO_BIN_EXE_lockproof"))
        .args(["run", "--quiet", "--report", "json=-"])
        .args(arguments)
        .output()
        .expect("the program starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("no report: {}", String::from_utf8_lossy(&output.stderr)));
    let cases = report["cases"].as_array().expect("a report has cases");
    let text = |case: &Value, name: &str| case[name].as_str().unwrap().to_owned();
    let wrong = cases
        .iter()
        .map(|case| (text(case, "check"), text(case, "verdict")))
        .filter(|(_, verdict)| verdict != "pass" && verdict != "skip")
        .collect();
    Seen { exit: output.status.code().expect("the program ends by itself"), wrong, report }
}

fn suite() -> Vec<Scenario> {
    Suite::read(builtin_files()).expect("the built-in suite is sound").scenarios
}

/// What a defect needs so that it can be seen at all: TLS, or a key that travels as a Bearer token.
fn stage(catchers: &[&Scenario]) -> &'static [&'static str] {
    let need = |is: fn(&Need) -> bool| catchers.iter().any(|scenario| scenario.needs.iter().any(is));
    if need(|need| matches!(need, Need::Scheme(_))) {
        &["--contract", concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/bearer/lockproof.yaml"), "--reference"]
    } else if need(|need| *need == Need::Tls) {
        &["--tls"]
    } else {
        &[]
    }
}

/// What is wrong with how a defect was found, if anything is.
fn judge(defect: &str, suite: &[Scenario]) -> Option<String> {
    let names = |scenario: &&Scenario| scenario.catches.iter().any(|caught| caught.as_str() == defect);
    let catchers: Vec<&Scenario> = suite.iter().filter(names).collect();
    let seen = run(&[stage(&catchers), &["--defect", defect]].concat());
    let designated: BTreeSet<_> = catchers.iter().map(|scenario| scenario.id.to_string()).collect();
    if seen.report["verdict"] == "inconclusive" && catchers.is_empty() {
        return Some("no check names it".to_owned());
    }
    // A server that accepts nobody cannot be judged: that is what must be said of it.
    if defect == "deny-all" {
        let judged = seen.wrong.iter().any(|(_, verdict)| verdict != "inconclusive");
        return (judged || seen.exit != 3).then(|| format!("exit {}: {:?}", seen.exit, seen.wrong));
    }
    let killers: BTreeSet<_> = seen.wrong.iter().map(|(check, _)| check.clone()).collect();
    let must = catchers.iter().any(|scenario| scenario.severity == lockproof::scenario::Severity::Must);
    let exit = i32::from(must);
    (killers != designated || seen.exit != exit)
        .then(|| format!("exit {}: found by {:?}, must be found by {designated:?}", seen.exit, seen.wrong))
}

#[test]
fn every_defect_is_found_by_the_checks_that_name_it_and_by_no_other() {
    let (suite, defects): (_, Vec<_>) = (suite(), defects::all().map(|defect| defect.id).collect());
    assert!(defects.len() >= 6, "the first slice has at least six defects");
    let next = AtomicUsize::new(0);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let work = || {
            let mut wrong = Vec::new();
            while let Some(defect) = defects.get(next.fetch_add(1, Ordering::Relaxed)) {
                wrong.extend(judge(defect, &suite).map(|why| format!("{defect}: {why}")));
            }
            wrong
        };
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {} defects:\n{}", wrong.len(), defects.len(), wrong.join("\n"));
}

#[test]
fn every_check_that_can_fail_names_a_defect_that_exists() {
    let known: BTreeSet<_> = defects::all().map(|defect| defect.id).collect();
    for scenario in suite() {
        let info = scenario.severity == lockproof::scenario::Severity::Info;
        assert!(info || !scenario.catches.is_empty(), "{} names no defect", scenario.id);
        for defect in &scenario.catches {
            assert!(known.contains(defect.as_str()), "{}: there is no defect {defect}", scenario.id);
        }
    }
}

#[test]
fn the_sound_server_raises_nothing_in_any_order_and_over_any_transport() {
    let transports: [&[&str]; 4] = [&[], &["--tls"], &["--http", "2"], &["--tls", "--http", "2"]];
    for transport in transports {
        for seed in ["1", "2", "3"] {
            let seen = run(&[transport, &["--seed", seed]].concat());
            assert_eq!((seen.exit, seen.wrong), (0, BTreeSet::new()), "{transport:?}, seed {seed}");
        }
    }
}

#[test]
fn a_bearer_api_is_conformant_too() {
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/bearer/lockproof.yaml");
    let seen = run(&["--contract", contract, "--reference"]);
    assert_eq!((seen.exit, seen.wrong), (0, BTreeSet::new()));
}
