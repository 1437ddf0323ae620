//! The committed proof is thorough, and of this suite and these defects; the sound server raises nothing. That a proof of
//! today says the same is asked by `tests/proof.rs`.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use lockproof::mock::{defects, variants};
use lockproof::prove::{self, Matrix};
use lockproof::scenario::{Scenario, Suite, builtin_files};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// What one run said: its exit code, and the checks that went wrong, by verdict.
struct Seen {
    exit: i32,
    wrong: BTreeSet<(String, String)>,
}

/// Runs the suite on the reference server, in this process's folder, and reads what it says.
fn run(arguments: &[&str]) -> Seen {
    let output = program::command()
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
    Seen { exit: output.status.code().expect("the program ends by itself"), wrong }
}

fn suite() -> Vec<Scenario> {
    Suite::read(builtin_files()).expect("the built-in suite is sound").scenarios
}

/// How the committed evidence is brought up to date.
const REGENERATE: &str = "cargo run --release -- prove --seeds 1000 --slow --report \
     json=reports/reference/defect-matrix.json --report markdown=reports/reference/defect-matrix.md";

fn committed(name: &str) -> String {
    let path = format!("{}/reports/reference/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}; run: {REGENERATE}"))
}

/// The committed evidence, as it is.
fn evidence() -> Matrix {
    serde_json::from_str(&committed("defect-matrix.json")).unwrap()
}

#[test]
fn the_committed_evidence_is_thorough_and_of_this_suite_and_these_defects() {
    let evidence = evidence();
    assert!(evidence.holds(), "{}", prove::page(&evidence));
    assert!(evidence.seeds >= 1000 && evidence.left_out.is_empty(), "it is thorough; run: {REGENERATE}");
    assert_eq!(committed("defect-matrix.md"), prove::markdown(&evidence), "run: {REGENERATE}");
    assert_eq!(evidence.checks, suite().len(), "run: {REGENERATE}");
    let planted: BTreeSet<_> = evidence.matrix.keys().map(String::as_str).collect();
    let known: BTreeSet<_> = defects::all().map(|defect| defect.id).collect();
    assert_eq!(planted, known, "run: {REGENERATE}");
    let tried: BTreeSet<_> = evidence.variants.iter().map(String::as_str).collect();
    assert_eq!(tried, variants::all().map(|variant| variant.id).collect(), "run: {REGENERATE}");
    let by_pattern = evidence.shipped.values().filter(|check| *check == "scan-key-pattern").count();
    assert!(evidence.shipped.len() >= 15 && by_pattern == 1, "{:?}", evidence.shipped);
    for check in suite() {
        for defect in &check.catches {
            let found = &evidence.matrix[defect.as_str()];
            assert!(found.contains_key(check.id.as_str()), "{} finds {defect}; run: {REGENERATE}", check.id);
        }
    }
}

#[test]
fn there_are_harmless_variants_enough() {
    assert!(variants::all().count() >= 12);
}

#[test]
fn a_proof_that_is_interrupted_ends_at_once_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut proving = program::command()
        .args(["prove", "--seeds", "100000"])
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // The first line of progress: servers are being tried.
    let mut progress = String::new();
    BufReader::new(proving.stderr.take().unwrap()).read_line(&mut progress).unwrap();
    assert!(progress.contains("25 of 100"), "{progress}");
    kill_process(Pid::from_child(&proving), Signal::INT).unwrap();
    let output = proving.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stdout), (Some(130), &b""[..]));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_key_that_comes_back_compressed_is_found_and_kept_out_of_the_report() {
    let output = program::command()
        .args(["run", "--quiet", "--report", "json=-", "--defect", "echo-key", "--variant", "gzip"])
        .output()
        .expect("the program starts");
    let report = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_str(&report).unwrap();
    let broken = |case: &&Value| case["check"] == "leak-key-in-body" && case["verdict"] == "fail";
    let case = found["cases"].as_array().unwrap().iter().find(broken).expect("it is found");
    let body = case["exchange"]["received"]["body"].as_str().unwrap();
    assert!(body.contains("may not do this"), "the evidence can be read: {body}");
    let keys: Vec<_> = committed_keys();
    assert!(keys.len() > 10 && !keys.iter().any(|key| report.contains(key)), "no key stands in a report");
}

/// The keys of the reference contract.
fn committed_keys() -> Vec<String> {
    let contract = include_str!("../fixtures/reference/lockproof.yaml");
    let keys = contract.split("fixture: ").skip(1).filter_map(|rest| rest.split(' ').next());
    keys.map(|key| key.trim_end_matches(['}', ',']).to_owned()).collect()
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

#[test]
fn an_api_whose_tokens_are_jwts_is_conformant_too() {
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/jwt/lockproof.yaml");
    let seen = run(&["--contract", contract, "--reference"]);
    assert_eq!((seen.exit, seen.wrong), (0, BTreeSet::new()));
}
