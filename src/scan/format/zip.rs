//! ZIP, and what is one: APK, AAB, IPA, JAR, AAR, XAPK, office documents.
//!
//! It is read from its beginning to its end, header by header, and never by its directory: so it can lie in another
//! archive, entries that overlap are seen once, and an entry that the directory does not list is seen too. What stands
//! between the entries, names, comments, signatures and the directory itself, is searched as it is.

use std::io::{self, Read};

use flate2::CrcReader;
use flate2::bufread::DeflateDecoder;
use memchr::memmem;

use super::{Format, Look, u16_at, u32_at};
use crate::scan::source::Source;
use crate::scan::walker::Walker;

/// This format.
pub(super) const FORMAT: Format = Format { name: "ZIP archive", is, look: Look::Archive(walk) };

/// How the header of an entry begins.
const ENTRY: &[u8] = b"PK\x03\x04";
/// How the lengths begin that stand behind a content.
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// How the end of the directory begins.
const END: &[u8] = b"PK\x05\x06";
/// The length of the end of the directory, where in it the entries are counted, and what stands there where they are too
/// many to be.
const END_LENGTH: u64 = 22;
const LISTED: usize = 10;
const LARGE: u16 = u16::MAX;
/// The length of the header of an entry without its name.
const HEADER_LENGTH: usize = 30;
/// The same with the longest name by which it is known among bytes of any kind.
const HEADER_AND_NAME: usize = HEADER_LENGTH + 512;
/// The newest version of the format that there is, times ten.
const NEWEST: u16 = 63;
/// What is looked at once for the next header.
const STRETCH: usize = 32 << 10;

fn is(head: &[u8]) -> bool {
    head.starts_with(ENTRY) || head.starts_with(END)
}

fn walk(walker: &mut Walker<'_>, source: &mut Source<'_>) -> io::Result<()> {
    through(walker, source, Header::read)?.whole()
}

/// A program or a script, behind which an archive may stand: a JAR that starts itself, an archive that unpacks itself.
pub(super) const BEHIND: Format = Format { name: "program", is: may_have_one, look: Look::Archive(behind) };

fn may_have_one(head: &[u8]) -> bool {
    [&b"#!"[..], b"MZ", b"\x7fELF"].iter().any(|magic| head.starts_with(magic))
}

fn behind(walker: &mut Walker<'_>, source: &mut Source<'_>) -> io::Result<()> {
    let passed = through(walker, source, Header::sure)?;
    // What has no archive behind it has no end that could be missing.
    if passed.met == 0 { Ok(()) } else { passed.whole() }
}

/// What an archive turned out to be.
struct Passed {
    /// How many entries were met.
    met: u64,
    /// Whether the end of its directory was there.
    complete: bool,
}

impl Passed {
    fn whole(&self) -> io::Result<()> {
        if self.complete { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
}

/// From one header to the next, up to the end.
fn through(
    walker: &mut Walker<'_>,
    source: &mut Source<'_>,
    read: fn(&[u8]) -> Option<Header>,
) -> io::Result<Passed> {
    let mut end = None;
    let mut met = 0;
    loop {
        let header = read(source.peek(HEADER_AND_NAME)?);
        if walker.ended() {
            return Ok(Passed { met, complete: true });
        }
        if let Some(header) = header {
            met += 1;
            entry(walker, source, &header)?;
            continue;
        }
        let before = source.offset();
        let mut between = Between { source, first: true, end: &mut end };
        walker.search(&mut between, before)?;
        if source.peek(1)?.is_empty() {
            break;
        }
    }
    // Readers go by the directory: what it lists and nobody met is a content behind a header that lies.
    if end.as_ref().is_some_and(|end| end.listed != LARGE && u64::from(end.listed) > met) {
        walker.unread("its directory lists more entries than were met: what is in them was not unfolded");
    }
    let complete = end.is_some_and(|end| source.offset() >= end.at + END_LENGTH);
    Ok(Passed { met, complete })
}

/// The end of the directory.
struct End {
    /// Where it begins.
    at: u64,
    /// How many entries the directory lists.
    listed: u16,
}

/// What matters of the header of an entry.
#[derive(Clone, Copy)]
struct Header {
    flags: u16,
    method: u16,
    sum: u32,
    packed: u64,
    name: usize,
    extra: usize,
}

impl Header {
    /// Reads a header, if it is one.
    fn read(bytes: &[u8]) -> Option<Self> {
        let header = Self {
            flags: u16_at(bytes, 6)?,
            method: u16_at(bytes, 8)?,
            sum: u32_at(bytes, 14)?,
            packed: u64::from(u32_at(bytes, 18)?),
            name: usize::from(u16_at(bytes, 26)?),
            extra: usize::from(u16_at(bytes, 28)?),
        };
        let known = matches!(header.method, 0..=20 | 93..=99);
        (bytes.starts_with(ENTRY) && known && header.name > 0).then_some(header)
    }

    /// Reads a header where anything may stand: its name could be one, and it is packed as nearly all are.
    fn sure(bytes: &[u8]) -> Option<Self> {
        let header = Self::read(bytes).filter(|header| matches!(header.method, 0 | 8))?;
        let name = bytes.get(HEADER_LENGTH..HEADER_LENGTH + header.name)?;
        let could_be = u16_at(bytes, 4)? <= NEWEST && name.iter().all(|byte| *byte >= b' ');
        could_be.then_some(header)
    }

    /// Whether the length of the content is not known before its end.
    fn streams(&self) -> bool {
        self.flags & 8 != 0 && self.packed == 0
    }
}

fn entry(walker: &mut Walker<'_>, source: &mut Source<'_>, header: &Header) -> io::Result<()> {
    let before = source.offset();
    let length = HEADER_LENGTH + header.name + header.extra;
    let mut bytes = Vec::with_capacity(length);
    source.by_ref().take(u64::try_from(length).unwrap_or(0)).read_to_end(&mut bytes)?;
    walker.search_bytes(&bytes, before);
    if bytes.len() < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let (_, rest) = bytes.split_at(HEADER_LENGTH);
    let (name, extra) = rest.split_at(header.name);
    let name = String::from_utf8_lossy(name).into_owned();
    let long = if header.packed == u64::from(u32::MAX) { long_length(extra) } else { None };
    let header = Header { packed: long.unwrap_or(header.packed), ..*header };
    content(walker, source, &header, &name)
}

/// The length in the field of a large archive: behind that of the unpacked content.
fn long_length(mut extra: &[u8]) -> Option<u64> {
    loop {
        let (id, length) = (u16_at(extra, 0)?, usize::from(u16_at(extra, 2)?));
        if id == 1 {
            return Some(u64::from_le_bytes(*extra.get(12..)?.first_chunk()?));
        }
        extra = extra.get(4 + length..)?;
    }
}

fn content(walker: &mut Walker<'_>, source: &mut Source<'_>, header: &Header, name: &str) -> io::Result<()> {
    if header.streams() {
        return match header.method {
            8 if header.flags & 1 == 0 => {
                let sum = unfold(walker, name, &mut DeflateDecoder::new(&mut *source));
                let descriptor = source.peek(8)?;
                let at = if descriptor.starts_with(DESCRIPTOR) { 4 } else { 0 };
                compare(walker, name, sum, u32_at(descriptor, at));
                Ok(())
            }
            // It is searched with what stands between the entries, and what is folded in it is met there too.
            0 => Ok(()),
            _ => {
                closed(walker, name, header);
                Ok(())
            }
        };
    }
    if header.packed == 0 {
        // What is folded into nothing, as folders are, has the next header behind it.
        if header.method != 0 && !matches!(source.peek(2)?, [] | [b'P', b'K', ..]) {
            walker.unread_entry(name, "its header says that nothing is in it, and something is");
        }
        return Ok(());
    }
    let mut content = source.by_ref().take(header.packed);
    match header.method {
        _ if header.flags & 1 != 0 => closed(walker, name, header),
        0 => walker.stored(name, &mut content),
        8 => {
            let sum = unfold(walker, name, &mut DeflateDecoder::new(&mut content));
            compare(walker, name, sum, Some(header.sum));
        }
        _ => closed(walker, name, header),
    }
    io::copy(&mut content, &mut io::sink())?;
    if content.limit() > 0 && !walker.ended() {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(())
}

/// Looks into an entry; the checksum of what it unfolds to, where all of it can be unfolded.
fn unfold(walker: &mut Walker<'_>, name: &str, content: &mut dyn Read) -> Option<u32> {
    let mut summed = CrcReader::new(content);
    walker.unfolded(name, &mut summed);
    let whole = !walker.ended() && io::copy(&mut summed, &mut io::sink()).is_ok();
    whole.then(|| summed.crc().sum())
}

/// What unfolds to something else than what was folded has lost something, and that could have been a key.
fn compare(walker: &mut Walker<'_>, name: &str, sum: Option<u32>, wanted: Option<u32>) {
    if sum.is_some() && sum != wanted {
        walker.unread_entry(name, "it is damaged: its checksum is wrong");
    }
}

/// An entry that cannot be looked into.
fn closed(walker: &mut Walker<'_>, name: &str, header: &Header) {
    let why = match header.method {
        _ if header.flags & 1 != 0 => "it is encrypted".to_owned(),
        method => format!("it is packed by method {method}, which Lockproof does not know; unpack it first"),
    };
    walker.unread_entry(name, &why);
}

/// What stands between two entries.
struct Between<'s, 'a, 'e> {
    source: &'s mut Source<'a>,
    /// What looks like a header at its very beginning is none.
    first: bool,
    /// The end of the directory, the last that was met.
    end: &'e mut Option<End>,
}

impl Read for Between<'_, '_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let offset = self.source.offset();
        let ahead = self.source.peek(STRETCH)?;
        let from = usize::from(self.first);
        let next = memmem::find(ahead.get(from..).unwrap_or_default(), ENTRY).map(|at| at + from);
        // The end of the directory may begin in the last few bytes, and end behind them; so may a header.
        let straddling = if ahead.len() < STRETCH { 0 } else { HEADER_LENGTH };
        let sure = ahead.len() - straddling;
        let count = next.unwrap_or(sure).min(to.len());
        let (Some(to), Some(seen)) = (to.get_mut(..count), ahead.get(..count)) else { return Ok(0) };
        to.copy_from_slice(seen);
        let with_straddling = ahead.get(..(count + 3).min(ahead.len())).unwrap_or_default();
        if let Some(at) = memmem::find(with_straddling, END) {
            let listed = u16_at(ahead, at + LISTED).unwrap_or(0);
            *self.end = Some(End { at: offset + u64::try_from(at).unwrap_or(0), listed });
        }
        self.first &= count == 0;
        io::BufRead::consume(self.source, count);
        Ok(count)
    }
}
