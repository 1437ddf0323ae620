//! Any text around any key: the key is never left standing, in any letter case, and redacting twice changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockproof::redact::Redactor;

/// Shorter keys are refused by every contract.
const SHORTEST: usize = 16;

fuzz_target!(|input: (&str, &str, &str, bool)| {
    let (key, before, behind, swapped) = input;
    if key.len() < SHORTEST || key.len() > 200 || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return;
    }
    let redactor = Redactor::of_text("one", key);
    let planted = if swapped { key.to_ascii_uppercase() } else { key.to_owned() };
    let text = [before, &planted, behind].concat();
    assert!(!redactor.find(text.as_bytes()).is_empty());
    let clean = redactor.redact(&text).to_string();
    assert!(!clean.to_ascii_lowercase().contains(&key.to_ascii_lowercase()));
    assert_eq!(redactor.redact(&clean).to_string(), clean);
});
