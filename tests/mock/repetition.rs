//! What is done once, what has a tag, and what each of the defects makes of it.

use lockproof::mock::Running;

use crate::support::client::{Answer, Client};
use crate::support::{FULL, body, broken, key, reference, server};

const PEOPLE: &str = "/v1/abis/subjects";

async fn ask(server: &Running, line: &str, key: &str, field: &str) -> Answer {
    ask_with(server, (line, key, field), "").await
}

async fn ask_with(server: &Running, (line, key, field): (&str, &str, &str), document: &str) -> Answer {
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let key = if key.is_empty() { String::new() } else { format!("X-API-Key: {key}\r\n") };
    let content = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", document.len());
    client.ask(format!("{line} HTTP/1.1\r\nHost: x\r\n{key}{field}\r\n{content}\r\n{document}")).await
}

async fn enrol(server: &Running, key: &str, once: &str, document: &str) -> (u16, String) {
    let line = format!("POST {PEOPLE}");
    let answer = ask_with(server, (&line, key, &format!("Idempotency-Key: {once}")), document).await;
    let id = answer.json()["subject"]["id"].as_str().unwrap_or_default().to_owned();
    (answer.status, id)
}

#[tokio::test]
async fn what_was_done_for_an_idempotency_key_is_not_done_again() {
    let server = server().await;
    let first = enrol(&server, FULL, "a", &body("enroll")).await;
    assert_eq!(first.0, 201);
    assert_eq!(enrol(&server, FULL, "a", &body("enroll")).await, first);
    assert_eq!(enrol(&server, &key(&reference(), "full-next"), "a", &body("enroll")).await, first);
    let others = [(FULL.to_owned(), "b"), (key(&reference(), "other-tenant"), "a")];
    for (key, once) in others {
        let other = enrol(&server, &key, once, &body("enroll")).await;
        assert!(other.0 == 201 && other.1 != first.1, "{once}: {other:?}");
    }
    assert_eq!(enrol(&server, FULL, "a", &body("enroll-other")).await.0, 422);
    assert_eq!(enrol(&server, "", "a", &body("enroll")).await.0, 401);
}

#[tokio::test]
async fn a_refusal_is_not_kept_for_an_idempotency_key() {
    let server = server().await;
    assert_eq!(enrol(&server, "", "a", &body("enroll")).await.0, 401);
    assert_eq!(enrol(&server, FULL, "a", "{").await.0, 400);
    assert_eq!(enrol(&server, FULL, "a", &body("enroll")).await.0, 201);
    let twice = "Idempotency-Key: a\r\nIdempotency-Key: b";
    let answer = ask_with(&server, (&format!("POST {PEOPLE}"), FULL, twice), &body("enroll")).await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn a_tag_spares_whoever_may_read_the_content() {
    let server = server().await;
    let id = enrol(&server, FULL, "a", &body("enroll")).await.1;
    let line = format!("GET {PEOPLE}/{id}");
    let tag = ask(&server, &line, FULL, "A: b").await.field("etag").unwrap().to_owned();
    let known = format!("If-None-Match: {tag}");
    let other = "If-Match: \"x\"";
    assert_eq!(ask(&server, &line, FULL, &known).await.status, 304);
    assert_eq!(ask(&server, &line, FULL, other).await.status, 412);
    assert_eq!(ask(&server, &line, "", &known).await.status, 401);
    assert_eq!(ask(&server, &line, &key(&reference(), "other-tenant"), &known).await.status, 404);
}

#[tokio::test]
async fn each_cache_keeps_what_it_should_not_and_nothing_else() {
    let usage = "/v1/ekyc/usage";
    let table = [
        ("shared-cache-ignores-key", "GET /v1/ekyc/usage?a", "GET /v1/ekyc/usage?a"),
        ("head-cached-for-get", "HEAD /v1/ekyc/usage", "GET /v1/ekyc/usage"),
        ("cache-by-extension", "GET /v1/ekyc/usage/x.css", "GET /v1/ekyc/usage/x.css"),
    ];
    for (defect, first, then) in table {
        let server = broken(defect).await;
        let mut client = Client::connect(server.url("sandbox").unwrap()).await;
        client.send(&format!("{first} HTTP/1.1\r\nHost: x\r\nX-API-Key: {FULL}\r\n\r\n")).await;
        client.answer_to(first.split(' ').next().unwrap()).await;
        let copy = ask(&server, then, "", "A: b").await;
        assert_eq!((copy.status, copy.field("age")), (200, Some("0")), "{defect}");
        assert_eq!(ask(&server, &format!("GET {usage}?other"), "", "A: b").await.status, 401, "{defect}");
    }
    let server = broken("deny-cached-by-url").await;
    assert_eq!(ask(&server, &format!("GET {usage}?a"), "", "A: b").await.status, 401);
    assert_eq!(ask(&server, &format!("GET {usage}?a"), FULL, "A: b").await.status, 401);
    assert_eq!(ask(&server, &format!("GET {usage}?b"), FULL, "A: b").await.status, 200);
}
