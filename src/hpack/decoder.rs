//! From a block to its fields (RFC 7541 sections 5 and 6).

use std::borrow::Cow;

use super::huffman;
use super::table::Table;

/// A block that is none; the connection cannot go on behind it (RFC 9113 section 4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HpackError {
    /// It ends in the middle.
    #[error("it ends in the middle")]
    Torn,
    /// It names an entry that there is not.
    #[error("it names an entry that there is not")]
    Index,
    /// A number is larger than any that is needed.
    #[error("a number is too large")]
    Number,
    /// A text is not what its coding makes.
    #[error("a text is not in the code")]
    Text,
    /// It makes the table larger than was agreed.
    #[error("it makes the table larger than was agreed")]
    TableSize,
}

/// Reads the blocks of one direction of one connection.
#[derive(Clone, Debug)]
pub struct Decoder {
    table: Table,
    /// The largest size that the other side may give the table.
    most: usize,
}

impl Decoder {
    /// A decoder whose table may be so large.
    pub fn new(most: usize) -> Self {
        Self { table: Table::new(most), most }
    }

    /// Reads a block, and hands every field over in its order, name first.
    ///
    /// # Errors
    /// Something that is no block.
    pub fn decode(&mut self, block: &[u8], mut each: impl FnMut(&[u8], &[u8])) -> Result<(), HpackError> {
        let mut rest = block;
        while let Some(&first) = rest.first() {
            if first & 0x80 != 0 {
                let index = number(&mut rest, 7)?;
                let (name, value) = self.table.get(index).ok_or(HpackError::Index)?;
                each(name, value);
            } else if first & 0xe0 == 0x20 {
                let size = number(&mut rest, 5)?;
                if size > self.most {
                    return Err(HpackError::TableSize);
                }
                self.table.resize(size);
            } else {
                let remembered = first & 0x40 != 0;
                let index = number(&mut rest, if remembered { 6 } else { 4 })?;
                let name = match index {
                    0 => text(&mut rest)?.into_owned(),
                    index => self.table.get(index).ok_or(HpackError::Index)?.0.to_vec(),
                };
                let value = text(&mut rest)?;
                each(&name, &value);
                if remembered {
                    self.table.insert(name, value.into_owned());
                }
            }
        }
        Ok(())
    }
}

/// A number whose first bits stand in the lower bits of a byte (section 5.1).
fn number(rest: &mut &[u8], bits: u32) -> Result<usize, HpackError> {
    /// No length and no index needs more.
    const MOST: usize = 1 << 24;
    let prefix = (1_usize << bits) - 1;
    let mut number = usize::from(byte(rest)?) & prefix;
    if number < prefix {
        return Ok(number);
    }
    for shift in [0, 7, 14, 21] {
        let more = byte(rest)?;
        number += usize::from(more & 0x7f) << shift;
        if more & 0x80 == 0 {
            return if number <= MOST { Ok(number) } else { Err(HpackError::Number) };
        }
    }
    Err(HpackError::Number)
}

fn byte(rest: &mut &[u8]) -> Result<u8, HpackError> {
    let (first, behind) = rest.split_first().ok_or(HpackError::Torn)?;
    *rest = behind;
    Ok(*first)
}

/// A text, in the code of the appendix or as it is (section 5.2).
fn text<'a>(rest: &mut &'a [u8]) -> Result<Cow<'a, [u8]>, HpackError> {
    let coded = rest.first().is_some_and(|first| first & 0x80 != 0);
    let length = number(rest, 7)?;
    let (text, behind) = rest.split_at_checked(length).ok_or(HpackError::Torn)?;
    *rest = behind;
    if coded {
        huffman::decoded(text).map(Cow::Owned).ok_or(HpackError::Text)
    } else {
        Ok(Cow::Borrowed(text))
    }
}
