//! The code of RFC 7541 appendix B. It is canonical: codes of one length follow each other in the order of their
//! symbols, and so the lengths say everything.

use std::sync::LazyLock;

/// The bits of each symbol's code; the last symbol is the end, which no text holds.
const LENGTHS: [u8; 257] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28,
    28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6,
    6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7,
    8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7,
    15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24,
    23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23,
    23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26,
    26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20,
    21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27,
    27, 27, 26, 30,
];
/// The longest code, in bits.
const LONGEST: usize = 30;

/// The codes of one length.
#[derive(Clone, Debug, Default)]
struct Length {
    /// The first of them.
    first: u32,
    /// Their symbols, in order; nothing for the end.
    symbols: Vec<Option<u8>>,
}

static CODE: LazyLock<[Length; LONGEST + 1]> = LazyLock::new(|| {
    let mut code: [Length; LONGEST + 1] = Default::default();
    for (symbol, length) in LENGTHS.iter().enumerate() {
        if let Some(entry) = code.get_mut(usize::from(*length)) {
            entry.symbols.push(u8::try_from(symbol).ok());
        }
    }
    let mut next = 0;
    for entry in &mut code {
        entry.first = next;
        next = (next + u32::try_from(entry.symbols.len()).unwrap_or_default()) << 1;
    }
    code
});

/// A text without its code; nothing where it holds the end, or is padded with more than is needed or with anything
/// but ones (section 5.2).
pub(super) fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() * 8 / 5);
    let (mut code, mut bits) = (0_u32, 0_usize);
    for byte in text {
        for bit in (0..8).rev() {
            code = code << 1 | u32::from(byte >> bit & 1);
            bits += 1;
            let length = CODE.get(bits)?;
            let symbol = code.checked_sub(length.first).and_then(|at| usize::try_from(at).ok());
            if let Some(symbol) = symbol.and_then(|at| length.symbols.get(at)) {
                decoded.push((*symbol)?);
                (code, bits) = (0, 0);
            }
        }
    }
    let padding = (1_u32 << bits) - 1;
    (bits < 8 && code == padding).then_some(decoded)
}
