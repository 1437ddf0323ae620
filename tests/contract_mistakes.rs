//! Each kind of mistake in a contract by itself: what is said of it, and what it points at.

#![expect(clippy::expect_used, reason = "the helpers of a test may fail loudly too")]

use lockproof::contract;
use lockproof::document::{Colour, Diagnostics, Source};

const CONTRACT: &str = r#"lockproof: 1
api: An API
environments:
  sandbox: { base_url: "http://127.0.0.1:1" }
authentication:
  carrier: { header: X-API-Key }
services:
  a:
    operations:
      list: { method: GET, path: /a, accepted: { status: 200 } }
      show: { method: GET, path: "/a/{id}", accepted: { status: 200 },
              parameters: { id: { example: x, from: { operation: a.list, capture: $.id } } } }
credentials:
  full: { key: { env: FULL }, allows: [a], environments: [sandbox] }
  other: { key: { env: OTHER }, allows: [a.list] }
refusals:
  missing: { status: 401 }
  invalid: { status: 401 }
  expired: { like: invalid }
  insufficient: { status: 403 }
public: [{ method: GET, path: /healthz }]
"#;

/// What is right, what is wrong instead, what is said of it, and the text that is pointed at.
type Case = (&'static str, &'static str, &'static str, &'static str);

/// The only mistake of a document: what is said, and the text that it points at.
fn only(refused: &Diagnostics) -> (String, String) {
    let [mistake] = refused.all.as_slice() else { panic!("not one mistake: {refused:?}") };
    let place = refused.source.text.get(mistake.span.clone()).unwrap_or("(outside)");
    (mistake.message.clone(), place.to_owned())
}

fn in_contract(right: &str, wrong: &str) -> (String, String) {
    assert!(CONTRACT.contains(right), "{right}");
    let source = Source { name: "lockproof.yaml".to_owned(), text: CONTRACT.replacen(right, wrong, 1) };
    only(&contract::load(source, &|_| None).expect_err(wrong))
}

#[test]
fn the_sample_itself_is_right() {
    let source = Source { name: "lockproof.yaml".to_owned(), text: CONTRACT.to_owned() };
    assert!(contract::load(source, &|_| None).is_ok());
}

const CONTRADICTIONS: &[Case] = &[
    ("allows: [a]", "allows: [b]", "`b`: no service or operation has this name", "b"),
    ("[a.list]", "[a.lisst]", "`a.lisst`: no service or operation has this name", "a.lisst"),
    ("[sandbox]", "[sandpit]", "`sandpit`: no environment has this name", "sandpit"),
    ("operation: a.list", "operation: a", "`a`: no operation has this name", "a"),
    (
        "operation: a.list",
        "operation: a.show",
        "an operation cannot be the source of its own parameter",
        "a.show",
    ),
    ("path: /a,", "path: /a, carries: [a.sho],", "`a.sho`: no operation has this name", "a.sho"),
    ("path: /a,", "path: /a, carries: [a.list],", "an operation does not carry calls of itself", "a.list"),
    ("like: invalid", "like: revoked", "`revoked`: no such refusal is declared here", "revoked"),
    (
        "like: invalid",
        "like: expired",
        "the refusal `expired` is like itself, directly or through others",
        "expired",
    ),
    ("  missing: { status: 401 }\n", "", "the refusal `missing` is missing", "refusals"),
    ("path: /healthz", "path: /a", "`a.list` already has this method and this path", "/a"),
    ("path: /healthz", "path: \"/{x}\"", "the path of a public operation has no parameters", "\"/{x}\""),
    (
        "path: /a, accepted: { status: 200 }",
        "path: /a, accepted: { status: 200 }, idempotency: { header: Idempotency-Key }",
        "a request that changes nothing may be repeated without an idempotency key",
        "idempotency",
    ),
    (
        "method: GET, path: /a,",
        "method: POST, idempotency: { header: Idempotency-Key, value: once }, path: /a,",
        "this idempotency key would be the same every time",
        "once",
    ),
    (
        "method: GET, path: /a,",
        "method: POST, idempotency: { header: Idempotency-Key, other_body: { json: b.json } }, path: /a,",
        "there is no `body` that this could be another one to",
        "other_body",
    ),
    (
        "public: [",
        "tokens: { mint: { operation: a.mint, capture: $.t }, carrier: { header: B }, allows: [a] }\npublic: [",
        "`a.mint`: no operation has this name",
        "a.mint",
    ),
    (
        "public: [",
        "tokens: { mint: { operation: a.list, capture: $.t }, carrier: { header: B }, allows: [a.lst] }\npublic: [",
        "`a.lst`: no service or operation has this name",
        "a.lst",
    ),
    (
        "public: [",
        "snapshots: { redact: { headers: [X-Node] }, keep: { headers: [x-node] } }\npublic: [",
        "`x-node` cannot be kept: `snapshots.redact` replaces it",
        "x-node",
    ),
    (
        "public: [",
        "volatile: { body: [$.at] }\nsnapshots: { keep: { body: [$.at] } }\npublic: [",
        "`$.at` cannot be kept: `volatile` says that it differs between two equal refusals",
        "$.at",
    ),
    (
        "public: [",
        "snapshots: { omit: [Date], keep: { headers: [date] } }\npublic: [",
        "`date` cannot be kept: `snapshots.omit` leaves it out",
        "date",
    ),
    (
        "credentials:\n",
        "  public: { operations: { x: { method: GET, path: /x, accepted: { status: 200 } } } }\ncredentials:\n",
        "a service cannot be called `public`: so is what needs no key",
        "public",
    ),
    (
        "method: GET, path: /a,",
        "method: POST, idempotency: { header: Idempotency-Key, value: \"{unique}-{Host}\" }, path: /a,",
        "nothing but `{unique}` is filled in here",
        "\"{unique}-{Host}\"",
    ),
    (
        "public: [",
        "documents: { openapi: { path: \"/{v}/openapi.json\" } }\npublic: [",
        "the path of a document has no parameters",
        "\"/{v}/openapi.json\"",
    ),
    ("env: OTHER", "env: FULL", "this is the key of the credential `full` too", "FULL"),
];

#[test]
fn every_contradiction_in_a_contract_points_at_its_place() {
    for (right, wrong, message, place) in CONTRADICTIONS {
        let told = in_contract(right, wrong);
        assert_eq!((&*told.0, &*told.1), (*message, *place), "{wrong}");
    }
}

#[test]
fn a_parameter_and_its_entry_need_each_other() {
    let text = CONTRACT.replacen("parameters: { id:", "parameters: { di:", 1);
    let source = Source { name: "lockproof.yaml".to_owned(), text };
    let refused = contract::load(source, &|_| None).unwrap_err();
    let messages: Vec<_> = refused.all.iter().map(|mistake| &*mistake.message).collect();
    assert_eq!(
        messages,
        ["the parameter `{id}` has no entry under `parameters`", "the path has no parameter `di`"]
    );
}

#[test]
fn a_parameter_whose_object_is_made_first_is_not_called_like_the_key() {
    let text =
        CONTRACT.replacen("/a/{id}", "/a/{key}", 1).replacen("parameters: { id:", "parameters: { key:", 1);
    let load = |text: String| contract::load(Source { name: "lockproof.yaml".to_owned(), text }, &|_| None);
    let (message, place) = only(&load(text.clone()).unwrap_err());
    assert_eq!((&*message, &*place), ("`{key}` is filled in already, with something else", "key"));
    assert!(load(text.replacen(", from: { operation: a.list, capture: $.id }", "", 1)).is_ok());
}

#[test]
fn refusals_that_are_like_each_other_are_both_named() {
    let text = CONTRACT.replacen(
        "expired: { like: invalid }",
        "expired: { like: revoked }\n  revoked: { like: expired }",
        1,
    );
    let source = Source { name: "lockproof.yaml".to_owned(), text };
    let refused = contract::load(source, &|_| None).unwrap_err();
    assert_eq!(refused.all.len(), 2, "{refused:?}");
    assert!(refused.all.iter().all(|mistake| mistake.message.contains("is like itself")));
}

#[test]
fn a_fixture_key_is_refused_as_soon_as_an_environment_is_elsewhere() {
    let fixture = CONTRACT.replacen("env: OTHER", "fixture: lp_any_0000000000000000", 1);
    let load = |text: String| contract::load(Source { name: "lockproof.yaml".to_owned(), text }, &|_| None);
    assert!(load(fixture.clone()).is_ok());
    for url in ["\"https://api.example.com\"", "\"http://[::1]:1\", plaintext_url: \"http://10.0.0.1\""] {
        let refused = load(fixture.replacen("\"http://127.0.0.1:1\"", url, 1)).unwrap_err();
        let (message, place) = only(&refused);
        assert_eq!((&*message, &*place), ("a fixture key is for the reference server alone", "fixture"));
    }
}

const BREACHES: &[Case] = &[
    ("lockproof: 1", "lockproof: 2", "the only value that is known here is 1", "2"),
    ("api: An API", "api: 7", "expected text, found a number", "7"),
    ("api: An API", "api: \"\"", "this is not a line of text", "\"\""),
    ("api: An API\n", "", "the entry `api` is missing", "lockproof"),
    ("http://127.0.0.1:1", "http://u:p@h", "this is not a base URL", "\"http://u:p@h\""),
    ("header: X-API-Key", "header: X API", "`X API` is not the name of a header field", "X API"),
    (
        "{ header: X-API-Key }",
        "{ header: A, query: b }",
        "a carrier is one of `header`, `query` and `cookie`",
        "{ header: A, query: b }",
    ),
    (
        "header: X-API-Key",
        "header: X-API-Key, scheme: \"A\\r\\nB\"",
        "this is not what a header field can hold",
        "\"A\\r\\nB\"",
    ),
    ("header: X-API-Key", "query: a&b", "`a&b` is not the name of a query parameter", "a&b"),
    ("header: X-API-Key", "cookie: a=b", "`a=b` is not the name of a cookie", "a=b"),
    (
        "path: /a,",
        "path: /a, body: { file: { path: x, content_type: \"a\\0\" } },",
        "this is not what a header field can hold",
        "\"a\\0\"",
    ),
    ("example: x", "example: a/b", "`a/b` is not one segment of a path", "a/b"),
    ("example: x", "example: ..", "`..` is not one segment of a path", ".."),
    (
        "public: [",
        "policy: { unknown_path_without_key: 40 }\npublic: [",
        "the number must be from 100 to 599",
        "40",
    ),
    ("{ header: X-API-Key }", "{}", "a carrier is one of `header`, `query` and `cookie`", "{}"),
    ("{ header: X-API-Key }", "X-API-Key", "expected a mapping, found text", "X-API-Key"),
    ("method: GET, path: /healthz", "method: G T, path: /healthz", "`G T` is not a request method", "G T"),
    ("path: /healthz", "path: healthz", "`healthz` is not a path", "healthz"),
    (
        "public: [",
        "cors: { origins: [https://a.example/] }\npublic: [",
        "an origin is written as browsers write it: `https://host` or `https://host:port`, in lower case and without \
         a path",
        "https://a.example/",
    ),
    ("public: [", "cors: { origins: [] }\npublic: [", "this list needs at least 1 item", "[]"),
    ("allows: [a]", "allows: a", "expected a list, found text", "a"),
    (
        "{ env: FULL }",
        "{ env: FULL, file: x }",
        "only one of `env` and `file` may stand here",
        "{ env: FULL, file: x }",
    ),
    ("{ env: FULL }", "{}", "this mapping needs an entry", "{}"),
    ("{ env: FULL }", "{ env: }", "expected text, found nothing", "env"),
    ("{ env: FULL }", "{ env: \"\" }", "this text needs at least 1 character", "\"\""),
    ("{ env: FULL }", "[x]", "a key is never written in a contract", "[x]"),
    ("like: invalid", "like: invald", "`invald` is not a word that is known here", "invald"),
    (
        "like: invalid",
        "like: invalid, status: 401",
        "a refusal is either like another kind or has a status of its own",
        "{ like: invalid, status: 401 }",
    ),
    (
        "{ like: invalid }",
        "{ challenge: x }",
        "a refusal is either like another kind or has a status of its own",
        "{ challenge: x }",
    ),
    ("{ like: invalid }", "{ stats: 401 }", "unknown entry `stats`", "stats"),
    ("expired: {", "expird: {", "unknown entry `expird`", "expird"),
    ("{ like: invalid }", "{ status: 401, body: { $.a: { equals: 1, is: 2 } } }", "unknown entry `is`", "is"),
    ("{ like: invalid }", "{ status: 401, body: { $.a: {} } }", "this mapping needs at least 1 entry", "{}"),
    (
        "{ like: invalid }",
        "{ status: 401, body: { $.a: { exists: false } } }",
        "this is not what is allowed here",
        "false",
    ),
    (
        "{ like: invalid }",
        "{ status: 401, headers: { A B: x } }",
        "`A B` is not the name of a header field",
        "A B",
    ),
];

#[test]
fn every_breach_of_the_contract_format_is_said_in_plain_words() {
    for (right, wrong, message, place) in BREACHES {
        let told = in_contract(right, wrong);
        assert_eq!((&*told.0, &*told.1), (*message, *place), "{wrong}");
    }
}

/// The contract with a way to steer its target.
fn steered(action: &str) -> Result<contract::Contract, Diagnostics> {
    let text = format!("{CONTRACT}control:\n  {action}\n");
    contract::load(Source { name: "lockproof.yaml".to_owned(), text }, &|_| None)
}

/// An action of the contract, what is wrong with it, and where.
const STEERING: &[(&str, &str, &str)] = &[
    ("clock: { advance: { command: [a, \"{ms}\"] } }", "nothing takes `advance` back", "advance"),
    ("create: { command: [a] }", "nothing takes `create` back", "create"),
    (
        "revoke: { command: [a, \"{key}\"] }",
        "a key would be written into logs and lists of processes here",
        "\"{key}\"",
    ),
    (
        "revoke: { http: { method: GET, url: \"http://127.0.0.1:1/{key}\" } }",
        "a key would be written into logs and lists of processes here",
        "\"http://127.0.0.1:1/{key}\"",
    ),
    ("revoke: { command: [a, \"{Id}\"] }", "nothing is filled in for `{Id}` here", "\"{Id}\""),
    (
        "revoke: { http: { method: GET, url: \"http://h/\", headers: { A: \"b\\nc\" } } }",
        "this is not what a header field can hold",
        "\"b\\nc\"",
    ),
    ("revoke: { command: [a, \"{at}\"] }", "nothing is filled in for `{at}` here", "\"{at}\""),
    (
        "revoke: { http: { method: GET, url: \"http://{id}.example/\" } }",
        "`http://{id}.example/` is not an address to call",
        "\"http://{id}.example/\"",
    ),
    ("revoke: { command: [a], answers: { key: $.k } }", "nobody asks `key` of this answer", "key"),
    (
        "revoke: { command: [a], http: { method: GET, url: \"http://h\" } }",
        "an action is `http` or `command`, one of the two",
        "",
    ),
    ("revoke: {}", "this mapping needs an entry", "{}"),
    ("revoke: { command: [] }", "this list needs at least 1 item", "[]"),
    ("revok: { command: [a] }", "unknown entry `revok`", "revok"),
];

#[test]
fn every_mistake_in_how_a_target_is_steered_points_at_its_place() {
    for (action, message, place) in STEERING {
        let told = only(&steered(action).unwrap_err());
        assert!(told.0.starts_with(message), "{action}: {}", told.0);
        assert!(place.is_empty() || told.1 == *place, "{action}: {}", told.1);
    }
}

#[test]
fn a_key_goes_where_nobody_else_reads_it() {
    for action in [
        "revoke: { command: [a], stdin: \"{key}\" }",
        "revoke: { command: [sh, -c, \"echo $${ID}\"] }",
        "revoke: { command: [a], env: { K: \"{key}\" } }",
        "revoke: { http: { method: GET, url: \"http://h/{id}\", body: { k: [\"{key}\"] }, headers: { X-K: \"{key}\" } } }",
    ] {
        assert!(steered(action).is_ok(), "{action}");
    }
}

#[test]
fn a_whole_number_is_one_however_it_is_written() {
    for (right, wrong) in [("lockproof: 1", "lockproof: 1.0"), ("status: 403", "status: 4.03e2")] {
        assert!(CONTRACT.contains(right), "{right}");
        let source = Source { name: "lockproof.yaml".to_owned(), text: CONTRACT.replacen(right, wrong, 1) };
        assert!(contract::load(source, &|_| None).is_ok(), "{wrong}");
    }
}

#[test]
fn no_message_repeats_a_key_a_password_or_a_query() {
    let key = "lp_any_Qm7tR2xVb9LkD4sJw8";
    let twice = format!("{CONTRACT}{key}: 1\n{key}: 2\n");
    let password = CONTRACT.replacen("http://127.0.0.1:1", "http://joe:hunter2@h", 1);
    let query = CONTRACT.replacen("http://127.0.0.1:1", "http://h/?token=hunter2", 1);
    for (text, secret) in [(twice, key), (password, "hunter2"), (query, "hunter2")] {
        let refused =
            contract::load(Source { name: "lockproof.yaml".to_owned(), text }, &|_| None).unwrap_err();
        let shown = refused.render(Colour::Off, 100);
        assert!(!shown.contains(secret), "{shown}");
    }
}
