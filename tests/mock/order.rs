//! The order of decisions: the key first, then where, then whether, and the body last of all.

use crate::support::client::{Client, once, request};
use crate::support::{FULL, body, key, reference, server};

const OCR: &str = "/v1/ekyc/ocr";

#[tokio::test]
async fn without_a_key_nothing_else_matters() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    for (method, path, content) in [
        ("POST", OCR, "{"),
        ("POST", OCR, "{}"),
        ("GET", OCR, ""),
        ("JEFF", OCR, ""),
        ("TRACE", OCR, ""),
        ("GET", "/nowhere", ""),
        ("OPTIONS", "*", ""),
        ("POST", "/v1/admin/tokens", "{}"),
        ("GET", "/v1/ekyc/ocr/", ""),
        ("GET", "//v1/ekyc/usage", ""),
    ] {
        let answer = once(url, method, path, "", content).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, "missing_api_key"), "{method} {path}");
        assert_eq!(
            answer.field("www-authenticate").unwrap(),
            "ApiKey realm=\"EKYC Solutions platform (reference)\""
        );
    }
}

#[tokio::test]
async fn fields_that_ask_for_something_else_change_nothing_before_the_key() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    for line in [
        "If-None-Match: *",
        "If-Match: \"x\"",
        "If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT",
        "Range: bytes=0-0",
        "Accept: image/x-nope",
        "Expect: 200-ok",
        "Content-Type: text/x-nope",
        "Content-Encoding: gzip",
        "Upgrade: websocket",
        "X-HTTP-Method-Override: POST",
        "X-Original-URL: /healthz",
        "X-Forwarded-For: 127.0.0.1",
    ] {
        let answer = client.ask(format!("GET /v1/ekyc/usage HTTP/1.1\r\nHost: x\r\n{line}\r\n\r\n")).await;
        assert_eq!(answer.status, 401, "{line}");
    }
}

#[tokio::test]
async fn with_a_key_each_mistake_has_its_own_answer() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let narrow = key(&reference(), "ocr-only");
    let elsewhere = key(&reference(), "production-only");
    for (method, path, key, content, status) in [
        ("GET", "/nowhere", FULL, "", 404),
        ("GET", OCR, FULL, "", 405),
        ("JEFF", OCR, FULL, "", 501),
        ("post", OCR, FULL, "", 501),
        ("TRACE", OCR, FULL, "", 405),
        // An unknown path is unknown, whatever the key may do.
        ("GET", "/nowhere", elsewhere.as_str(), "", 404),
        ("POST", OCR, elsewhere.as_str(), "{", 403),
        ("POST", "/v1/ekyc/face-compare", narrow.as_str(), "{", 403),
        ("POST", "/v1/admin/tokens", FULL, "{}", 403),
        ("POST", OCR, FULL, "{", 400),
        ("POST", OCR, FULL, "{}", 422),
        ("POST", OCR, FULL, r#"{"document_type":1,"image":2}"#, 422),
        ("POST", "/v1/%65kyc/ocr", FULL, "{}", 422),
        ("POST", "/V1/ekyc/ocr", FULL, "{}", 404),
    ] {
        let answer = once(url, method, path, key, content).await;
        assert_eq!(answer.status, status, "{method} {path} {content}: {:?}", answer.head);
        assert_eq!(answer.json()["status"], status, "{method} {path}");
        assert_eq!(answer.field("content-type").unwrap(), "application/problem+json");
        assert_eq!(answer.field("cache-control").unwrap(), "no-store");
        assert_eq!(answer.json()["request_id"], answer.field("x-request-id").unwrap());
    }
    let answer = once(url, "GET", "/v1/abis/subjects/x/y", FULL, "").await;
    assert_eq!((answer.status, answer.field("allow")), (404, None));
    let answer = once(url, "PUT", "/v1/abis/subjects/x", FULL, "").await;
    assert_eq!((answer.status, answer.field("allow")), (405, Some("DELETE, GET, HEAD")));
}

#[tokio::test]
async fn the_kind_of_body_is_judged_before_it_is_read() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    for (lines, status) in [
        ("Content-Type: text/x-nope\r\nContent-Length: 9999", 415),
        ("Content-Length: 9999", 415),
        ("Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 9999", 415),
        ("Content-Type: application/json\r\nContent-Length: 99999999", 413),
    ] {
        let mut client = Client::connect(url).await;
        let head = format!(
            "POST {OCR} HTTP/1.1\r\nHost: x\r\nX-API-Key: {FULL}\r\nExpect: 100-continue\r\n{lines}\r\n\r\n"
        );
        assert_eq!(client.ask(head).await.status, status, "{lines}");
        assert!(client.ended().await);
    }
}

#[tokio::test]
async fn a_body_that_is_withheld_is_not_waited_for() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    for framing in ["Content-Length: 1048576", "Transfer-Encoding: chunked", "Content-Length: 5"] {
        let mut client = Client::connect(url).await;
        let answer = client.ask(format!("POST {OCR} HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n")).await;
        assert_eq!((answer.status, answer.field("connection")), (401, Some("close")), "{framing}");
        assert!(client.ended().await);
    }
}

#[tokio::test]
async fn a_sender_is_asked_to_continue_only_after_the_edge_let_the_request_through() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let content = body("ocr");
    let head = |version: &str, key: &str| {
        let framing = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", content.len());
        format!(
            "POST {OCR} HTTP/{version}\r\nHost: x\r\nX-API-Key: {key}\r\nExpect: 100-continue\r\n{framing}\r\n"
        )
    };
    let mut client = Client::connect(url).await;
    assert_eq!(client.ask(head("1.1", "lp_any_00000000000000000000000000000000")).await.status, 401);
    assert!(client.ended().await);

    let mut client = Client::connect(url).await;
    assert_eq!(client.ask(head("1.1", FULL)).await.status, 100);
    assert_eq!(client.ask(&content).await.status, 200);

    let mut client = Client::connect(url).await;
    client.send(head("1.0", FULL)).await;
    assert_eq!(client.ask(&content).await.status, 200);
}

#[tokio::test]
async fn what_the_edge_refused_was_never_processed() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let control = server.control_url.as_deref().unwrap();
    for key in ["", "lp_any_00000000000000000000000000000000", &key(&reference(), "abis-only")] {
        assert!(once(url, "POST", OCR, key, &body("ocr")).await.status > 400);
    }
    assert_eq!(once(control, "GET", "/processed", "", "").await.json()["total"], 0);
    let mut client = Client::connect(url).await;
    assert_eq!(client.ask(request("POST", OCR, FULL, &body("ocr"))).await.status, 200);
    let processed = once(control, "GET", "/processed", "", "").await.json();
    assert_eq!(processed["environments"]["sandbox"]["ekyc.ocr"], 1);
    assert_eq!(processed["environments"]["production"]["ekyc.ocr"], 0);
}
