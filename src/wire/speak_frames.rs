//! From a conversation in HTTP/2 to frames: everything is filled in here, keys included.

use bytes::Bytes;

use super::frames::Frame;
use super::seal::SealError;
use super::speak::Speaker;
use crate::plan::{FramePart, Gap, Piece, Template, What};

type Fields = Vec<(Vec<u8>, Vec<u8>)>;

impl Speaker<'_> {
    /// A frame, filled in.
    ///
    /// # Errors
    /// Something that is to be filled in and was never told.
    pub(super) fn frame(&self, part: &FramePart) -> Result<Frame, SealError> {
        Ok(match part {
            FramePart::Headers { stream, fields, end } => {
                Frame::Headers { stream: *stream, fields: self.fields(fields)?, end: *end }
            }
            FramePart::Data { stream, text, end } => {
                Frame::Data { stream: *stream, bytes: Bytes::from(self.render(text, 0)?), end: *end }
            }
            FramePart::Other { kind, flags, stream, payload } => {
                let payload = Bytes::from(self.render(payload, 0)?);
                Frame::Other { kind: *kind, flags: *flags, stream: *stream, payload }
            }
        })
    }

    /// Fields, one a line. A line that is only the field of a key or a media type is left out where there is none.
    fn fields(&self, text: &Template) -> Result<Fields, SealError> {
        let mut fields = Fields::new();
        for line in text.lines.iter().filter(|line| !line.pieces.is_empty()) {
            let mut bytes = Vec::new();
            for piece in &line.pieces {
                match piece {
                    Piece::Bytes(text) => bytes.extend_from_slice(text),
                    Piece::Gap(gap) => bytes.extend_from_slice(&self.filled_in_lower_case(gap)?),
                }
            }
            let only_line = matches!(&*line.pieces, [Piece::Gap(gap)] if gap.what.is_line());
            if !(only_line && bytes.is_empty()) {
                fields.push(field(&bytes));
            }
        }
        Ok(fields)
    }

    /// What is filled in; names are in lower case (RFC 9113 section 8.2).
    fn filled_in_lower_case(&self, gap: &Gap) -> Result<Vec<u8>, SealError> {
        let mut bytes = self.filled(gap, 0)?;
        match gap.what {
            What::KeyLine | What::TypeLine => {
                let name = bytes.iter().position(|byte| *byte == b':').unwrap_or_default();
                bytes.get_mut(..name).unwrap_or_default().make_ascii_lowercase();
            }
            What::KeyName => bytes.make_ascii_lowercase(),
            What::KeyNameSwapped => bytes.make_ascii_uppercase(),
            What::Method
            | What::Target
            | What::Path
            | What::Host
            | What::HostUpper
            | What::Scheme
            | What::Body
            | What::BodyChunk
            | What::Length
            | What::Key
            | What::KeyValue
            | What::Told(_) => {}
        }
        Ok(bytes)
    }
}

/// The name and the value of a line, which stand before and behind the first colon with a space behind it. The name of a
/// pseudo-field begins with a colon.
fn field(line: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let separator = line.windows(2).skip(1).position(|bytes| bytes == b": ").map(|at| at + 1);
    let (name, value) = match separator.and_then(|at| line.split_at_checked(at)) {
        Some((name, value)) => (name, value.get(2..).unwrap_or_default()),
        None => (line.strip_suffix(b":").filter(|name| !name.is_empty()).unwrap_or(line), &[][..]),
    };
    (name.to_vec(), value.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_field_is_lost() {
        let read = |line: &str| {
            let (name, value) = field(line.as_bytes());
            (String::from_utf8(name).unwrap(), String::from_utf8(value).unwrap())
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(":path: /a: b"), pair(":path", "/a: b"));
        assert_eq!(read("a\t:  b "), pair("a\t", " b "));
        assert_eq!(read(":path:"), pair(":path", ""));
        assert_eq!(read("a: "), pair("a", ""));
        assert_eq!(read("a"), pair("a", ""));
    }
}
