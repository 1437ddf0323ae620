//! Portable graymaps, the simplest pictures there are: `P5`, width, height, the whitest grey, then the pixels.

/// A picture in shades of grey, one byte a pixel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Graymap {
    /// How wide, in pixels.
    pub(super) width: usize,
    /// How high, in pixels.
    pub(super) height: usize,
    /// The pixels, row by row.
    pub(super) pixels: Vec<u8>,
}

/// The most pixels that a picture may have.
const LARGEST: usize = 4096 * 4096;

impl Graymap {
    /// Reads a picture; nothing where the bytes are not one, or the pixels are fewer than it says.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"P5")?;
        let (width, rest) = number(rest)?;
        let (height, rest) = number(rest)?;
        let (whitest, rest) = number(rest)?;
        let (separator, rest) = rest.split_first()?;
        let count = width.checked_mul(height).filter(|count| (1..=LARGEST).contains(count))?;
        let sound = separator.is_ascii_whitespace() && (1..=255).contains(&whitest);
        let pixels = rest.get(..count).filter(|_| sound)?.to_vec();
        Some(Self { width, height, pixels })
    }

    /// How far apart its darkest and its lightest pixel are, from 0 to 1.
    pub(super) fn contrast(&self) -> f64 {
        let darkest = self.pixels.iter().min().copied().unwrap_or_default();
        let lightest = self.pixels.iter().max().copied().unwrap_or_default();
        f64::from(lightest - darkest) / 255.0
    }
}

/// A decimal number behind white space and comments, and what follows it.
fn number(mut text: &[u8]) -> Option<(usize, &[u8])> {
    if !text.first()?.is_ascii_whitespace() {
        return None;
    }
    loop {
        text = text.trim_ascii_start();
        if text.first() != Some(&b'#') {
            break;
        }
        let line = text.iter().position(|byte| *byte == b'\n')?;
        text = text.get(line..)?;
    }
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(digits)?;
    std::str::from_utf8(digits).ok()?.parse().ok().map(|number| (number, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_picture_is_read_with_its_comments() {
        let picture = Graymap::read(b"P5\n# made by hand\n2 2\n255\n\x00\x80\x90\xff").unwrap();
        assert_eq!((picture.width, picture.height, picture.pixels.len()), (2, 2, 4));
        assert!((picture.contrast() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_not_a_picture_is_not_read() {
        for bytes in
            [&b"P6\n1 1\n255\n\x00"[..], b"P5\n2 2\n255\n\x00", b"P5\n0 1\n255\n\x00", b"P5", b"P5 1 1 256 a"]
        {
            assert_eq!(Graymap::read(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = Graymap::read(&[b"P5", &bytes[..]].concat());
        }
    }
}
