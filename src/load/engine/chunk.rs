//! Chunks (RFC 9112 section 7.1), one step at a time.

/// The longest line of a chunk's size, and of a trailer.
const LONGEST_LINE: usize = 4096;

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chunks {
    /// A line with a size.
    Size,
    /// So many bytes of data.
    Data(u64),
    /// The line's end behind data.
    Behind,
    /// A line of the trailer, or the empty one behind it.
    Trailer,
}

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Bytes of framing.
    pub(super) skip: usize,
    /// Bytes of data behind them.
    pub(super) keep: usize,
    /// What comes next; nothing behind the end.
    pub(super) next: Option<Chunks>,
}

impl Chunks {
    /// Takes one step; nothing where more is to come first.
    pub(super) fn step(self, bytes: &[u8]) -> Result<Option<Found>, &'static str> {
        let framing = |skip, next| Ok(Some(Found { skip, keep: 0, next }));
        match self {
            Self::Data(left) => {
                let here = u64::try_from(bytes.len()).unwrap_or(u64::MAX).min(left);
                let next = if here == left { Self::Behind } else { Self::Data(left - here) };
                let keep = usize::try_from(here).unwrap_or(usize::MAX);
                Ok((keep > 0).then_some(Found { skip: 0, keep, next: Some(next) }))
            }
            Self::Behind => match bytes {
                [b'\r', b'\n', ..] => framing(2, Some(Self::Size)),
                [] | [b'\r'] => Ok(None),
                _ => Err("a chunk is longer than it says"),
            },
            Self::Size => {
                let Some(line) = line(bytes)? else { return Ok(None) };
                let next = match size(line)? {
                    0 => Self::Trailer,
                    size => Self::Data(size),
                };
                framing(line.len() + 2, Some(next))
            }
            Self::Trailer => {
                let Some(line) = line(bytes)? else { return Ok(None) };
                framing(line.len() + 2, (!line.is_empty()).then_some(Self::Trailer))
            }
        }
    }
}

/// The next line without its end; nothing where that has not come.
fn line(bytes: &[u8]) -> Result<Option<&[u8]>, &'static str> {
    match memchr::memchr(b'\n', bytes) {
        None if bytes.len() > LONGEST_LINE => Err("a line of its chunks is too long"),
        None => Ok(None),
        Some(end) => {
            let line = bytes.get(..end).and_then(|line| line.strip_suffix(b"\r"));
            line.map(Some).ok_or("a line of its chunks ends without a carriage return")
        }
    }
}

/// The size that a line says, extensions left out.
fn size(line: &[u8]) -> Result<u64, &'static str> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii_end();
    let sound = !digits.is_empty() && digits.len() <= 16 && digits.iter().all(u8::is_ascii_hexdigit);
    let text = std::str::from_utf8(digits).ok().filter(|_| sound);
    text.and_then(|text| u64::from_str_radix(text, 16).ok()).ok_or("a chunk's size is no number")
}
