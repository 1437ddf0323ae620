//! The implementation on stubs, behind a server that somebody else has written.

use wiremock::matchers::any;
use wiremock::{Mock, MockServer};

use super::stubs::{Environment, Fault, Implementation};
use super::{Differences, is_found_by, is_judged_like_the_reference_server, run_at};
use crate::support::Outcome;

const DIFFERENCES: Differences<'_> = &[(
    "exact-bytes",
    "the library under the stubs answers what is no request by itself, and hands over whole requests alone",
)];

/// Runs the suite against two environments with a fault, or none.
async fn run(fault: Option<Fault>) -> Outcome {
    let sandbox = serve(Environment::Sandbox, fault).await;
    let production = serve(Environment::Production, fault).await;
    let run = run_at(&sandbox.uri(), &production.uri(), DIFFERENCES);
    tokio::task::spawn_blocking(|| run.run()).await.unwrap()
}

async fn serve(environment: Environment, fault: Option<Fault>) -> MockServer {
    let server = MockServer::builder().disable_request_recording().start().await;
    Mock::given(any()).respond_with(Implementation::new(environment, fault)).mount(&server).await;
    server
}

#[tokio::test]
async fn a_sound_implementation_is_conformant() {
    is_judged_like_the_reference_server(&run(None).await, DIFFERENCES);
}

#[tokio::test]
async fn a_guard_that_lets_requests_without_a_key_through_is_found() {
    is_found_by(&run(Some(Fault::MissingKeyAccepted)).await, "key-missing");
}

#[tokio::test]
async fn an_expiry_that_nobody_looks_at_is_found() {
    is_found_by(&run(Some(Fault::ExpiryIgnored)).await, "key-expired");
}

#[tokio::test]
async fn keys_that_may_do_everything_are_found() {
    is_found_by(&run(Some(Fault::PermissionsIgnored)).await, "key-insufficient-scope");
}

#[tokio::test]
async fn a_body_that_is_parsed_before_the_key_is_looked_at_is_found() {
    is_found_by(&run(Some(Fault::BodyParsedFirst)).await, "order-malformed-json");
}

#[tokio::test]
async fn a_key_that_is_repeated_in_a_refusal_is_found() {
    is_found_by(&run(Some(Fault::KeyRepeated)).await, "leak-key-in-body");
}

#[tokio::test]
async fn a_text_that_is_no_key_and_opens_the_door_is_found() {
    is_found_by(&run(Some(Fault::MalformedKeyAccepted)).await, "key-malformed");
}
