//! Tokens that are minted during a run stand in no report.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use serde_json::Value;

/// What a run of some checks reports.
fn report(checks: &str) -> (i32, String) {
    let output = program::command()
        .args(["run", "--quiet", "--only", checks, "--report", "json=-"])
        .output()
        .expect("the program starts");
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn no_report_holds_a_token() {
    for checks in ["token-*", "valid-key-baseline"] {
        let (code, report) = report(checks);
        assert_eq!(code, 0, "{checks}");
        assert!(report.contains("[KEY:token]"), "{checks}: a token was minted, and its place is seen");
        let report = report.replace("lpt_nobodys-token", "");
        assert!(!report.contains("lpt_"), "{checks}: no token of the reference server stands there");
    }
}

#[test]
fn a_token_is_judged_by_what_the_contract_says_that_it_may_do() {
    let (_, report) = report("token-limited");
    let report: Value = serde_json::from_str(&report).unwrap();
    let cases = report["cases"].as_array().unwrap();
    let accepted = cases.iter().filter(|case| case["expected"] == "an acceptance");
    let operations: Vec<_> = accepted.map(|case| case["operation"].as_str().unwrap()).collect();
    assert_eq!(operations, ["ekyc.ocr", "ekyc.ocr"], "one for each environment");
    assert!(cases.len() > 20 && cases.iter().all(|case| case["verdict"] == "pass"));
}
