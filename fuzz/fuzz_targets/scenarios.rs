//! Any text: reading it as a scenario ends with a scenario or with mistakes that can be shown, and never breaks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockproof::document::{Colour, Source};
use lockproof::scenario;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input).into_owned();
    let name = "core/one.yaml".to_owned();
    match scenario::load(Source { name, text }) {
        // A file must be called like its check, so few inputs come this far.
        Ok(check) => assert_eq!(check.id.as_str(), "one"),
        Err(mistakes) => assert!(!mistakes.render(Colour::Off, 100).is_empty()),
    }
});
