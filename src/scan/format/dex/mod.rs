//! DEX, the code of Android apps: the string constants of a method, in the order in which it loads them.
//!
//! A constant by itself stands in the file as it is. A key that is cut into several is appended piece by piece, one
//! `const-string` behind the other, while the table of the strings has its pieces in the order of the alphabet.

mod code;

use super::{Format, Look, u16_at, u32_at};
use crate::scan::joined::{Seam, Tell};

/// This format.
pub(super) const FORMAT: Format = Format { name: "DEX file", is, look: Look::Whole(texts) };

/// What is said of a key whose pieces one method loads.
const READ: &str = "put together of the string constants that a method loads";
/// Where the header names the tables of the strings and of the classes.
const STRINGS: usize = 56;
const CLASSES: usize = 96;
/// The length of a class's definition, and where it names its data.
const CLASS: usize = 32;
const CLASS_DATA: usize = 24;

fn is(head: &[u8]) -> bool {
    head.starts_with(b"dex\n0") && head.get(7) == Some(&0)
}

fn texts(file: &[u8], tell: &mut Tell<'_>) -> Result<(), &'static str> {
    let damaged = "one of its tables is damaged; its bytes were searched as they are";
    let (count, table) = section(file, CLASSES).ok_or(damaged)?;
    let mut whole = true;
    let mut seam = Seam::new(file.len(), READ, tell);
    // A file cannot have more classes than it has room for.
    for class in (0..count.min(file.len() / CLASS)).map(|number| table + number * CLASS) {
        let data = u32_at(file, class + CLASS_DATA).map(length);
        whole &= data.is_some_and(|data| data == 0 || methods(file, data, &mut seam).is_some());
    }
    if whole && count <= file.len() / CLASS { Ok(()) } else { Err(damaged) }
}

/// How many items a table has and where it begins.
fn section(file: &[u8], at: usize) -> Option<(usize, usize)> {
    Some((length(u32_at(file, at)?), length(u32_at(file, at + 4)?)))
}

/// Every method of a class that has code.
fn methods(file: &[u8], data: usize, seam: &mut Seam<'_, '_>) -> Option<()> {
    let mut rest = file.get(data..)?;
    let mut counts = [0; 4];
    for count in &mut counts {
        *count = leb128(&mut rest)?;
    }
    let [statics, instances, direct, virtuals] = counts;
    for _ in 0..statics.checked_add(instances)? {
        seam.pay(2)?;
        leb128(&mut rest)?;
        leb128(&mut rest)?;
    }
    for _ in 0..direct.checked_add(virtuals)? {
        seam.pay(3)?;
        leb128(&mut rest)?;
        leb128(&mut rest)?;
        let code = length(leb128(&mut rest)?);
        if code > 0 {
            constants(file, code, seam)?;
            seam.end();
        }
    }
    Some(())
}

/// What a method loads, one constant behind the other; nothing where the file is damaged.
fn constants(file: &[u8], at: usize, seam: &mut Seam<'_, '_>) -> Option<()> {
    let units = length(u32_at(file, at.checked_add(12)?)?);
    let code = file.get(at + 16..)?.get(..units.checked_mul(2)?)?;
    // Methods may share their code, but not all of them all of it.
    seam.pay(code.len())?;
    code::strings(code, |number| {
        let (text, place) = string(file, length(number))?;
        seam.push(text, place)
    })
}

/// A string and where it stands. It is MUTF-8, in which ASCII is what it is, and ends with a zero.
fn string(file: &[u8], number: usize) -> Option<(&[u8], usize)> {
    let (count, table) = section(file, STRINGS)?;
    let at = length(u32_at(file, table.checked_add(number.checked_mul(4)?)?).filter(|_| number < count)?);
    let mut rest = file.get(at..)?;
    leb128(&mut rest)?;
    // One without an end ends with the file, and is paid for like any other.
    let end = memchr::memchr(0, rest).unwrap_or(rest.len());
    Some((rest.get(..end)?, file.len() - rest.len()))
}

/// A number of up to five bytes, seven bits in each.
fn leb128(rest: &mut &[u8]) -> Option<u32> {
    let mut number = 0;
    for place in 0..5 {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u32::from(byte & 0x7f).checked_shl(7 * place)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn length(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The first bytes of an instruction, which is made of units of two.
fn unit(code: &[u8], at: usize) -> Option<u16> {
    u16_at(code, at * 2)
}
