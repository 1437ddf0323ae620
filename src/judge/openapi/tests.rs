//! What is found in descriptions, and where.

use serde_json::json;

use super::*;

fn described() -> Value {
    json!({
        "openapi": "3.1.0",
        "servers": [{ "url": "https://api.example/v1/" }],
        "paths": { "/books/{isbn}": {
            "get": {
                "security": [{ "key": ["read"] }],
                "responses": { "401": { "$ref": "#/components/responses/No" }, "4XX": { "description": "" } }
            },
            "delete": { "responses": { "default": { "$ref": "#/nowhere" } } }
        } },
        "components": {
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Key" } },
            "responses": { "No": {
                "headers": { "www-authenticate": {} },
                "content": { "application/*": { "schema": { "required": ["code"] } } }
            } }
        }
    })
}

/// What a rule comes to for an operation of a description that was changed.
fn judged(about: &DescribedPart, method: &str, change: impl FnOnce(&mut Value)) -> (Finding, String) {
    let mut document = described();
    change(&mut document);
    let found = find(&document, method, "/v1/books/{id}").unwrap();
    let judgement = part(about, &document, &found);
    (judgement.finding, judgement.actual)
}

fn set(pointer: &'static str, value: Value) -> impl FnOnce(&mut Value) {
    move |document| *document.pointer_mut(pointer).unwrap() = value
}

const GET: &str = "/paths/~1books~1{isbn}/get";

#[test]
fn an_operation_is_found_behind_its_server_whatever_its_parameters_are_called() {
    let document = described();
    let at = |method, path| find(&document, method, path).map(|found| found.pointer);
    assert_eq!(at("GET", "/v1/books/{id}?x=y").as_deref(), Some(GET));
    assert_eq!(at("GET", "/books/{id}").as_deref(), Some(GET));
    assert_eq!(at("POST", "/v1/books/{id}"), None);
    assert_eq!(at("GET", "/v2/books/{id}"), None);
    assert_eq!(at("GET", "/v1/books/{id}/pages"), None);
}

#[test]
fn security_is_declared_where_its_schemes_are_defined_whole() {
    let judge = |change: Box<dyn FnOnce(&mut Value)>| judged(&DescribedPart::Security, "GET", change);
    assert_eq!(judge(Box::new(|_| ())).0, Finding::Holds);
    let scheme = "/components/securitySchemes/key";
    for (wrong, problem) in [
        (json!({ "type": "apiKey", "in": "header" }), "has no `name`"),
        (json!({ "type": "apiKey", "in": "body", "name": "k" }), "is in `body`"),
        (json!({ "type": "http" }), "has no `scheme`"),
        (json!({ "type": "oauth2" }), "has no `flows`"),
        (json!({ "type": "openIdConnect" }), "has no `openIdConnectUrl`"),
        (json!({ "type": "secret" }), "has the type `secret`"),
        (json!({ "in": "header" }), "has no `type`"),
        (json!({ "$ref": "#/nowhere" }), "leads nowhere"),
    ] {
        let (finding, actual) = judge(Box::new(set(scheme, wrong)));
        assert_eq!(finding, Finding::Broken);
        assert!(actual.starts_with(&format!("{GET}/security/0/key")) && actual.contains(problem), "{actual}");
    }
    for right in [json!({ "type": "mutualTLS" }), json!({ "type": "http", "scheme": "bearer" })] {
        assert_eq!(judge(Box::new(set(scheme, right))).0, Finding::Holds);
    }
    let none = judged(&DescribedPart::Security, "DELETE", |_| ());
    assert_eq!(none.0, Finding::Broken);
    let all = json!([{ "key": [] }]);
    let inherited = judged(&DescribedPart::Security, "DELETE", |document| document["security"] = all);
    assert_eq!(inherited.0, Finding::Holds);
}

#[test]
fn what_asks_for_nothing_is_seen_at_its_place() {
    let judge = |security: Value| {
        judged(&DescribedPart::NotAnonymous, "GET", set("/paths/~1books~1{isbn}/get/security", security))
    };
    assert_eq!(judge(json!([])), (Finding::Broken, format!("{GET}/security is empty: it asks for nothing")));
    assert!(judge(json!([{ "key": [] }, {}])).1.starts_with(&format!("{GET}/security/1 asks for nothing")));
    assert_eq!(judge(json!([{ "key": [] }])).0, Finding::Holds);
    let inherited =
        judged(&DescribedPart::NotAnonymous, "DELETE", |document| document["security"] = json!([]));
    assert_eq!(inherited, (Finding::Broken, "/security is empty: it asks for nothing".to_owned()));
}

#[test]
fn refusals_are_described_by_status_range_or_default_with_challenge_and_schema() {
    let judge = |method, refusal| judged(&DescribedPart::Refusals(vec![refusal]), method, |_| ());
    assert_eq!(judge("GET", (401, true)).0, Finding::Holds);
    assert_eq!(
        judge("GET", (403, false)),
        (Finding::Broken, format!("{GET}/responses/4XX has no content with a schema"))
    );
    assert_eq!(judge("GET", (403, true)).1, format!("{GET}/responses/4XX has no header WWW-Authenticate"));
    assert_eq!(judge("GET", (503, false)).1, format!("{GET}/responses has no 503"));
    assert_eq!(judge("DELETE", (401, false)).0, Finding::Broken);
}

#[test]
fn roles_are_named_and_a_parameter_that_is_ignored_is_seen() {
    assert_eq!(judged(&DescribedPart::Roles, "GET", |_| ()).0, Finding::Holds);
    let none = set("/paths/~1books~1{isbn}/get/security", json!([{ "key": [] }]));
    assert_eq!(judged(&DescribedPart::Roles, "GET", none).0, Finding::Broken);
    assert_eq!(judged(&DescribedPart::NoShadowedField, "GET", |_| ()).0, Finding::Holds);
    let (finding, actual) = judged(&DescribedPart::NoShadowedField, "GET", |document| {
        document["components"]["parameters"] = json!({ "k": { "in": "header", "name": "authorization" } });
        document["paths"]["/books/{isbn}"]["parameters"] = json!([{ "$ref": "#/components/parameters/k" }]);
    });
    assert_eq!(finding, Finding::Broken);
    assert!(actual.starts_with("/components/parameters/k is a parameter"), "{actual}");
}

#[test]
fn an_answer_is_held_to_its_description() {
    let judge = |status: u16, media: &str, body: &str| {
        let document = described();
        let found = find(&document, "GET", "/v1/books/{id}").unwrap();
        let headers = vec![("content-type".to_owned(), media.as_bytes().to_vec())];
        let answer = crate::wire::Answer {
            version: "HTTP/1.1",
            status,
            headers,
            body: body.as_bytes().to_vec(),
            ..crate::wire::Answer::default()
        };
        answer::judge(&document, &found, &Reading::of(&answer)).finding
    };
    assert_eq!(judge(401, "Application/JSON; charset=utf-8", "{\"code\": 1}"), Finding::Holds);
    assert_eq!(judge(401, "application/json", "{}"), Finding::Broken);
    assert_eq!(judge(401, "application/json", "no"), Finding::Broken);
    assert_eq!(judge(401, "text/plain", "no"), Finding::Broken);
    assert_eq!(judge(403, "text/plain", "no"), Finding::Holds);
    assert_eq!(judge(500, "text/plain", "no"), Finding::Broken);
}
