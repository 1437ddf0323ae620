//! What a report prints to reproduce a failure does reproduce it: the line is run by a shell as it stands, the keys in
//! its environment, and sees the answers that the report shows.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::{Fault, Lockproof, Sockets, variables};

const REFERENCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference");

/// Where a machine has no `nc`, the sockets of another shell do.
const NC: &str = r#"command -v nc >/dev/null || nc() { bash -c '
    while [ $# -gt 2 ]; do shift; done
    exec 3<>"/dev/tcp/$1/$2"
    cat <&0 >&3 &
    timeout 3 cat <&3' nc "$@"; }
"#;

/// Every failure of a check is seen again by its line.
fn is_reproduced(fault: Fault, check: &str) {
    let server = Sockets::serve("sandbox", Some(fault));
    let contract = format!("{REFERENCE}/lockproof.yaml");
    let run =
        Lockproof::new(&["run", "--contract", &contract, "--allow-effects", "--environment", "sandbox"]);
    let outcome = run.args(&["--only", check]).env("SANDBOX_URL", &server.url()).run();
    let results = outcome.results();
    let cases = results["cases"].as_array().unwrap();
    let failed: Vec<_> = cases.iter().filter(|case| case["verdict"] == "fail").collect();
    assert!(!failed.is_empty(), "{outcome}");
    for case in failed {
        let line = case["reproduce"].as_str().unwrap();
        let output = shell(line);
        assert_eq!(statuses(&output), reported(&case["exchange"]), "{line}\n{output}");
    }
}

/// What a command writes.
fn shell(line: &str) -> String {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{NC}{line}")])
        .current_dir(REFERENCE)
        .envs(variables())
        .stdin(Stdio::null());
    String::from_utf8_lossy(&command.output().unwrap().stdout).into_owned()
}

/// The statuses of some answers, one behind the other.
fn statuses(output: &str) -> Vec<u64> {
    let status = |rest: &str| rest.get(..3).and_then(|digits| digits.parse().ok());
    output.split("HTTP/1.1 ").skip(1).filter_map(status).collect()
}

/// The same of a report, interim answers included.
fn reported(exchange: &Value) -> Vec<u64> {
    let Some(answers) = exchange["conversation"]["answers"].as_array() else {
        return vec![exchange["received"]["status"].as_u64().unwrap()];
    };
    let of = |answer: &Value| {
        let interim = answer["interim"].as_array().cloned().unwrap_or_default();
        interim.into_iter().chain([answer["received"]["status"].clone()]).collect::<Vec<_>>()
    };
    answers.iter().flat_map(of).map(|status| status.as_u64().unwrap()).collect()
}

#[test]
fn an_ordinary_request() {
    is_reproduced(Fault::NoChallenge, "www-authenticate-present");
}

#[test]
fn a_key_that_was_changed() {
    is_reproduced(Fault::LettersOfEitherCase, "key-value-case");
}

#[test]
fn two_keys_in_one_request() {
    is_reproduced(Fault::FirstKeyDecides, "key-duplicate-valid-first");
}

#[test]
fn a_path_that_clients_tidy_up() {
    is_reproduced(Fault::SlashesMergedBehindTheGuard, "path-double-slash");
}

#[test]
fn a_method_without_content() {
    is_reproduced(Fault::HeadUnguarded, "head-no-key");
}

#[test]
fn several_requests_on_one_connection() {
    is_reproduced(Fault::KeyKeptWithConnection, "keepalive-no-inherit");
    is_reproduced(Fault::CloseNotHonoured, "close-honoured");
}

#[test]
fn a_body_that_is_held_back() {
    is_reproduced(Fault::BodyAskedForFirst, "order-expect-100");
}

#[test]
fn bytes_that_cannot_be_shown() {
    is_reproduced(Fault::CodingBySubstring, "smuggle-te-obfuscated");
}

#[test]
fn a_key_behind_the_body() {
    is_reproduced(Fault::TrailersMerged, "key-in-trailer");
}
