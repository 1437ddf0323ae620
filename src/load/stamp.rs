//! Values that no request carried before: put into the bytes of a request in place, for each time that it is sent.

use std::hash::{BuildHasher as _, RandomState};

use bytes::Bytes;
use http::HeaderValue;

use crate::scenario::{OTHER_UNIQUE, UNIQUE};
use crate::wire::{Captures, Request};

/// What a request is sealed with: as long as a value, and nothing that a request would hold otherwise.
const BLANKS: [&str; 2] = ["9b2f6c01-51ab-4d0e-8f3a-7c6de5b4a390", "4e8d0f72-c3b6-4a19-b5d7-1f2a3e4c5b68"];
/// The names that stand for them.
const NAMES: [&str; 2] = [UNIQUE, OTHER_UNIQUE];
/// How long a value is, in bytes.
const LENGTH: usize = 36;

/// The text of one value.
pub(super) type Value = [u8; LENGTH];

/// Where a value goes, in the bytes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Patch {
    at: usize,
    which: usize,
}

/// What makes the values of this run others than those of every other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stamp([(u64, u64); 2]);

impl Stamp {
    /// One for a run. It is not of the seed, for a target may remember yesterday's values.
    pub(super) fn fresh() -> Self {
        let random =
            |number: u64| (RandomState::new().hash_one(number), RandomState::new().hash_one(!number));
        Self([random(0), random(1)])
    }

    /// A value of the request of a number: a UUID (RFC 9562 section 5.4), another for each of 2^48 numbers.
    fn value(&self, which: usize, number: u64) -> Value {
        let (high, low) = self.0.get(which).copied().unwrap_or_default();
        let last = (low ^ number) & 0xFFFF_FFFF_FFFF;
        let fields = [
            (high >> 32, 8),
            ((high >> 16) & 0xFFFF, 4),
            ((high & 0x0FFF) | 0x4000, 4),
            (((low >> 48) & 0x3FFF) | 0x8000, 4),
            (last, 12),
        ];
        let (mut text, mut at) = ([b'-'; LENGTH], 0);
        for (field, digits) in fields {
            for digit in (0..digits).rev() {
                let nibble = (field >> (4 * digit)) & 0xF;
                let digit =
                    u8::try_from(nibble).ok().and_then(|nibble| b"0123456789abcdef".get(usize::from(nibble)));
                if let (Some(place), Some(digit)) = (text.get_mut(at), digit) {
                    *place = *digit;
                }
                at += 1;
            }
            at += 1;
        }
        text
    }

    /// Puts the values of a number where they go.
    pub(super) fn patch(&self, patches: &[Patch], number: u64, bytes: &mut [u8]) {
        for patch in patches {
            if let Some(place) = bytes.get_mut(patch.at..patch.at + LENGTH) {
                place.copy_from_slice(&self.value(patch.which, number));
            }
        }
    }

    /// The request as it was sent under a number.
    pub(super) fn filled(&self, request: &Request, number: u64) -> Request {
        let mut request = request.clone();
        for (which, blank) in BLANKS.iter().enumerate() {
            let value = self.value(which, number);
            let text = String::from_utf8_lossy(&value).into_owned();
            request.target = request.target.replace(blank, &text);
            if let Ok(url) = request.url.as_str().replace(blank, &text).parse() {
                request.url = url;
            }
            for (_, line) in &mut request.headers {
                let filled = line.to_str().ok().filter(|line| line.contains(blank));
                let filled = filled.and_then(|line| HeaderValue::from_str(&line.replace(blank, &text)).ok());
                if let Some(filled) = filled {
                    *line = filled;
                }
            }
            if let Some(body) = &request.body {
                let mut bytes = body.to_vec();
                let places: Vec<usize> = memchr::memmem::find_iter(body, blank.as_bytes()).collect();
                places.into_iter().filter_map(|at| Some((at, at.checked_add(LENGTH)?))).for_each(
                    |(at, end)| {
                        if let Some(place) = bytes.get_mut(at..end) {
                            place.copy_from_slice(&value);
                        }
                    },
                );
                request.body = Some(Bytes::from(bytes));
            }
        }
        request
    }
}

/// What a request is sealed with, for its values to be put in later.
pub(super) fn blanks() -> Captures {
    NAMES.iter().zip(BLANKS).map(|(name, blank)| ((*name).to_owned(), blank.to_owned())).collect()
}

/// Where values go in the bytes of a request.
pub(super) fn patches(bytes: &[u8]) -> Box<[Patch]> {
    let of = |(which, blank): (usize, &&str)| {
        memchr::memmem::find_iter(bytes, blank.as_bytes()).map(|at| Patch { at, which }).collect::<Vec<_>>()
    };
    BLANKS.iter().enumerate().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_number_has_values_of_its_own_and_they_are_uuids() {
        let pattern =
            regex::Regex::new("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
        let pattern = pattern.unwrap();
        let (one, other) = (Stamp::fresh(), Stamp::fresh());
        let values =
            (0..1000).flat_map(|number| [one.value(0, number), one.value(1, number), other.value(0, number)]);
        let values: HashSet<String> =
            values.map(|value| String::from_utf8(value.to_vec()).unwrap()).collect();
        assert_eq!(values.len(), 3000);
        assert!(values.iter().all(|value| pattern.is_match(value)));
    }

    #[test]
    fn values_are_put_where_the_blanks_are() {
        let text = format!("GET /a?x={} HTTP/1.1\r\nX: {}\r\nY: {}\r\n\r\n", BLANKS[0], BLANKS[1], BLANKS[0]);
        let (mut bytes, stamp) = (text.clone().into_bytes(), Stamp::fresh());
        stamp.patch(&patches(text.as_bytes()), 7, &mut bytes);
        let value = |which| String::from_utf8(stamp.value(which, 7).to_vec()).unwrap();
        let expected = text.replace(BLANKS[0], &value(0)).replace(BLANKS[1], &value(1));
        assert_eq!(String::from_utf8(bytes).unwrap(), expected);
        assert!(patches(expected.as_bytes()).is_empty());
    }
}
