//! Any bytes, cut anywhere: the reader of frames says the same of them, and never breaks.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use lockproof::wire::{Caps, Ending, FrameReader, Limits, Transcript};

/// Settings, with which every server begins.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

fuzz_target!(|input: &[u8]| {
    let [manner, cut, bytes @ ..] = input else { return };
    let begun = if manner & 1 == 0 { [SETTINGS, bytes].concat() } else { bytes.to_vec() };
    let asks = manner & 2 != 0;
    let whole = read(asks, std::iter::once(&*begun));
    let pieces = read(asks, begun.chunks(usize::from(*cut).max(1)));
    assert_eq!(whole, pieces);
});

fn read<'a>(asks: bool, pieces: impl Iterator<Item = &'a [u8]>) -> Transcript {
    let mut reader = FrameReader::new(Caps::of(Limits { body_bytes: 1 << 12, ..Limits::default() }));
    if asks {
        reader.asked_to_upgrade("GET");
    }
    reader.opened(1, "GET");
    reader.opened(3, "HEAD");
    pieces.for_each(|piece| reader.push(piece, Duration::ZERO));
    reader.finish(Ending::Closed, Duration::ZERO)
}
