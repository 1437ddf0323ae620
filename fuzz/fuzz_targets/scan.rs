//! Any file: looking into it ends, in bounded memory, and a key in its first bytes is found whatever stands around it.
#![no_main]

use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

use libfuzzer_sys::fuzz_target;
use lockproof::redact::Redactor;
use lockproof::scan::{Event, KeyPattern, Place, Walker, Wanted};

const KEY: &str = "lp_any_Qm7tR2xVb9LkD4sJw8HfYc3NzPa6Ue1G";

fuzz_target!(|input: (&[u8], bool)| {
    let (bytes, planted) = input;
    let Ok(pattern) = KeyPattern::new("^lp_any_[A-Za-z0-9]{32}$") else { return };
    let wanted = Wanted::new(&Redactor::of_text("one", KEY), Some(pattern), BTreeSet::new());
    let (stop, mut found) = (AtomicBool::new(false), 0);
    let mut hear = |event| found += usize::from(matches!(event, Event::Found(_)));
    let file = if planted { [b"\n", KEY.as_bytes(), b"\n", bytes].concat() } else { bytes.to_vec() };
    let length = u64::try_from(file.len()).unwrap_or(0);
    Walker::new(&wanted, &stop, &mut hear).walk(Place::of_file("file".to_owned()), length, &mut &*file);
    assert!(!planted || found > 0);
});
