//! The control listener: keys come and go, time passes, and everything can begin anew.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use lockproof::mock::{self, Config, LogSink, RateLimit, Running};
use serde_json::{Value, json};

use crate::support::client::{Answer, Client, once, request};
use crate::support::{FULL, body, config, key, reference, server};

const USAGE: &str = "/v1/ekyc/usage";

async fn tell(server: &Running, path: &str, document: Value) -> Answer {
    once(server.control_url.as_deref().unwrap(), "POST", path, "", &document.to_string()).await
}

async fn status(server: &Running, key: &str) -> u16 {
    once(server.url("sandbox").unwrap(), "GET", USAGE, key, "").await.status
}

#[tokio::test]
async fn a_revoked_key_is_refused_from_then_on_even_on_an_open_connection() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    assert_eq!(client.ask(request("GET", USAGE, FULL, "")).await.status, 200);
    assert_eq!(tell(&server, "/keys/full/revoke", json!({})).await.status, 200);
    assert_eq!(client.ask(request("GET", USAGE, FULL, "")).await.code(), "invalid_api_key");
    assert_eq!(status(&server, &key(&reference(), "full-next")).await, 200);
    assert_eq!(tell(&server, "/keys/nobody/revoke", json!({})).await.status, 404);
}

#[tokio::test]
async fn a_key_expires_at_its_instant() {
    let server = server().await;
    assert_eq!(tell(&server, "/keys/full/expire", json!({"in_ms": 3_600_000})).await.status, 200);
    assert_eq!(status(&server, FULL).await, 200);
    tell(&server, "/clock", json!({"advance_ms": 3_600_000})).await;
    assert_eq!(status(&server, FULL).await, 401);
    tell(&server, "/keys/full/expire", json!({"at": "2100-01-01T00:00:00Z"})).await;
    assert_eq!(status(&server, FULL).await, 200);
    assert_eq!(tell(&server, "/keys/full/expire", json!({"at": "tomorrow"})).await.status, 422);
}

#[tokio::test]
async fn time_opens_a_key_that_was_not_valid_yet() {
    let server = server().await;
    let early = key(&reference(), "not-yet-valid");
    assert_eq!(status(&server, &early).await, 401);
    tell(&server, "/clock", json!({"advance_ms": 3_601_000})).await;
    assert_eq!(status(&server, &early).await, 200);
    tell(&server, "/clock", json!({"advance_ms": -200_000_000})).await;
    assert_eq!(status(&server, &key(&reference(), "expired")).await, 200);
}

#[tokio::test]
async fn a_created_key_works_at_once_and_only_as_far_as_it_goes() {
    let server = server().await;
    let created = tell(&server, "/keys", json!({"credential": "fresh", "like": "ocr-only"})).await;
    assert_eq!(created.status, 201);
    let fresh = created.json()["key"].as_str().unwrap().to_owned();
    let url = server.url("production").unwrap();
    assert_eq!(once(url, "POST", "/v1/ekyc/ocr", &fresh, &body("ocr")).await.status, 200);
    assert_eq!(status(&server, &fresh).await, 403);
    assert_eq!(tell(&server, "/keys", json!({"credential": "fresh"})).await.status, 422);
    assert_eq!(tell(&server, "/keys", json!({"credential": "x", "kee": ""})).await.status, 422);
    tell(&server, "/keys/fresh/revoke", json!({})).await;
    assert_eq!(status(&server, &fresh).await, 401);
}

#[tokio::test]
async fn an_application_is_switched_off_with_all_its_keys() {
    let server = server().await;
    tell(&server, "/applications/acme/disable", json!({})).await;
    assert_eq!(status(&server, FULL).await, 401);
    assert_eq!(status(&server, &key(&reference(), "ekyc-only")).await, 401);
    assert_eq!(status(&server, &key(&reference(), "other-tenant")).await, 200);
    tell(&server, "/applications/acme/enable", json!({})).await;
    assert_eq!(status(&server, FULL).await, 200);
}

#[tokio::test]
async fn a_reset_brings_back_what_the_contract_declares() {
    let server = server().await;
    tell(&server, "/keys/full/revoke", json!({})).await;
    tell(&server, "/clock", json!({"advance_ms": 9_999_999})).await;
    tell(&server, "/applications/globex/disable", json!({})).await;
    let created = tell(&server, "/keys", json!({"credential": "fresh", "like": "full"})).await.json();
    once(
        server.url("sandbox").unwrap(),
        "POST",
        "/v1/abis/subjects",
        created["key"].as_str().unwrap(),
        &body("enroll"),
    )
    .await;
    assert_eq!(tell(&server, "/reset", json!({})).await.status, 200);
    assert_eq!(status(&server, FULL).await, 200);
    assert_eq!(status(&server, &key(&reference(), "other-tenant")).await, 200);
    assert_eq!(status(&server, created["key"].as_str().unwrap()).await, 401);
    assert_eq!(status(&server, &key(&reference(), "expired")).await, 401);
    let found =
        once(server.url("sandbox").unwrap(), "POST", "/v1/abis/identify", FULL, &body("identify")).await;
    assert_eq!(found.json()["identification"]["candidates"], json!([]));
}

#[tokio::test]
async fn a_key_that_used_up_its_window_is_told_when_to_come_back() {
    let rate_limit = Some(RateLimit { requests: 2, window: Duration::from_hours(24) });
    let server = mock::start(Config { rate_limit, ..config(reference()) }).await.unwrap();
    let url = server.url("sandbox").unwrap();
    for _ in 0..5 {
        assert_eq!(status(&server, "lp_any_00000000000000000000000000000000").await, 401);
    }
    let first = once(url, "GET", USAGE, FULL, "").await;
    assert_eq!(first.field("ratelimit-policy"), Some("\"key\";q=2;w=86400"));
    assert!(first.field("ratelimit").unwrap().starts_with("\"key\";r=1;t="));
    assert_eq!(status(&server, FULL).await, 200);
    let denied = once(url, "GET", USAGE, FULL, "").await;
    assert_eq!((denied.status, denied.code().as_str()), (429, "too_many_requests"));
    let wait: u64 = denied.field("retry-after").unwrap().parse().unwrap();
    assert!(denied.field("ratelimit").unwrap().ends_with(&format!(";t={wait}")));
    assert_eq!(denied.field("cache-control"), Some("no-store"));
    assert_eq!(status(&server, &key(&reference(), "full-next")).await, 200);
    tell(&server, "/clock", json!({"advance_ms": 24 * 3_600_000})).await;
    assert_eq!(status(&server, FULL).await, 200);
}

#[tokio::test]
async fn the_log_names_credentials_and_holds_no_key() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let log = Some(LogSink(Arc::new(move |line: &str| sink.lock().unwrap().push(line.to_owned()))));
    let server = mock::start(Config { log, ..config(reference()) }).await.unwrap();
    let url = server.url("sandbox").unwrap();
    once(url, "GET", USAGE, FULL, "").await;
    once(url, "GET", &format!("{USAGE}?api_key={FULL}"), "", "").await;
    let lines = lines.lock().unwrap().join("\n");
    assert!(lines.contains("sandbox GET /v1/ekyc/usage 200 credential=full id="), "{lines}");
    assert!(lines.contains("sandbox GET /v1/ekyc/usage 401 credential=- id="), "{lines}");
    assert!(!lines.contains("Qm7tR2xVb9"), "{lines}");
}

#[tokio::test]
async fn what_the_control_listener_does_not_know_is_not_found() {
    let server = server().await;
    let control = server.control_url.as_deref().unwrap();
    for (method, path) in
        [("GET", "/"), ("POST", "/processed"), ("GET", "/keys/full/revoke"), ("DELETE", "/keys")]
    {
        assert_eq!(once(control, method, path, "", "").await.status, 404, "{method} {path}");
    }
}

#[tokio::test]
async fn a_reset_forgets_what_was_seen_and_head_brings_no_content() {
    let server = server().await;
    let control = server.control_url.as_deref().unwrap();
    let before = once(control, "GET", "/seen/sandbox", "", "").await.json();
    assert_eq!(status(&server, FULL).await, 200);
    assert_ne!(once(control, "GET", "/seen/sandbox", "", "").await.json(), before);
    tell(&server, "/reset", json!({})).await;
    assert_eq!(once(control, "GET", "/seen/sandbox", "", "").await.json(), before);
    let mut client = Client::connect(control).await;
    client.send(request("HEAD", "/processed", "", "")).await;
    assert_eq!(client.answer_to("HEAD").await.status, 404);
    assert_eq!(client.rest().await, 0);
}
