//! A first contract to begin with, for a well-known kind of edge.
//!
//! What is known of the edge stands in it as fact; what nobody but the operator can know (the operations, the
//! keys, the addresses) stands in it as an example to be replaced. It names no API, and reads no file.

mod edges;
mod refusal;

use serde_json::{Value, json};

use crate::document::{Content, Part, WriteError, comment_line, write};
use refusal::Refusal;

/// A kind of edge that a first contract can be written for.
#[derive(Clone, Copy, Debug)]
pub struct Edge {
    /// The word that selects it: a part of the interface, never changed.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The header field that carries the key as the edge comes out of the box.
    header: &'static str,
    /// The authentication scheme before the key.
    scheme: Option<&'static str>,
    /// What somebody should know who tests such an edge, line by line.
    notes: &'static [&'static str],
    refusals: &'static [Refusal],
    shape: Shape,
    /// What it answers to an unknown path without a key, where that is known.
    unknown_path: Option<u16>,
}

/// What the errors of an edge are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Problem details (RFC 9457).
    Problem,
    /// Anything else.
    Own,
}

/// Every kind of edge; the first is what somebody gets who names none.
pub fn edges() -> &'static [Edge] {
    edges::ALL
}

/// The kind of edge with a name.
pub fn edge(name: &str) -> Option<&'static Edge> {
    edges::ALL.iter().find(|edge| edge.name == name)
}

/// The text of a first contract.
///
/// # Errors
/// When a value cannot be written as YAML, which is a fault of this program.
pub fn text(edge: &Edge) -> Result<String, WriteError> {
    Ok(head(edge) + &write(&parts(edge))?)
}

/// The line that editors read, and what people should know.
fn head(edge: &Edge) -> String {
    let about = format!("A first contract for {}.", edge.about);
    let lines = [
        "yaml-language-server: $schema=lockproof.schema.json",
        "(`lockproof schema contract > lockproof.schema.json` writes the schema, for editors that use it.)",
        "",
        about.as_str(),
        "The operations and credentials are examples: put yours in their place. The refusals are where to",
        "begin: versions and settings differ, so compare each with what your edge answers.",
    ];
    let gap = edge.notes.first().map(|_| "");
    lines.iter().chain(gap.as_ref()).chain(edge.notes).map(|line| comment_line(line)).collect()
}

fn parts(edge: &Edge) -> Vec<Part> {
    let mut parts = vec![
        Part::value("lockproof", json!(1)).comment("The version of this format."),
        Part::value("api", json!("My API")).comment("What the API is called in reports."),
        Part::value(
            "environments",
            json!({ "staging": { "base_url": "${STAGING_URL:-http://127.0.0.1:8080}" } }),
        )
        .comment("Where it runs. `${NAME:-default}` is an environment variable. An environment with")
        .comment("`protected: true` is only asked with `--allow NAME`."),
        Part::value("authentication", json!({ "carrier": carrier(edge) }))
            .comment("Where a request carries its key."),
        Part::value("services", services())
            .comment("What the API offers, in groups as permissions are granted, and how an acceptance is")
            .comment("recognised: by something that only an accepted request gets to see.")
            .comment("A body: `body: { json: requests/order.json }`, a file beside this one")
            .comment("A parameter: `path: /v1/orders/{id}` and `parameters: { id: { example: \"17\" } }`"),
        Part::value("credentials", credentials())
            .comment(
                "The keys that you hold, where each comes from, and what it may do. None is written here.",
            )
            .comment("Each further state of a key makes a check possible:")
            .comment("`old: { key: { env: LOCKPROOF_KEY_OLD }, state: expired, allows: [orders, reports] }`")
            .comment("and `revoked`, `disabled`, `not_yet_valid`."),
        refusals(edge),
        policy(edge),
    ];
    parts.push(
        Part::value("volatile", json!({ "headers": ["X-Request-Id"], "body": ["$.request_id"] }))
            .comment("What may differ between two equal refusals."),
    );
    parts
}

fn carrier(edge: &Edge) -> Value {
    match edge.scheme {
        Some(scheme) => json!({ "header": edge.header, "scheme": scheme }),
        None => json!({ "header": edge.header }),
    }
}

fn services() -> Value {
    let list = json!({ "status": 200, "body": { "$.orders": { "type": "array" } } });
    json!({
        "orders": { "operations": {
            "list": { "method": "GET", "path": "/v1/orders", "accepted": list },
            "cancel": {
                "method": "POST",
                "path": "/v1/orders/17/cancel",
                "effect": "changes",
                "accepted": { "status": 200 },
            },
        } },
        "reports": { "operations": {
            "daily": {
                "method": "GET",
                "path": "/v1/reports/daily",
                "accepted": { "status": 200, "body": { "$.report": "exists" } },
            },
        } },
    })
}

fn credentials() -> Value {
    json!({
        "full": { "key": { "env": "LOCKPROOF_KEY_FULL" }, "allows": ["orders", "reports"] },
        "reader": { "key": { "env": "LOCKPROOF_KEY_READER" }, "allows": ["orders.list"] },
    })
}

fn refusals(edge: &Edge) -> Part {
    let refusals = edge.refusals.iter().map(Refusal::part).collect();
    Part::new("refusals", Content::Parts(refusals))
        .comment("How each refusal is recognised: by its status, the scheme of its challenge, and its body.")
        .comment("There are also `disabled`, `not_yet_valid` and `wrong_environment`.")
        .comment("What is left out is not guessed: the checks that need it are skipped, and say so.")
}

fn policy(edge: &Edge) -> Part {
    let unknown = edge.unknown_path.map(|status| ("unknown_path_without_key", json!(status)));
    let problem = (edge.shape == Shape::Problem).then(|| ("problem_details", json!(true)));
    let lines = unknown.into_iter().chain(problem).map(|(name, value)| (name.to_owned(), value));
    Part::value("policy", Value::Object(lines.collect()))
        .comment("Where good edges differ, so that it has to be said. Without a key:")
        .comment("`unknown_path_without_key: 404` (401 would hide which paths there are)")
        .comment("`wrong_method_without_key: 405` (401 would hide which methods they have)")
}
