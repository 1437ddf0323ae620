//! The defects: each changes what it says, and everything around it is as sound as before.
//!
//! One set of requests goes to the sound server and to a server with each defect; the snapshot lists, defect by
//! defect, which of them were answered differently.

use std::fmt::Write as _;

use lockproof::mock::{self, Config, Running, TlsMode};
use serde_json::{Value, json};

use crate::support::client::{Answer, Client, request};
use crate::support::{FULL, body, broken, config, contract, key, reference, server};

const OCR: &str = "/v1/ekyc/ocr";
const USAGE: &str = "/v1/ekyc/usage";
const UNKNOWN: &str = "lp_any_00000000000000000000000000000000";

/// A request by its name.
type Probe = (&'static str, String);

/// A request without a key, with some more fields.
fn bare(method: &str, path: &str, fields: &str, content: &str) -> String {
    let length = content.len();
    format!("{method} {path} HTTP/1.1\r\nHost: x\r\n{fields}Content-Length: {length}\r\n\r\n{content}")
}

fn probes() -> Vec<Probe> {
    let with = |credential: &str| key(&reference(), credential);
    let ocr = |key: &str| request("POST", OCR, key, &body("ocr"));
    let accept = |accept: &str| {
        bare("POST", OCR, &format!("Accept: {accept}\r\nContent-Type: application/json\r\n"), "{}")
    };
    let json = "Content-Type: application/json\r\n";
    vec![
        ("missing", ocr("")),
        ("missing-usage", request("GET", USAGE, "", "")),
        ("missing-head", request("HEAD", USAGE, "", "")),
        ("unknown", ocr(UNKNOWN)),
        ("malformed", ocr("not-a-key")),
        ("odd", ocr(&format!("{FULL}*"))),
        ("expired", ocr(&with("expired"))),
        ("revoked", ocr(&with("revoked"))),
        ("disabled", ocr(&with("disabled"))),
        ("not-yet-valid", ocr(&with("not-yet-valid"))),
        (
            "wrong-operation",
            request("POST", "/v1/ekyc/face-compare", &with("ocr-only"), &body("face-compare")),
        ),
        ("longer-name", request("POST", "/v1/ekyc/ocr-batch", &with("ocr-only"), &body("ocr-batch"))),
        ("wrong-service", request("POST", "/v1/abis/verify", &with("ekyc-only"), &body("verify"))),
        ("wrong-method", request("DELETE", "/v1/abis/subjects/sub_0", &with("read-only"), "")),
        ("wrong-environment", ocr(&with("production-only"))),
        ("admin", request("POST", "/v1/admin/tokens", FULL, &body("mint-token"))),
        ("accepted", ocr(FULL)),
        ("accepted-narrow", ocr(&with("ocr-only"))),
        ("public", request("GET", "/healthz", "", "")),
        ("nowhere", request("GET", "/v1/nowhere", FULL, "")),
        ("nowhere-missing", request("GET", "/v1/nowhere", "", "")),
        ("method", request("PATCH", OCR, FULL, "")),
        ("method-missing", request("PATCH", OCR, "", "")),
        ("malformed-json", request("POST", OCR, FULL, "{")),
        ("malformed-json-missing", request("POST", OCR, "", "{")),
        ("malformed-json-denied", request("POST", OCR, &with("abis-only"), "{")),
        ("schema-missing", request("POST", OCR, "", "{}")),
        ("media-type-missing", bare("POST", OCR, "Content-Type: text/x-nope\r\n", "{}")),
        ("coding-missing", bare("POST", OCR, &format!("{json}Content-Encoding: gzip\r\n"), "{}")),
        ("html-missing", accept("text/html")),
        ("only-html-missing", accept("text/html;q=1, */*;q=0")),
        ("image-missing", accept("image/x-nope")),
        ("if-none-match-missing", bare("GET", USAGE, "If-None-Match: *\r\n", "")),
        ("if-match-missing", bare("GET", USAGE, "If-Match: \"x\"\r\n", "")),
        ("range-missing", bare("GET", USAGE, "Range: bytes=0-0\r\n", "")),
        ("slash-missing", request("POST", &format!("{OCR}/"), "", &body("ocr"))),
        ("slash", request("POST", &format!("{OCR}/"), FULL, &body("ocr"))),
        ("slash-query", request("POST", &format!("{OCR}/?api_key={UNKNOWN}"), "", &body("ocr"))),
    ]
    .into_iter()
    .chain(ways_round())
    .collect()
}

/// Requests that a sound server refuses, or answers as if nothing were odd about them.
fn ways_round() -> impl Iterator<Item = Probe> {
    let bare_usage = |method: &str, path: &str, fields: &str| bare(method, path, fields, "");
    let methods = ["OPTIONS", "JEFF", "TRACE"].map(|method| (method, bare_usage(method, USAGE, "")));
    let fields = [
        ("override", "X-HTTP-Method-Override: PATCH\r\n"),
        ("identity", "X-Consumer-ID: 1\r\n"),
        ("internal", "X-Internal: 1\r\n"),
        ("local", "X-Forwarded-For: 127.0.0.1\r\n"),
        ("no-address", "X-Forwarded-For: a\r\n"),
        ("forwarded-path", "X-Forwarded-Uri: /healthz\r\n"),
        ("original-path", "X-Original-URL: /v1/ekyc/usage\r\n"),
    ];
    let fields = fields.map(|(name, field)| {
        let path = if name == "original-path" { "/healthz" } else { USAGE };
        (name, bare_usage("GET", path, field))
    });
    let paths = [
        ("double-slash", "/v1//ekyc/usage"),
        ("dotdot-semicolon", "/healthz/..;/v1/ekyc/usage"),
        ("parameter", "/v1/ekyc;x=1/usage"),
        ("escaped-semicolon", "/v1/ekyc/usage%3b"),
        ("escaped-slash", "/v1/ekyc%2fusage"),
        ("escaped-letter", "/v1/ekyc/usag%65"),
        ("twice-escaped", "/v1/ekyc/usag%2565"),
        ("capitals", "/V1/EKYC/USAGE"),
        ("picture", "/v1/ekyc/usage.png"),
        ("sibling", "/healthz-x"),
        ("public-in-query", "/v1/ekyc/usage?next=/healthz"),
        ("prefix", "/anything/v1/ekyc/usage"),
        ("old-version", "/v0/ekyc/usage"),
    ];
    let paths = paths.map(|(name, path)| (name, bare_usage("GET", path, "")));
    let others = [
        ("lower-case", request("get", USAGE, FULL, "")),
        ("override-good-key", request("POST", &format!("{OCR}?_method=PATCH"), FULL, &body("ocr"))),
        ("trace-good-key", request("TRACE", USAGE, FULL, "")),
        ("host-with-path", "GET /v1/ekyc/usage HTTP/1.1\r\nHost: x/healthz?y=\r\n\r\n".to_owned()),
    ];
    methods.into_iter().chain(fields).chain(paths).chain(others)
}

/// An answer as text, without what varies and is declared to.
fn face(answer: &Answer) -> String {
    let lines = answer.head.lines().filter(|line| {
        let name = line.split(':').next().unwrap_or_default();
        !["Date", "X-Request-Id"].contains(&name)
    });
    let mut document: Value = serde_json::from_slice(&answer.content).unwrap_or_default();
    if let Some(members) = document.as_object_mut() {
        members.remove("request_id");
    }
    format!("{}{document}", lines.collect::<Vec<_>>().join("\n"))
}

/// The answers of a server to every request, each on a connection of its own.
async fn faces(server: &Running, probes: &[Probe]) -> Vec<String> {
    let mut faces = Vec::new();
    for (name, bytes) in probes {
        let mut client = Client::connect(server.url("sandbox").unwrap()).await;
        client.send(bytes).await;
        // What was sent after a head without content is seen by whoever reads on.
        let answer = client.answer_to(bytes.split(' ').next().unwrap()).await;
        let rest = if *name == "missing-head" { client.rest().await } else { 0 };
        faces.push(format!("{}{rest}", face(&answer)));
    }
    faces
}

/// Whether a status belongs to a class.
type Class = fn(&str) -> bool;

/// Which answers are not the sound server's, in as few words as say it exactly. What HEAD is answered shows only
/// some of it, so whole classes are counted without it.
fn changes(probes: &[Probe], sound: &[String], faces: &[String]) -> String {
    let status = |face: &str| face.get(9..12).unwrap_or_default().to_owned();
    let all: Vec<_> = probes.iter().map(|(name, _)| *name).zip(sound.iter().zip(faces)).collect();
    let differ: Vec<_> = all.iter().filter(|(_, (sound, other))| sound != other).collect();
    let classes: [(&str, Class); 3] = [
        ("every 401", |status| status == "401"),
        ("every error", |status| status >= "400"),
        ("everything", |_| true),
    ];
    let without_head = |names: &[&(&'static str, (&String, &String))]| {
        names.iter().map(|(name, _)| *name).filter(|name| *name != "missing-head").collect::<Vec<_>>()
    };
    for (class, belongs) in classes {
        let members: Vec<_> = all.iter().filter(|(_, (sound, _))| belongs(&status(sound))).collect();
        if without_head(&members) == without_head(&differ) {
            return class.to_owned();
        }
    }
    let names: Vec<_> = differ.iter().map(|(name, (_, other))| format!("{name} {}", status(other))).collect();
    names.join(", ")
}

#[tokio::test]
async fn each_defect_changes_only_what_it_says() {
    let probes = probes();
    let sound = faces(&server().await, &probes).await;
    let again = faces(&server().await, &probes).await;
    assert_eq!(sound, again, "the sound server answers the same every time");
    let mut table = String::new();
    for defect in mock::defects::all() {
        let faces = faces(&broken(defect.id).await, &probes).await;
        let changed = changes(&probes, &sound, &faces);
        writeln!(table, "{}: {}", defect.id, changed).unwrap();
    }
    insta::assert_snapshot!(table);
}

#[tokio::test]
async fn somebody_elses_object_is_shown_where_nobody_asks_whose_it_is() {
    let server = broken("object-owner-not-checked").await;
    let mut client = Client::connect(server.url("sandbox").unwrap()).await;
    let enrolled = client.ask(request("POST", "/v1/abis/subjects", FULL, &body("enroll"))).await.json();
    let path = format!("/v1/abis/subjects/{}", enrolled["subject"]["id"].as_str().unwrap());
    let tenant = key(&reference(), "other-tenant");
    assert_eq!(client.ask(request("GET", &path, &tenant, "")).await.json(), enrolled);
    assert_eq!(client.ask(request("GET", &path, "", "")).await.status, 401);
    let found = client.ask(request("POST", "/v1/abis/identify", &tenant, &body("identify"))).await.json();
    assert_eq!(found["identification"]["candidates"], json!([]));
}

#[tokio::test]
async fn a_key_sent_in_the_clear_is_accepted_where_the_old_port_was_left_open() {
    let defects = vec![mock::defects::find("plain-http-accepts-key").unwrap()];
    let tls = Some(TlsMode::Server);
    let server = mock::start(Config { defects, tls, ..config(reference()) }).await.unwrap();
    let mut client = Client::connect(server.endpoints[0].plaintext_url.as_deref().unwrap()).await;
    assert_eq!(client.ask(request("GET", USAGE, FULL, "")).await.status, 200);
    assert_eq!(client.ask(request("GET", USAGE, "", "")).await.status, 401);
}

#[tokio::test]
async fn bearer_challenges_blame_the_wrong_thing() {
    let challenges = async |defect: Option<&str>| {
        let defects = defect.map(|id| mock::defects::find(id).unwrap()).into_iter().collect();
        let bearer = contract(crate::refusals::bearer());
        let server = mock::start(Config { defects, ..config(bearer) }).await.unwrap();
        let mut client = Client::connect(server.url("only").unwrap()).await;
        let mut found = Vec::new();
        for token in
            ["", "Authorization: Bearer nobody\r\n", "Authorization: Bearer token-that-may-only-read\r\n"]
        {
            let answer = client.ask(format!("POST /things HTTP/1.1\r\nHost: x\r\n{token}\r\n")).await;
            let challenge = answer.field("www-authenticate").unwrap();
            found.push(challenge.split_once("error=").map_or("none", |(_, code)| code).to_owned());
        }
        found.join(" ")
    };
    assert_eq!(challenges(None).await, r#"none "invalid_token" "insufficient_scope""#);
    let blamed = challenges(Some("error-code-on-missing")).await;
    assert_eq!(blamed, r#""invalid_request" "invalid_token" "insufficient_scope""#);
    let mixed_up = challenges(Some("wrong-bearer-error-code")).await;
    assert_eq!(mixed_up, r#"none "invalid_request" "invalid_token""#);
}

#[test]
fn a_defect_is_found_by_its_name() {
    assert_eq!(mock::defects::find("allow-all").unwrap().what, "Lets every request through.");
    assert!(mock::defects::find("no-such-defect").is_none());
}
