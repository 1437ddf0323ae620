//! How checks read in words.

use super::*;
use crate::document::Source;
use crate::scenario::{Suite, builtin_files, load};

fn check(body: &str) -> Words {
    let head = "id: x\ntitle: t\nseverity: must\nsources: [s]\nwhy: w\nadvice: a\n";
    load(Source { name: "x.yaml".to_owned(), text: format!("{head}{body}") }).unwrap().words()
}

#[test]
fn a_check_that_says_nothing_sends_a_sound_request_everywhere() {
    let words = check("expect: { accepted: true }\n");
    assert_eq!(words.over, "every operation, in every environment");
    assert_eq!(words.sends, "a sound request, with a key that may use the operation");
    assert_eq!(words.right.unwrap(), "an acceptance, as the contract says how to recognise one");
}

#[test]
fn the_key_is_not_named_twice_where_the_matrix_names_it() {
    let words = check("over: { credentials: { denied_by: service } }\nexpect: { refusal: insufficient }\n");
    assert_eq!(
        words.over,
        "every operation, in every environment, with the key of every credential that is active and has no \
         permission on anything of the service"
    );
    assert_eq!(words.sends, "a sound request");
}

#[test]
fn what_a_flag_switches_off_is_not_said() {
    let words = check(
        "request: { path: { upper: false }, plaintext: false }\nexpect: { refused: false, no_echo: true }\n",
    );
    assert_eq!(words.sends, "a sound request, with a key that may use the operation");
    assert_eq!(words.right.unwrap(), "no trace of the key in any encoding");
}

#[test]
fn a_pattern_of_several_lines_becomes_one_line() {
    let words = check("expect: { headers: { RateLimit: { matches: \"(?x) a\\n  b\" } } }\n");
    assert_eq!(words.right.unwrap(), "the header field `RateLimit: text that matches /(?x) a b/`");
}

#[test]
fn variants_and_steps_say_what_they_add() {
    let words = check(
        "expect: { status: [4xx] }\neach:\n  - { name: none, request: { credential: none } }\n  \
         - { name: plain }\nsteps:\n  - {}\n  - { repeat: 9, expect: { same_as: { step: 1 } } }\n",
    );
    let lines = |lines: &[Line]| {
        lines.iter().map(|line| format!("{}: {}", line.name, line.text())).collect::<Vec<_>>()
    };
    assert_eq!(lines(&words.variants), ["none: without a key", "plain: as it is"]);
    assert_eq!(lines(&words.steps), ["1: as it is", "2, 9 times: right is the same answer as to step 1"]);
}

#[test]
fn what_a_step_keeps_for_later_ones_is_said() {
    let steps =
        "steps:\n  - { capture: { order: $.id } }\n  - { request: { headers: [{ X-Order: '{order}' }] } }\n";
    let words = check(&format!("expect: {{ refused: true }}\n{steps}"));
    let text: Vec<_> = words.steps.iter().map(Line::text).collect();
    assert_eq!(text, ["keeps `$.id` as `order`", "with `X-Order: {order}`"]);
}

#[test]
fn a_twin_is_said_by_what_makes_it_differ() {
    let words = check(
        "request: { credential: none, wire: { say: [{ head: 'GET {tail}' }] } }\n\
         twin: { credential: { allowing: operation } }\nexpect: { status: [400] }\n\
         each: [{ name: a, request: { wire: { with: { tail: \"x\\ny\" } } }, twin: { wire: { with: { tail: '' } } } }]\n",
    );
    assert_eq!(words.twin.unwrap(), "the same, with a key that may use the operation");
    let text = r"with `x\r\ny` for `{tail}`; its twin is the same, with nothing for `{tail}`";
    assert_eq!(words.variants[0].text(), text);
}

#[test]
fn every_change_to_a_request_has_words() {
    let cases = [
        ("credential: { state: disabled }", "with the key of a disabled application"),
        (
            "credential: full, carry: { cookie: key }",
            "with the key of `full` and carried in the cookie `key`",
        ),
        ("key: { id: own }", "with the key's public identifier for a key"),
        (
            "key: { transform: [{ truncate: 1 }, { repeat: 2 }] }",
            "with the key, its last character cut off and 2 times in a row",
        ),
        (
            "key: { transform: [{ swap_case: true }, { sha256: false }] }",
            "with the key, the case of its letters swapped",
        ),
        ("path: { query: a=b }, method: PUT", "by the method `PUT` and with the query `a=b`"),
        ("body: { empty: true }", "without a body"),
        (
            "body: { text: { text: x, content_type: text/plain } }",
            "with the body `x` of the media type `text/plain`",
        ),
        (
            "object: foreign, plaintext: true",
            "to what another application owns and in the clear, without TLS",
        ),
    ];
    for (request, words) in cases {
        let sends = check(&format!("request: {{ {request} }}\nexpect: {{ refused: true }}\n")).sends;
        assert_eq!(sends, format!("a sound request, {words}"), "{request}");
    }
}

#[test]
fn every_expectation_has_words() {
    let cases = [
        ("refused: true", "a refusal that the contract declares"),
        ("policy: unknown_path_without_key", "the status that `policy.unknown_path_without_key` declares"),
        ("status: [401, 4xx]", "the status `401` or `4xx`"),
        ("status_not: [407], within: 250ms", "another status than `407` and an answer within `250ms`"),
        (
            "challenge: { present: true, one_per_line: true }",
            "a challenge and every challenge in a field line of its own",
        ),
        ("no_content: true, no_foreign_redirect: true", "no content and no redirect to another origin"),
        (
            "any_of: [{ status: [417] }, { refusal: missing }]",
            "either the status `417`, or the refusal `missing` as the contract declares it",
        ),
        ("body: { $.a: exists }", "the body `$.a: to be there`"),
    ];
    for (expect, words) in cases {
        assert_eq!(check(&format!("expect: {{ {expect} }}\n")).right.unwrap(), words, "{expect}");
    }
}

#[test]
fn every_case_of_a_built_in_check_is_told_what_is_right() {
    for scenario in Suite::read(builtin_files()).unwrap().scenarios {
        let words = scenario.words();
        let told = |lines: &[Line]| !lines.is_empty() && lines.iter().all(|line| line.right.is_some());
        // A step may be there for what it leaves behind; the last one never is, and may read what was left.
        let reads = scenario.steps.last().is_some_and(|step| step.control.is_some());
        let at_last = reads || words.steps.last().is_some_and(|line| line.right.is_some());
        let told = words.right.is_some() || told(&words.variants) || at_last;
        assert!(told || words.procedure.is_some(), "{}", scenario.id);
    }
}
