//! The instructions of Dalvik, as far as their lengths are concerned, and the two that load a string.

use super::unit;
use crate::scan::format::u32_at;

/// How many units of two bytes each operation takes, in hexadecimal order, sixteen a line.
const LENGTHS: &[u8; 256] = b"\
1123123123111111\
1112322352232112\
2122333112333222\
2222222222222211\
1111222222222222\
2222222222222222\
2222222222222233\
3331333331111111\
1111111111111111\
2222222222222222\
2222222222222222\
1111111111111111\
1111111111111111\
2222222222222222\
2221111111111111\
1111111111443322";

/// Tells the numbers of the strings that are loaded, in the order of the code, until one of them is nothing.
pub(super) fn strings(code: &[u8], mut tell: impl FnMut(u32) -> Option<()>) -> Option<()> {
    let mut at = 0;
    while let Some(first) = unit(code, at) {
        let [operation, _] = first.to_le_bytes();
        let number = match operation {
            0x1a => unit(code, at + 1).map(u32::from),
            0x1b => u32_at(code, (at + 1) * 2),
            _ => None,
        };
        if let Some(number) = number {
            tell(number)?;
        }
        at = at.saturating_add(units(code, at, first));
    }
    Some(())
}

/// How many units an instruction takes: the tables of `switch` and of arrays stand among them.
fn units(code: &[u8], at: usize, first: u16) -> usize {
    let size = |at| unit(code, at).map_or(0, usize::from);
    let table = match first {
        0x0100 => Some(size(at + 1) * 2 + 4),
        0x0200 => Some(size(at + 1) * 4 + 2),
        0x0300 => {
            let count = u32_at(code, (at + 2) * 2).and_then(|count| usize::try_from(count).ok());
            Some(count.unwrap_or(0).saturating_mul(size(at + 1)).div_ceil(2).saturating_add(4))
        }
        _ => None,
    };
    let [operation, _] = first.to_le_bytes();
    let plain = LENGTHS.get(usize::from(operation)).map_or(1, |digit| usize::from(digit - b'0'));
    table.unwrap_or(plain).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(code: &[u8]) -> Vec<u32> {
        let mut found = Vec::new();
        strings(code, |number| {
            found.push(number);
            Some(())
        })
        .expect("none of them is nothing");
        found
    }

    #[test]
    fn the_strings_of_a_method_are_read_in_order_past_the_tables_among_its_instructions() {
        let code: &[u8] = &[
            0x1a, 0, 7, 0, // const-string v0, string@7
            0x18, 0, 0x1a, 0, 0x1a, 0, 0x1a, 0, 0x1a,
            0, // const-wide v0, a number that looks like more of them
            0x6e, 0x20, 1, 0, 0x10, 0, // invoke-virtual
            0, 3, 1, 0, 4, 0, 0, 0, 0x1a, 0x1a, 0x1a, 0x1a, // an array of four bytes
            0x1b, 0, 9, 0, 1, 0, // const-string/jumbo v0, string@65545
            0x0e, 0, // return-void
        ];
        assert_eq!(all(code), [7, 65545]);
    }

    #[test]
    fn code_that_is_cut_off_or_nonsense_ends() {
        assert!(all(&[0x1a, 0]).is_empty());
        assert!(all(&[0, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).is_empty());
        assert_eq!(all(&[0x1b; 4096]).len(), 682);
    }
}
