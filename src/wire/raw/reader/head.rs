//! A status line and field lines (RFC 9112 sections 2.2, 4 and 5), read strictly: what is not by the grammar is
//! noted, and read on where there is one way to read it.

use std::collections::BTreeSet;

use super::super::super::exchange::{Answer, text_of};
use super::super::super::transcript::Oddity;

/// Fields as they are read, names in lower case.
pub(super) type Fields = Vec<(String, Vec<u8>)>;

/// A line without its end; notes a bare LF and a CR within the line.
pub(super) fn content<'a>(line: &'a [u8], odd: &mut BTreeSet<Oddity>) -> &'a [u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let text = line.strip_suffix(b"\r").unwrap_or_else(|| {
        odd.insert(Oddity::BareLf);
        line
    });
    if text.contains(&b'\r') {
        odd.insert(Oddity::BareCr);
    }
    text
}

/// The answer that a status line begins; nothing where it is not one.
pub(super) fn status_line(line: &[u8], odd: &mut BTreeSet<Oddity>) -> Option<Answer> {
    let text = content(line, odd);
    let (version, rest) = text.split_at_checked(8)?;
    let (code, reason) = rest.strip_prefix(b" ")?.split_at_checked(3)?;
    let [b'H', b'T', b'T', b'P', b'/', major, b'.', minor] = version else { return None };
    if !(major.is_ascii_digit() && minor.is_ascii_digit()) {
        return None;
    }
    let version = match (major, minor) {
        (b'1', b'0') => "HTTP/1.0",
        (b'1', _) => "HTTP/1.1",
        _ => {
            odd.insert(Oddity::Version);
            "HTTP/?"
        }
    };
    let digits = code.iter().all(u8::is_ascii_digit).then(|| std::str::from_utf8(code).ok());
    let status: u16 = digits.flatten()?.parse().ok()?;
    // The space stands even where the reason is empty (RFC 9112 section 4).
    let sound = reason.first() == Some(&b' ') && !reason.iter().any(|byte| is_control(*byte));
    if !sound || !(100..600).contains(&status) {
        odd.insert(Oddity::StatusLine);
    }
    let separated = reason.is_empty() || reason.first() == Some(&b' ');
    let reason = text_of(reason.trim_ascii());
    (separated && status >= 100).then(|| Answer { version, status, reason, ..Answer::default() })
}

/// Puts a field line to those before it.
pub(super) fn field_line(line: &[u8], most: usize, fields: &mut Fields, odd: &mut BTreeSet<Oddity>) {
    let text = content(line, odd);
    if matches!(text.first(), Some(b' ' | b'\t')) {
        match fields.last_mut() {
            Some((_, value)) => {
                odd.insert(Oddity::ObsFold);
                value.push(b' ');
                value.extend_from_slice(text_of(trimmed(text)).as_bytes());
            }
            None => drop(odd.insert(Oddity::LeadingSpace)),
        }
        return;
    }
    if fields.len() >= most {
        odd.insert(Oddity::TooManyFields);
        return;
    }
    let Some(colon) = text.iter().position(|byte| *byte == b':') else {
        odd.insert(Oddity::FieldName);
        return;
    };
    let (name, value) = text.split_at(colon);
    let (name, value) = (without_space(name, odd), trimmed(value.get(1..).unwrap_or_default()));
    if name.is_empty() || !name.iter().copied().all(is_token) {
        odd.insert(Oddity::FieldName);
    }
    if value.iter().any(|byte| is_control(*byte)) {
        odd.insert(Oddity::FieldValue);
    }
    fields.push((String::from_utf8_lossy(name).to_ascii_lowercase(), text_of(value).into_bytes()));
}

fn without_space<'a>(name: &'a [u8], odd: &mut BTreeSet<Oddity>) -> &'a [u8] {
    let bare = name.trim_ascii_end();
    if bare.len() < name.len() {
        odd.insert(Oddity::SpaceBeforeColon);
    }
    bare
}

/// A value without the spaces and tabs around it (RFC 9110 section 5.5).
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
    let end = value.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
    value.get(start..end).unwrap_or_default()
}

pub(super) fn is_control(byte: u8) -> bool {
    (byte < b' ' && byte != b'\t') || byte == 0x7f
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
