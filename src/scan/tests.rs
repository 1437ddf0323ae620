//! Any cut of any text, and any bytes at all.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::window::Search;
use super::*;
use crate::redact::Redactor;

const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";
const OTHER: &str = "lp_any_Zk4vN8cTq1WyB6mXe3RgJd7HsLp9Ua2F";

fn wanted() -> Wanted {
    let pattern = KeyPattern::new("^lp_any_[A-Za-z0-9]{32}$").expect("a pattern");
    Wanted::new(&Redactor::of_text("full", KEY), Some(pattern), BTreeSet::new())
}

/// A key in a few forms, with what it is found as.
fn written(form: usize) -> (String, Option<&'static str>) {
    let each = |write: fn(char) -> String| KEY.chars().map(write).collect::<String>();
    match form {
        0 => (KEY.to_owned(), Some("as it is")),
        1 => (each(|c| format!("%{:02X}", c as u32)), Some("percent-encoded")),
        2 => (each(|c| format!("\\u{:04x}", c as u32)), Some("JSON-escaped")),
        3 => (each(|c| format!("{c}\0")), Some("in UTF-16")),
        4 => (each(|c| format!("{:02x}", c as u32)), Some("in hexadecimal")),
        5 => (format!("'{}' + \"{}\"", &KEY[..13], &KEY[13..]), Some("as it is")),
        6 => (each(|c| format!("{}, ", c as u32)), Some("in decimal")),
        7 => (each(|c| format!("{:02x} ", c as u32)), Some("in hexadecimal")),
        _ => (OTHER.to_owned(), None),
    }
}

/// What a search finds that reads so much at once and goes on by so many bytes.
fn found(text: &[u8], step: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut hear = |event| {
        if let Event::Found(finding) = event {
            findings.push(finding);
        }
    };
    let (wanted, place) = (wanted(), Place::default());
    let search = Search::new(&wanted, &place, &mut hear).by(step);
    search.run(&mut &*text, &mut Vec::new(), &|| true).expect("memory can be read");
    findings
}

#[test]
fn a_key_is_found_once_wherever_a_text_is_cut() {
    let reach = wanted().reach();
    for form in 0..9 {
        let (key, name) = written(form);
        for before in reach - 60..reach + key.len() + 70 {
            let text = format!("{}\n{key}\n{}", ".".repeat(before), ".".repeat(2 * reach));
            let findings = found(text.as_bytes(), 64);
            let [finding] = findings.as_slice() else { panic!("{form} at {before}: {findings:?}") };
            let form_found = match &finding.what {
                What::Key { form, .. } => Some(*form),
                What::Pattern => None,
            };
            assert_eq!(form_found, name, "{form} at {before}");
            let first = u64::try_from(before + 1).expect("a short text");
            assert!((first..first + 2).contains(&finding.offset), "{form} at {before}: {finding:?}");
        }
    }
}

/// Everything that is told of a file.
fn told(file: &mut dyn Read) -> Vec<Event> {
    let mut events = Vec::new();
    let stop = AtomicBool::new(false);
    let name = Place::of_file("file".to_owned());
    Walker::new(&wanted(), &stop, &mut |event| events.push(event)).walk(name, 0, file);
    events
}

proptest! {
    #[test]
    fn any_bytes_behind_any_beginning_are_taken(
        beginning in 0usize..12, bytes in prop::collection::vec(any::<u8>(), 0..2_000)
    ) {
        let beginnings: [&[u8]; 12] = [
            b"PK\x03\x04", b"PK\x03\x04\x14\0\x08\0\x08\0", b"PK\x05\x06", b"\x1f\x8b\x08\0", b"dex\n035\0",
            b"SQLite format 3\0\x02\0", b"\x89PNG\r\n\x1a\n\0\0\0\x20zTXt", b"7z\xbc\xaf\x27\x1c", b"`${\"", b"\"+'",
            b"[\"a\"].join(", b"",
        ];
        let file = [beginnings[beginning], &bytes].concat();
        told(&mut &*file);
    }

    #[test]
    fn a_key_between_any_bytes_is_found(bytes in prop::collection::vec(any::<u8>(), 0..500), more in any::<Vec<u8>>()) {
        // What begins like an archive is one, and a key is found where that unfolds.
        let file = [b"x", &bytes[..], b"\n", KEY.as_bytes(), b"\n", &more].concat();
        prop_assert!(told(&mut &*file).iter().any(|event| matches!(event, Event::Found(_))));
    }
}
