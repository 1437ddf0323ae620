//! Text that becomes bytes on the wire: line breaks, escapes, and what is filled in.

use std::fmt;

/// Text with gaps, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The lines, in order.
    pub lines: Vec<TemplateLine>,
}

/// One line of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateLine {
    /// What stands in it.
    pub pieces: Vec<Piece>,
    /// Whether a line break follows: CRLF on the wire.
    pub ended: bool,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Something that is filled in.
    Gap(Gap),
}

/// Something that is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What.
    pub what: What,
    /// The name of the key that it is about; without one, the request's own.
    pub key: Option<String>,
}

/// What is filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The method.
    Method,
    /// Path and query.
    Target,
    /// The path.
    Path,
    /// Host and port.
    Host,
    /// Host and port, in upper case.
    HostUpper,
    /// `http` or `https`.
    Scheme,
    /// The body.
    Body,
    /// The body as one chunk (RFC 9112 section 7.1); nothing where there is none.
    BodyChunk,
    /// How many octets follow, up to the next head.
    Length,
    /// The header line of the body's media type.
    TypeLine,
    /// The key.
    Key,
    /// The header line that carries the key.
    KeyLine,
    /// The name of the field that carries it.
    KeyName,
    /// That name in swapped letter case.
    KeyNameSwapped,
    /// The value of that field.
    KeyValue,
    /// What an earlier answer told, by name.
    Told(String),
}

impl What {
    /// Every word that stands for something, in the order in which they are documented.
    const WORDS: [(&'static str, Self); 15] = [
        ("method", Self::Method),
        ("target", Self::Target),
        ("path", Self::Path),
        ("host", Self::Host),
        ("host-upper", Self::HostUpper),
        ("scheme", Self::Scheme),
        ("body", Self::Body),
        ("body-chunk", Self::BodyChunk),
        ("length", Self::Length),
        ("type-line", Self::TypeLine),
        ("key", Self::Key),
        ("key-line", Self::KeyLine),
        ("key-name", Self::KeyName),
        ("key-name-swapped", Self::KeyNameSwapped),
        ("key-value", Self::KeyValue),
    ];

    /// The words, for those who have to suggest one.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Self::WORDS.iter().map(|(word, _)| *word)
    }

    /// Whether it needs a field that carries the key.
    pub fn is_of_field(&self) -> bool {
        matches!(self, Self::KeyLine | Self::KeyName | Self::KeyNameSwapped | Self::KeyValue)
    }

    /// Whether it is a whole line, which is left out where it has nothing to say.
    pub fn is_line(&self) -> bool {
        matches!(self, Self::KeyLine | Self::TypeLine)
    }

    /// Whether it is about a key.
    pub fn is_of_key(&self) -> bool {
        self.is_of_field() || *self == Self::Key
    }

    fn of(word: &str) -> Self {
        let known = Self::WORDS.iter().find(|(known, _)| *known == word);
        known.map_or_else(|| Self::Told(word.to_owned()), |(_, what)| what.clone())
    }
}

/// An escape that is not one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscapeError(String);

impl fmt::Display for EscapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`\\{}` is no escape", self.0.escape_default())
    }
}

impl Template {
    /// Parses a text.
    ///
    /// # Errors
    /// An escape that is not one.
    pub fn parse(text: &str) -> Result<Self, EscapeError> {
        let lines = text.split_inclusive('\n').map(|line| {
            let text = line.strip_suffix('\n');
            let text = text.map(|text| text.strip_suffix('\r').unwrap_or(text));
            Ok(TemplateLine { pieces: pieces(text.unwrap_or(line))?, ended: text.is_some() })
        });
        Ok(Self { lines: lines.collect::<Result<_, _>>()? })
    }

    /// Everything that is filled in, in order.
    pub fn gaps(&self) -> impl Iterator<Item = &Gap> {
        self.lines.iter().flat_map(|line| &line.pieces).filter_map(|piece| match piece {
            Piece::Gap(gap) => Some(gap),
            Piece::Bytes(_) => None,
        })
    }

    /// Ends it like a head: one line end behind its last line, and an empty line behind that.
    #[must_use]
    pub fn as_head(mut self) -> Self {
        while self.lines.last().is_some_and(|line| line.pieces.is_empty()) {
            self.lines.pop();
        }
        if let Some(last) = self.lines.last_mut() {
            last.ended = true;
        }
        self.lines.push(TemplateLine { pieces: Vec::new(), ended: true });
        self
    }
}

fn pieces(mut text: &str) -> Result<Vec<Piece>, EscapeError> {
    let (mut pieces, mut bytes) = (Vec::new(), Vec::new());
    while let Some(at) = text.find(['\\', '{']) {
        let (before, rest) = text.split_at(at);
        bytes.extend_from_slice(before.as_bytes());
        if let Some((byte, behind)) = rest.strip_prefix('\\').map(escape).transpose()? {
            bytes.push(byte);
            text = behind;
        } else if let Some((gap, behind)) = gap(rest) {
            if !bytes.is_empty() {
                pieces.push(Piece::Bytes(std::mem::take(&mut bytes)));
            }
            pieces.push(Piece::Gap(gap));
            text = behind;
        } else {
            bytes.push(b'{');
            text = rest.get(1..).unwrap_or_default();
        }
    }
    bytes.extend_from_slice(text.as_bytes());
    if !bytes.is_empty() {
        pieces.push(Piece::Bytes(bytes));
    }
    Ok(pieces)
}

/// The byte of an escape whose backslash is taken off already, and what stands behind it.
fn escape(text: &str) -> Result<(u8, &str), EscapeError> {
    let wrong = || EscapeError(text.chars().take(1).collect());
    let mut chars = text.chars();
    let byte = match chars.next() {
        Some('r') => b'\r',
        Some('n') => b'\n',
        Some('t') => b'\t',
        Some('0') => 0,
        Some('\\') => b'\\',
        Some('x') => {
            let digits = text.get(1..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
            let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()).ok_or_else(wrong)?;
            return Ok((byte, text.get(3..).unwrap_or_default()));
        }
        _ => return Err(wrong()),
    };
    Ok((byte, chars.as_str()))
}

/// The gap at the beginning of a text, and what stands behind it. What could not be a name stays text, so that JSON
/// can be written as it is.
fn gap(text: &str) -> Option<(Gap, &str)> {
    let (inside, behind) = text.strip_prefix('{')?.split_once('}')?;
    let (word, key) = match inside.split_once(':') {
        Some((word, key)) => (word, Some(key)),
        None => (inside, None),
    };
    let is_name = |text: &str| {
        let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        !text.is_empty() && text.len() <= 64 && text.bytes().all(sound)
    };
    let sound = is_name(word) && key.is_none_or(is_name);
    sound.then(|| (Gap { what: What::of(word), key: key.map(str::to_owned) }, behind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        let template = Template::parse(text).unwrap();
        let mut all = Vec::new();
        for line in template.lines {
            for piece in line.pieces {
                match piece {
                    Piece::Bytes(bytes) => all.extend(bytes),
                    Piece::Gap(gap) => all.extend(format!("<{:?}>", gap.what).into_bytes()),
                }
            }
            all.extend(if line.ended { &b"\r\n"[..] } else { b"" });
        }
        all
    }

    #[test]
    fn a_line_break_is_crlf_and_an_escape_is_one_byte() {
        assert_eq!(bytes("a\nb"), b"a\r\nb");
        assert_eq!(bytes("a\r\nb\n"), b"a\r\nb\r\n");
        assert_eq!(bytes(r"a\nb\r\t\0\x7f\xFF\\n"), b"a\nb\r\t\0\x7f\xff\\n");
    }

    #[test]
    fn an_escape_that_is_none_is_an_error() {
        for text in [r"\q", r"\x", r"\x1", r"\xgg", "\\", "\\\u{e9}", "\\x\u{e9}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_could_not_be_a_name_stays_text() {
        assert_eq!(bytes(r#"{"a": {}}"#), br#"{"a": {}}"#);
        assert_eq!(bytes("{method} {Method} {"), b"<Method> {Method} {");
    }

    #[test]
    fn a_gap_may_be_about_a_key_of_its_own() {
        let template = Template::parse("{key-line:other}{told_1}").unwrap();
        let gaps: Vec<_> = template.gaps().cloned().collect();
        assert_eq!(gaps[0], Gap { what: What::KeyLine, key: Some("other".to_owned()) });
        assert_eq!(gaps[1].what, What::Told("told_1".to_owned()));
    }

    #[test]
    fn a_head_ends_in_one_empty_line_however_it_was_written() {
        let head = |text: &str| Template::parse(text).unwrap().as_head();
        assert_eq!(head("a\nb"), head("a\nb\n"));
        assert_eq!(head("a\nb"), head("a\nb\n\n"));
        assert_eq!(head("a\nb").lines.iter().filter(|line| line.ended).count(), 3);
    }

    proptest! {
        #[test]
        fn any_text_is_a_template_or_has_a_wrong_escape(text in r"(\PC|[\\{}:\n\r]|\{[a-z:-]{1,6}\}){0,30}") {
            let parsed = Template::parse(&text);
            prop_assert!(parsed.is_ok() || text.contains('\\'));
        }
    }
}
