//! The compression of HTTP/2 fields (RFC 7541), within bounds, and with no opinion about what it carries: whether a name
//! or a value is sound is for others to say.
//!
//! The client of exact frames and the reference server both read with it, as both would with a library. Nothing here
//! judges anything.

mod decoder;
mod huffman;
mod table;

pub use decoder::{Decoder, HpackError};

/// How large a dynamic table may be before anything was agreed on (RFC 9113 section 6.5.2).
pub const TABLE_SIZE: usize = 4096;

/// Writes a field as a literal that nobody is to remember, neither of its parts compressed (RFC 7541 section 6.2.2).
pub fn write_literal(name: &[u8], value: &[u8], into: &mut Vec<u8>) {
    into.push(0);
    write_text(name, into);
    write_text(value, into);
}

fn write_text(text: &[u8], into: &mut Vec<u8>) {
    const PREFIX: usize = 0x7f;
    match u8::try_from(text.len()) {
        Ok(length) if usize::from(length) < PREFIX => into.push(length),
        Ok(_) | Err(_) => {
            into.push(0x7f);
            let mut rest = text.len() - PREFIX;
            while rest >= 0x80 {
                into.push(0x80 | u8::try_from(rest & 0x7f).unwrap_or_default());
                rest >>= 7;
            }
            into.push(u8::try_from(rest).unwrap_or_default());
        }
    }
    into.extend_from_slice(text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Fields = Vec<(Vec<u8>, Vec<u8>)>;

    fn read(decoder: &mut Decoder, block: &[u8]) -> Result<Fields, HpackError> {
        let mut fields = Fields::new();
        decoder.decode(block, |name, value| fields.push((name.to_vec(), value.to_vec())))?;
        Ok(fields)
    }

    fn hex(text: &str) -> Vec<u8> {
        let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    }

    fn fields(text: &[(&str, &str)]) -> Fields {
        text.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
    }

    #[test]
    fn the_examples_of_rfc_7541_appendix_c_4_are_read() {
        let mut decoder = Decoder::new(TABLE_SIZE);
        let common =
            [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")];
        let first = read(&mut decoder, &hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff")).unwrap();
        assert_eq!(first, fields(&common));
        let second = read(&mut decoder, &hex("8286 84be 5886 a8eb 1064 9cbf")).unwrap();
        assert_eq!(second, fields(&[&common[..], &[("cache-control", "no-cache")]].concat()));
        let third = hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
        let wanted = [
            (":method", "GET"),
            (":scheme", "https"),
            (":path", "/index.html"),
            (":authority", "www.example.com"),
            ("custom-key", "custom-value"),
        ];
        assert_eq!(read(&mut decoder, &third).unwrap(), fields(&wanted));
    }

    #[test]
    fn the_examples_of_rfc_7541_appendix_c_6_drop_what_no_longer_fits() {
        let mut decoder = Decoder::new(256);
        let first = "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d \
                     29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3";
        let wanted = |status| {
            fields(&[
                (":status", status),
                ("cache-control", "private"),
                ("date", "Mon, 21 Oct 2013 20:13:21 GMT"),
                ("location", "https://www.example.com"),
            ])
        };
        assert_eq!(read(&mut decoder, &hex(first)).unwrap(), wanted("302"));
        assert_eq!(read(&mut decoder, &hex("4883 640e ffc1 c0bf")).unwrap(), wanted("307"));
    }

    #[test]
    fn what_is_no_block_is_an_error_and_nothing_worse() {
        let blocks = [
            "80",
            "be",
            "ff",
            "3f",
            "3fe21f",
            "40",
            "00",
            "0001",
            "0085",
            "000161",
            "0001 61 7f",
            "7fffffffffff7f",
        ];
        for block in blocks {
            assert!(read(&mut Decoder::new(TABLE_SIZE), &hex(block)).is_err(), "{block}");
        }
        // Padding that is too long, and padding of zeros.
        assert!(read(&mut Decoder::new(TABLE_SIZE), &hex("0081 ff 00")).is_err());
        assert!(read(&mut Decoder::new(TABLE_SIZE), &hex("0082 1fff 00")).is_err());
        assert!(read(&mut Decoder::new(TABLE_SIZE), &hex("0081 18 00")).is_err());
        assert_eq!(read(&mut Decoder::new(TABLE_SIZE), &hex("0081 1f 00")).unwrap(), fields(&[("a", "")]));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            name in proptest::collection::vec(any::<u8>(), 0..300),
            value in proptest::collection::vec(any::<u8>(), 0..20_000),
        ) {
            let mut block = Vec::new();
            write_literal(&name, &value, &mut block);
            prop_assert_eq!(read(&mut Decoder::new(TABLE_SIZE), &block).unwrap(), vec![(name, value)]);
        }

        #[test]
        fn any_bytes_are_read_or_refused(blocks in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..60), 0..6)
        ) {
            let mut decoder = Decoder::new(TABLE_SIZE);
            for block in blocks {
                drop(read(&mut decoder, &block));
            }
        }
    }
}
