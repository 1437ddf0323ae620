//! The formats that are looked into: one file each, and its line in the table.
//!
//! What stands in a file as it is needs no format: keys in ELF, Mach-O, WebAssembly, property lists, class files and most
//! others are found by the search of plain bytes.

mod closed;
pub(super) mod constants;
mod dex;
mod gzip;
mod png;
mod sqlite;
mod tar;
mod zip;

use std::io;

use super::joined::Tell;
use super::source::Source;
use super::walker::Walker;

/// Every format.
const FORMATS: &[Format] = &[
    zip::FORMAT,
    gzip::FORMAT,
    tar::FORMAT,
    dex::FORMAT,
    sqlite::FORMAT,
    png::FORMAT,
    closed::SEVEN_ZIP,
    closed::RAR,
    closed::XZ,
    closed::BZIP2,
    closed::ZSTANDARD,
    closed::CABINET,
    closed::LZ4,
    zip::BEHIND,
];

/// A format.
pub(super) struct Format {
    /// What it is called.
    pub(super) name: &'static str,
    /// Whether a file that begins so has it.
    is: fn(&[u8]) -> bool,
    /// How it is looked into.
    pub(super) look: Look,
}

/// How a format is looked into.
#[derive(Clone, Copy)]
pub(super) enum Look {
    /// Entry by entry, as it comes.
    Archive(fn(&mut Walker<'_>, &mut Source<'_>) -> io::Result<()>),
    /// As a whole, as long as it is not too long.
    Whole(Texts),
    /// Not at all, and why.
    Closed(&'static str),
}

/// Tells of every text that a reader of the format sees and a search of its bytes does not, and how it has to be read.
/// Its error says what is wrong with the file.
pub(super) type Texts = fn(&[u8], &mut Tell<'_>) -> Result<(), &'static str>;

/// The format of what begins so.
pub(super) fn of(head: &[u8]) -> Option<&'static Format> {
    FORMATS.iter().find(|format| (format.is)(head))
}

/// A little-endian number of two bytes.
fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A big-endian number of two bytes.
fn u16_be(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?)))
}

/// A big-endian number of four bytes.
fn u32_be(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?)).ok()
}

/// A little-endian number of four bytes.
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
