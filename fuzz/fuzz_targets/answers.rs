//! Any bytes, cut anywhere: the reader of answers says the same of them, and never breaks.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use lockproof::wire::{Caps, Ending, Limits, Moment, Reader, Transcript};

const METHODS: [&str; 4] = ["GET", "HEAD", "CONNECT", "POST"];

fuzz_target!(|input: &[u8]| {
    let [method, cut, bytes @ ..] = input else { return };
    let methods = METHODS.iter().cycle().skip(usize::from(*method)).take(3);
    let methods: Vec<&str> = methods.copied().collect();
    let whole = read(&methods, std::iter::once(bytes));
    let pieces = read(&methods, bytes.chunks(usize::from(*cut).max(1)));
    assert_eq!(whole, pieces);
});

fn read<'a>(methods: &[&str], pieces: impl Iterator<Item = &'a [u8]>) -> Transcript {
    let mut reader = Reader::new(Caps::of(Limits { body_bytes: 1 << 12, ..Limits::default() }));
    methods.iter().for_each(|method| reader.asked(method));
    pieces.for_each(|piece| reader.push(piece, Moment::default()));
    reader.finish(Ending::Closed, Duration::ZERO)
}
