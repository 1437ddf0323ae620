//! How refusals look: as the contract declares them, whatever the contract.

use lockproof::mock;
use serde_json::{Value, json};

use crate::support::client::{Client, once};
use crate::support::{FULL, config, contract, server};

/// The whole of an answer, what varies left out.
fn face(answer: &crate::support::client::Answer) -> String {
    let volatile = ["date", "x-request-id", "content-length"];
    let lines = answer.head.lines().filter(|line| {
        !line.is_empty()
            && !volatile.contains(&line.split(':').next().unwrap_or_default().to_lowercase().as_str())
    });
    let mut document = answer.json();
    document["request_id"] = json!("[ID]");
    format!("{}\n\n{document:#}", lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn problem_details_say_what_is_wrong() {
    let server = server().await;
    let url = server.url("sandbox").unwrap();
    insta::assert_snapshot!("missing", face(&once(url, "GET", "/v1/ekyc/usage", "", "").await));
    insta::assert_snapshot!("invalid", face(&once(url, "GET", "/v1/ekyc/usage", "x", "").await));
    insta::assert_snapshot!("insufficient", face(&once(url, "POST", "/v1/admin/tokens", FULL, "").await));
    insta::assert_snapshot!("wrong_method", face(&once(url, "GET", "/v1/ekyc/ocr", FULL, "").await));
}

/// A contract whose keys are bearer tokens, with refusals in a shape of its own.
pub(crate) fn bearer() -> Value {
    json!({
        "lockproof": 1,
        "api": "A \"quoted\" API",
        "environments": { "only": { "base_url": "http://127.0.0.1:1" } },
        "authentication": { "carrier": { "header": "Authorization", "scheme": "Bearer" } },
        "services": { "things": { "operations": {
            "list": { "method": "GET", "path": "/things", "accepted": { "status": 200 } },
            "make": { "method": "POST", "path": "/things", "accepted": { "status": 201 } }
        } } },
        "credentials": {
            "all": { "key": { "fixture": "token-that-may-do-everything" }, "allows": ["things"] },
            "reader": { "key": { "fixture": "token-that-may-only-read" }, "allows": ["things.list"] }
        },
        "refusals": {
            "missing": { "status": 401, "challenge": "Bearer", "headers": { "X-Reason": "none" },
                         "body": { "$.error.code": "no_token", "$.error.status": { "equals_status": true } } },
            "invalid": { "status": 401, "challenge": "Bearer", "body": { "$.error.code": "bad_token" } },
            "insufficient": { "status": 403, "body": { "$.error.code": { "one_of": ["forbidden", "denied"] } } }
        },
        "policy": { "unknown_path_without_key": 404, "wrong_method_without_key": 405 }
    })
}

#[tokio::test]
async fn a_contract_has_its_refusals_in_its_own_shape() {
    let server = mock::start(config(contract(bearer()))).await.unwrap();
    let mut client = Client::connect(server.url("only").unwrap()).await;
    let mut ask = async |line: &str, token: &str| {
        let token = if token.is_empty() { String::new() } else { format!("Authorization: {token}\r\n") };
        face(&client.ask(format!("{line} HTTP/1.1\r\nHost: x\r\n{token}\r\n")).await)
    };
    insta::assert_snapshot!("own_missing", ask("GET /things", "").await);
    insta::assert_snapshot!("own_invalid", ask("GET /things", "bearer nobodys-token").await);
    insta::assert_snapshot!("own_insufficient", ask("POST /things", "Bearer token-that-may-only-read").await);
    insta::assert_snapshot!("own_unknown_path", ask("GET /nothing", "").await);
    insta::assert_snapshot!("own_wrong_method", ask("DELETE /things", "").await);
}
