//! Escapes undone before the search, so that it does not matter which characters an encoder chose to escape.

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

/// A text as a reader sees it who undoes some escapes, each byte with its place in the original.
pub(super) struct View<'a> {
    bytes: std::borrow::Cow<'a, [u8]>,
    /// The place of every byte, and of the end; nothing where no escape was undone.
    places: Option<Vec<usize>>,
    /// The escapes that were undone, the outermost first.
    undone: Vec<Escape>,
}

impl<'a> View<'a> {
    /// A text as it is.
    pub(super) fn plain(text: &'a [u8]) -> Self {
        Self { bytes: text.into(), places: None, undone: Vec::new() }
    }

    /// The bytes to search.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The place in the original of a byte of this view, or of its end.
    pub(super) fn place(&self, index: usize) -> usize {
        self.places.as_ref().map_or(index, |places| places.get(index).copied().unwrap_or_default())
    }

    /// What a key is called that is seen only because escapes were undone.
    pub(super) fn name(&self) -> Option<&'static str> {
        match self.undone.as_slice() {
            [] => None,
            [Escape::Percent] => Some("percent-encoded"),
            [Escape::Percent, Escape::Percent] => Some("percent-encoded twice"),
            [Escape::Backslash] => Some("JSON-escaped"),
            [Escape::Entity] => Some("HTML-escaped"),
            [Escape::Zero] => Some("in UTF-16"),
            [_, _, ..] => Some("escaped in two ways"),
        }
    }

    /// The views in which one more escape is undone; those that would show nothing new are left out.
    pub(super) fn deeper(&self) -> impl Iterator<Item = View<'static>> + '_ {
        let deep_enough = self.undone.len() >= DEEPEST;
        Escape::ALL.into_iter().filter(move |_| !deep_enough).filter_map(|escape| self.undo(escape))
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
        let undone = self.undone.iter().copied().chain([escape]).collect();
        found.then(|| View { bytes: bytes.into(), places: Some(places), undone })
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
