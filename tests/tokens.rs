//! Tokens that are minted during a run stand in no report.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use lockproof::contract::KeySource;
use lockproof::document::Source;
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

#[test]
fn the_key_that_signs_tokens_is_one_of_the_keys_of_a_contract() {
    let text = include_str!("../fixtures/jwt/lockproof.yaml");
    let at = text.find("signing_key: {").unwrap();
    let end = at + text[at..].find('\n').unwrap();
    let text = [&text[..at], "signing_key: { env: TOKEN_SIGNING_KEY }", &text[end..]].concat();
    let source = Source { name: "lockproof.yaml".to_owned(), text };
    let contract = lockproof::contract::load(source, &|_| None).unwrap();
    // Programs that steer a target get none of the variables that hold one.
    let held = |source: &KeySource| matches!(source, KeySource::Env(name) if name == "TOKEN_SIGNING_KEY");
    assert_eq!(contract.key_sources().filter(|(_, source)| held(source)).count(), 1);
    assert_eq!(contract.key_sources().count(), contract.credentials.len() + 1);
}
