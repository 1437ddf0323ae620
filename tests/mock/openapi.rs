//! The description that the server gives of itself.

use std::collections::BTreeSet;

use lockproof::mock;
use serde_json::{Value, json};

use crate::refusals::bearer;
use crate::support::client::once;
use crate::support::{config, contract, reference, server};

async fn fetched(url: &str) -> Value {
    let answer = once(url, "GET", "/openapi.json", "", "").await;
    assert_eq!((answer.status, answer.field("content-type")), (200, Some("application/json")));
    answer.json()
}

/// Every operation of a description: method, path and what is said of it.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap();
        item.keys().map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    let all = paths.iter().flat_map(of_path);
    all.map(|(method, path)| {
        let operation = &document["paths"][&path][method.to_lowercase()];
        (method, path, operation)
    })
    .collect()
}

/// Every reference of a document.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn the_description_speaks_of_every_operation_and_of_nothing_else() {
    let server = server().await;
    let document = fetched(server.url("sandbox").unwrap()).await;
    let contract = reference();
    let guarded = contract.operations().map(|(_, one)| (one.method.to_string(), one.path.clone()));
    let open = [("GET".to_owned(), "/healthz".to_owned()), ("GET".to_owned(), "/openapi.json".to_owned())];
    let declared: BTreeSet<_> = guarded.chain(open).collect();
    let found = operations(&document);
    let named: BTreeSet<_> = found.iter().map(|(method, path, _)| (method.clone(), path.clone())).collect();
    assert_eq!(named, declared);
    for (method, path, operation) in found {
        let public = path == "/healthz" || path == "/openapi.json";
        let secured = operation["security"].as_array().unwrap().len();
        assert_eq!(secured, usize::from(!public), "{method} {path}");
        let in_path = path.matches('{').count();
        let described: Vec<_> = operation["parameters"].as_array().unwrap().iter().collect();
        assert_eq!(described.len(), in_path, "{method} {path}");
        assert!(described.iter().all(|one| one["in"] == "path" && one["required"] == true));
        assert!(
            operation["responses"]
                .as_object()
                .unwrap()
                .values()
                .all(|one| { one.get("description").is_some() || one.get("$ref").is_some() })
        );
    }
}

#[tokio::test]
async fn the_description_has_what_every_description_must_have() {
    let server = server().await;
    let document = fetched(server.url("production").unwrap()).await;
    assert_eq!(document["openapi"], "3.1.1");
    assert!(document["info"]["title"].is_string() && document["info"]["version"].is_string());
    let key = json!({ "type": "apiKey", "in": "header", "name": "X-API-Key" });
    assert_eq!(document["components"]["securitySchemes"]["key"], key);
    let mut all = Vec::new();
    references(&document, &mut all);
    assert!(!all.is_empty());
    for reference in all {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    let ids: BTreeSet<_> =
        operations(&document).iter().map(|(_, _, it)| it["operationId"].to_string()).collect();
    assert_eq!(ids.len(), operations(&document).len());
}

#[tokio::test]
async fn a_bearer_token_is_described_as_one_and_a_contract_may_want_no_description() {
    let mut wanted = bearer();
    wanted["documents"] = json!({ "openapi": { "path": "/openapi.json" } });
    let server = mock::start(config(contract(wanted))).await.unwrap();
    let document = fetched(server.url("only").unwrap()).await;
    let scheme = json!({ "type": "http", "scheme": "bearer" });
    assert_eq!(document["components"]["securitySchemes"]["key"], scheme);
    let server = mock::start(config(contract(bearer()))).await.unwrap();
    let answer = once(server.url("only").unwrap(), "GET", "/openapi.json", "", "").await;
    assert_eq!(answer.status, 404);
}
