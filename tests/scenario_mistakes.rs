//! Each kind of mistake in a scenario by itself: what is said of it, and what it points at.

#![expect(clippy::expect_used, reason = "the helpers of a test may fail loudly too")]

use lockproof::document::{Diagnostics, Source};
use lockproof::scenario;

/// What is right, what is wrong instead, what is said of it, and the text that is pointed at.
type Case = (&'static str, &'static str, &'static str, &'static str);

const SCENARIO: &str = r#"id: sample
title: A sample
severity: must
sources: [RFC 9110]
why: Because it matters.
advice: Do it right.
request: { headers: [{ X-Note: "{key} of {host}" }] }
expect: { refusal: missing }
"#;

/// The only mistake of a document: what is said, and the text that it points at.
fn only(refused: &Diagnostics) -> (String, String) {
    let [mistake] = refused.all.as_slice() else { panic!("not one mistake: {refused:?}") };
    let place = refused.source.text.get(mistake.span.clone()).unwrap_or("(outside)");
    (mistake.message.clone(), place.to_owned())
}

fn in_scenario(right: &str, wrong: &str) -> (String, String) {
    assert!(SCENARIO.contains(right), "{right}");
    let source = Source { name: "core/sample.yaml".to_owned(), text: SCENARIO.replacen(right, wrong, 1) };
    only(&scenario::load(source).expect_err(wrong))
}

#[test]
fn the_sample_itself_is_right() {
    let source = Source { name: "core/sample.yaml".to_owned(), text: SCENARIO.to_owned() };
    assert_eq!(scenario::load(source).unwrap().family, "core");
}

const EXPECT: &str = "expect: { refusal: missing }";

const MISTAKES: &[Case] = &[
    ("id: sample", "id: simple", "the file is called `sample`, its id `simple`", "simple"),
    ("why: Because", "depends_on: [sample]\nwhy: Because", "a check cannot depend on itself", "sample"),
    (
        "why: Because",
        "catches: [allow-all]\ncollateral: { allow-all: it is }\nwhy: Because",
        "`allow-all` is among what this check must find already",
        "allow-all",
    ),
    (
        "why: Because",
        "collateral: { allow-all: \" \" }\nwhy: Because",
        "a collateral find needs its reason",
        "\" \"",
    ),
    ("why: Because", "why: \"\\e[2J\" #", "this text holds a control character", "\"\\e[2J\""),
    ("A sample", "\"A\\nsample\"", "this is not a line of text", "\"A\\nsample\""),
    ("{host}", "{hots}", "nothing is called `{hots}` here", "\"{key} of {hots}\""),
    ("{host}", "{Host}", "nothing is called `{Host}` here", "\"{key} of {Host}\""),
    ("{key} of {host}", "a\\r\\nb", "this is not what a header field can hold", "\"a\\r\\nb\""),
    (
        EXPECT,
        "expect: { policy: max_revocation_lag }",
        "`max_revocation_lag`: this line of the policy is no status",
        "max_revocation_lag",
    ),
    (
        EXPECT,
        "steps: [{ capture: { host: $.h }, expect: { accepted: true } }]",
        "`{host}` is filled in already, with something else",
        "host",
    ),
    (
        "request: { headers",
        "request: { platform: { answers: 500 }, headers",
        "`platform` is about a backend in between, and this check is not",
        "platform",
    ),
    (
        EXPECT,
        "expect: { upstream: { arrives: nothing } }",
        "`upstream` is about a backend in between, and this check is not",
        "upstream",
    ),
    (EXPECT, "expect: { no_result: false }", "nothing is expected, so this check could never fail", "expect"),
    (EXPECT, "", "nothing is expected, so this check could never fail", "id"),
    (EXPECT, "expect: { status: [400] }\ntwin: {}", "this twin is the very request whose twin it is", "{}"),
    (
        EXPECT,
        "expect: { status: [400] }\ntwin: { credential: none }",
        "a twin must be accepted, and this one carries no key that may be",
        "{ credential: none }",
    ),
    (
        EXPECT,
        "expect: { status: [400] }\ntwin: { credential: { denying: operation } }",
        "a twin must be accepted, and this one carries no key that may be",
        "{ credential: { denying: operation } }",
    ),
    (
        EXPECT,
        "expect: { status: [400] }\ntwin: { headers: [{ A: '{hots}' }] }",
        "nothing is called `{hots}` here",
        "'{hots}'",
    ),
    (
        EXPECT,
        "expect: { status: [400] }\neach: [{ name: a, request: { credential: none }, twin: { path: { query: b } } }]",
        "a twin must be accepted, and this one carries no key that may be",
        "{ path: { query: b } }",
    ),
    (EXPECT, "expect: { refused: false }", "nothing is expected, so this check could never fail", "expect"),
    (EXPECT, "expect: { malformed: false }", "nothing is expected, so this check could never fail", "expect"),
    (
        EXPECT,
        "expect: { not_spoken: false }",
        "nothing is expected, so this check could never fail",
        "expect",
    ),
    (
        EXPECT,
        "expect: { challenge: { present: false } }",
        "nothing is expected, so this check could never fail",
        "expect",
    ),
    (
        EXPECT,
        "expect: { cors: { admits: false } }",
        "nothing is expected, so this check could never fail",
        "expect",
    ),
    (
        EXPECT,
        "expect: { headers: { X: { optional: true } } }",
        "nothing is expected, so this check could never fail",
        "expect",
    ),
    (
        EXPECT,
        "side: backend\nexpect: { upstream: { key: false } }",
        "nothing is expected, so this check could never fail",
        "expect",
    ),
    (
        EXPECT,
        "each: [{ name: one }, { name: two, expect: { refused: true } }]",
        "nothing is expected of this variant, so it could never fail",
        "one",
    ),
    (
        EXPECT,
        "expect: { any_of: [{ status: [401] }, {}] }",
        "this expectation says nothing, so every answer fits it",
        "{}",
    ),
    (
        EXPECT,
        "expect: { refusal: missing, declared: true }",
        "`refusal` and `declared` cannot both be expected",
        "declared",
    ),
    (
        EXPECT,
        "expect: { policy: problem_detail }",
        "`problem_detail`: no contract has such a line",
        "problem_detail",
    ),
    (
        EXPECT,
        "expect: { same_as: { step: 1 } }",
        "an answer can only be compared with that of an earlier step",
        "1",
    ),
    (
        EXPECT,
        "steps: [{ expect: { accepted: true } }, { expect: { same_as: { step: 2 } } }]",
        "an answer can only be compared with that of an earlier step",
        "2",
    ),
    (
        EXPECT,
        "needs: [refusal.revokd]\nexpect: { refused: true }",
        "`refusal.revokd`: no contract has such a line",
        "refusal.revokd",
    ),
    (
        EXPECT,
        "needs: [http3]\nexpect: { refused: true }",
        "a need is tls, http2, plaintext, nodes, elsewhere, unknown-field, idempotency, validator, key-id, unrouted, platform-field, scheme.*, \
         operation.*, policy.*, refusal.*, limits.*, control.*, tokens.*, documents.* or alike.*",
        "http3",
    ),
    (
        EXPECT,
        "each: [{ name: one, needs: [alike.expird], expect: { refused: true } }]",
        "`alike.expird`: no contract has such a line",
        "alike.expird",
    ),
    (
        "request: { headers",
        "request: { path: { query: \"n={uniqe}\" }, headers",
        "nothing is called `{uniqe}` here",
        "\"n={uniqe}\"",
    ),
    (
        EXPECT,
        "steps: [{ expect: { accepted: true } }, { expect: { differs_from: { step: 1, like: 2 } } }]",
        "an answer can only be compared with that of an earlier step",
        "2",
    ),
    (EXPECT, "expect: { status: [4xy] }", "a status is a code like 401 or a class like 4xx", "4xy"),
    (EXPECT, "expect: { status: [700] }", "the number must be from 100 to 599", "700"),
    (EXPECT, "expect: { status: [{}] }", "a status is a code like 401 or a class like 4xx", "{}"),
    (
        EXPECT,
        "expect: { within: soon }",
        "`soon` is not a length of time such as `250ms`, `1s` or `2m`",
        "soon",
    ),
    (
        EXPECT,
        "expect: { refusal: missing }\nover: { operations: { metods: [GET] } }",
        "unknown entry `metods`",
        "metods",
    ),
    (
        EXPECT,
        "expect: { refusal: missing }\nover: { operations: { methods: [] } }",
        "this list needs at least 1 item",
        "[]",
    ),
    (
        EXPECT,
        "expect: { refusal: missing }\nover: { operations: some }",
        "`some` is not a word that is known here",
        "some",
    ),
    (
        EXPECT,
        "expect: { refusal: missing }\nover: { operations: 7 }",
        "expected text, a list or a mapping, found a number",
        "7",
    ),
];

#[test]
fn every_contradiction_in_a_scenario_points_at_its_place() {
    for (right, wrong, message, place) in MISTAKES {
        let told = in_scenario(right, wrong);
        assert_eq!((&*told.0, &*told.1), (*message, *place), "{wrong}");
    }
}

#[test]
fn a_key_is_not_written_more_often_than_memory_holds() {
    for change in ["repeat: 4000000000", "stretch: 9000000000000000000"] {
        let request = format!("request: {{ key: {{ transform: [{{ {change} }}] }}, headers");
        let text = SCENARIO.replacen("request: { headers", &request, 1);
        let refused = scenario::load(Source { name: "core/sample.yaml".to_owned(), text }).expect_err(change);
        let (message, place) = only(&refused);
        assert!(message.starts_with("the number must be"), "{change}: {message}");
        assert!(change.ends_with(&place), "{change}: {place}");
    }
}

#[test]
fn what_earlier_steps_captured_may_be_filled_in_later() {
    let steps = "steps:\n  - { capture: { token: $.t }, expect: { accepted: true } }\n  - { request: { headers: [{ X-T: \"{token}\" }] }, expect: { same_as: { step: 1 } } }";
    let text = SCENARIO.replacen("expect: { refusal: missing }", steps, 1);
    let load = |text: String| scenario::load(Source { name: "core/sample.yaml".to_owned(), text });
    assert!(load(text.clone()).is_ok());
    let (message, _) = only(&load(text.replacen("{token}", "{tokem}", 1)).unwrap_err());
    assert_eq!(message, "nothing is called `{tokem}` here");
}

/// What is done to the target before a request, what of it is a mistake, and where it stands.
const STEERING: &[(&str, &str, &str)] = &[
    ("{ revoke: k }", "no step before this one creates such a key", "{ revoke: k }"),
    ("{ create: { name: made } }", "a key of this name is there already", "{ create: { name: made } }"),
    ("{ disable: made }", "this switches off an application that other keys belong to", "{ disable: made }"),
    ("{ delete: made }", "this takes `control.delete`, which `needs` does not list", "{ delete: made }"),
    ("{ store: stop }", "this concerns every request that is under way", "{ store: stop }"),
    (
        "{ processed: unchanged }",
        "nothing was remembered that this could be compared with",
        "{ processed: unchanged }",
    ),
    ("{ revok: made }", "unknown entry `revok`", "revok"),
    ("{ store: halt }", "`halt` is not a word that is known here", "halt"),
];

/// A scenario that steers its target.
fn steered(needs: &str, alone: &str, step: &str) -> String {
    let needs = format!("needs: [control.create, control.revoke, control.disable{needs}]\n{alone}");
    let steps = format!(
        "steps:\n  - control: {{ create: {{ name: made }} }}\n  - {step}\n  \
         - request: {{ credential: {{ created: made }} }}\n    expect: {{ accepted: true }}\n"
    );
    SCENARIO.replacen("expect: { refusal: missing }\n", "", 1) + &needs + &steps
}

fn load_steered(text: String) -> Result<scenario::Scenario, Diagnostics> {
    scenario::load(Source { name: "core/sample.yaml".to_owned(), text })
}

#[test]
fn every_mistake_in_steering_a_target_points_at_its_place() {
    for (action, message, place) in STEERING {
        let alone = if action.contains("processed") { "alone: true\n" } else { "" };
        let text = steered(", control.store.stop, control.processed", alone, &format!("control: {action}"));
        let told = only(&load_steered(text).unwrap_err());
        assert_eq!((&*told.0, &*told.1), (*message, *place), "{action}");
    }
}

#[test]
fn a_step_that_sends_nothing_expects_nothing_and_a_key_is_used_behind_its_making() {
    let wrong = [
        (
            "control: { revoke: made }\n    expect: { refused: true }",
            "`expect` says nothing of a step that sends no request",
        ),
        (
            "control: { revoke: made }\n    capture_headers: { tag: ETag }",
            "`capture_headers` says nothing of a step that sends no request",
        ),
        (
            "request: { credential: { created: later } }\n    expect: { refused: true }",
            "`later`: no step before this one creates such a key",
        ),
        (
            "until: { within: 1s }\n    repeat: 2\n    expect: { refused: true }",
            "a step that is sent until something holds is not repeated besides",
        ),
        (
            "expect: { same_as: { step: 1 } }",
            "this step sends no request, so there is no answer to compare with",
        ),
        (
            "until: { within: soon }\n    expect: { refused: true }",
            "a bound is a time like `250ms` of 366 days at the most, or a line of the policy that is one: `policy.max_revocation_lag`",
        ),
        (
            "until: { within: 1000000h }\n    expect: { refused: true }",
            "a bound is a time like `250ms` of 366 days at the most, or a line of the policy that is one: `policy.max_revocation_lag`",
        ),
    ];
    for (step, message) in wrong {
        let told = only(&load_steered(steered("", "", step)).unwrap_err());
        assert_eq!(told.0, message, "{step}");
    }
    let compared =
        load_steered(steered("", "", "expect: { differs_from: { step: 1, like: 1 } }")).unwrap_err();
    assert_eq!(compared.all.len(), 2, "each of the two steps sends nothing: {compared:?}");
    assert!(load_steered(steered("", "", "control: { revoke: made }")).is_ok());
    assert!(
        load_steered(steered(", control.store.stop", "alone: true\n", "control: { store: stop }")).is_ok()
    );
}
