//! Targets that are sound for a while: what was judged before the last good control stands, the rest does not.

use super::inconclusive;
use crate::support::{Edge, Keys, Lockproof, Reply, Server, Small, problem};

/// A check with many variants, so that controls come between them.
fn many(count: usize) -> String {
    let variants = (0..count).fold(String::new(), |text, at| text + &format!("  - {{ name: v{at} }}\n"));
    format!(
        "id: many\ntitle: Many requests without a key are refused\nseverity: must\nsources: [a test]\n\
         why: It tells.\nadvice: None.\nover: {{ operations: {{ first_of: all }} }}\n\
         request: {{ credential: none }}\nexpect: {{ refusal: missing }}\neach:\n{variants}"
    )
}

/// A run of so many cases, one after the other.
fn run_of(server: &Server, cases: usize) -> Lockproof {
    let run = Small::at(&server.url()).run().args(&["--scenarios", "many.yaml", "--jobs", "1"]);
    run.file("many.yaml", many(cases))
}

#[test]
fn of_a_target_that_goes_away_nothing_stands_that_no_control_came_after() {
    let edge = Edge::default();
    let server = Server::http(move |request| match edge.answer(request) {
        last if request.number == 30 => Reply::GoAway(last),
        sound => Reply::Whole(sound),
    });
    inconclusive("the control after failed: no connection").check_unjudged(&run_of(&server, 100).run());
}

#[test]
fn of_a_target_that_goes_away_what_stood_at_the_last_good_control_stands() {
    let edge = Edge::default();
    let server = Server::http(move |request| match edge.answer(request) {
        last if request.number == 300 => Reply::GoAway(last),
        sound => Reply::Whole(sound),
    });
    let outcome = run_of(&server, 400).run();
    inconclusive("start the target, or correct its base_url").check(&outcome);
    assert_eq!((outcome.count("pass"), outcome.count("inconclusive")), (250, 150), "{outcome}");
}

#[test]
fn when_the_good_key_is_revoked_midway_later_refusals_prove_nothing() {
    let (edge, keys) = (Edge::default(), Keys::default());
    let server = Server::http(move |request| {
        let revoked = request.number > 300 && request.header("x-api-key") == Some(&keys.full);
        Reply::Whole(if revoked { problem(401, "invalid_api_key") } else { edge.answer(request) })
    });
    let outcome = run_of(&server, 400).run();
    inconclusive("the target refuses a key that the contract calls good").check(&outcome);
    assert_eq!((outcome.count("pass"), outcome.count("inconclusive")), (250, 150), "{outcome}");
}

#[test]
fn an_acceptance_that_was_seen_stands_though_the_target_went_away_afterwards() {
    let (edge, keys) = (Edge::default(), Keys::default());
    let server = Server::http(move |request| {
        let mut open = request.clone();
        if request.number == 20 {
            open.headers.push(("x-api-key".to_owned(), keys.full.clone()));
        }
        match edge.answer(&open) {
            last if request.number == 60 => Reply::GoAway(last),
            answer => Reply::Whole(answer),
        }
    });
    let outcome = run_of(&server, 100).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!((outcome.count("fail"), outcome.count("pass")), (1, 0), "{outcome}");
    assert!(outcome.says("1 of 3 times: not steady"), "{outcome}");
}

#[test]
fn what_was_judged_when_the_deadline_came_does_not_stand_without_a_control() {
    let edge = Edge::default();
    let server = Server::http(move |request| match request.number {
        ..=30 => Reply::Whole(edge.answer(request)),
        _ => Reply::silence(std::time::Duration::from_secs(5)),
    });
    let outcome = run_of(&server, 100).args(&["--deadline", "2s"]).run();
    inconclusive("the run's deadline came; allow more with --deadline").check_unjudged(&outcome);
}
