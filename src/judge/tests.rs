//! The judge on whole exchanges: answers that are compressed, rightly or not.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::Method;

use super::*;
use crate::contract::{Acceptance, Contract, RefusalKind};
use crate::document::{Source, StatusMatch};
use crate::wire::{Failure, Overheard, Request, Timing};

const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";
const REFUSAL: &str = r#"{"code":"missing_api_key","status":401}"#;

fn contract() -> Contract {
    let text = include_str!("../../fixtures/reference/lockproof.yaml").to_owned();
    crate::contract::load(Source { name: "lockproof.yaml".to_owned(), text }, &|_| None).unwrap()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// A refusal whose body is said to be gzip.
fn refusal(body: Vec<u8>) -> Answer {
    let headers = vec![
        ("content-type".to_owned(), b"application/json".to_vec()),
        ("content-encoding".to_owned(), b"gzip".to_vec()),
    ];
    Answer { version: "HTTP/1.1", status: 401, headers, body, ..Answer::default() }
}

fn judged(requirement: &Requirement, method: Method, answer: Answer) -> Judgement {
    judged_with(requirement, method, answer, None)
}

fn judged_with(
    requirement: &Requirement,
    method: Method,
    answer: Answer,
    failure: Option<FailureKind>,
) -> Judgement {
    judged_between(requirement, (method, Some(answer)), failure, None)
}

/// The same, with what was overheard behind a backend.
fn judged_between(
    requirement: &Requirement,
    (method, answer): (Method, Option<Answer>),
    failure: Option<FailureKind>,
    behind: Option<Overheard>,
) -> Judgement {
    let request = Request {
        method,
        url: "http://127.0.0.1/".parse().unwrap(),
        target: "/".to_owned(),
        headers: Vec::new(),
        body: None,
        key: Some(KEY.to_owned()),
        script: None,
    };
    let exchange = Exchange {
        request,
        answer,
        failure: failure.map(|kind| Failure::new(kind, "")),
        timing: Timing::default(),
        transcript: None,
        behind,
    };
    let (contract, redactor) = (contract(), Redactor::of_text("full", KEY));
    let accepted: Acceptance = serde_json::from_str(r#"{"status": 200}"#).unwrap();
    let recogniser = Recogniser::new(&contract, &accepted);
    let volatile = Volatile::of(&contract);
    let evidence = Evidence {
        exchange: &exchange,
        recogniser: &recogniser,
        earlier: &[],
        redactor: &redactor,
        volatile: &volatile,
    };
    judge(requirement, &evidence)
}

#[test]
fn nothing_is_said_of_a_backend_that_never_heard_the_request() {
    let nothing = Requirement::Upstream(UpstreamRequirement::Arrives(0, 0));
    let closed = Requirement::All(vec![Requirement::StatusNot(Vec::new()), Requirement::NoResult]);
    let behind = || Some(Overheard { acted: true, ..Overheard::default() });
    let judged = |requirement: &Requirement, kind| {
        judged_between(requirement, (Method::GET, None), Some(kind), behind()).finding
    };
    for requirement in [&nothing, &closed] {
        assert_eq!(judged(requirement, FailureKind::Connect), Finding::Unclear);
        assert_eq!(judged(requirement, FailureKind::Closed), Finding::Holds);
    }
    assert_eq!(judged(&closed, FailureKind::Timeout), Finding::Unclear);
    assert_eq!(judged(&Requirement::NoEcho, FailureKind::Closed), Finding::Unclear);
}

#[test]
fn a_refusal_is_recognised_though_it_is_compressed() {
    let missing = Requirement::Refusal(RefusalKind::Missing);
    assert_eq!(judged(&missing, Method::GET, refusal(gzip(REFUSAL))).finding, Finding::Holds);
    let other = REFUSAL.replace("missing", "another");
    assert_eq!(judged(&missing, Method::GET, refusal(gzip(&other))).finding, Finding::Broken);
}

#[test]
fn a_key_is_found_behind_a_coding_and_beside_it() {
    let behind = judged(&Requirement::NoEcho, Method::GET, refusal(gzip(&format!("the key {KEY}"))));
    assert_eq!(behind.finding, Finding::Broken);
    assert!(!behind.actual.contains(KEY));
    let mut commented = flate2::GzBuilder::new().comment(KEY).write(Vec::new(), Compression::default());
    commented.write_all(b"nothing").unwrap();
    let beside = judged(&Requirement::NoEcho, Method::GET, refusal(commented.finish().unwrap()));
    assert_eq!(beside.finding, Finding::Broken);
}

#[test]
fn what_cannot_be_read_is_unclear_whatever_is_asked_of_it() {
    let bomb = gzip(&" ".repeat(8 * 1024 * 1024));
    let requirements =
        [Requirement::Status(vec![StatusMatch::Code(401)]), Requirement::NoEcho, Requirement::AnyRefusal];
    for requirement in requirements {
        for body in [REFUSAL.as_bytes().to_vec(), bomb.clone()] {
            let judgement = judged(&requirement, Method::GET, refusal(body));
            assert_eq!(judgement.finding, Finding::Unclear, "{requirement}: {}", judgement.actual);
        }
    }
}

#[test]
fn content_behind_an_answer_to_head_is_wrong_whether_it_can_be_read_or_not() {
    let judgement = judged(&Requirement::NoContent, Method::HEAD, refusal(b"not gzip".to_vec()));
    assert_eq!(judgement.finding, Finding::Broken);
    assert_eq!(judged(&Requirement::NoContent, Method::HEAD, refusal(Vec::new())).finding, Finding::Holds);
}

#[test]
fn a_status_is_known_though_the_connection_ended_behind_the_head() {
    let status = |code| Requirement::Status(vec![StatusMatch::Code(code)]);
    let torn = |requirement: &Requirement, failure| {
        judged_with(requirement, Method::GET, refusal(Vec::new()), Some(failure)).finding
    };
    assert_eq!(torn(&status(401), FailureKind::Closed), Finding::Holds);
    assert_eq!(
        torn(&Requirement::Any(vec![Requirement::AnyRefusal, status(401)]), FailureKind::Closed),
        Finding::Holds
    );
    assert_eq!(
        torn(&Requirement::All(vec![Requirement::NoEcho, status(401)]), FailureKind::Closed),
        Finding::Unclear
    );
    // Nothing that is wrong comes of what is not whole, and nothing is said of what was lost.
    assert_eq!(torn(&status(431), FailureKind::Closed), Finding::Unclear);
    assert_eq!(torn(&status(401), FailureKind::Timeout), Finding::Unclear);
    assert_eq!(torn(&Requirement::AnyRefusal, FailureKind::Closed), Finding::Unclear);
}

#[test]
fn a_key_is_found_in_the_reason_phrase_and_around_the_answer() {
    let reason = Answer { reason: format!("bad key {KEY}"), ..refusal(gzip(REFUSAL)) };
    let seen = judged(&Requirement::NoEcho, Method::GET, reason);
    assert_eq!(seen.finding, Finding::Broken);
    assert!(seen.actual.starts_with("the reason phrase holds the key of `full`"), "{}", seen.actual);
}

#[test]
fn a_limit_is_an_answer_only_where_it_is_named() {
    let busy = || Answer { status: 429, ..Answer::default() };
    let judge = |code| judged(&Requirement::Status(vec![code]), Method::GET, busy()).finding;
    assert_eq!(judge(StatusMatch::Code(429)), Finding::Holds);
    assert_eq!(judge(StatusMatch::Class(4)), Finding::Unclear);
}
