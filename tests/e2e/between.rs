//! `between`: a backend tried from both ends.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;

use crate::support::{Lockproof, Outcome, Reply, Request, Server, json};

const KEY: &str = "tst_Fg7hK2mNp4QrSt6UvWx8Yz3AbCd5EeJ1";
const SESSION: &str = "ses_Pk3vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F";

/// What a backend of our own does about the key.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// It keeps it.
    Sound,
    /// It tells its clients, where the platform refuses it.
    TellsErrors,
}

/// A backend that shares no code with the program: one route, one session.
fn backend(manner: Manner, platform: &str) -> Server {
    let platform = platform.to_owned();
    Server::http(move |request: &Request| {
        let refused = |code: &str| Reply::Whole(json(401, &format!(r#"{{"code":"{code}"}}"#)));
        match request.header("authorization") {
            None => return refused("no_session"),
            Some(proof) if proof != format!("Bearer {SESSION}") => return refused("wrong_session"),
            Some(_) => {}
        }
        if (&*request.method, &*request.target) != ("GET", "/api/items") {
            return Reply::Whole(json(404, "{}"));
        }
        let (status, body) = ask(&platform).unwrap_or((502, String::new()));
        Reply::Whole(match status {
            200 => json(200, &body),
            _ if manner == Manner::TellsErrors => {
                json(502, &format!(r#"{{"sent":{{"X-API-Key":"{KEY}"}}}}"#))
            }
            _ => json(502, "{}"),
        })
    })
}

/// One call of the platform: its status and its body.
fn ask(platform: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(platform).ok()?;
    stream.set_read_timeout(Some(std::time::Duration::from_millis(500))).ok()?;
    let asked = format!(
        "GET /v1/items HTTP/1.1\r\nHost: {platform}\r\nX-API-Key: {KEY}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(asked.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.take(65536).read_to_end(&mut bytes).ok()?;
    let said = String::from_utf8(bytes).ok()?;
    let (head, body) = said.split_once("\r\n\r\n")?;
    let whole = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .all(|(name, value)| !name.eq_ignore_ascii_case("content-length") || value.parse() == Ok(body.len()));
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    whole.then(|| (status, body.to_owned()))
}

/// The contract of that backend and of the platform behind it.
fn contract(backend: &str) -> String {
    format!(
        r#"lockproof: 1
api: A small API
environments: {{ test: {{ base_url: "http://127.0.0.1:9" }} }}
authentication: {{ carrier: {{ header: X-API-Key }} }}
services:
  items:
    operations:
      list: {{ method: GET, path: /v1/items, accepted: {{ status: 200, body: {{ $.items: exists }} }} }}
      count: {{ method: GET, path: /v1/count, accepted: {{ status: 200, body: {{ $.count: exists }} }} }}
credentials:
  own: {{ key: {{ env: PLATFORM_KEY }}, allows: [items] }}
refusals:
  missing: {{ status: 401, body: {{ $.code: missing }} }}
  invalid: {{ status: 401, body: {{ $.code: invalid }} }}
  insufficient: {{ status: 403, body: {{ $.code: insufficient }} }}
backend:
  base_url: "{backend}"
  environment: test
  credential: own
  carrier: {{ header: Authorization, scheme: Bearer }}
  clients: {{ app: {{ key: {{ env: SESSION }}, allows: [backend] }} }}
  routes:
    items: {{ method: GET, path: /api/items, for: items.list, accepted: {{ status: 200, body: {{ $.items: exists }} }} }}
  refusals:
    missing: {{ status: 401, body: {{ $.code: no_session }} }}
    invalid: {{ status: 401, body: {{ $.code: wrong_session }} }}
"#
    )
}

/// A loopback address that nobody listens at, nor comes to: the system hands out ports from 32768 on, and these lie below.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let mine = 20_000 + u16::try_from(std::process::id() % 600).unwrap() * 20;
    let ports = std::iter::repeat_with(|| mine + NEXT.fetch_add(1, Ordering::Relaxed) % 20);
    let mut addresses = ports.map(|port| format!("127.0.0.1:{port}"));
    addresses.find(|address| TcpListener::bind(address).is_ok()).unwrap()
}

fn between(manner: Manner) -> Outcome {
    let platform = free_address();
    let server = backend(manner, &platform);
    let program =
        Lockproof::new(&["between", "--contract", "lockproof.yaml", "--listen-upstream", &platform]);
    let program =
        program.file("lockproof.yaml", contract("http://127.0.0.1:9")).args(&["--backend", &server.url()]);
    program.env("PLATFORM_KEY", KEY).env("SESSION", SESSION).run()
}

fn results(outcome: &Outcome) -> Value {
    serde_json::from_str(&fs::read_to_string(outcome.folder().join("reports/latest/results.json")).unwrap())
        .unwrap()
}

/// The checks of the cases with a verdict.
fn checks(results: &Value, verdict: &str) -> Vec<String> {
    let cases = results["cases"].as_array().unwrap().iter().filter(|case| case["verdict"] == verdict);
    let mut checks: Vec<String> = cases.map(|case| case["check"].as_str().unwrap().to_owned()).collect();
    checks.dedup();
    checks
}

#[test]
fn a_backend_that_keeps_its_key_is_conformant() {
    let outcome = between(Manner::Sound);
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.says("the platform is http://127.0.0.1:"), "{outcome}");
    let results = results(&outcome);
    assert!(checks(&results, "pass").len() > 15, "{results}");
    // Its clients all have the same rights, and it says nothing of pages.
    assert_eq!(checks(&results, "skip"), ["backend-client-denied", "backend-invites-no-key"]);
}

#[test]
fn a_backend_whose_errors_tell_its_key_is_found_out_and_no_report_tells_it_again() {
    let outcome = between(Manner::TellsErrors);
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let results = results(&outcome);
    assert_eq!(checks(&results, "fail"), ["backend-failure-holds-no-key", "backend-refusal-holds-no-key"]);
    let found = results["cases"].as_array().unwrap().iter().find(|case| case["verdict"] == "fail").unwrap();
    let arrived = &found["exchange"]["behind"][0];
    assert_eq!((&arrived["method"], &arrived["target"]), (&"GET".into(), &"/v1/items".into()));
    assert!(arrived["headers"].to_string().contains("[KEY:own]"), "{arrived}");
    for entry in fs::read_dir(outcome.folder().join("reports/latest")).unwrap() {
        let text = String::from_utf8(fs::read(entry.unwrap().path()).unwrap()).unwrap();
        assert!(!text.contains(KEY) && !text.contains(SESSION));
    }
}

#[test]
fn a_defect_of_the_reference_backend_is_found_by_the_check_that_names_it() {
    let only = ["--only", "backend-redirect-takes-no-key", "--defect", "backend-follows-redirect"];
    let outcome = Lockproof::new(&["between"]).args(&only).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert!(outcome.says("at a host that is none of the platform's"), "{outcome}");
    assert!(outcome.says("lockproof between --only"), "{outcome}");
}

#[test]
fn what_is_wrong_is_told_before_anything_is_sent() {
    let text = contract("http://127.0.0.1:9");
    let program = |text: String| Lockproof::new(&["between", "--contract", "c.yaml"]).file("c.yaml", text);
    let without = text.split("backend:\n").next().unwrap().to_owned();
    let outcome = program(without).env("PLATFORM_KEY", KEY).run();
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.says("the contract has no section `backend`"), "{outcome}");
    let lost = text
        .replace("for: items.list", "for: items.lits")
        .replace("allows: [backend] }", "allows: [backend.x] }")
        .replace("path: /api/items,", "path: \"/api/items/{id}\", parameters: { id: { example: a, from: { operation: backend.y, capture: $.id } } },");
    let outcome = program(lost).env("PLATFORM_KEY", KEY).env("SESSION", SESSION).run();
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.says("no operation has this name"), "{outcome}");
    assert_eq!(outcome.stderr.matches("no route of the backend has this name").count(), 2, "{outcome}");
    let outcome = program(text).env("PLATFORM_KEY", KEY).run();
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.says("SESSION is not set"), "{outcome}");
    let outcome = Lockproof::new(&["run", "--defect", "backend-retries"]).run();
    assert_eq!(outcome.code, Some(2));
    assert!(outcome.says("lockproof between --defect backend-retries"), "{outcome}");
    let outcome = Lockproof::new(&["between", "--defect", "backend-retrys"]).run();
    assert!(outcome.code == Some(2) && outcome.says("did you mean `backend-retries`"), "{outcome}");
}

#[test]
fn a_backend_that_is_not_there_is_not_judged() {
    let platform = free_address();
    let program = Lockproof::new(&["between", "--contract", "c.yaml", "--listen-upstream", &platform]);
    let program = program.file("c.yaml", contract(&format!("http://{}", free_address())));
    let outcome = program.env("PLATFORM_KEY", KEY).env("SESSION", SESSION).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(outcome.says("start the target"), "{outcome}");
    let results = results(&outcome);
    let count = |verdict: &str| results["summary"][verdict].as_u64();
    assert_eq!((count("pass"), count("fail")), (Some(0), Some(0)));
}

#[test]
fn an_address_that_somebody_else_listens_at_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let program = Lockproof::new(&["between", "--contract", "c.yaml", "--listen-upstream", &address]);
    let program = program.file("c.yaml", contract("http://127.0.0.1:9"));
    let outcome = program.env("PLATFORM_KEY", KEY).env("SESSION", SESSION).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("see --listen-upstream"), "{outcome}");
}

#[test]
fn an_address_that_stands_for_all_is_none_that_a_backend_reaches() {
    let program = Lockproof::new(&["between", "--contract", "c.yaml", "--listen-upstream", "0.0.0.0:0"]);
    let program = program.file("c.yaml", contract("http://127.0.0.1:9"));
    let outcome = program.env("PLATFORM_KEY", KEY).env("SESSION", SESSION).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("name the address at which the backend reaches this machine"), "{outcome}");
}

#[test]
fn an_interrupt_leaves_a_report_that_says_so() {
    let program = Lockproof::new(&["between", "--report", "ndjson=-"]);
    let running = program.stdout(std::process::Stdio::piped()).start();
    running.await_stdout("\"event\":\"case\"");
    running.signal(rustix::process::Signal::INT);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(130), "{outcome}");
    let last = outcome.stdout.lines().last().unwrap();
    assert!(last.contains("\"event\":\"end\"") && last.contains("aborted"), "{last}");
}

#[test]
fn the_cases_are_listed_and_nothing_is_started() {
    let outcome = Lockproof::new(&["between", "--list", "--only", "backend-client-missing"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(
        outcome.stdout.contains("backend-client-missing/sandbox/backend.read-document/none\n"),
        "{outcome}"
    );
}
