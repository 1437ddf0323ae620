//! SQLite: values that are longer than a page, put together of the pages that they lie on.
//!
//! Everything else, free pages and deleted rows included, stands in the file as it is.

use super::{Format, Look, u16_be, u32_be};
use crate::scan::joined::{Seam, Tell};

/// This format.
pub(super) const FORMAT: Format = Format { name: "SQLite database", is, look: Look::Whole(texts) };

/// What is said of a key that lies on several pages.
const READ: &str = "in a row that lies on several pages of the database";
const DAMAGED: &str = "one of its pages is damaged; its bytes were searched as they are";

fn is(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

/// A database: its bytes, the size of a page, and how much of a page is used.
#[derive(Clone, Copy)]
struct Database<'f> {
    file: &'f [u8],
    page: usize,
    usable: usize,
}

fn texts(file: &[u8], tell: &mut Tell<'_>) -> Result<(), &'static str> {
    let page = match u16_be(file, 16) {
        Some(1) => 65536,
        Some(size) if size.is_power_of_two() && size >= 512 => size,
        _ => return Err(DAMAGED),
    };
    let reserved = file.get(20).map_or(0, |reserved| usize::from(*reserved));
    let database = Database { file, page, usable: page - reserved };
    let mut seam = Seam::new(file.len(), READ, tell);
    for number in 1..=file.len() / page {
        rows(database, number, &mut seam).ok_or(DAMAGED)?;
    }
    if file.len().is_multiple_of(page) { Ok(()) } else { Err("it is cut short") }
}

/// The rows of a page that go on on others; nothing where they are more than there can be.
fn rows(database: Database<'_>, number: usize, seam: &mut Seam<'_, '_>) -> Option<()> {
    let start = (number - 1) * database.page;
    let header = start + if number == 1 { 100 } else { 0 };
    let (pointers, kind) = match database.file.get(header) {
        Some(0x0d) => (8, Kind::Table),
        Some(0x0a) => (8, Kind::Index),
        Some(0x02) => (12, Kind::Inner),
        _ => return Some(()),
    };
    let count = u16_be(database.file, header + 3).unwrap_or(0).min(database.page / 2);
    for cell in 0..count {
        let at = u16_be(database.file, header + pointers + 2 * cell);
        let Some(row) = at.and_then(|at| Row::read(database, start + at, kind)) else { continue };
        row.follow(database, seam)?;
        seam.end();
    }
    Some(())
}

/// What kind of page a row lies on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Table,
    Index,
    Inner,
}

/// A row that goes on on other pages.
struct Row {
    /// Where it begins, and how much of it lies there.
    at: usize,
    local: usize,
    length: usize,
}

impl Row {
    fn read(database: Database<'_>, at: usize, kind: Kind) -> Option<Self> {
        let mut at = if kind == Kind::Inner { at + 4 } else { at };
        let length = number(database.file, &mut at)?;
        if kind == Kind::Table {
            number(database.file, &mut at)?;
        }
        let local = local_length(database.usable, length, kind);
        (local < length).then_some(Self { at, local, length })
    }

    /// Puts it together; nothing where that is more than there can be. A page that is not there ends it: the bytes of a free
    /// page may look like those of a row.
    fn follow(&self, database: Database<'_>, seam: &mut Seam<'_, '_>) -> Option<()> {
        let part = |at: usize, length: usize| database.file.get(at..at.checked_add(length)?);
        let Some(first) = part(self.at, self.local) else { return Some(()) };
        seam.push(first, self.at)?;
        let mut page = u32_be(database.file, self.at + self.local);
        let mut missing = self.length - self.local;
        while let Some(start) = page.and_then(|page| page.checked_sub(1)?.checked_mul(database.page)) {
            let here = missing.min(database.usable - 4);
            let Some(content) = part(start + 4, here).filter(|content| !content.is_empty()) else { break };
            seam.push(content, start + 4)?;
            missing -= here;
            page = u32_be(database.file, start);
        }
        Some(())
    }
}

/// How much of a row lies on its own page (<https://www.sqlite.org/fileformat.html#cell_payload>).
fn local_length(usable: usize, length: usize, kind: Kind) -> usize {
    let most = if kind == Kind::Table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    let least = (usable - 12) * 32 / 255 - 23;
    if length <= most {
        return length;
    }
    let fitting = least + (length - least) % (usable - 4);
    if fitting <= most { fitting } else { least }
}

/// A number of up to nine bytes, the highest first.
fn number(file: &[u8], at: &mut usize) -> Option<usize> {
    let mut number: usize = 0;
    for place in 0..9 {
        let byte = *file.get(*at)?;
        *at += 1;
        if place == 8 {
            return number.checked_mul(256)?.checked_add(usize::from(byte));
        }
        number = number.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}
