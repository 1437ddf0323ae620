//! Who sends what no ordinary client would, and what happens where nobody can.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use std::path::Path;

use serde_json::Value;

/// Runs the program; its exit code and its standard output.
fn run(arguments: &[&str]) -> (i32, String) {
    let output = program::command().args(arguments).output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code().expect("the program ends by itself"), text)
}

/// Writes a scenario of this id and runs it on the reference server, perhaps with a defect; its report.
fn report(folder: &Path, scenario: &str, more: &[&str]) -> Value {
    let path = folder.join("own-check.yaml");
    let head = "id: own-check\ntitle: T\nseverity: must\nsources: [S]\nwhy: W\nadvice: A\n\
        over: { operations: [ekyc.usage], environments: [sandbox] }\n";
    std::fs::write(&path, format!("{head}{scenario}")).unwrap();
    let scenarios = ["run", "--quiet", "--report", "json=-", "--scenarios", path.to_str().unwrap()];
    let (_, text) = run(&[&scenarios[..], more].concat());
    serde_json::from_str(&text).expect("there is a report")
}

#[test]
fn a_check_of_exact_bytes_is_skipped_where_none_can_be_sent_and_says_why() {
    for (flags, why) in [
        (
            ["--http", "2"],
            "skip: this takes a client of exact bytes, and they are sent in HTTP/1.1 alone (--http 2)",
        ),
        (
            ["--proxy", "http://127.0.0.1:9"],
            "skip: this takes a client of exact bytes, and they cannot go through a proxy (--proxy)",
        ),
    ] {
        let only = ["run", "--dry-run", "--only", "close-honoured", "--only", "head-401-no-content"];
        let (exit, text) = run(&[&only[..], &flags].concat());
        assert_eq!(exit, 0);
        assert!(
            text.lines().filter(|line| line.starts_with("    ")).all(|line| line.trim() == why),
            "{text}"
        );
        assert!(text.contains(why), "{text}");
    }
}

#[test]
fn a_target_that_an_ordinary_client_would_tidy_up_is_sent_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    for (path, target) in [
        ("{ append: /../usage }", "/v1/ekyc/usage/../usage"),
        ("{ prepend: '/healthz/%2e%2e' }", "/healthz/%2e%2e/v1/ekyc/usage"),
        (r"{ prepend: '\' }", r"\/v1/ekyc/usage"),
        ("{ append: '#x' }", "/v1/ekyc/usage#x"),
    ] {
        let scenario =
            format!("request: {{ credential: none, path: {path} }}\nexpect: {{ status: [418] }}\n");
        let report = report(folder.path(), &scenario, &[]);
        let case = &report["cases"][0];
        assert_eq!(case["verdict"], "fail", "{path}: {case}");
        assert!(case["exchange"]["sent"]["url"].as_str().unwrap().ends_with(target), "{path}: {case}");
        assert!(case["reproduce"].as_str().unwrap().contains("--request-target"), "{path}: {case}");
        assert_eq!(case["exchange"]["conversation"]["requests"], 1);
    }
}

#[test]
fn a_report_tells_what_was_said_and_heard_and_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = r"
request:
  wire:
    say:
      - head: |
          GET {target} HTTP/1.1
          Host: {host}
          {key-line}
      - await: final
      - head: |
          GET {target} HTTP/1.1
          Host: {host}
expect: { answers: [{ accepted: true }, { accepted: true }] }
";
    let report = report(folder.path(), scenario, &[]);
    let case = &report["cases"][0];
    assert_eq!(case["verdict"], "fail", "{case}");
    let seen = case["actual"].as_str().unwrap();
    assert!(seen.starts_with("answer 2: status 401"), "{seen}");
    let conversation = &case["exchange"]["conversation"];
    let statuses: Vec<_> = conversation["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| answer["received"]["status"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [200, 401]);
    assert_eq!(conversation["ending"], "the connection stayed open");
    let sent = case["exchange"]["sent"]["body"].as_str().unwrap();
    assert!(sent.contains("X-API-Key: [KEY:full]\r\n"), "{sent}");
    assert!(!report.to_string().contains("lp_any_Qm7tR2x"));
}

#[test]
fn a_key_that_travels_in_no_field_cannot_be_written_into_a_head() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = "request:\n  carry: { query: key }\n  wire: { say: [{ head: '{key-line}' }] }\n\
        expect: { status: [400] }\n";
    let report = report(folder.path(), scenario, &[]);
    let case = &report["cases"][0];
    assert_eq!(case["verdict"], "skip");
    let why = "the key does not travel in a header field, and this check writes one";
    assert_eq!(case["actual"], why);
}

/// A request in frames, with a key and without one.
const FRAMES: &str = r"
request:
  wire:
    h2:
      - headers:
          fields: |
            :method: GET
            :scheme: {scheme}
            :path: {target}
            :authority: {host}
            {key-line}
          end: true
      - headers:
          fields: |
            :method: GET
            :scheme: {scheme}
            :path: {target}
            :authority: {host}
            Upper: a
          end: true
expect: { answers: [{ accepted: true }, { accepted: true }] }
";

#[test]
fn a_report_tells_in_lines_what_was_said_and_heard_in_frames_and_no_key() {
    let folder = tempfile::tempdir().unwrap();
    for flags in [&["--tls"][..], &["--http", "2"], &["--tls", "--http", "2"]] {
        let report = report(folder.path(), FRAMES, flags);
        let case = &report["cases"][0];
        assert_eq!(case["actual"], "answer 2: the stream reset (PROTOCOL_ERROR)", "{case}");
        let answers = &case["exchange"]["conversation"]["answers"];
        assert_eq!(answers[0]["received"]["status"], 200);
        assert_eq!(answers[1]["received"]["cut"], "the stream reset (PROTOCOL_ERROR)");
        let heard = case["exchange"]["conversation"]["frames"].to_string();
        assert!(heard.contains("RST_STREAM on stream 3, 4 bytes: PROTOCOL_ERROR"), "{heard}");
        let sent = case["exchange"]["sent"]["body"].as_str().unwrap();
        assert!(sent.contains("  x-api-key: [KEY:full]\n"), "{sent}");
        assert!(sent.contains("HEADERS on stream 3, the end of the stream\n"), "{sent}");
        assert!(!report.to_string().contains("lp_any_Qm7tR2x"));
        assert!(case["reproduce"].as_str().unwrap().contains("own-check/sandbox/ekyc.usage/full"), "{case}");
    }
}

#[test]
fn a_check_in_frames_is_skipped_where_http_2_cannot_be_spoken_and_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let needy = format!("needs: [http2]\n{FRAMES}");
    let clear =
        "this takes HTTP/2: an https `base_url`, or --http 2 where the target expects it in the clear";
    let proxy = "this takes a client of exact frames, and they cannot go through a proxy (--proxy)";
    let ways = [(&*needy, vec![], clear), (FRAMES, vec!["--proxy", "http://127.0.0.1:9"], proxy)];
    for (scenario, flags, why) in ways {
        let case = &report(folder.path(), scenario, &flags)["cases"][0];
        assert_eq!((&case["verdict"], &case["actual"]), (&"skip".into(), &why.into()), "{case}");
    }
}
