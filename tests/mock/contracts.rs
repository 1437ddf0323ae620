//! Any contract can be served: what it declares is what it gets.

use lockproof::mock::{self, MockError};
use serde_json::{Value, json};

use crate::support::client::{Client, once};
use crate::support::{config, contract, reference};

const KEY: &str = "a-key-of-sixteen-or-more";

fn shop(carrier: &Value) -> Value {
    json!({
        "lockproof": 1,
        "api": "Shop",
        "environments": { "live": { "base_url": "http://127.0.0.1:1" } },
        "authentication": { "carrier": carrier },
        "services": { "orders": { "operations": {
            "create": { "method": "POST", "path": "/orders", "body": { "json": "order.json" }, "effect": "creates",
                "accepted": { "status": 201, "headers": { "Location": { "matches": "^/orders/\\d+$" } },
                    "body": { "$.id": { "matches": "^ord_[a-z]{4}$" }, "$.lines[0].price": { "type": "number" },
                              "$.state": { "one_of": ["new", "paid"] }, "$.error": "absent" } } },
            "show": { "method": "GET", "path": "/orders/{order}",
                "parameters": { "order": { "example": "1" } }, "accepted": { "status": 200, "body": { "$.id": "exists" } } },
            "newest": { "method": "GET", "path": "/orders/newest", "accepted": { "status": 200, "body": { "$.newest": true } } },
            "drop": { "method": "DELETE", "path": "/orders/{order}",
                "parameters": { "order": { "example": "1" } }, "accepted": { "status": 204 } }
        } } },
        "credentials": { "shop": { "key": { "fixture": KEY }, "allows": ["orders"] } },
        "refusals": { "missing": { "status": 401 }, "invalid": { "status": 401 }, "insufficient": { "status": 403 } }
    })
}

#[tokio::test]
async fn an_acceptance_is_made_of_what_the_contract_declares() {
    let server = mock::start(config(contract(shop(&json!({ "header": "X-API-Key" }))))).await.unwrap();
    let url = server.url("live").unwrap();
    let created = once(url, "POST", "/orders", KEY, "{}").await;
    assert_eq!((created.status, created.field("location")), (201, Some("/orders/0")));
    assert_eq!(created.json(), json!({"id": "ord_aaaa", "lines": [{"price": 1}], "state": "new"}));
    assert_eq!(once(url, "POST", "/orders", KEY, "{").await.status, 400);
    assert_eq!(once(url, "GET", "/orders/7", KEY, "").await.json(), json!({"id": "present"}));
    assert_eq!(once(url, "GET", "/orders/newest", KEY, "").await.json(), json!({"newest": true}));
    let dropped = once(url, "DELETE", "/orders/7", KEY, "").await;
    assert_eq!(
        (dropped.status, dropped.field("content-length"), dropped.field("content-type")),
        (204, None, None)
    );
}

#[tokio::test]
async fn an_acceptance_is_of_the_media_type_that_the_contract_declares() {
    let table = [
        (json!({"equals": "text/csv"}), 200, Some("text/csv")),
        (json!({"matches": "^application/vnd\\.shop\\+json$"}), 200, Some("application/vnd.shop+json")),
        (json!("exists"), 200, Some("application/json")),
        (json!("absent"), 200, None),
        (json!({"equals": "text/plain"}), 204, Some("text/plain")),
    ];
    for (declared, status, wanted) in table {
        let mut document = shop(&json!({ "header": "X-API-Key" }));
        document["services"]["orders"]["operations"]["newest"]["accepted"] =
            json!({ "status": status, "headers": { "Content-Type": declared } });
        let server = mock::start(config(contract(document))).await.unwrap();
        let answer = once(server.url("live").unwrap(), "GET", "/orders/newest", KEY, "").await;
        assert_eq!((answer.status, answer.field("content-type")), (status, wanted), "{declared}");
        assert_eq!(answer.content.is_empty(), status == 204 || wanted.is_none(), "{declared}");
    }
}

#[tokio::test]
async fn an_operation_of_the_method_head_is_served_beside_that_of_get() {
    let mut document = shop(&json!({ "header": "X-API-Key" }));
    let operations = &mut document["services"]["orders"]["operations"];
    let count = json!({ "X-Count": { "matches": "^\\d$" } });
    operations["count"] =
        json!({ "method": "HEAD", "path": "/orders", "accepted": { "status": 200, "headers": count } });
    operations["look"] = json!({ "method": "HEAD", "path": "/orders/newest", "accepted": { "status": 204, "headers": count } });
    let server = mock::start(config(contract(document))).await.unwrap();
    let url = server.url("live").unwrap();
    let counted = once(url, "HEAD", "/orders", KEY, "").await;
    assert_eq!((counted.status, counted.field("x-count")), (200, Some("0")));
    assert_eq!(once(url, "HEAD", "/orders", "", "").await.status, 401);
    let wrong = once(url, "GET", "/orders", KEY, "").await;
    assert_eq!((wrong.status, wrong.field("allow")), (405, Some("HEAD, POST")));
    assert_eq!(once(url, "HEAD", "/orders/newest", KEY, "").await.status, 204);
    assert_eq!(once(url, "GET", "/orders/newest", KEY, "").await.status, 200);
    assert_eq!(
        once(url, "HEAD", "/orders/7", KEY, "").await.status,
        200,
        "where nothing is declared, as GET"
    );
}

#[tokio::test]
async fn public_operations_whose_names_would_be_equal_are_told_apart() {
    let mut document = shop(&json!({ "header": "X-API-Key" }));
    document["public"] = json!([{ "method": "GET", "path": "/a-b" }, { "method": "GET", "path": "/a/b" }]);
    document["documents"] = json!({ "openapi": { "path": "/a.b" } });
    let server = mock::start(config(contract(document))).await.unwrap();
    let described = once(server.url("live").unwrap(), "GET", "/a.b", "", "").await.json();
    let names = ["/a-b", "/a/b", "/a.b"].map(|path| described["paths"][path]["get"]["operationId"].clone());
    assert_eq!(names, ["public.get-a-b", "public.get-a-b-2", "public.get-a-b-3"]);
    once(server.url("live").unwrap(), "GET", "/a/b", "", "").await;
    let seen = once(server.control_url.as_deref().unwrap(), "GET", "/processed", "", "").await.json();
    assert_eq!(seen["environments"]["live"]["public.get-a-b-2"], 1);
}

#[tokio::test]
async fn a_key_is_read_from_the_query_or_a_cookie_where_the_contract_says_so() {
    for (carrier, path, cookie) in [
        (json!({"query": "api_key"}), format!("?api_key={KEY}"), ""),
        (json!({"cookie": "key"}), String::new(), KEY),
    ] {
        let server = mock::start(config(contract(shop(&carrier)))).await.unwrap();
        let mut client = Client::connect(server.url("live").unwrap()).await;
        let ask =
            |path: &str, fields: &str| format!("GET /orders/1{path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
        let right = client.ask(ask(&path, &format!("Cookie: key={cookie}\r\n"))).await;
        let wrong = client.ask(ask("", &format!("X-API-Key: {KEY}\r\n"))).await;
        assert_eq!((right.status, wrong.status), (200, 401), "{carrier}");
        // Without a declared challenge a 401 has one all the same (RFC 9110 section 11.6.1).
        assert_eq!(wrong.field("www-authenticate"), Some("ApiKey realm=\"Shop\""));
    }
}

#[tokio::test]
async fn what_cannot_be_produced_is_refused_at_the_start() {
    let mut document = shop(&json!({ "header": "X-API-Key" }));
    document["services"]["orders"]["operations"]["show"]["accepted"]["body"] = json!({"$..id": "exists"});
    let error = mock::start(config(contract(document))).await.unwrap_err();
    assert!(matches!(&error, MockError::Acceptance { operation, .. } if operation == "orders.show"));
    assert_eq!(
        error.to_string(),
        "the acceptance of `orders.show` cannot be produced: $..id does not name one place"
    );
    let environments = vec!["nowhere".to_owned()];
    let unknown = mock::start(mock::Config { environments, ..config(reference()) }).await.unwrap_err();
    assert!(matches!(unknown, MockError::UnknownEnvironment(name) if name == "nowhere"));
}
