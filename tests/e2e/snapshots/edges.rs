//! Other edges than the reference server: what is volatile about them needs no word in the contract.

use std::fs;

use wiremock::matchers::any;
use wiremock::{Mock, MockServer};

use super::copy;
use crate::second_opinion::{Environment, Implementation, at};
use crate::support::{Lockproof, Outcome};

async fn serve(environment: Environment) -> MockServer {
    let server = MockServer::builder().disable_request_recording().start().await;
    Mock::given(any()).respond_with(Implementation::new(environment, None)).mount(&server).await;
    server
}

/// The program against the second opinion, its contract without a word of what is volatile.
fn program(arguments: &[&str], urls: [&str; 2], before: Option<&Outcome>) -> Lockproof {
    let program = at(Lockproof::new(arguments), urls[0], urls[1]).args(&["--tag", "core", "--tag", "shape"]);
    let program = program.prepare(|folder| {
        let contract = fs::read_to_string(folder.join("lockproof.yaml")).unwrap();
        let declared = "volatile:\n  headers: [X-Request-Id]\n  body: [$.request_id]\n";
        assert!(contract.contains(declared));
        fs::write(folder.join("lockproof.yaml"), contract.replace(declared, "")).unwrap();
    });
    match before {
        Some(before) => program.prepare(|folder| copy(before, folder)),
        None => program,
    }
}

#[tokio::test]
async fn an_edge_that_somebody_else_wrote_needs_no_redaction() {
    let (sandbox, production) = (serve(Environment::Sandbox).await, serve(Environment::Production).await);
    let urls = [sandbox.uri(), production.uri()];
    let done = tokio::task::spawn_blocking(move || {
        let urls = [urls[0].as_str(), urls[1].as_str()];
        let before = program(&["snapshot", "--approve", "--seed", "5"], urls, None).run();
        assert_eq!(before.code, Some(0), "{before}");
        let after = program(&["snapshot", "--seed", "6"], urls, Some(&before)).env("CI", "true").run();
        assert_eq!(after.code, Some(0), "{after}");
    });
    done.await.unwrap();
}
