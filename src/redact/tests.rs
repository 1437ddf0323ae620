use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::key::Key;
use super::*;

const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

fn redactor() -> Redactor {
    Redactor::of(&[("full", KEY)])
}

fn each_char(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

fn percent(text: &str) -> String {
    each_char(text, |c| format!("%{:02x}", c as u32))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// Every byte as its number, written and put together in some way.
fn listed(bytes: &[u8], write: impl Fn(&u8) -> String, between: &str) -> String {
    bytes.iter().map(write).collect::<Vec<_>>().join(between)
}

/// Base32 without its padding.
fn base32(bytes: &[u8]) -> String {
    let bits = bytes.iter().map(|byte| format!("{byte:08b}")).collect::<Vec<_>>().concat();
    let place = |bits: &[u8]| bits.iter().fold(0, |place, bit| 2 * place + usize::from(bit - b'0'));
    let bits = format!("{bits}{}", "0".repeat(bits.len().next_multiple_of(5) - bits.len()));
    let alphabet: Vec<char> = ('A'..='Z').chain('2'..='7').collect();
    bits.as_bytes().chunks(5).map(|bits| alphabet[place(bits)]).collect()
}

fn swap_case(text: &str) -> String {
    each_char(text, |c| {
        if c.is_ascii_uppercase() { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() }.into()
    })
}

#[test]
fn a_key_is_one_trace_wherever_it_stands_in_a_long_text() {
    let edges = [64 << 10, (64 << 10) + (16 << 10), 128 << 10, (128 << 10) + (16 << 10)];
    for (edge, before) in edges.into_iter().flat_map(|edge| [0, 1, 20, 39, 40].map(|before| (edge, before))) {
        for written in [KEY.to_owned(), STANDARD.encode(KEY), percent(KEY)] {
            let text = format!("{}{written}{}", ".".repeat(edge - before), ".".repeat(200_000));
            let traces = redactor().find(text.as_bytes());
            assert_eq!(traces.len(), 1, "{edge} - {before}: {traces:?}");
            let clean = redactor().redact(&text).to_string();
            assert_eq!(clean.matches("[KEY:full]").count(), 1);
            assert!(clean.len() < 200_000 + edge + 40, "{edge} - {before}");
        }
    }
}

/// The name of the one trace in a text, which must also be all that is replaced.
fn form_of(text: &str) -> &'static str {
    let traces = redactor().find(text.as_bytes());
    let [trace] = traces.as_slice() else { panic!("{} traces in {text:?}: {traces:?}", traces.len()) };
    assert_eq!(trace.credential, "full");
    let expected = format!("{}[KEY:full]{}", &text[..trace.at.start], &text[trace.at.end..]);
    assert_eq!(redactor().redact(text).as_str(), expected);
    trace.form
}

#[test]
fn a_whole_key_is_called_after_its_encoding() {
    let cases = [
        (KEY.to_owned(), "as it is"),
        (swap_case(KEY), "in another letter case"),
        (KEY.to_lowercase(), "in another letter case"),
        (percent(KEY), "percent-encoded"),
        (percent(KEY).to_uppercase(), "percent-encoded"),
        (KEY.replace('_', "%5F"), "percent-encoded"),
        (KEY.replace('_', "%255f"), "percent-encoded twice"),
        (KEY.replace('_', "\\u005f"), "JSON-escaped"),
        (KEY.replace('_', "\\x5f"), "JSON-escaped"),
        (KEY.replace('_', "\\u{5f}"), "JSON-escaped"),
        (KEY.replace('_', "&#95;"), "HTML-escaped"),
        (KEY.replace('_', "&#x5F;"), "HTML-escaped"),
        (KEY.replace('_', "%26%2395;"), "escaped in two ways"),
        (each_char(KEY, |c| format!("{c}\0")), "in UTF-16"),
        (each_char(KEY, |c| format!("\0{c}")), "in UTF-16"),
        (KEY.chars().rev().collect(), "reversed"),
        (hex(KEY.as_bytes()), "in hexadecimal"),
        (hex(KEY.as_bytes()).to_uppercase(), "in hexadecimal"),
        (STANDARD.encode(KEY), "in base64"),
        (URL_SAFE_NO_PAD.encode(KEY), "in base64"),
        (hex(&Sha256::digest(KEY)), "as its SHA-256"),
        (hex(&Sha256::digest(KEY)).to_uppercase(), "as its SHA-256"),
        (STANDARD.encode(Sha256::digest(KEY)), "as its SHA-256"),
        (format!("{}=", base32(KEY.as_bytes())), "in base32"),
        (base32(KEY.as_bytes()), "in base32"),
        (listed(KEY.as_bytes(), u8::to_string, ","), "in decimal"),
        (listed(KEY.as_bytes(), u8::to_string, ",\n      "), "in decimal"),
        (listed(KEY.as_bytes(), u8::to_string, " "), "in decimal"),
        (listed(KEY.as_bytes(), |byte| format!("{byte:02x}"), " "), "in hexadecimal"),
        (listed(KEY.as_bytes(), |byte| format!("{byte:02X}"), ":"), "in hexadecimal"),
        (listed(KEY.as_bytes(), |byte| format!("0x{byte:02x}"), ", "), "in hexadecimal"),
        (percent(&listed(KEY.as_bytes(), u8::to_string, ",")), "escaped in two ways"),
    ];
    for (text, form) in cases {
        assert_eq!(form_of(&text), form, "{text:?}");
        assert_eq!(form_of(&format!("before {text} behind")), form, "{text:?} inside a text");
    }
}

#[test]
fn a_key_behind_a_user_name_is_found_in_base64() {
    for user in ["a:", "ab:", "abc:"] {
        let text = format!("Basic {}", STANDARD.encode(format!("{user}{KEY}")));
        assert_eq!(form_of(&text), "in base64", "{text}");
    }
}

#[test]
fn a_key_inside_a_longer_list_leaves_the_rest_of_the_list() {
    let list = |write: fn(&u8) -> String, between| listed(format!("a:{KEY};").as_bytes(), write, between);
    let clean = redactor().redact(&format!("[{}]", list(u8::to_string, ", "))).to_string();
    assert_eq!(clean, "[97, 58, [KEY:full], 59]");
    let clean = redactor().redact(&list(|byte| format!("0x{byte:02x}"), ",")).to_string();
    assert_eq!(clean, "0x61,0x3a,[KEY:full],0x3b");
}

#[test]
fn a_dump_of_memory_shows_no_window_of_a_key() {
    let dump = |line: &[u8]| format!("00000010  {}  |", listed(line, |byte| format!("{byte:02x}"), " "));
    let lines: String = KEY.as_bytes().chunks(16).map(|line| dump(line) + "\n").collect();
    let clean = redactor().redact(&lines).to_string();
    assert_eq!(clean.matches("[KEY:full]").count(), 2, "{clean}");
    // What the last line has of it is as short as a hint.
    assert!(clean.ends_with("00000010  50 61 36 55 65 31 47  |\n"), "{clean}");
}

#[test]
fn a_key_of_digits_is_found_in_groups() {
    let redactor = Redactor::of(&[("full", "550e8400e29b41d4a716446655440000")]);
    let traces = redactor.find(b"<550e8400-e29b-41d4-a716-446655440000>");
    assert_eq!(
        traces.iter().map(|trace| (trace.form, trace.at.clone())).collect::<Vec<_>>(),
        [("in groups", 1..37)]
    );
}

#[test]
fn a_part_of_a_secret_is_called_a_part() {
    let secret = &KEY[7..];
    assert_eq!(form_of(&secret[..8]), "in part");
    assert_eq!(form_of(&secret[24..]), "in part");
    assert_eq!(form_of(&format!("{}...", &KEY[..30])), "in part");
    assert_eq!(form_of(&STANDARD.encode(&KEY[..30])), "in part, in base64");
    assert_eq!(form_of(&hex(&KEY.as_bytes()[10..20])), "in part, in hexadecimal");
    assert_eq!(form_of(&secret[..12].chars().rev().collect::<String>()), "in part, reversed");
    assert_eq!(form_of(&percent(&secret[..12])), "in part");
    assert_eq!(form_of(&base32(&KEY.as_bytes()[..30])), "in part, in base32");
    assert_eq!(form_of(&listed(&secret.as_bytes()[..8], u8::to_string, ", ")), "in part");
}

#[test]
fn a_short_hint_and_the_public_prefix_may_be_shown() {
    for hint in ["lp_any_", "lp_any_Qm7tR2x", "...Pa6Ue1G", "lp_any_Qm7t...Ue1G"] {
        assert_eq!(redactor().redact(hint).as_str(), hint);
    }
}

#[test]
fn a_part_of_a_digest_may_be_shown() {
    let fingerprint = &hex(&Sha256::digest(KEY))[..32];
    assert_eq!(redactor().redact(fingerprint).as_str(), fingerprint);
}

#[test]
fn plus_signs_read_as_spaces_are_seen_through() {
    let redactor = Redactor::of(&[("full", "ab+cdefg+hijklmn+opqrst")]);
    let traces = redactor.find(b"key: ab cdefg hijklmn opqrst.");
    assert_eq!(traces.len(), 1);
    assert_eq!((traces[0].form, traces[0].at.clone()), ("with spaces for its plus signs", 5..28));
}

#[test]
fn a_key_with_special_characters_is_found_however_they_are_escaped() {
    let key = r#"a"b\c&d<e>f/g+h=i%41j'k~l!"#;
    let redactor = Redactor::of(&[("odd", key)]);
    let escaped = [
        (serde_json::to_string(key).expect("a string is JSON"), "JSON-escaped"),
        (key.replace('%', "%25").replace('"', "%22").replace('+', "%2B"), "percent-encoded"),
        (
            key.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('\'', "&#39;"),
            "HTML-escaped",
        ),
    ];
    for (text, form) in escaped {
        let traces = redactor.find(text.as_bytes());
        assert_eq!(traces.iter().map(|trace| trace.form).collect::<Vec<_>>(), [form], "{text}");
    }
}

#[test]
fn a_key_that_begins_like_another_leaves_no_rest() {
    let longer = format!("{KEY}Zz9");
    let redactor = Redactor::of(&[("short", KEY), ("long", &longer)]);
    assert_eq!(redactor.redact(&format!("<{longer}>")).as_str(), "<[KEY:long]>");
    assert_eq!(redactor.redact(&format!("<{KEY}>")).as_str(), "<[KEY:short]>");
    assert_eq!(redactor.redact(&format!("<{KEY}{longer}>")).as_str(), "<[KEY:short][KEY:long]>");
}

#[test]
fn a_credential_named_after_its_key_does_not_bring_the_key_back() {
    let redactor = Redactor::of(&[("other", KEY), ("development", "development0key0of0acme")]);
    let once = redactor.redact("key=development0key0of0acme");
    assert_eq!(once.as_str(), "key=[KEY:2]");
    assert_eq!(redactor.find(b"development0key0of0acme")[0].credential, "development");
}

#[test]
fn bytes_that_are_no_text_are_written_out() {
    let mut bytes = b"a\xff\xfe \xc3\xa9 ".to_vec();
    bytes.extend_from_slice(KEY.as_bytes());
    bytes.push(0x80);
    assert_eq!(redactor().redact_bytes(&bytes).as_str(), "a\\xff\\xfe é [KEY:full]\\x80");
}

#[test]
fn debug_shows_no_key() {
    assert_eq!(format!("{:?}", redactor()), "Redactor(1 keys)");
}

#[test]
fn a_redactor_without_keys_changes_nothing() {
    assert_eq!(Redactor::default().redact("some text").as_str(), "some text");
    assert!(Redactor::new(&Keyring::default()).find(KEY.as_bytes()).is_empty());
}

/// The characters of base64 that `bytes` alone decide, when they stand behind `before` other bytes.
fn base64_core(bytes: &[u8], before: usize, engine: &base64::engine::GeneralPurpose) -> String {
    let shift = before % 3;
    let all = engine.encode([vec![0; shift], bytes.to_vec()].concat());
    all[(8 * shift).div_ceil(6)..8 * (shift + bytes.len()) / 6].to_owned()
}

/// Everything that must be gone from a text that held an encoded key: `part` is a window of the key that stood
/// behind `before` bytes.
fn encodings_of(part: &str, before: usize) -> Vec<String> {
    vec![
        part.to_owned(),
        percent(part),
        percent(&percent(part)),
        each_char(part, |c| format!("\\u{:04x}", c as u32)),
        each_char(part, |c| format!("&#{};", c as u32)),
        each_char(part, |c| format!("{c}\0")),
        part.chars().rev().collect(),
        hex(part.as_bytes()),
        listed(part.as_bytes(), u8::to_string, ", "),
        listed(part.as_bytes(), |byte| format!("{byte:02x}"), ":"),
        base64_core(part.as_bytes(), before, &STANDARD_NO_PAD),
        base64_core(part.as_bytes(), before, &URL_SAFE_NO_PAD),
    ]
}

/// A key written in one of its encodings, behind `shift` bytes of something else.
fn written(key: &str, encoding: usize, shift: usize) -> String {
    let with_user = format!("{}{key}:x", &"ab:"[..shift]);
    match encoding {
        0 => key.to_owned(),
        1 => swap_case(key),
        2 => percent(key).to_uppercase(),
        3 => percent(&percent(key)),
        4 => each_char(key, |c| format!("\\u{:04X}", c as u32)),
        5 => each_char(key, |c| format!("&#{};", c as u32)),
        6 => each_char(key, |c| format!("{c}\0")),
        7 => key.chars().rev().collect(),
        8 => hex(key.as_bytes()).to_uppercase(),
        9 => STANDARD.encode(with_user),
        10 => URL_SAFE_NO_PAD.encode(with_user),
        11 => percent(&STANDARD.encode(with_user)),
        12 => listed(with_user.as_bytes(), u8::to_string, ", "),
        13 => listed(with_user.as_bytes(), |byte| format!("{byte:02x}"), ":"),
        14 => base32(key.as_bytes()),
        _ => key[shift..key.len() - 1].to_owned(),
    }
}

fn key_text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_-]{40}"
}

/// Text of any characters, with those that escapes are made of among them.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,60}", "[%\\\\&#;u0-9a-f\0 ]{0,60}"]
}

proptest! {
    #[test]
    fn no_window_of_a_key_remains_in_any_encoding(
        key in key_text(), encoding in 0usize..16, shift in 0usize..3, before in any_text(), behind in any_text()
    ) {
        let redactor = Redactor::of(&[("full", &key)]);
        let text = format!("{before}{}{behind}", written(&key, encoding, shift));
        let clean = redactor.redact(&text);
        let seen = clean.as_str().to_ascii_lowercase();
        let measures = Key::new(&key);
        for start in measures.secret..=key.len() - measures.window {
            let part = &key[start..start + measures.window];
            for gone in encodings_of(part, shift + start) {
                prop_assert!(!seen.contains(&gone.to_ascii_lowercase()), "{gone:?} of {key:?} in {seen:?}");
            }
        }
        prop_assert!(seen.contains("[key:full]"));
    }

    #[test]
    fn every_window_of_a_secret_is_found_alone_in_any_encoding(key in key_text(), place in 0usize..40, before in 0usize..3) {
        let redactor = Redactor::of(&[("full", &key)]);
        let Key { secret, window, .. } = Key::new(&key);
        let start = secret + place % (key.len() - secret - window + 1);
        for text in encodings_of(&key[start..start + window], before) {
            let clean = redactor.redact(&format!("<{text}>"));
            prop_assert!(clean.as_str().contains("[KEY:full]"), "{text:?} of {key:?} became {clean:?}");
        }
    }

    #[test]
    fn every_window_of_a_secret_is_found_in_base32(key in key_text(), place in 0usize..40) {
        let redactor = Redactor::of(&[("full", &key)]);
        let Key { secret, window, .. } = Key::new(&key);
        let start = secret + place % (key.len() - secret - window + 1);
        let text = &base32(key.as_bytes())[(8 * start).div_ceil(5)..8 * (start + window) / 5];
        prop_assert_eq!(redactor.redact(&format!("<{text}>")).to_string(), "<[KEY:full]>");
    }

    #[test]
    fn what_holds_no_key_stays_as_it_is(key in key_text(), text in any_text()) {
        let redactor = Redactor::of(&[("full", &key)]);
        prop_assert_eq!(redactor.redact(&text).to_string(), text.as_str());
        prop_assert!(redactor.find(text.as_bytes()).is_empty());
    }

    #[test]
    fn what_surrounds_a_key_stays_as_it_is(key in key_text(), before in "[ -~]{0,40}", behind in "[ -~]{0,40}") {
        let redactor = Redactor::of(&[("full", &key)]);
        let clean = redactor.redact(&format!("{before} {key} {behind}"));
        prop_assert_eq!(clean.as_str(), format!("{before} [KEY:full] {behind}"));
    }

    #[test]
    fn redacting_twice_changes_nothing_more(
        key in key_text(), encoding in 0usize..16, shift in 0usize..3, before in any_text(), behind in any_text()
    ) {
        let redactor = Redactor::of(&[("full", &key)]);
        let once = redactor.redact(&format!("{before}{}{behind}", written(&key, encoding, shift)));
        let twice = redactor.redact(once.as_str());
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn traces_lie_in_the_text_in_order_and_apart(
        keys in prop::collection::vec(key_text(), 1..4), parts in prop::collection::vec((0usize..3, 0usize..16, any_text()), 0..5)
    ) {
        let names = ["a", "b", "c"];
        let pairs: Vec<_> = names.into_iter().zip(keys.iter().map(String::as_str)).collect();
        let parts = parts.iter().map(|(key, encoding, text)| written(&keys[key % keys.len()], *encoding, 1) + text);
        let text = parts.collect::<String>();
        let mut end = 0;
        for trace in Redactor::of(&pairs).find(text.as_bytes()) {
            prop_assert!(end <= trace.at.start && trace.at.start < trace.at.end && trace.at.end <= text.len());
            prop_assert!(text.is_char_boundary(trace.at.start) && text.is_char_boundary(trace.at.end));
            end = trace.at.end;
        }
    }

    #[test]
    fn any_bytes_at_all_are_taken(key in key_text(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let redactor = Redactor::of(&[("full", &key)]);
        let clean = redactor.redact_bytes(&bytes);
        let mut plain = String::new();
        text::push_bytes(&mut plain, &bytes);
        prop_assert_eq!(clean.as_str(), plain);
    }
}
