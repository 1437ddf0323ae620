//! Thresholds that compare, and thresholds that end a run.

use std::time::Duration;

use super::{PLAN, count, ends_with, load, result, sound};
use crate::support::{Edge, Reply, Server, answer};

#[test]
fn a_threshold_may_compare_two_figures() {
    let server = sound();
    let with = |threshold: &str| load(&server.url(), PLAN).args(&["--threshold", threshold]).run();
    ends_with(&with("p50(good) < 1000 * p50(search) + 20s"), 0, "met p50(good) < 1000 * p50(search) + 20s");
    ends_with(
        &with("count(sent, good) < 0.1 * count(sent)"),
        4,
        "MISSED count(sent, good) < 0.1 * count(sent)",
    );
    ends_with(&with("count(sent, good) < 0.1 * count(sent)"), 4, "beside 20");
    ends_with(&with("rate(right_accept) >= rate(right_refusal)"), 4, "MISSED");
    // A name that stands for nothing is a slip, on either side.
    ends_with(&with("p50(good) < 100 * p50(goood)"), 2, "no part of the mix is called `goood`");
    ends_with(&with("p50(good) < 2 * rate(shed)"), 2, "this is another kind of figure");
}

#[test]
fn a_threshold_that_is_to_end_a_run_ends_it_when_its_grace_is_over() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let full = request.number.is_multiple_of(3);
        Reply::Whole(if full { answer(503, "", b"") } else { edge.answer(request) })
    });
    let long = |threshold: &str| {
        load(&server.url(), PLAN).args(&["--duration", "30s", "--threshold", threshold]).run()
    };
    let outcome = long("rate(shed) < 1% abort_on_fail 2s");
    ends_with(&outcome, 4, "ended early, for it did not hold: rate(shed) < 1% abort_on_fail 2s");
    assert!(outcome.took < Duration::from_secs(20), "{outcome}");
    let (sent, rest) = (count(&outcome, "sent"), count(&outcome, "not_started"));
    assert!(sent >= 700 && sent + rest + count(&outcome, "dropped") == 12_000, "{outcome}");
    // Times of a part of the mix are known while it goes on, when somebody waits for them, and counted once.
    let outcome = long("p50(good) < 1us abort_on_fail");
    ends_with(&outcome, 4, "MISSED p50(good) < 1us abort_on_fail");
    let timed: u64 = result(&outcome)["classes"].as_array().unwrap().iter().map(timed).sum();
    assert_eq!(timed, count(&outcome, "sent"), "{outcome}");
    assert!(outcome.took < Duration::from_secs(20), "{outcome}");
}

/// How many requests of a class were timed.
fn timed(class: &serde_json::Value) -> u64 {
    let kinds = ["response_time_us", "other_response_time_us"];
    kinds.iter().map(|kind| class[kind]["count"].as_u64().unwrap()).sum()
}

#[test]
fn a_threshold_that_holds_ends_nothing() {
    let server = sound();
    let flags = ["--duration", "2s", "--threshold", "rate(shed) < 1% abort_on_fail"];
    let outcome = load(&server.url(), PLAN).args(&flags).run();
    ends_with(&outcome, 0, "met rate(shed) < 1% abort_on_fail");
    assert_eq!(count(&outcome, "sent"), 800);
}

#[test]
fn what_is_sent_alone_needs_a_rate_and_a_part_of_the_mix() {
    let server = sound();
    let alone =
        |entry: &str| PLAN.replace("mix:", &format!("alone: {{ entries: [{entry}], for: 500ms }}\nmix:"));
    let outcome = load(&server.url(), &alone("good")).run();
    ends_with(&outcome, 0, "good-alone");
    // Two of seven parts go to `good`: so many of 400 a second go alone for half a second, before all do.
    let class = |name: &str| {
        let result = result(&outcome);
        let found = result["classes"].as_array().unwrap().iter().find(|class| class["name"] == name).cloned();
        found.unwrap()["sent"].as_u64().unwrap()
    };
    assert_eq!((count(&outcome, "sent"), class("good-alone")), (258, 58), "{outcome}");
    assert!((30..90).contains(&class("good")), "{outcome}");
    ends_with(&load(&server.url(), &alone("goood")).run(), 2, "no part of the mix is called `goood`");
    let closed = load(&server.url(), &alone("good")).args(&["--connections", "4"]).run();
    ends_with(&closed, 2, "which needs a rate; give --rate");
}
