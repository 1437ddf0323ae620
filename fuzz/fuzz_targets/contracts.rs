//! Any text: reading it as a contract ends with a contract or with mistakes that can be shown, and never breaks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockproof::contract;
use lockproof::document::{Colour, Source};

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input).into_owned();
    let name = "lockproof.yaml".to_owned();
    // Every second variable is there: defaults and values are both put in.
    let variable = |name: &str| name.len().is_multiple_of(2).then(|| name.to_lowercase());
    if let Err(mistakes) = contract::load(Source { name, text }, &variable) {
        assert!(!mistakes.render(Colour::Off, 100).is_empty());
    }
});
