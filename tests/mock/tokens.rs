//! Tokens that keys are exchanged for.

use serde_json::json;

use crate::support::client::{Answer, Client, once};
use crate::support::{FULL, body, key, reference, server};

/// A request with a token, or with whatever stands behind the scheme.
async fn with_token(url: &str, method: &str, path: &str, token: &str, body: &str) -> Answer {
    let framing = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    let framing = if body.is_empty() { "" } else { &framing };
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n{framing}\r\n");
    Client::connect(url).await.ask(format!("{head}{body}")).await
}

async fn minted(url: &str) -> String {
    let operator = key(&reference(), "operator");
    let minted = once(url, "POST", "/v1/admin/tokens", &operator, &body("mint-token")).await;
    assert_eq!(minted.status, 201);
    minted.json()["token"]["value"].as_str().unwrap().to_owned()
}

async fn reads(url: &str, token: &str) -> u16 {
    with_token(url, "POST", "/v1/ekyc/ocr", token, &body("ocr")).await.status
}

async fn tell(server: &lockproof::mock::Running, path: &str, wish: serde_json::Value) {
    let url = server.control_url.as_deref().unwrap();
    assert_eq!(once(url, "POST", path, "", &wish.to_string()).await.status, 200);
}

#[tokio::test]
async fn a_token_does_what_it_was_minted_for_where_it_was_minted() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let token = minted(url).await;
    assert_eq!(reads(url, &token).await, 200);
    assert_eq!(with_token(url, "POST", "/v1/admin/tokens", &token, &body("mint-token")).await.status, 403);
    assert_eq!(with_token(url, "GET", "/v1/ekyc/usage", &token, "").await.status, 403);
    assert_eq!(reads(server.url("production").unwrap(), &token).await, 403);
    let operator = key(&reference(), "operator");
    let wish = json!({"operations": ["admin.mint-token"], "lifetime_seconds": 60}).to_string();
    assert_eq!(once(url, "POST", "/v1/admin/tokens", &operator, &wish).await.status, 422);
}

#[tokio::test]
async fn a_token_is_no_key_and_a_key_is_no_token() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let token = minted(url).await;
    assert_eq!(once(url, "POST", "/v1/ekyc/ocr", &token, &body("ocr")).await.code(), "invalid_api_key");
    assert_eq!(with_token(url, "GET", "/v1/ekyc/usage", FULL, "").await.code(), "invalid_api_key");
    assert_eq!(with_token(url, "GET", "/v1/ekyc/usage", "", "").await.code(), "missing_api_key");
}

#[tokio::test]
async fn a_token_ends_with_its_time_with_its_revocation_and_with_its_key() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let operator = key(&reference(), "operator");
    let revoked = minted(url).await;
    let wish = json!({ "token": { "value": revoked } }).to_string();
    for _ in 0..2 {
        assert_eq!(once(url, "DELETE", "/v1/admin/tokens", &operator, &wish).await.status, 200);
    }
    assert_eq!(reads(url, &revoked).await, 401);
    assert_eq!(once(url, "DELETE", "/v1/admin/tokens", &operator, "").await.status, 400);
    assert_eq!(once(url, "DELETE", "/v1/admin/tokens", FULL, &wish).await.status, 403);

    let aged = minted(url).await;
    tell(&server, "/clock", json!({"advance_ms": 60_000})).await;
    assert_eq!(reads(url, &aged).await, 401);

    let orphaned = minted(url).await;
    assert_eq!(reads(url, &orphaned).await, 200);
    tell(&server, "/keys/operator/revoke", json!({})).await;
    assert_eq!(reads(url, &orphaned).await, 401);
}

#[tokio::test]
async fn a_token_is_not_believed_while_its_key_cannot_be_looked_up() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let token = minted(url).await;
    for way in ["/store/stop", "/store/slow"] {
        tell(&server, way, if way == "/store/slow" { json!({"ms": 5000}) } else { json!({}) }).await;
        assert_eq!(reads(url, &token).await, 503, "{way}");
        assert_eq!(once(url, "POST", "/v1/ekyc/ocr", "", &body("ocr")).await.code(), "missing_api_key");
        tell(&server, "/store/start", json!({})).await;
        assert_eq!(reads(url, &token).await, 200);
    }
    tell(&server, "/config/unset-key", json!({})).await;
    let unset = with_token(url, "POST", "/v1/ekyc/ocr", &token, &body("ocr")).await;
    assert_eq!((unset.status, unset.code().as_str()), (401, "invalid_api_key"));
}

#[tokio::test]
async fn a_token_says_how_long_it_lives_with_its_key() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    tell(&server, "/keys/operator/expire", json!({"in_ms": 30_000})).await;
    let wish = json!({"operations": ["ekyc.ocr"], "lifetime_seconds": 60}).to_string();
    let minted = once(url, "POST", "/v1/admin/tokens", &key(&reference(), "operator"), &wish).await;
    let lives = minted.json()["token"]["expires_in"].as_u64().unwrap();
    assert!((20..=30).contains(&lives), "{lives}");
}
