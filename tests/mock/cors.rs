//! What browsers are told.

use lockproof::mock;

use crate::support::client::{Answer, Client, once, request};
use crate::support::{FULL, config, reference, server};

const ORIGIN: &str = "https://app.example.com";

/// A request with some more lines in its head.
async fn ask(url: &str, method: &str, path: &str, lines: &str) -> Answer {
    let head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n");
    Client::connect(url).await.ask(head).await
}

fn preflight(origin: &str) -> String {
    format!("Origin: {origin}\r\nAccess-Control-Request-Method: POST\r\n")
}

#[tokio::test]
async fn a_preflight_of_an_allowed_page_is_answered_the_same_for_every_path() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    for path in ["/v1/ekyc/ocr", "/v1/ekyc/usage", "/nothing"] {
        let answer = ask(url, "OPTIONS", path, &preflight(ORIGIN)).await;
        assert_eq!((answer.status, answer.content.len()), (204, 0), "{path}");
        assert_eq!(answer.field("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(answer.field("access-control-allow-methods"), Some("DELETE, GET, POST"));
        assert_eq!(answer.field("access-control-allow-headers"), Some("Content-Type, X-API-Key"));
        assert_eq!(answer.field("vary"), Some("Origin"));
    }
}

#[tokio::test]
async fn every_other_options_needs_a_key() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let origin = format!("Origin: {ORIGIN}\r\n");
    let two = format!("{origin}{}", preflight(ORIGIN));
    for lines in [String::new(), origin, two, preflight("null"), preflight("https://APP.example.com")] {
        let answer = ask(url, "OPTIONS", "/v1/ekyc/ocr", &lines).await;
        assert_eq!((answer.status, &*answer.code()), (401, "missing_api_key"), "{lines}");
        assert_eq!(answer.field("access-control-allow-methods"), None, "{lines}");
    }
}

#[tokio::test]
async fn every_answer_says_that_it_varies_and_an_allowed_page_may_read_it() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    for (key, status) in [(FULL, 200), ("x", 401)] {
        let plain = once(url, "GET", "/v1/ekyc/usage", key, "").await;
        assert_eq!((plain.status, plain.field("vary")), (status, Some("Origin")));
        assert_eq!(plain.field("access-control-allow-origin"), None);
        let head = request("GET", "/v1/ekyc/usage", key, "");
        let shared = head.replacen("\r\n\r\n", &format!("\r\nOrigin: {ORIGIN}\r\n\r\n"), 1);
        let answer = Client::connect(url).await.ask(shared).await;
        assert_eq!((answer.status, answer.field("access-control-allow-origin")), (status, Some(ORIGIN)));
        assert_eq!(answer.field("access-control-expose-headers"), None);
    }
}

#[tokio::test]
async fn without_a_word_in_the_contract_browsers_are_told_nothing() {
    let mut contract = reference();
    contract.cors = None;
    let server = mock::start(config(contract)).await.unwrap();
    let answer = ask(server.url("sandbox").unwrap(), "OPTIONS", "/v1/ekyc/ocr", &preflight(ORIGIN)).await;
    assert_eq!((answer.status, answer.field("vary")), (401, None));
    assert_eq!(answer.field("access-control-allow-origin"), None);
}
