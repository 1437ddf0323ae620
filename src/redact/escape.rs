//! Escapes undone before the search, so that it does not matter which characters an encoder chose to escape.

use std::ops::Range;

use super::lists::{self, List, Reading};

/// A way of writing single characters so that they pass through a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// `%41` (RFC 3986 section 2.1).
    Percent,
    /// `\u0041`, `\u{41}`, `\x41`, `\/` and `\"`, as in JSON (RFC 8259 section 7) and most languages.
    Backslash,
    /// `&#65;`, `&#x41;` and `&amp;`, as in XML and HTML.
    Entity,
    /// A zero byte beside every character, as in UTF-16 and UTF-32.
    Zero,
}

/// How many escapes can be laid over one another and still be undone.
pub(super) const DEEPEST: usize = 2;

/// What a character outside ASCII becomes: no key holds it.
const FOREIGN: u8 = 0xff;

impl Escape {
    const ALL: [Self; 4] = [Self::Percent, Self::Backslash, Self::Entity, Self::Zero];

    /// The byte that every escape begins with.
    pub(super) fn mark(self) -> u8 {
        match self {
            Self::Percent => b'%',
            Self::Backslash => b'\\',
            Self::Entity => b'&',
            Self::Zero => 0,
        }
    }

    /// The escape behind a mark: how many bytes it takes, and the byte that it stands for, if for any.
    pub(super) fn read(self, rest: &[u8]) -> Option<(usize, Option<u8>)> {
        match self {
            Self::Percent => Some((2, Some(hex(rest.get(..2)?)?))),
            Self::Backslash => backslash(rest),
            Self::Entity => entity(rest),
            Self::Zero => Some((0, None)),
        }
    }
}

/// What was undone of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Escape(Escape),
    List(Reading),
}

/// A text as a reader sees it who undoes some escapes or reads a list, each byte with its place in the original.
pub(super) struct View<'a> {
    bytes: std::borrow::Cow<'a, [u8]>,
    /// The place of every byte, and of the end; nothing where nothing was undone.
    places: Option<Vec<usize>>,
    /// Where the value of every byte of a list ends: what follows it belongs to no byte.
    ends: Vec<usize>,
    /// What was undone, the outermost first.
    undone: Vec<Layer>,
}

impl<'a> View<'a> {
    /// A text as it is.
    pub(super) fn plain(text: &'a [u8]) -> Self {
        Self { bytes: text.into(), places: None, ends: Vec::new(), undone: Vec::new() }
    }

    /// The bytes to search.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place in the original of a byte of this view, or of its end.
    fn place(&self, index: usize) -> usize {
        self.places.as_ref().map_or(index, |places| places.get(index).copied().unwrap_or_default())
    }

    /// The place in the original of some bytes of this view.
    pub(super) fn places(&self, at: &Range<usize>) -> Range<usize> {
        let end = at.end.checked_sub(1).and_then(|last| self.ends.get(last)).copied();
        self.place(at.start)..end.unwrap_or_else(|| self.place(at.end))
    }

    /// What a key is called that is seen only because something was undone.
    pub(super) fn name(&self) -> Option<&'static str> {
        match self.undone.as_slice() {
            [] => None,
            [Layer::Escape(Escape::Percent)] => Some("percent-encoded"),
            [Layer::Escape(Escape::Percent), Layer::Escape(Escape::Percent)] => Some("percent-encoded twice"),
            [Layer::Escape(Escape::Backslash)] => Some("JSON-escaped"),
            [Layer::Escape(Escape::Entity)] => Some("HTML-escaped"),
            [Layer::Escape(Escape::Zero)] => Some("in UTF-16"),
            [Layer::List(Reading::Decimal)] => Some("in decimal"),
            [Layer::List(Reading::Digits)] => Some("in groups"),
            [_, _, ..] => Some("escaped in two ways"),
        }
    }

    /// The views in which one thing more is undone; those that would show nothing new are left out, and lists of fewer
    /// than `least` bytes.
    pub(super) fn deeper(&self, least: usize) -> impl Iterator<Item = View<'static>> + '_ {
        let deep_enough = self.undone.len() >= DEEPEST;
        let mut read = Vec::new();
        if !deep_enough {
            lists::each(&self.bytes, least, |list| read.push(self.read(list)));
        }
        let escapes = Escape::ALL.into_iter().filter(move |_| !deep_enough);
        escapes.filter_map(|escape| self.undo(escape)).chain(read)
    }

    /// The view of nothing but a list.
    fn read(&self, list: List) -> View<'static> {
        let at: Vec<_> = list.places().map(|place| self.places(place)).collect();
        let ends: Vec<_> = at.iter().map(|place| place.end).collect();
        let places = at.iter().map(|place| place.start).chain(ends.last().copied()).collect();
        let undone = self.with(Layer::List(list.reading));
        View { bytes: list.bytes.into(), places: Some(places), ends, undone }
    }

    fn with(&self, layer: Layer) -> Vec<Layer> {
        self.undone.iter().copied().chain([layer]).collect()
    }

    fn undo(&self, escape: Escape) -> Option<View<'static>> {
        if !self.bytes.contains(&escape.mark()) {
            return None;
        }
        let mut bytes = Vec::with_capacity(self.bytes.len());
        let mut places = Vec::with_capacity(self.bytes.len() + 1);
        let mut rest = self.bytes();
        let mut found = false;
        while let [first, behind @ ..] = rest {
            let place = self.place(self.bytes.len() - rest.len());
            let escaped = if *first == escape.mark() { escape.read(behind) } else { None };
            found |= escaped.is_some();
            let (taken, byte) = escaped.unwrap_or((0, Some(*first)));
            if let Some(byte) = byte {
                bytes.push(byte);
                places.push(place);
            }
            rest = behind.get(taken..).unwrap_or_default();
        }
        places.push(self.place(self.bytes.len()));
        let (places, ends, undone) = (Some(places), Vec::new(), self.with(Layer::Escape(escape)));
        found.then(|| View { bytes: bytes.into(), places, ends, undone })
    }
}

/// What follows a `\`.
fn backslash(rest: &[u8]) -> Option<(usize, Option<u8>)> {
    match rest {
        [b'u', b'{', digits @ ..] => {
            let length = digits.iter().take(7).position(|&byte| byte == b'}')?;
            Some((length + 3, Some(hex(digits.get(..length)?)?)))
        }
        [b'u', digits @ ..] => Some((5, Some(hex(digits.get(..4)?)?))),
        [b'x', digits @ ..] => Some((3, Some(hex(digits.get(..2)?)?))),
        [mark, ..] if mark.is_ascii_punctuation() => Some((1, Some(*mark))),
        _ => None,
    }
}

/// What follows a `&`, up to its `;`.
fn entity(rest: &[u8]) -> Option<(usize, Option<u8>)> {
    let length = rest.iter().take(10).position(|&byte| byte == b';')?;
    let byte = match rest.get(..length)? {
        [b'#', b'x' | b'X', digits @ ..] => hex(digits)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        b"amp" => b'&',
        b"lt" => b'<',
        b"gt" => b'>',
        b"quot" => b'"',
        b"apos" => b'\'',
        _ => return None,
    };
    Some((length + 1, Some(byte)))
}

/// The character with a hexadecimal number.
fn hex(digits: &[u8]) -> Option<u8> {
    number(digits, 16)
}

/// The character with a number, or [`FOREIGN`] where it is outside ASCII; nothing where this is no number.
fn number(digits: &[u8], radix: u32) -> Option<u8> {
    let sound = !digits.is_empty() && digits.iter().all(u8::is_ascii_alphanumeric);
    let number = u32::from_str_radix(std::str::from_utf8(digits).ok().filter(|_| sound)?, radix).ok()?;
    Some(u8::try_from(number).ok().filter(u8::is_ascii).unwrap_or(FOREIGN))
}
