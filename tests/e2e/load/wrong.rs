//! Wrong answers, however rare: each kind is found, printed in full, and ends with exit code 1.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{PLAN, count, ends_with, load, result};
use crate::support::{Edge, Keys, Lockproof, Reply, Request, Server, answer, json, problem};

/// A sound target, but for one answer.
fn wrong_once(
    at: impl Fn(&Request) -> bool + Send + Sync + 'static,
    wrong: impl Fn() -> Vec<u8> + Send + Sync + 'static,
) -> Server {
    let (edge, told) = (Edge::default(), AtomicUsize::new(0));
    Server::http(move |request| {
        let first = at(request) && told.fetch_add(1, Ordering::SeqCst) == 20;
        Reply::Whole(if first { wrong() } else { edge.answer(request) })
    })
}

fn has_key(request: &Request, key: &str) -> bool {
    request.header("x-api-key") == Some(key)
}

#[test]
fn a_key_that_is_wrongly_accepted_is_a_false_accept() {
    let expired = Keys::default().expired;
    let server = wrong_once(move |request| has_key(request, &expired), || json(200, r#"{"items":[]}"#));
    let outcome = load(&server.url(), PLAN).args(&["--duration", "1s"]).run();
    ends_with(&outcome, 1, "WRONG false accept in `expired`");
    assert_eq!(count(&outcome, "false_accept"), 1, "{outcome}");
    assert!(outcome.says("[KEY:expired]") && !outcome.stdout.contains(&Keys::default().expired), "{outcome}");
    assert!(outcome.says(r#"{"items":[]}"#), "the answer is shown in full: {outcome}");
    for file in outcome.files() {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains(&Keys::default().expired), "{} holds a key", file.display());
    }
    let found = &result(&outcome)["surprises"][0];
    assert_eq!(found["exchange"]["received"]["status"].as_u64(), Some(200), "{found}");
}

#[test]
fn a_good_key_that_is_refused_is_a_false_refusal() {
    let full = Keys::default().full;
    let server = wrong_once(move |request| has_key(request, &full), || problem(401, "invalid_api_key"));
    let outcome = load(&server.url(), PLAN).args(&["--duration", "1s"]).run();
    ends_with(&outcome, 1, "WRONG false refusal in");
    assert_eq!(count(&outcome, "false_refusal"), 1, "{outcome}");
}

#[test]
fn an_acceptance_without_its_content_and_a_refusal_of_another_kind_are_wrong_answers() {
    let full = Keys::default().full;
    let empty = wrong_once(move |request| has_key(request, &full), || json(200, r#"{"error":"oops"}"#));
    let other =
        wrong_once(|request| request.header("x-api-key").is_none(), || problem(401, "invalid_api_key"));
    let fault = wrong_once(|request| request.header("x-api-key").is_none(), || answer(500, "", b"oops"));
    for server in [empty, other, fault] {
        let outcome = load(&server.url(), PLAN).args(&["--duration", "1s"]).run();
        ends_with(&outcome, 1, "WRONG wrong answer in");
        assert_eq!(result(&outcome)["breakages"]["wrong_answer"].as_u64(), Some(1), "{outcome}");
    }
}

#[test]
fn a_refusal_with_what_only_an_acceptance_may_hold_is_a_false_accept() {
    let leak = || {
        let head = "Content-Type: application/problem+json\r\nWWW-Authenticate: ApiKey\r\n";
        answer(401, head, br#"{"code":"missing_api_key","items":[1]}"#)
    };
    let server = wrong_once(|request| request.header("x-api-key").is_none(), leak);
    let outcome = load(&server.url(), PLAN).args(&["--duration", "1s"]).run();
    ends_with(&outcome, 1, "with what only an acceptance may hold");
    assert_eq!(count(&outcome, "false_accept"), 1, "{outcome}");
}

#[test]
fn bytes_that_nobody_asked_for_are_wrong() {
    let full = Keys::default().full;
    let twice = || [json(200, r#"{"items":[]}"#), json(200, r#"{"items":[]}"#)].concat();
    let server = wrong_once(move |request| has_key(request, &full), twice);
    let outcome = load(&server.url(), PLAN).args(&["--duration", "1s"]).run();
    ends_with(&outcome, 1, "WRONG bytes that nobody asked for");
    assert_eq!(result(&outcome)["connections"]["surplus"].as_u64(), Some(1), "{outcome}");
}

#[test]
fn a_busy_target_sheds_and_what_the_plan_declares_is_no_finding() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let busy = request.number.is_multiple_of(4);
        Reply::Whole(if busy { answer(503, "Retry-After: 1\r\n", b"") } else { edge.answer(request) })
    });
    let outcome = load(&server.url(), PLAN).run();
    ends_with(&outcome, 0, "exit 0");
    assert_eq!(count(&outcome, "shed"), 50, "{outcome}");
    let strict = PLAN.replace("mix:", "shed: [429]\nmix:");
    ends_with(&load(&server.url(), &strict).run(), 1, "wrong answer");
}

#[test]
fn a_refusal_that_the_plan_allows_is_no_finding() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let wavers = has_key(request, &Keys::default().full) && request.number.is_multiple_of(5);
        Reply::Whole(if wavers { problem(401, "invalid_api_key") } else { edge.answer(request) })
    });
    let allowed = PLAN.replace("credential: full } }", "credential: full }, also: [invalid] }");
    ends_with(&load(&server.url(), &allowed).run(), 0, "exit 0");
    ends_with(&load(&server.url(), PLAN).run(), 1, "false refusal");
}

#[test]
fn an_expired_key_that_the_reference_server_accepts_is_found() {
    let outcome =
        Lockproof::new(&["load", "--max-lag", "60s", "--max-cpu", "100", "--defect", "ignore-expiry"])
            .args(&["--rate", "300/s", "--duration", "1s"])
            .run();
    ends_with(&outcome, 1, "WRONG false accept in `expired`");
    let result = result(&outcome);
    let wrong: Vec<_> = result["classes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|class| class["false_accept"].as_u64() > Some(0))
        .map(|class| class["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(wrong, ["expired"]);
}
