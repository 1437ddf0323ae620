//! Targets that answer everybody alike.

use std::collections::HashSet;
use std::sync::Mutex;
use std::time::Duration;

use super::{inconclusive, non_conformant};
use crate::support::{Edge, Outcome, Reply, Request, Server, Small, answer, json, problem};

/// A run against a server that gives everybody the same answer.
fn against(answer: Vec<u8>) -> Outcome {
    let server = Server::http(move |_| Reply::Whole(answer.clone()));
    Small::at(&server.url()).run().run()
}

#[test]
fn a_target_that_refuses_every_key_as_unknown_is_not_called_conformant() {
    inconclusive("the target refuses a key that the contract calls good; correct the key or the contract")
        .check_unjudged(&against(problem(401, "invalid_api_key")));
}

#[test]
fn a_target_that_forbids_everything_is_not_called_conformant() {
    inconclusive("the target refuses a key that the contract calls good")
        .check_unjudged(&against(problem(403, "insufficient_permissions")));
}

#[test]
fn a_target_that_accepts_everybody_is_not_conformant() {
    let outcome = against(json(200, r#"{"items":[]}"#));
    non_conformant("authentication is not enforced: no key is needed for items.list (test)").check(&outcome);
    assert!(outcome.checks("fail").contains("key-missing"), "{}", outcome.complaints());
}

#[test]
fn a_target_that_accepts_everybody_is_not_conformant_even_where_only_acceptances_are_checked() {
    let server = Server::http(|_| Reply::Whole(json(200, r#"{"items":[]}"#)));
    let outcome = Small::at(&server.url()).run().args(&["--only", "valid-key-baseline"]).run();
    non_conformant("authentication is not enforced").check(&outcome);
}

#[test]
fn a_target_that_is_broken_everywhere_is_not_called_non_conformant() {
    inconclusive("the target is broken; see its log").check_unjudged(&against(problem(500, "internal")));
}

#[test]
fn a_page_for_everything_is_not_taken_for_an_acceptance() {
    let page = || answer(200, "Content-Type: text/html\r\n", b"<html><body>Welcome!</body></html>");
    inconclusive("correct `accepted` or base_url").check_unjudged(&against(page()));
    let server = Server::http(move |_| Reply::Whole(page()));
    let outcome = Small::at(&server.url()).by_status().run().run();
    inconclusive("a page for people").check_unjudged(&outcome);
}

#[test]
fn a_target_that_is_always_busy_is_not_waited_for() {
    let busy = answer(429, "Retry-After: 99999999\r\n", b"");
    inconclusive("the target limits our rate; lower --jobs").check_unjudged(&against(busy));
}

#[test]
fn a_target_that_asks_for_a_second_forever_is_asked_a_few_times_and_no_more() {
    let server = Server::http(|_| Reply::Whole(answer(429, "Retry-After: 1\r\n", b"")));
    let outcome = Small::at(&server.url()).run().run();
    inconclusive("the target limits our rate").check_unjudged(&outcome);
    // The good and the keyless control, each once and twice more.
    assert_eq!(server.requests().len(), 6);
}

#[test]
fn a_target_that_is_busy_for_a_moment_is_asked_again() {
    let (edge, met) = (Edge::default(), Mutex::new(HashSet::new()));
    let server = Server::http(move |request| {
        let Request { method, target, headers, body, .. } = request;
        // Once for every request; a client that comes back gets its answer.
        if met.lock().unwrap().insert(format!("{method} {target} {headers:?} {body:?}")) {
            return Reply::Whole(answer(429, "Retry-After: 0\r\n", b""));
        }
        Reply::Whole(edge.answer(request))
    });
    let outcome = Small::at(&server.url()).run().run();
    assert_eq!(outcome.code, Some(0), "{}", outcome.complaints());
    let results = outcome.results();
    let told = |case: &serde_json::Value| case["actual"].as_str().unwrap().contains("(asked once more)");
    assert!(results["cases"].as_array().unwrap().iter().any(told), "that it was asked again is told");
    assert!(outcome.took < Duration::from_secs(10), "{outcome}");
}
