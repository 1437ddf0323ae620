//! Field lines and the `Host` field (RFC 9112 sections 3.2 and 5).

use bytes::Bytes;

use crate::mock::edge::Denial;
use crate::mock::message::{Field, Head, Version};

/// Whether a byte may stand in a token (RFC 9110 section 5.6.2).
pub(super) fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// One field line, its line end taken off. White space before the name (a folded line) or before the colon is
/// an error (RFC 9112 sections 5.1 and 5.2), and so is any control character in the value (RFC 9110
/// section 5.5).
///
/// # Errors
/// What is wrong with the line.
pub(super) fn line(line: &Bytes) -> Result<Field, Denial> {
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return Err(Denial::Malformed("A header line has no colon."));
    };
    let (name, value) = (line.slice(..colon), line.slice(colon + 1..));
    if name.is_empty() || !name.iter().copied().all(is_tchar) {
        return Err(Denial::Malformed("A header name is not a token."));
    }
    if value.iter().any(|byte| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f) {
        return Err(Denial::Malformed("A header value holds a control character."));
    }
    Ok(Field { name, value: trimmed(&value) })
}

/// A value without the spaces and tabs around it (RFC 9110 section 5.5), and nothing else.
fn trimmed(value: &Bytes) -> Bytes {
    let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    value.slice(start..end)
}

/// The `Host` field: in HTTP/1.1 exactly one, which names a host and nothing more (RFC 9112 section 3.2).
///
/// # Errors
/// A missing, second or invalid `Host`.
pub(super) fn host(head: &Head) -> Result<(), Denial> {
    let mut hosts = head.values("host");
    match (hosts.next(), hosts.next()) {
        (None, _) if head.version == Version::Http10 => Ok(()),
        (None, _) => Err(Denial::Malformed("The Host header is missing.")),
        (Some(_), Some(_)) => Err(Denial::Malformed("There is more than one Host header.")),
        (Some(host), None) if authority(host) => Ok(()),
        (Some(_), None) => Err(Denial::Malformed("The Host header is not a host.")),
    }
}

/// Whether some bytes are `host [":" port]` (RFC 3986 section 3.2.2), without user information.
pub(crate) fn authority(text: &[u8]) -> bool {
    let port_at = match text.first() {
        Some(b'[') => text.iter().position(|byte| *byte == b']').map(|at| at + 1),
        Some(_) => Some(text.iter().position(|byte| *byte == b':').unwrap_or(text.len())),
        None => None,
    };
    let Some((host, port)) = port_at.and_then(|at| text.split_at_checked(at)) else { return false };
    let port_is_sound = match port.split_first() {
        None => true,
        Some((colon, digits)) => *colon == b':' && digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
    };
    port_is_sound && (literal(host) || name(host))
}

/// An IP literal in brackets.
fn literal(host: &[u8]) -> bool {
    let inner = host.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    inner.is_some_and(|inner| {
        !inner.is_empty() && inner.iter().all(|byte| byte.is_ascii_alphanumeric() || b":.%-_~".contains(byte))
    })
}

/// A registered name or an IPv4 address.
fn name(host: &[u8]) -> bool {
    let sound = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+;=".contains(byte);
    !host.is_empty() && host.iter().all(sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &'static [u8]) -> Result<(Bytes, Bytes), Denial> {
        line(&Bytes::from_static(text)).map(|field| (field.name, field.value))
    }

    #[test]
    fn white_space_around_a_value_is_not_part_of_it() {
        assert_eq!(field(b"A:\t one two \t").unwrap(), (Bytes::from("A"), Bytes::from("one two")));
        assert_eq!(field(b"A:   ").unwrap().1, Bytes::new());
    }

    #[test]
    fn a_line_that_could_be_read_in_two_ways_is_refused() {
        for text in [
            &b"A : x"[..],
            b" A: x",
            b"A\t: x",
            b": x",
            b"A",
            b"A: x\0y",
            b"A: x\ry",
            b"A: x\x01",
            b"A: \x7f",
        ] {
            assert!(field(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn bytes_beyond_ascii_are_opaque_in_a_value() {
        assert_eq!(field(b"A: \xff\xfe").unwrap().1, Bytes::from_static(b"\xff\xfe"));
    }

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for sound in ["a", "127.0.0.1:80", "[::1]:8080", "[::1]", "API.example:", "a-b.c"] {
            assert!(authority(sound.as_bytes()), "{sound}");
        }
        for wrong in
            ["", ":80", "a/b", "a?x", "a#b", "u@a", "a b", "a,b", "a:8x", "[::1", "[]", "a:123456", "[::1]x"]
        {
            assert!(!authority(wrong.as_bytes()), "{wrong}");
        }
    }
}
