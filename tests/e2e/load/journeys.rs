//! Journeys: virtual users that go through several steps, every answer judged as in any other load.

use std::sync::{Arc, Mutex};

use rustix::process::Signal;
use serde_json::Value;

use super::{count, ends_with, load, result};
use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Server, problem};

const JOURNEYS: &str = r"load: 1
title: Users that look and search
users: 4
duration: 800ms
timeout: 20s
journeys:
  - name: reader
    weight: 3
    think: { from: 5ms, to: 20ms }
    steps:
      - send: { name: list, operations: [items.list], request: { credential: full } }
      - send: { name: search, operations: [items.search], request: { credential: full, headers: [{ X-Id: '{unique}' }] }, expect: acceptance }
  - name: stranger
    think: { from: 5ms, to: 20ms }
    steps:
      - send: { name: list, operations: [items.list], request: { credential: none } }
      - send: { name: search, operations: [items.search], request: { credential: expired } }
thresholds:
  - rate(false_accept, stranger) == 0
  - rate(right_accept, reader/search) > 1%
";

fn class(outcome: &Outcome, name: &str) -> Value {
    let all = result(outcome)["classes"].as_array().unwrap().clone();
    all.into_iter().find(|class| class["name"].as_str() == Some(name)).unwrap()
}

#[test]
fn users_go_through_their_steps_in_order_and_every_answer_is_judged() {
    let (edge, ids) = (Edge::default(), Arc::new(Mutex::new(Vec::new())));
    let kept = Arc::clone(&ids);
    let server = Server::http(move |request| {
        kept.lock().unwrap().extend(request.header("x-id").map(str::to_owned));
        Reply::Whole(edge.answer(request))
    });
    let outcome = load(&server.url(), JOURNEYS).run();
    ends_with(&outcome, 0, "closed: each request when an answer had come");
    assert_eq!(count(&outcome, "sent"), server.requests().len() as u64, "{outcome}");
    let (list, search) = (class(&outcome, "reader/list"), class(&outcome, "reader/search"));
    let (list, search) = (list["right_accept"].as_u64().unwrap(), search["right_accept"].as_u64().unwrap());
    assert!(search > 10 && (search..=search + 4).contains(&list), "{outcome}");
    let stranger = class(&outcome, "stranger/search");
    assert_eq!(stranger["sent"], stranger["right_refusal"], "{stranger}");
    let mut ids = ids.lock().unwrap().clone();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all, "each journey has its own");
    // Whoever would rather print than be silent is kept silent.
    assert!(!outcome.says("goose") && !outcome.says("Goose") && !outcome.says("users launched"), "{outcome}");
}

#[test]
fn a_wrong_answer_within_a_journey_is_found_and_ends_it() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let full = request.header("x-api-key") == Some(&*Keys::default().full);
        let wrong = full && request.path() == "/v1/items";
        Reply::Whole(if wrong { problem(401, "invalid_api_key") } else { edge.answer(request) })
    });
    let outcome = load(&server.url(), JOURNEYS).run();
    ends_with(&outcome, 1, "WRONG false refusal in `reader/list`");
    assert!(outcome.says("[KEY:full]") && !outcome.stdout.contains(&Keys::default().full), "{outcome}");
    assert_eq!(class(&outcome, "reader/search")["sent"].as_u64(), Some(0), "{outcome}");
}

#[test]
fn journeys_that_are_broken_off_end_soon_and_tell_what_they_know() {
    for signal in [Signal::INT, Signal::TERM] {
        let edge = Edge::default();
        let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
        let plan = JOURNEYS.replace("800ms", "60s");
        let running = load(&server.url(), &plan).stdout(std::process::Stdio::piped()).start();
        server.await_requests(20);
        running.signal(signal);
        let outcome = running.wait();
        assert_eq!(outcome.code, Some(if signal == Signal::INT { 130 } else { 143 }), "{outcome}");
        assert!(outcome.took < std::time::Duration::from_secs(20), "{outcome}");
        assert!(count(&outcome, "right_accept") > 0, "{outcome}");
    }
}

#[test]
fn the_ready_journeys_hold_at_the_reference_server_and_find_its_defects() {
    let with = |plan: &str, flags: &[&str]| {
        let program = Lockproof::new(&["load", plan, "--max-lag", "60s", "--duration", "3s"]);
        program.args(flags).run()
    };
    let outcome = with("onboard", &[]);
    ends_with(&outcome, 0, "exit 0");
    assert!(class(&outcome, "onboard/verify")["right_accept"].as_u64() > Some(0), "{outcome}");
    let outcome = with("rotate", &[]);
    ends_with(&outcome, 0, "exit 0");
    assert!(class(&outcome, "rotate/use-new-alone")["right_accept"].as_u64() > Some(0), "{outcome}");
    let outcome = with("rotate", &["--defect", "rotation-kills-new-key"]);
    ends_with(&outcome, 1, "WRONG false refusal in `rotate/use-new-alone`");
}

#[test]
fn what_has_no_effect_on_journeys_is_refused_by_name() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let cure = "without effect on journeys; say it in the plan: users, think times";
    for (flags, says) in [
        (
            &["--find-capacity"][..],
            "journeys have no rate that could be searched for: leave --find-capacity out",
        ),
        (&["--find-capacity", "--rate", "100/s"][..], "journeys have no rate that could be searched for"),
        (&["--rate", "5/s"][..], &*format!("--rate: {cure}")),
        (&["--model", "open"][..], &*format!("--model: {cure}")),
        (&["--requests", "9", "--duration", "1s"][..], &*format!("--requests: {cure}")),
        (&["--threads", "1", "--connections", "4"][..], &*format!("--connections, --threads: {cure}")),
        (&["--threshold", "rate(shed) < 1% abort_on_fail"][..], "users are not ended early"),
        (
            &["--threshold", "rate(shed, reader/serch) < 1%"][..],
            "no part of the mix is called `reader/serch`; allowed here: `accepted`, `refused`, `all`, `reader/list`",
        ),
    ] {
        ends_with(&load(&server.url(), JOURNEYS).args(flags).run(), 2, says);
    }
    assert_eq!(server.connections(), 0);
    let ready = Lockproof::new(&["load", "onboard", "--find-capacity"]).run();
    ends_with(&ready, 2, "journeys have no rate that could be searched for");
    let known = ["--threshold", "rate(right_accept, reader/search) > 1%", "--max-rate", "5/s"];
    let capped = load(&server.url(), JOURNEYS).args(&known).run();
    ends_with(
        &capped,
        2,
        "users ask for as many as they get: send a plan that has a `mix` and a rate instead",
    );
}

#[test]
fn what_cannot_stand_beside_journeys_is_a_mistake_of_the_plan() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    for (old, new, says) in [
        ("users: 4", "rate: 5/s", "a plan of journeys has no `rate`"),
        (
            "name: list, operations",
            "name: list, weight: 3, operations",
            "a step of a journey has no `weight`",
        ),
        ("from: 5ms, to: 20ms", "from: 5ms, to: 1ms", "this is shorter than `from`"),
        (
            "right_accept, reader/search",
            "right_accept, reader/serch",
            "no part of the mix is called `reader/serch`",
        ),
        ("credential: none", "credential: { created: mine }", "makes a key `mine` before"),
    ] {
        ends_with(&load(&server.url(), &JOURNEYS.replacen(old, new, 1)).run(), 2, says);
    }
    ends_with(&load(&server.url(), "load: 1\ntitle: x\n").run(), 2, "a plan sends a `mix` or has `journeys`");
    assert!(server.requests().is_empty());
}
