//! The services behind the edge: real results, each application's own.

use lockproof::mock::Running;
use serde_json::{Value, json};

use crate::support::client::{Answer, once};
use crate::support::{FULL, body, key, reference, server};

async fn call(server: &Running, method: &str, path: &str, key: &str, document: &str) -> Answer {
    once(server.url("sandbox").unwrap(), method, path, key, document).await
}

async fn candidates(server: &Running, environment: &str, key: &str) -> Vec<Value> {
    let url = server.url(environment).unwrap();
    let found = once(url, "POST", "/v1/abis/identify", key, &body("identify")).await;
    found.json()["identification"]["candidates"].as_array().unwrap().clone()
}

#[tokio::test]
async fn ocr_reads_the_picture_that_it_is_given() {
    let server = server().await;
    let first = call(&server, "POST", "/v1/ekyc/ocr", FULL, &body("ocr")).await.json();
    let again = call(&server, "POST", "/v1/ekyc/ocr", FULL, &body("ocr")).await.json();
    assert_eq!(first, again);
    insta::assert_snapshot!(format!("{first:#}"));
    let mut other: Value = serde_json::from_str(&body("ocr")).unwrap();
    let data = other["image"]["data"].as_str().unwrap().replace("ABAg", "ABAh");
    other["image"]["data"] = json!(data);
    let other = call(&server, "POST", "/v1/ekyc/ocr", FULL, &other.to_string()).await.json();
    assert_ne!(other["result"]["document_number"], first["result"]["document_number"]);
    let batch = call(&server, "POST", "/v1/ekyc/ocr-batch", FULL, &body("ocr-batch")).await.json();
    assert_eq!(batch["results"][0], first["result"]);
    let no_picture =
        r#"{"document_type":"x","image":{"media_type":"image/x-portable-graymap","data":"UDU="}}"#;
    assert_eq!(call(&server, "POST", "/v1/ekyc/ocr", FULL, no_picture).await.status, 422);
}

#[tokio::test]
async fn faces_are_compared_by_their_vectors() {
    let server = server().await;
    let alike = call(&server, "POST", "/v1/ekyc/face-compare", FULL, &body("face-compare")).await.json();
    insta::assert_snapshot!(format!("{alike:#}"));
    let unlike = r#"{"left":{"vector":[1,0]},"right":{"vector":[0,1]}}"#;
    let unlike = call(&server, "POST", "/v1/ekyc/face-compare", FULL, unlike).await.json();
    assert_eq!(unlike, json!({"result": {"similarity": 0.0, "match": false}}));
    let nothing = r#"{"left":{"vector":[]},"right":{"vector":[0,1]}}"#;
    assert_eq!(call(&server, "POST", "/v1/ekyc/face-compare", FULL, nothing).await.status, 422);
}

#[tokio::test]
async fn somebody_is_alive_who_moved_in_every_way_asked_for() {
    let server = server().await;
    let live = call(&server, "POST", "/v1/ekyc/liveness", FULL, &body("liveness")).await.json();
    insta::assert_snapshot!(format!("{live:#}"));
    let still = body("liveness").replace("0.61", "0.11");
    let still = call(&server, "POST", "/v1/ekyc/liveness", FULL, &still).await.json();
    assert_eq!(still["result"]["live"], false);
}

#[tokio::test]
async fn usage_counts_what_was_accepted_of_this_application() {
    let server = server().await;
    call(&server, "POST", "/v1/ekyc/ocr", FULL, &body("ocr")).await;
    call(&server, "POST", "/v1/ekyc/ocr", "", &body("ocr")).await;
    call(&server, "POST", "/v1/ekyc/ocr", &key(&reference(), "ekyc-only"), &body("ocr")).await;
    call(&server, "POST", "/v1/ekyc/ocr", &key(&reference(), "other-tenant"), &body("ocr")).await;
    let usage = call(&server, "GET", "/v1/ekyc/usage", FULL, "").await.json();
    assert_eq!(usage, json!({"usage": {"application": "acme", "requests": 3}}));
}

#[tokio::test]
async fn whoever_is_enrolled_is_identified_and_whoever_was_refused_is_not() {
    let server = server().await;
    for key in ["", "lp_any_00000000000000000000000000000000", &key(&reference(), "ekyc-only")] {
        assert!(call(&server, "POST", "/v1/abis/subjects", key, &body("enroll")).await.status > 400);
    }
    assert_eq!(candidates(&server, "sandbox", FULL).await, Vec::<Value>::new());
    let enrolled = call(&server, "POST", "/v1/abis/subjects", FULL, &body("enroll")).await;
    assert_eq!(enrolled.status, 201);
    let id = enrolled.json()["subject"]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("sub_") && id.len() == 20, "{id}");
    let found = candidates(&server, "sandbox", FULL).await;
    assert_eq!((found.len(), found[0]["subject"].as_str()), (1, Some(id.as_str())));
    assert_eq!(candidates(&server, "sandbox", &key(&reference(), "abis-only")).await, found);
}

#[tokio::test]
async fn people_belong_to_one_application_in_one_environment() {
    let server = server().await;
    let tenant = key(&reference(), "other-tenant");
    let enrolled = call(&server, "POST", "/v1/abis/subjects", FULL, &body("enroll")).await.json();
    let path = format!("/v1/abis/subjects/{}", enrolled["subject"]["id"].as_str().unwrap());
    assert_eq!(candidates(&server, "sandbox", &tenant).await, Vec::<Value>::new());
    assert_eq!(candidates(&server, "production", FULL).await, Vec::<Value>::new());
    let foreign = call(&server, "GET", &path, &tenant, "").await;
    let nobody = call(&server, "GET", "/v1/abis/subjects/sub_0000000000000000", &tenant, "").await;
    assert_eq!((foreign.status, foreign.code()), (nobody.status, nobody.code()));
    assert_eq!(call(&server, "DELETE", &path, &tenant, "").await.status, 404);
    let elsewhere = once(server.url("production").unwrap(), "GET", &path, FULL, "").await;
    assert_eq!(elsewhere.status, 404);
    assert_eq!(call(&server, "GET", &path, FULL, "").await.json(), enrolled);
    assert_eq!(call(&server, "DELETE", &path, FULL, "").await.status, 200);
    assert_eq!(call(&server, "GET", &path, FULL, "").await.status, 404);
    assert_eq!(candidates(&server, "sandbox", FULL).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_face_is_verified_against_the_one_that_is_claimed() {
    let server = server().await;
    let verified = call(&server, "POST", "/v1/abis/verify", FULL, &body("verify")).await.json();
    assert_eq!(verified["verification"]["match"], true);
    assert!(verified["verification"]["score"].as_f64().unwrap() > 0.99);
}
