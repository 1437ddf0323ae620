//! Twins: requests that must be accepted, or the case says nothing.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use serde_json::Value;

/// Writes a check of this severity and runs it on the reference server; its only case, and the exit code.
fn case(severity: &str, scenario: &str) -> (Value, i32) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own-check.yaml");
    let head = format!("id: own-check\ntitle: T\nseverity: {severity}\nsources: [S]\nwhy: W\nadvice: A\n");
    std::fs::write(&path, format!("{head}{scenario}")).unwrap();
    let arguments = ["run", "--quiet", "--report", "json=-", "--scenarios", path.to_str().unwrap()];
    let output = program::command().args(arguments).output().expect("the program starts");
    let mut report: Value = serde_json::from_slice(&output.stdout).expect("there is a report");
    let cases = report["cases"].as_array_mut().unwrap();
    assert_eq!(cases.len(), 1, "{cases:?}");
    (cases.remove(0), output.status.code().expect("the program ends by itself"))
}

const USAGE: &str = "over: { operations: [ekyc.usage], environments: [sandbox] }\n";

#[test]
fn behind_an_accepted_twin_the_case_is_judged_by_its_own_request() {
    for (status, verdict, exit) in [(401, "pass", 0), (418, "fail", 1)] {
        let scenario = format!(
            "{USAGE}request: {{ credential: none }}\ntwin: {{ credential: {{ allowing: operation }} }}\n\
             expect: {{ status: [{status}] }}\n"
        );
        let (case, code) = case("must", &scenario);
        assert_eq!((case["verdict"].as_str(), code), (Some(verdict), exit), "{case}");
        assert_eq!(case["exchange"]["received"]["status"], 401);
    }
}

#[test]
fn where_the_twin_is_not_accepted_nothing_is_said_and_the_twin_is_shown() {
    let scenario = format!(
        "{USAGE}request: {{ credential: none, path: {{ append: /nowhere }} }}\n\
         twin: {{ credential: {{ allowing: operation }} }}\nexpect: {{ status: [4xx] }}\n"
    );
    let (case, code) = case("must", &scenario);
    assert_eq!((case["verdict"].as_str(), code), (Some("inconclusive"), 3), "{case}");
    let seen = case["actual"].as_str().unwrap();
    assert!(seen.starts_with("its twin, a request that must be accepted, was not: status 404"), "{seen}");
    assert_eq!(case["expected"], "an acceptance");
    assert_eq!(case["exchange"]["received"]["status"], 404);
    assert!(case["reproduce"].as_str().unwrap().contains("$LOCKPROOF_KEY"), "{case}");
}

#[test]
fn what_is_merely_worth_knowing_does_not_apply_where_its_twin_is_not_accepted() {
    let scenario = format!(
        "{USAGE}request: {{ path: {{ append: /nowhere }} }}\ntwin: {{ path: {{ append: /nobody }} }}\n\
         expect: {{ status: [4xx] }}\n"
    );
    let (case, _) = case("info", &scenario);
    assert_eq!(case["verdict"], "skip", "{case}");
}

#[test]
fn a_variant_changes_a_detail_of_what_its_twin_says_to_the_byte() {
    let scenario = r#"
request:
  wire:
    say:
      - head: |
          {method} {target} HTTP/1.1
          Host: {host}{more}
          {key-line}
twin: { wire: { with: { more: "" } } }
expect: { status: [400] }
each: [{ name: twice, request: { wire: { with: { more: "\nHost: {host}" } } } }]
"#;
    let (case, _) = case("must", &format!("{USAGE}{scenario}"));
    assert_eq!(case["verdict"], "pass", "{case}");
    assert_eq!(case["exchange"]["received"]["status"], 400);
}

#[test]
fn what_was_made_for_a_twin_is_not_what_its_case_names() {
    let over = "over: { operations: [abis.subject], environments: [sandbox] }\n";
    let twin = "request: { object: foreign }\ntwin: { object: own }\nexpect: { not_accepted: true }\n";
    let (case, code) = case("must", &format!("{over}{twin}"));
    assert_eq!((case["verdict"].as_str(), code), (Some("pass"), 0), "{case}");
    assert_eq!(case["exchange"]["received"]["status"], 404);
}
