use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use crate::redact::Redactor;

const KEYS: [(&str, &str); 3] = [
    ("full", "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G"),
    ("odd", r#"a"b\c&d<e>f/g+h=i%41j'k~l!"#),
    ("long", "Zk4vN8cTq1WyB6mXe3RgJd7HsLp9Ua2FZk4vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F_and_some_more_of_it"),
];

fn each(text: &str, write: impl Fn(char) -> String) -> String {
    text.chars().map(write).collect()
}

/// A key in one of many forms.
fn written(key: &str, form: usize) -> Vec<u8> {
    let percent = |text: &str| each(text, |c| format!("%{:02x}", c as u32));
    let decimal = || each(key, |c| format!("{}, ", c as u32));
    let text = match form {
        0 => key.to_owned(),
        1 => key.to_uppercase(),
        2 => percent(key),
        3 => percent(&percent(key)),
        4 => each(key, |c| format!("\\u{:04X}", c as u32)),
        5 => each(key, |c| format!("&#{};", c as u32)),
        6 => key.chars().rev().collect(),
        7 => each(key, |c| format!("{:02x}", c as u32)),
        8 => STANDARD.encode(key),
        9 => URL_SAFE_NO_PAD.encode(format!("ab:{key}")),
        10 => percent(&STANDARD.encode(key)),
        11 => percent(&each(key, |c| format!("\\x{:02x}", c as u32))),
        12 => key[3..key.len() / 2 + 4].to_owned(),
        13 => serde_json::to_string(key).expect("a text"),
        14 => key.replace('%', "%25").replace('"', "%22").replace('+', "%2B"),
        15 => each(key, |c| format!("{c}\0")),
        16 => each(key, |c| format!("\0{c}")),
        17 => each(key, |c| format!("{c}\0\0\0")),
        18 => each(&STANDARD.encode(key), |c| format!("{c}\0")),
        19 => each(&percent(key), |c| format!("\0{c}")),
        20 => decimal(),
        21 => percent(&decimal()),
        22 => each(&decimal(), |c| format!("{c}\0")),
        23 => each(key, |c| format!("0x{:02X},\n ", c as u32)),
        _ => each(key, |c| format!("{:02x}:", c as u32)),
    };
    text.into_bytes()
}

/// Texts of what is hard to sieve: escapes, zero bytes, pieces of keys, and anything.
fn filler() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        "[%\\\\&#;u0-9a-f ]{0,300}".prop_map(String::into_bytes),
        "[a-zA-Z0-9+/=_-]{0,300}".prop_map(String::into_bytes),
        "[0-9a-fx,: -]{0,300}".prop_map(String::into_bytes),
        Just(b"Qm7tR2 %51m7tR2xV Zk4vN8c".to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn what_the_reports_would_be_cleaned_of_is_found(
        key in 0usize..3, form in 0usize..25, before in filler(), behind in filler()
    ) {
        let redactor = Redactor::of(&KEYS);
        let mut text = before;
        // A character of UTF-16 that stands before the key is a part of its text.
        text.extend_from_slice(b"\n..");
        text.extend(written(KEYS[key].1, form));
        text.extend_from_slice(b"..\n");
        text.extend(behind);
        let wanted = redactor.find(&text);
        let found = redactor.sieve().find(&text);
        prop_assert!(!wanted.is_empty());
        prop_assert_eq!(found, wanted);
    }

    #[test]
    fn nothing_is_found_that_the_reports_would_keep(text in filler(), more in filler()) {
        let redactor = Redactor::of(&KEYS);
        let text = [text, more].concat();
        let wanted = redactor.find(&text);
        prop_assert!(redactor.sieve().find(&text).iter().all(|trace| wanted.contains(trace)));
    }
}

#[test]
fn a_sieve_of_no_keys_finds_nothing() {
    assert!(Redactor::of(&[]).sieve().find(&[b'a'; 1000]).is_empty());
    assert!(Redactor::default().sieve().find(b"").is_empty());
}
