//! The reference contract's suite against an implementation that shares nothing with the program but the text of the
//! contract, from which it takes the keys: sound, nothing may be found; with one fault planted, that fault alone.

mod implementation;

use std::collections::BTreeSet;

use wiremock::matchers::any;
use wiremock::{Mock, MockServer};

use crate::support::{Lockproof, Outcome};
use implementation::{Environment, Fault, Implementation};

/// Runs the whole suite against two environments with a fault, or none.
async fn run(fault: Option<Fault>) -> Outcome {
    let sandbox = serve(Environment::Sandbox, fault).await;
    let production = serve(Environment::Production, fault).await;
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/lockproof.yaml");
    let run = Lockproof::new(&[
        "run",
        "--contract",
        contract,
        "--allow-effects",
        "--seed",
        "11",
        "--skip-tag",
        "exact-bytes",
    ])
    .env("SANDBOX_URL", &sandbox.uri())
    .env("PRODUCTION_URL", &production.uri());
    tokio::task::spawn_blocking(|| run.run()).await.unwrap()
}

async fn serve(environment: Environment, fault: Option<Fault>) -> MockServer {
    let server = MockServer::builder().disable_request_recording().start().await;
    Mock::given(any()).respond_with(Implementation::new(environment, fault)).mount(&server).await;
    server
}

/// Everything that was found: the checks that failed or warned.
fn found(outcome: &Outcome) -> BTreeSet<String> {
    &outcome.checks("fail") | &outcome.checks("warn")
}

/// A fault must be found by one check and explained to all others.
async fn is_found_by(fault: Fault, check: &str) {
    let outcome = run(Some(fault)).await;
    assert_eq!(found(&outcome), BTreeSet::from([check.to_owned()]), "{}", outcome.complaints());
    assert_eq!(outcome.count("inconclusive"), 0, "{}", outcome.complaints());
    assert_eq!((outcome.code, outcome.verdict()), (Some(1), "non-conformant".to_owned()), "{outcome}");
}

#[tokio::test]
async fn a_sound_implementation_is_conformant() {
    let outcome = run(None).await;
    assert_eq!(outcome.complaints(), "");
    assert_eq!((outcome.code, outcome.verdict()), (Some(0), "conformant".to_owned()), "{outcome}");
    assert!(outcome.count("pass") > 500, "{outcome}");
}

#[tokio::test]
async fn a_guard_that_lets_requests_without_a_key_through_is_found() {
    is_found_by(Fault::MissingKeyAccepted, "key-missing").await;
}

#[tokio::test]
async fn an_expiry_that_nobody_looks_at_is_found() {
    is_found_by(Fault::ExpiryIgnored, "key-expired").await;
}

#[tokio::test]
async fn keys_that_may_do_everything_are_found() {
    is_found_by(Fault::PermissionsIgnored, "key-insufficient-scope").await;
}

#[tokio::test]
async fn a_body_that_is_parsed_before_the_key_is_looked_at_is_found() {
    is_found_by(Fault::BodyParsedFirst, "order-malformed-json").await;
}

#[tokio::test]
async fn a_key_that_is_repeated_in_a_refusal_is_found() {
    is_found_by(Fault::KeyRepeated, "leak-key-in-body").await;
}

#[tokio::test]
async fn a_text_that_is_no_key_and_opens_the_door_is_found() {
    is_found_by(Fault::MalformedKeyAccepted, "key-malformed").await;
}
