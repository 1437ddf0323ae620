//! A file may be anybody's: whatever stands in it, it is refused or read, quickly, and never with a panic.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail loudly too")]

use std::fmt::Write as _;

use lockproof::contract;
use lockproof::document::{Colour, Diagnostics, Source};
use lockproof::scenario;
use proptest::prelude::*;

fn refused(text: &str) -> Diagnostics {
    let source = Source { name: "lockproof.yaml".to_owned(), text: text.to_owned() };
    contract::load(source, &|_| None).unwrap_err()
}

fn messages(text: &str) -> Vec<String> {
    refused(text).all.into_iter().map(|mistake| mistake.message).collect()
}

fn shown(text: &str) -> String {
    refused(text).render(Colour::Off, 100)
}

#[test]
fn a_billion_laughs_are_refused_one_by_one() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (one, other) in ('a'..'j').zip('b'..'k') {
        let list = vec![format!("*{one}"); 9].join(", ");
        let _ = writeln!(text, "{other}: &{other} [{list}]");
    }
    let refused = refused(&text);
    let aliases = refused.all.iter().filter(|mistake| mistake.message == "aliases are not used here").count();
    assert_eq!(aliases, 81);
}

#[test]
fn endless_nesting_is_one_mistake() {
    for text in ["[".repeat(100_000), "{a: ".repeat(50_000), "- ".repeat(100_000)] {
        let messages = messages(&text);
        assert_eq!(messages, ["the nesting is deeper than 64 levels"]);
    }
    let mut block = String::new();
    for depth in 0..300 {
        let _ = writeln!(block, "{}a:", " ".repeat(depth));
    }
    assert_eq!(messages(&block), ["the nesting is deeper than 64 levels"]);
}

#[test]
fn ten_thousand_duplicate_keys_are_ten_thousand_mistakes_and_a_short_report() {
    let refused = refused(&"a: 1\n".repeat(10_000));
    let twice =
        refused.all.iter().filter(|mistake| mistake.message == "`a` stands here a second time").count();
    assert_eq!(twice, 9_999);
    let report = refused.render(Colour::Off, 100);
    assert!(report.lines().count() < 1_500 && report.ends_with(" more mistakes in lockproof.yaml\n"));
}

#[test]
fn ten_thousand_unknown_names_of_every_kind_are_refused() {
    let mut text = "credentials:\n".to_owned();
    for number in 0..2_500 {
        let _ = writeln!(text, "  c{number}: {{ key: {{ env: K{number} }}, allows: [nowhere.x{number}] }}");
    }
    let services: String = (0..500).fold("services:\n".to_owned(), |mut text, number| {
        let _ = writeln!(text, "  s{number}: {{ operations: {{ o: {{ method: GET, path: /{number} }} }} }}");
        text
    });
    assert!(refused(&(text + &services)).all.len() > 100);
}

#[test]
fn twenty_thousand_unknown_entries_are_a_short_list() {
    let text = (0..20_000).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "k{number}: 1");
        text
    });
    assert!(refused(&text).all.len() < 300);
}

#[test]
fn a_file_that_is_too_large_or_not_text_is_one_mistake() {
    assert_eq!(messages(&"# x\n".repeat(262_144)), ["the file is larger than 256 KiB"]);
    assert_eq!(messages("a: \0"), ["the file holds the control character U+0000"]);
    assert_eq!(messages("a: \u{1b}[2J"), ["the file holds the control character U+001B"]);
}

#[test]
fn an_empty_file_and_one_of_comments_lack_everything() {
    for text in ["", "# nothing\n", "---\n", "\n\n", "~"] {
        assert_eq!(messages(text), ["expected a mapping, found nothing"], "{text:?}");
    }
}

#[test]
fn a_byte_order_mark_and_carriage_returns_change_no_place() {
    let plain = "lockproof: 1\napi: x\nenvironmentz: {}\n";
    let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    for text in [plain, &windows] {
        let report = shown(text);
        assert!(
            report.contains("error: unknown entry `environmentz`\n --> lockproof.yaml:3:1\n"),
            "{report}"
        );
        assert!(!report.contains('\r'), "{report:?}");
    }
    assert!(shown("\u{feff}lockproo: 1\n").contains("lockproof.yaml:1:1\n"));
}

#[test]
fn every_trap_of_yaml_is_refused_at_its_place() {
    insta::assert_snapshot!(shown(
        "a: !!str 1\nb: &anchor 1\nc: *anchor\nd: { <<: { x: 1 } }\n? [list]\n: 1\n: 2\na: 2\n---\nsecond: 1\n"
    ));
}

#[test]
fn what_is_not_yaml_is_one_mistake_with_a_cure() {
    let texts =
        ["a:\n\tb: 1\n", "a: \"b\n", "a: {b: 1\n", "a: [1}\n", "a: b: c\n", "a: 1\nb\n", "u: { v: ${X} }\n"];
    let shown: String = texts.map(shown).join("\n");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_key_in_a_file_that_is_not_yaml_is_not_shown() {
    for text in
        ["credentials:\n  a: { key: sk_live_123 ]\n", "key: 'sk_live_123\n", "api_key: sk_live_123: x\n"]
    {
        let report = shown(text);
        assert!(!report.contains("live"), "{report}");
    }
}

#[test]
fn a_key_in_any_wrong_shape_is_not_shown() {
    let shapes = [
        "key: sk_live_4eC39HqLyj",
        "key: { sk_live_4eC39HqLyj }",
        "key: { sk_live_4eC39HqLyj: }",
        "key: [sk_live_4eC39HqLyj]",
        "key: { env: \"${sk_live_4eC39HqLyj}\" }",
        "key: { evn: sk_live_4eC39HqLyj }",
        "key: { env: { x: sk_live_4eC39HqLyj } }",
        "key: 'sk_live_4eC39HqLyj', key: 'sk_live_4eC39HqLyj'",
        "key: &x sk_live_4eC39HqLyj",
        "key: !!str sk_live_4eC39HqLyj",
        "kye: sk_live_4eC39HqLyj",
        "api_key: sk_live_4eC39HqLyj",
        "key: { fixture: sk_live_4eC39HqLyj }, <<: { key: sk_live_4eC39HqLyj }",
    ];
    for shape in shapes {
        let report = shown(&format!(
            "environments: {{ e: {{ base_url: 'http://h' }} }}\ncredentials:\n  a: {{ {shape}, alows: [] }}\n"
        ));
        assert!(report.contains("alows") && !report.contains("4eC39"), "{shape}: {report}");
    }
}

fn is_sound(diagnostics: &Diagnostics) -> bool {
    let text = &diagnostics.source.text;
    let sound = diagnostics.all.iter().all(|mistake| text.get(mistake.span.clone()).is_some());
    let report = diagnostics.render(Colour::Off, 80);
    sound && !diagnostics.all.is_empty() && !report.chars().any(|c| c.is_control() && c != '\n')
}

const WORDS: &[&str] = &[
    "credentials",
    "key",
    "env",
    "services",
    "operations",
    "path",
    "/a/{b}",
    "refusals",
    "like",
    "missing",
    "expect",
    "each",
    "steps",
    "same_as",
    "step",
    "name",
    "request",
    "headers",
    "${X}",
    "${X:-y}",
    "${",
    "$.a",
    ": ",
    ":",
    "- ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    "\n",
    "\n  ",
    "\n    ",
    "\t",
    "'",
    "\"",
    "&a ",
    "*a",
    "!t ",
    "<<",
    "? ",
    "# c",
    "|\n",
    ">\n",
    "---\n",
    "1",
    "-1",
    "1.5",
    "true",
    "null",
    "é",
    "\u{1F511}",
    "\r\n",
    "%YAML 1.2",
];

/// Text made of what YAML and the formats are made of.
fn yamlish() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(WORDS), 0..60).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_with_sound_places(text in ".{0,300}") {
        prop_assert!(is_sound(&refused(&text)));
    }

    #[test]
    fn anything_like_yaml_is_read_or_refused_with_sound_places(text in yamlish()) {
        prop_assert!(is_sound(&refused(&text)));
        let source = Source { name: "x.yaml".to_owned(), text };
        if let Err(refused) = scenario::load(source) {
            prop_assert!(is_sound(&refused));
        }
    }

    #[test]
    fn a_broken_contract_is_refused_with_sound_places(at in 0_usize..4_000, junk in "[\\PC\n\t]{0,5}", cut in 0_usize..30) {
        let mut text = include_str!("../fixtures/reference/lockproof.yaml").to_owned();
        let start = text.floor_char_boundary(at);
        let end = text.floor_char_boundary(start + cut);
        text.replace_range(start..end, &junk);
        let source = Source { name: "lockproof.yaml".to_owned(), text };
        if let Err(refused) = contract::load(source, &|_| None) {
            prop_assert!(is_sound(&refused));
            prop_assert!(!refused.render(Colour::Off, 100).contains("lp_any_Qm7tR2"));
            let gap = refused.all.iter().any(|mistake| mistake.message.starts_with("this cannot be read"));
            prop_assert!(!gap, "{}", refused.render(Colour::Off, 100));
        }
    }
}
