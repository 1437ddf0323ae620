//! Which keys are let through, and where.

use crate::support::client::{Client, once, request};
use crate::support::{FULL, body, key, reference, server};

const OCR: &str = "/v1/ekyc/ocr";

#[tokio::test]
async fn every_credential_may_do_what_the_contract_says_and_no_more() {
    let server = server().await;
    let contract = reference();
    let operations = [
        ("ekyc.ocr", "POST", OCR, body("ocr")),
        ("ekyc.ocr-batch", "POST", "/v1/ekyc/ocr-batch", body("ocr-batch")),
        ("ekyc.face-compare", "POST", "/v1/ekyc/face-compare", body("face-compare")),
        ("ekyc.usage", "GET", "/v1/ekyc/usage", String::new()),
        ("abis.enroll", "POST", "/v1/abis/subjects", body("enroll")),
        ("abis.identify", "POST", "/v1/abis/identify", body("identify")),
        ("admin.mint-token", "POST", "/v1/admin/tokens", body("mint-token")),
    ];
    let may = |credential: &str, operation: &str, environment: &str| match credential {
        "full" | "full-next" | "other-tenant" => !operation.starts_with("admin"),
        "operator" => true,
        "ekyc-only" => operation.starts_with("ekyc."),
        "abis-only" => operation.starts_with("abis."),
        "ocr-only" => operation == "ekyc.ocr",
        "read-only" => operation == "ekyc.usage",
        "sandbox-only" => environment == "sandbox" && !operation.starts_with("admin"),
        "production-only" => environment == "production" && !operation.starts_with("admin"),
        // Among them the key that may send a batch and may not do what a batch holds.
        _ => false,
    };
    for environment in ["sandbox", "production"] {
        let url = server.url(environment).unwrap();
        for credential in contract.credentials.keys().map(ToString::to_string) {
            for (operation, method, path, content) in &operations {
                let answer = once(url, method, path, &key(&contract, &credential), content).await;
                let broken =
                    ["expired", "revoked", "disabled", "not-yet-valid"].contains(&credential.as_str());
                let expected = if broken {
                    401
                } else if may(&credential, operation, environment) {
                    if ["abis.enroll", "admin.mint-token"].contains(operation) { 201 } else { 200 }
                } else {
                    403
                };
                assert_eq!(answer.status, expected, "{credential} on {operation} in {environment}");
            }
        }
    }
}

#[tokio::test]
async fn keys_that_do_not_work_cannot_be_told_from_keys_that_never_did() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    let contract = reference();
    let mut faces = Vec::new();
    for key in [
        "lp_any_00000000000000000000000000000000".to_owned(),
        "not-a-key".to_owned(),
        key(&contract, "expired"),
        key(&contract, "revoked"),
        key(&contract, "disabled"),
        key(&contract, "not-yet-valid"),
    ] {
        let answer = once(url, "POST", OCR, &key, &body("ocr")).await;
        let mut document = answer.json();
        document.as_object_mut().unwrap().remove("request_id");
        let names: Vec<_> =
            answer.head.lines().filter_map(|line| line.split(": ").next()).map(str::to_owned).collect();
        faces.push((answer.status, document.to_string(), names));
    }
    faces.dedup();
    assert_eq!(faces.len(), 1, "{faces:?}");
    assert!(faces[0].1.contains("invalid_api_key"));
}

#[tokio::test]
async fn a_key_is_one_value_in_its_place_and_nothing_else() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let other = key(&reference(), "ocr-only");
    let ask =
        |path: &str, fields: &str| format!("GET /v1/ekyc/usage{path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
    for fields in [
        format!("x-aPi-kEy: {FULL}\r\n"),
        format!("X-API-Key:\t {FULL} \t\r\n"),
        format!("Connection: x-api-key\r\nX-API-Key: {FULL}\r\n"),
    ] {
        assert_eq!(client.ask(ask("", &fields)).await.status, 200, "{fields:?}");
    }
    for (path, fields, code) in [
        ("", "X-API-Key:\r\n".to_owned(), "missing_api_key"),
        ("", "X-API-Key: \t \r\n".to_owned(), "missing_api_key"),
        ("", format!("X_API_Key: {FULL}\r\n"), "missing_api_key"),
        ("", format!("X.API.Key: {FULL}\r\n"), "missing_api_key"),
        // Tokens travel there, and this is none.
        ("", format!("Authorization: Bearer {FULL}\r\n"), "invalid_api_key"),
        ("", format!("Cookie: X-API-Key={FULL}\r\n"), "missing_api_key"),
        (&*format!("?api_key={FULL}&x-api-key={FULL}"), String::new(), "missing_api_key"),
        ("", format!("X-API-Key: {FULL}\r\nX-API-Key: {other}\r\n"), "invalid_api_key"),
        ("", format!("X-API-Key: {FULL}\r\nX-API-Key: {FULL}\r\n"), "invalid_api_key"),
        ("", format!("X-API-Key: {other}, {FULL}\r\n"), "invalid_api_key"),
        ("", format!("X-API-Key: \"{FULL}\"\r\n"), "invalid_api_key"),
        ("", format!("X-API-Key: {}\r\n", &FULL[..FULL.len() - 1]), "invalid_api_key"),
        ("", format!("X-API-Key: {FULL}x\r\n"), "invalid_api_key"),
        ("", format!("X-API-Key: {}\r\n", FULL.to_uppercase()), "invalid_api_key"),
        ("", "X-API-Key: key_acme_1\r\n".to_owned(), "invalid_api_key"),
        ("", format!("X-API-Key: {}\r\n", "a".repeat(8192)), "invalid_api_key"),
    ] {
        let answer = client.ask(ask(path, &fields)).await;
        assert_eq!((answer.status, answer.code().as_str()), (401, code), "{path} {fields:?}");
    }
    client.send(b"GET /v1/ekyc/usage HTTP/1.1\r\nHost: x\r\nX-API-Key: \xff\xfe\r\n\r\n").await;
    assert_eq!(client.answer().await.code(), "invalid_api_key");
}

#[tokio::test]
async fn what_is_public_needs_no_key_and_does_not_mind_a_wrong_one() {
    let server = server().await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    for key in ["", "wrong", FULL] {
        let answer = client.ask(request("GET", "/healthz", key, "")).await;
        assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("ok")));
    }
    for path in
        ["/healthz-x", "/healthz/", "/healthz/../v1/ekyc/usage", "/healthz;x", "/HEALTHZ", "/healthz%2f"]
    {
        assert_eq!(client.ask(request("GET", path, "", "")).await.status, 401, "{path}");
    }
}
