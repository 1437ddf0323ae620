//! Lists of the values of bytes, as memory is shown: `[107, 101, 121]`, `6b 65 79`, `6B:65:79`, `0x6b, 0x65, 0x79`.
//!
//! What stands between the values is undone before the search, as [escapes](super::escape) are: it does not matter how a
//! program lays out a list. A look at a few bytes here and there passes over a text that holds none.

use std::ops::Range;

/// How many bytes are looked at to know that a list may be there. Only a key of a few characters could be in a shorter one.
const LOOK: usize = 8;

/// What a value becomes that is of no byte: no key holds it.
const FOREIGN: u8 = 0xff;

/// How a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Each number is the value of a byte.
    Decimal,
    /// What stands between the digits is left out: they are hexadecimal, or the key's own.
    Digits,
}

/// A list as a reader sees it.
pub(super) struct List {
    /// How it was read.
    pub(super) reading: Reading,
    /// What it says.
    pub(super) bytes: Vec<u8>,
    /// Where each byte of that stands in the text.
    places: Vec<Range<usize>>,
}

impl List {
    /// Where a part of it stands in the text.
    pub(super) fn place(&self, part: &Range<usize>) -> Range<usize> {
        let place = |index: usize| self.places.get(index).cloned().unwrap_or_default();
        place(part.start).start..place(part.end.saturating_sub(1)).end
    }

    /// Where each byte begins and ends.
    pub(super) fn places(&self) -> impl Iterator<Item = &Range<usize>> {
        self.places.iter()
    }
}

/// Tells of every list in a text that says `least` bytes or more, which is two digits for each of them at the least.
pub(super) fn each(text: &[u8], least: usize, mut tell: impl FnMut(List)) {
    let shortest = 2 * least + 1;
    // A value is two digits at the least, and cannot hide between two looks.
    let stride = (shortest + 1).saturating_sub(LOOK).clamp(1, LOOK + 1);
    let (mut seen, mut at) = (0, 0);
    while let Some(bytes) = text.get(at..).and_then(|rest| rest.first_chunk()) {
        if !may_be_listed(*bytes) {
            at += stride;
            continue;
        }
        let region = around(text, at..at + LOOK, seen);
        if region.len() >= shortest {
            read(text, &region, least, &mut tell);
        }
        seen = region.end;
        at = seen + 1;
    }
}

/// What each byte can be: a part of a list is odd, and a digit has the second bit too.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    while byte < u8::MAX {
        kinds[byte as usize] = is_part(byte) as u8 | (byte.is_ascii_hexdigit() as u8) << 1;
        byte += 1;
    }
    kinds
};

/// Whether some bytes can be a part of a list, more than what stands between two values.
#[inline]
fn may_be_listed(bytes: [u8; LOOK]) -> bool {
    // Three of them are enough for most texts; a branch for each would depend on what is as good as random.
    let [first, _, _, _, middle, _, _, last] = bytes;
    if kind(first) & kind(middle) & kind(last) == 0 {
        return false;
    }
    let (mut every, mut some) = (1, 0);
    for byte in bytes {
        every &= kind(byte);
        some |= kind(byte);
    }
    every & some >> 1 == 1
}

#[inline]
fn kind(byte: u8) -> u8 {
    KINDS[usize::from(byte)]
}

/// The bytes around some that a list can be made of, but not before what was seen.
fn around(text: &[u8], some: Range<usize>, seen: usize) -> Range<usize> {
    let part = |byte: &&u8| is_part(**byte);
    let before = text.get(seen..some.start).unwrap_or_default().iter().rev().take_while(part).count();
    let behind = text.get(some.end..).unwrap_or_default().iter().take_while(part).count();
    some.start - before..some.end + behind
}

fn read(text: &[u8], region: &Range<usize>, least: usize, tell: &mut impl FnMut(List)) {
    let bytes = text.get(region.clone()).unwrap_or_default();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
    let values = tokens(bytes).count();
    if digits < 2 * least || values < 2 {
        return;
    }
    if values >= least {
        tell(decimal(bytes, region.start));
    }
    tell(digits_of(bytes, region.start));
}

fn decimal(text: &[u8], start: usize) -> List {
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    for at in tokens(text) {
        let number = text.get(at.clone()).and_then(|token| std::str::from_utf8(token).ok()?.parse().ok());
        bytes.push(number.unwrap_or(FOREIGN));
        places.push(start + at.start..start + at.end);
    }
    List { reading: Reading::Decimal, bytes, places }
}

fn digits_of(text: &[u8], start: usize) -> List {
    let (mut bytes, mut places) = (Vec::new(), Vec::new());
    for at in tokens(text) {
        let token = text.get(at.clone()).unwrap_or_default();
        let digits = token.strip_prefix(b"0x").or_else(|| token.strip_prefix(b"0X")).unwrap_or(token);
        bytes.extend_from_slice(digits);
        let first = start + at.end - digits.len();
        // The first digit's place begins with what says that it is one.
        places.extend((first..start + at.end).map(|place| place..place + 1));
        if let Some(place) = places.len().checked_sub(digits.len()).and_then(|place| places.get_mut(place)) {
            place.start = start + at.start;
        }
    }
    List { reading: Reading::Digits, bytes, places }
}

/// Where the values stand: what is not between them.
fn tokens(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut next = 0;
    let tokens = text.split(|byte| is_between(*byte)).map(move |token| {
        let start = next;
        next += token.len() + 1;
        start..start + token.len()
    });
    tokens.filter(|token| !token.is_empty())
}

/// Whether a list can have a byte in it.
const fn is_part(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || byte | 0x20 == b'x' || is_between(byte)
}

/// Whether a byte can stand between two values.
pub(super) const fn is_between(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What every list of a text says, by how it is read.
    fn said(text: &str, reading: Reading) -> Vec<String> {
        let mut all = Vec::new();
        each(text.as_bytes(), 3, |list| {
            if list.reading == reading {
                all.push(String::from_utf8_lossy(&list.bytes).replace('\u{fffd}', "?"));
            }
        });
        all
    }

    #[test]
    fn a_list_of_numbers_is_read_however_it_is_laid_out() {
        for list in ["107,101,121", "107, 101, 121", "107\n  ,101\r\n\t,121,", "107 101 121"] {
            assert_eq!(said(&format!("data = [{list}];"), Reading::Decimal), ["key"], "{list}");
        }
        assert_eq!(said("(107, 256, 1070, 6b, 101, 121)", Reading::Decimal), ["k???ey"]);
    }

    #[test]
    fn a_list_of_digits_is_read_however_they_are_grouped() {
        for list in ["6b 65 79", "6b:65:79", "6B-65-79", "0x6B, 0x65, 0X79", "6b 6579 "] {
            let said = said(&format!("<{list}>"), Reading::Digits);
            assert_eq!(said.concat().to_lowercase(), "6b6579", "{list}");
        }
    }

    #[test]
    fn what_is_no_list_is_none() {
        for text in
            ["", "6b6579", "a, b", "2026", "          ", "- - - - - - -", "text that is read by people"]
        {
            assert_eq!(said(text, Reading::Decimal).len() + said(text, Reading::Digits).len(), 0, "{text:?}");
        }
    }

    #[test]
    fn a_list_is_found_wherever_it_stands_and_every_byte_knows_its_place() {
        for before in 0..60 {
            let text = format!("{}0x6b, 0x65 ,0x79...107,101,121", ".".repeat(before));
            let mut parts = Vec::new();
            each(text.as_bytes(), 3, |list| {
                let place = list.place(&(0..list.bytes.len()));
                parts.push((list.reading, place.start - before..place.end - before));
            });
            let (hex, decimal) = (0..16, 19..30);
            let all = [
                (Reading::Decimal, hex.clone()),
                (Reading::Digits, hex),
                (Reading::Decimal, decimal.clone()),
                (Reading::Digits, decimal),
            ];
            assert_eq!(parts, all, "{before}");
        }
    }
}
