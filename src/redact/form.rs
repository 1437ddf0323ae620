//! The encodings that a key is looked for in, one entry each.
//!
//! What an encoder may leave out for some characters (percent, JSON and HTML escapes) is not here: it is undone
//! before the search, in [`escape`](super::escape).

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, URL_SAFE};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::key::Key;

/// A way of writing a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Nothing is changed, or only the case of letters.
    Plain,
    /// The way an HTML form reads a query: `+` is a space.
    Form,
    /// From its end to its beginning.
    Reversed,
    /// Two hexadecimal digits a byte.
    Hexadecimal,
    /// Base64 in both alphabets, wherever the key begins in the text that was encoded, as in `user:key`.
    Base64,
    /// Base32 (RFC 4648 section 6) of the key and what follows it.
    Base32,
    /// A digest, which can be compared and looked up.
    Digest,
}

impl Encoding {
    /// Every encoding.
    pub(super) const ALL: [Self; 7] = [
        Self::Plain,
        Self::Form,
        Self::Reversed,
        Self::Hexadecimal,
        Self::Base64,
        Self::Base32,
        Self::Digest,
    ];

    /// What a trace of a whole key is called.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Plain => "as it is",
            Self::Form => "with spaces for its plus signs",
            Self::Reversed => "reversed",
            Self::Hexadecimal => "in hexadecimal",
            Self::Base64 => "in base64",
            Self::Base32 => "in base32",
            Self::Digest => "as its SHA-256",
        }
    }

    /// What a trace of a part of a key is called.
    pub(super) fn part_name(self) -> &'static str {
        match self {
            Self::Plain | Self::Form => "in part",
            Self::Reversed => "in part, reversed",
            Self::Hexadecimal => "in part, in hexadecimal",
            Self::Base64 => "in part, in base64",
            Self::Base32 => "in part, in base32",
            Self::Digest => "as a part of its SHA-256",
        }
    }

    /// The texts that a key becomes.
    pub(super) fn write(self, key: &Key<'_>) -> Vec<Form> {
        let texts = match self {
            Self::Plain => vec![stretch(key.text.to_vec(), key.secret..key.text.len(), key.window)],
            Self::Form => with_spaces(key).into_iter().collect(),
            Self::Reversed => vec![reversed(key)],
            Self::Hexadecimal => vec![hexadecimal(key)],
            Self::Base64 => base64(key),
            Self::Base32 => vec![base32(key)],
            Self::Digest => digest(key),
        };
        texts.into_iter().map(|text| Form { encoding: self, ..text }).collect()
    }
}

/// A text to look for.
pub(super) struct Form {
    /// How it came about.
    pub(super) encoding: Encoding,
    /// The text.
    pub(super) text: Zeroizing<Vec<u8>>,
    /// The part of the text that stands for the whole key; what follows depends on what follows the key.
    pub(super) whole: Range<usize>,
    /// The part of the text that stands for the secret part of the key.
    pub(super) secret: Range<usize>,
    /// How many consecutive characters of that part are a trace.
    pub(super) window: usize,
}

/// A form whose whole text stands for the key.
fn stretch(text: Vec<u8>, secret: Range<usize>, window: usize) -> Form {
    Form { encoding: Encoding::Plain, whole: 0..text.len(), text: Zeroizing::new(text), secret, window }
}

fn with_spaces(key: &Key<'_>) -> Option<Form> {
    let text = key.text.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    key.text.contains(&b'+').then(|| stretch(text, key.secret..key.text.len(), key.window))
}

fn reversed(key: &Key<'_>) -> Form {
    let text = key.text.iter().rev().copied().collect();
    stretch(text, 0..key.text.len() - key.secret, key.window)
}

fn hexadecimal(key: &Key<'_>) -> Form {
    let text = hex(key.text);
    let secret = 2 * key.secret..text.len();
    stretch(text, secret, 2 * key.window)
}

/// Base64 of the key at each of the three places that it can have in a group of three bytes.
fn base64(key: &Key<'_>) -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for shift in 0..3 {
        for alphabet in [STANDARD, URL_SAFE] {
            let form = base64_at(key, shift, &alphabet);
            if forms.last().is_none_or(|last| last.text != form.text) {
                forms.push(form);
            }
        }
    }
    forms
}

/// Base64 of the key behind `shift` unknown bytes: without the characters that depend on those bytes too.
///
/// A character stands for six bits, so it belongs to the key alone when all of its six bits do.
fn base64_at(key: &Key<'_>, shift: usize, alphabet: &GeneralPurpose) -> Form {
    let mut bytes = Zeroizing::new(vec![0; shift]);
    bytes.extend_from_slice(key.text);
    let first = (8 * shift).div_ceil(6);
    let secret = (8 * (shift + key.secret)).div_ceil(6);
    let end = 8 * bytes.len() / 6;
    // The shortest run of characters that every run of `window` bytes fills, whatever bits it begins at.
    let window = (8 * key.window).saturating_sub(4) / 6;
    let text: Vec<u8> = alphabet.encode(&*bytes).into_bytes().into_iter().skip(first).collect();
    Form { whole: 0..end - first, ..stretch(text, secret - first..end - first, window) }
}

/// Base32 of the key, padded. A character stands for five bits, as one of base64 does for six.
fn base32(key: &Key<'_>) -> Form {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = Vec::with_capacity(key.text.len().div_ceil(5) * 8);
    for group in key.text.chunks(5) {
        let bits = (0..5).fold(0, |bits, at| bits << 8 | u64::from(group.get(at).copied().unwrap_or(0)));
        for at in 0..8 {
            let place = usize::try_from(bits >> (35 - 5 * at) & 31).unwrap_or(0);
            let character = ALPHABET.get(place).copied().filter(|_| 5 * at < 8 * group.len());
            text.push(character.unwrap_or(b'='));
        }
    }
    let secret = (8 * key.secret).div_ceil(5);
    let end = 8 * key.text.len() / 5;
    let window = (8 * key.window).saturating_sub(4) / 5;
    Form { whole: 0..end, ..stretch(text, secret..end, window) }
}

/// The digest of the key: only all of it is a trace, since no part of it leads back to the key.
fn digest(key: &Key<'_>) -> Vec<Form> {
    let digest = Sha256::digest(key.text);
    let mut forms = vec![hex(&digest)];
    for alphabet in [STANDARD, URL_SAFE] {
        forms.push(alphabet.encode(digest).into_bytes());
    }
    let forms = forms.into_iter().map(|text| {
        let length = text.iter().take_while(|&&byte| byte != b'=').count();
        Form { whole: 0..length, ..stretch(text, 0..length, length) }
    });
    forms.collect()
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}
