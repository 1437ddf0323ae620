//! Where a request's body ends (RFC 9112 sections 6.1 to 6.3): the rules that request smuggling lives off.

use crate::mock::edge::Denial;
use crate::mock::message::{Head, Version};

/// Where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    Nothing,
    /// After this many bytes.
    Length(u64),
    /// With its last chunk.
    Chunked,
}

/// The framing of a request. Whatever two readers could frame differently is refused, and the connection with
/// it: two lengths, a length beside a transfer coding, a coding other than exactly `chunked`, a coding in
/// HTTP/1.0.
///
/// # Errors
/// Framing that is ambiguous or unknown.
pub(crate) fn framing(head: &Head) -> Result<Framing, Denial> {
    let mut codings = head.values("transfer-encoding");
    let mut lengths = head.values("content-length");
    let (coding, length) = (codings.next(), lengths.next());
    if codings.next().is_some() || lengths.next().is_some() {
        return Err(Denial::Malformed("The body is framed more than once."));
    }
    match (coding, length) {
        (None, None) => Ok(Framing::Nothing),
        (None, Some(length)) => content_length(length).map(Framing::Length),
        (Some(_), Some(_)) => Err(Denial::Malformed("The body has both a length and a transfer coding.")),
        (Some(_), None) if head.version == Version::Http10 => {
            Err(Denial::Malformed("HTTP/1.0 has no transfer codings."))
        }
        (Some(coding), None) => transfer_coding(coding),
    }
}

/// One or more digits and nothing else: no sign, no list, no other base (RFC 9110 section 8.6).
fn content_length(value: &[u8]) -> Result<u64, Denial> {
    let text = std::str::from_utf8(value).unwrap_or_default();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let length = digits.then(|| text.parse().ok()).flatten();
    length.ok_or(Denial::Malformed("The Content-Length is not a number."))
}

/// `chunked` alone; other codings before it are sound and unknown here, anything else is faulty.
fn transfer_coding(value: &[u8]) -> Result<Framing, Denial> {
    if value.eq_ignore_ascii_case(b"chunked") {
        return Ok(Framing::Chunked);
    }
    let mut codings: Vec<&[u8]> = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    let last = codings.pop().unwrap_or_default();
    let token = |coding: &&[u8]| {
        !coding.is_empty()
            && coding.iter().copied().all(super::field::is_tchar)
            && !coding.eq_ignore_ascii_case(b"chunked")
    };
    if last.eq_ignore_ascii_case(b"chunked") && !codings.is_empty() && codings.iter().all(token) {
        return Err(Denial::NotImplemented("The only transfer coding here is chunked."));
    }
    Err(Denial::Malformed("The transfer coding does not end in chunked."))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::mock::message::{Field, Target};

    fn framed(version: Version, fields: &[(&'static str, &'static str)]) -> Result<Framing, Denial> {
        let field = |(name, value): &(&'static str, &'static str)| Field {
            name: Bytes::from_static(name.as_bytes()),
            value: Bytes::from_static(value.as_bytes()),
        };
        framing(&Head {
            method: http::Method::POST,
            target: Target { authority: None, path: "/".into(), query: None },
            version,
            fields: fields.iter().map(field).collect(),
        })
    }

    #[test]
    fn a_body_ends_after_its_length_or_with_its_last_chunk() {
        assert_eq!(framed(Version::Http11, &[]), Ok(Framing::Nothing));
        assert_eq!(framed(Version::Http11, &[("Content-Length", "12")]), Ok(Framing::Length(12)));
        assert_eq!(framed(Version::Http11, &[("transfer-encoding", "Chunked")]), Ok(Framing::Chunked));
    }

    #[test]
    fn ambiguous_framing_is_refused() {
        for value in ["+5", "0x5", "5 5", "-0", "", "5, 5", "5,6", "99999999999999999999"] {
            assert!(framed(Version::Http11, &[("Content-Length", value)]).is_err(), "{value}");
        }
        for value in [
            "xchunked",
            "chunked, identity",
            "chunked;x",
            "\u{b}chunked",
            "identity",
            "chunked, chunked",
            ", chunked",
        ] {
            let result = framed(Version::Http11, &[("Transfer-Encoding", value)]);
            assert!(matches!(result, Err(Denial::Malformed(_))), "{value}");
        }
        let both = [("Content-Length", "5"), ("Transfer-Encoding", "chunked")];
        assert!(framed(Version::Http11, &both).is_err());
        assert!(framed(Version::Http11, &[("Content-Length", "5"), ("Content-Length", "6")]).is_err());
        assert!(framed(Version::Http10, &[("Transfer-Encoding", "chunked")]).is_err());
    }

    #[test]
    fn a_sound_but_unknown_coding_is_not_implemented() {
        let result = framed(Version::Http11, &[("Transfer-Encoding", "gzip, chunked")]);
        assert!(matches!(result, Err(Denial::NotImplemented(_))));
    }
}
