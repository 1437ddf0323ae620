//! PNG: the texts that it holds compressed. Those that it does not, and those of JPEG and other images, stand in the file as
//! they are.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::{Format, Look, u32_be};
use crate::scan::joined::{Joined, Tell};

/// This format.
pub(super) const FORMAT: Format = Format { name: "PNG image", is, look: Look::Whole(texts) };

const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What is said of a key that is found there.
const READ: &str = "in a compressed text of the image";
/// The longest text that is read, all of an image together.
const LONGEST: u64 = 1 << 20;

fn is(head: &[u8]) -> bool {
    head.starts_with(MAGIC)
}

fn texts(file: &[u8], tell: &mut Tell<'_>) -> Result<(), &'static str> {
    let mut at = MAGIC.len();
    let mut left = LONGEST;
    while let (Some(length), Some(kind)) = (u32_be(file, at), file.get(at + 4..at + 8)) {
        let data = file.get(at + 8..).and_then(|rest| rest.get(..length));
        let data = data.ok_or("it is cut short")?;
        if let Some(packed) = packed(kind, data) {
            let mut joined = Joined::default();
            let mut text = Vec::new();
            ZlibDecoder::new(packed)
                .take(left)
                .read_to_end(&mut text)
                .map_err(|_| "one of its texts is damaged; its bytes were searched as they are")?;
            left = left.saturating_sub(u64::try_from(text.len()).unwrap_or(u64::MAX));
            if left == 0 {
                return Err("its texts unfold to more than 1 MiB; the rest of them was not looked into");
            }
            joined.push(&text, at + 8);
            tell(&joined, READ);
        }
        at += length + 12;
        if kind == b"IEND" {
            return Ok(());
        }
    }
    Err("it is cut short")
}

/// The compressed part of a chunk, if it has one.
fn packed<'d>(kind: &[u8], data: &'d [u8]) -> Option<&'d [u8]> {
    let behind_zero = |data: &'d [u8]| data.get(memchr::memchr(0, data)? + 1..);
    let rest = behind_zero(data).filter(|_| matches!(kind, b"zTXt" | b"iTXt" | b"iCCP"))?;
    if kind != b"iTXt" {
        return rest.get(1..);
    }
    let [compressed, _, rest @ ..] = rest else { return None };
    behind_zero(behind_zero(rest)?).filter(|_| *compressed == 1)
}
