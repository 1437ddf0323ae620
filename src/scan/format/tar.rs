//! tar: headers of 512 bytes, each with its content behind it. Old ones, ustar, GNU and pax.

use std::io::{self, Read as _};

use super::{Format, Look};
use crate::scan::source::Source;
use crate::scan::walker::Walker;

/// This format.
pub(super) const FORMAT: Format = Format { name: "tar archive", is, look: Look::Archive(walk) };

/// The unit of everything.
const BLOCK: usize = 512;
/// The longest name that is kept.
const LONGEST_NAME: u64 = 4096;

fn is(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar") || head.len() >= BLOCK && head.first() != Some(&0) && has_sum(head)
}

/// Whether a header's sum is right: that of its bytes, those of the sum itself taken for spaces.
fn has_sum(header: &[u8]) -> bool {
    let bytes = header.iter().take(BLOCK).enumerate();
    let sum: u64 = bytes.map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) }).sum();
    header.get(148..156).and_then(number) == Some(sum)
}

fn walk(walker: &mut Walker<'_>, source: &mut Source<'_>) -> io::Result<()> {
    let mut long_name = None;
    while !walker.ended() {
        let before = source.offset();
        let mut header = Vec::with_capacity(BLOCK);
        source.by_ref().take(512).read_to_end(&mut header)?;
        if header.len() == BLOCK && header.iter().all(|byte| *byte == 0) {
            return walker.search(source, before);
        }
        walker.search_bytes(&header, before);
        // The end is a block of zeros: without it there may have been more.
        if header.len() < BLOCK {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(size) = header.get(124..136).and_then(number).filter(|_| has_sum(&header)) else {
            walker.unread("one of its headers is damaged; what is behind that was searched as it is");
            return walker.search(source, before);
        };
        entry(walker, source, (&header, size), &mut long_name)?;
    }
    Ok(())
}

fn entry(
    walker: &mut Walker<'_>,
    source: &mut Source<'_>,
    (header, size): (&[u8], u64),
    long_name: &mut Option<String>,
) -> io::Result<()> {
    let before = source.offset();
    let mut content = source.by_ref().take(size);
    match header.get(156) {
        Some(b'L' | b'K' | b'x' | b'g') => {
            let mut text = Vec::new();
            content.by_ref().take(LONGEST_NAME).read_to_end(&mut text)?;
            walker.search(&mut text.as_slice().chain(&mut content), before)?;
            *long_name = name_of(header, &text).or(long_name.take());
        }
        _ if size == 0 => *long_name = None,
        _ => {
            let name = long_name.take().unwrap_or_else(|| short_name(header));
            walker.stored(&name, &mut content);
        }
    }
    io::copy(&mut content, &mut io::sink())?;
    if content.limit() > 0 && !walker.ended() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let padding = size.checked_next_multiple_of(512).unwrap_or(size) - size;
    if source.skip(padding)? < padding && !walker.ended() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// The name that a header's content has for the next entry.
fn name_of(header: &[u8], content: &[u8]) -> Option<String> {
    match header.get(156) {
        Some(b'L') => Some(text(content)),
        Some(b'x') => content.split(|byte| *byte == b'\n').find_map(|line| {
            let at = line.windows(6).position(|bytes| bytes == b" path=")?;
            line.get(at + 6..).map(text)
        }),
        _ => None,
    }
}

fn short_name(header: &[u8]) -> String {
    let name = header.get(..100).map(text).unwrap_or_default();
    let prefix = header.get(345..500).filter(|_| header.get(257..263) == Some(b"ustar\0")).map(text);
    match prefix {
        Some(prefix) if !prefix.is_empty() => format!("{prefix}/{name}"),
        _ => name,
    }
}

/// A text up to its first zero.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes.split(|byte| *byte == 0).next().unwrap_or_default()).into_owned()
}

/// A number in octal digits, or in binary where its first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        return rest.iter().try_fold(0, |sum: u64, byte| sum.checked_mul(256)?.checked_add(u64::from(*byte)));
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches([' ', '\0']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}
