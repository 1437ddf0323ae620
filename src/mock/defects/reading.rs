//! Defects of reading: what is no header field is made into one, and what is one is lost.

use std::sync::Arc;

use bytes::Bytes;

use super::syntax::{rewrite, untrimmed};
use super::{Defect, defect};
use crate::contract::Carrier;
use crate::mock::edge::{Denial, Edge, Presented};
use crate::mock::http1::Reception;
use crate::mock::message::{Field, Head};

/// The family.
pub(super) const FAMILY: &[Defect] = &[
    defect("no-ows-trim", "Takes white space around a key for a part of it.", no_ows_trim),
    defect(
        "case-sensitive-header-lookup",
        "Knows the field of the key in two spellings only.",
        case_sensitive_lookup,
    ),
    defect(
        "space-before-colon-accepted",
        "Takes white space off the end of a field's name.",
        space_before_colon,
    ),
    defect("obs-fold-concatenated", "Joins a folded value without a space.", fold_joined),
    defect("leading-ws-header-accepted", "Takes white space off the first header line.", first_line_trimmed),
    defect("c-string-compare", "Compares keys up to a NUL.", c_string),
    defect("cr-terminates-value", "Ends a line at a CR, and drops the rest of it.", cr_ends_value),
    defect("ctl-stripped", "Takes control characters out of a key.", controls_stripped),
    defect("unbounded-header", "Takes a head of any size.", unbounded),
    defect(
        "ignore-oversized-header",
        "Drops a header line that is too long, and goes on.",
        oversized_dropped,
    ),
    defect("drop-headers-after-100", "Drops header lines behind the hundredth.", dropped_after_100),
    defect(
        "empty-name-truncates-headers",
        "Loses all header lines behind one without a name.",
        truncated_at_empty_name,
    ),
    defect("lenient-request-line", "Reads a request line of more than three words.", lenient_request_line),
];

/// `value.split_once(": ")`, and the value is used as it is.
fn no_ows_trim(edge: &mut Edge) {
    edge.receive.field = untrimmed;
}

/// Fields are kept in a map: `headers["X-API-Key"] || headers["x-api-key"]`.
fn case_sensitive_lookup(edge: &mut Edge) {
    let sound = Arc::clone(&edge.extract);
    edge.extract = Arc::new(move |head, carrier| match carrier {
        Carrier::Header { name, .. } if !spelt(head, name.as_str()) => Presented::Absent,
        Carrier::Header { .. } | Carrier::Query(_) | Carrier::Cookie(_) => sound(head, carrier),
    });
}

/// Whether a field stands in a head as it is written or in lower case.
fn spelt(head: &Head, name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    head.fields.iter().any(|field| field.name == name.as_bytes() || field.name == lower.as_bytes())
}

/// `name.trim()`, to be tolerant.
fn space_before_colon(edge: &mut Edge) {
    edge.receive.field = |line| {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or_default();
        let (name, value) = line.split_at(colon);
        (Reception::sound().field)(&[name.trim_ascii_end(), value].concat().into())
    };
}

/// The lines of a head, with what a reader does to all of them, the request line included.
fn reread(head: &Bytes, change: impl FnOnce(Vec<Bytes>) -> Vec<Bytes>) -> Result<Vec<Bytes>, Denial> {
    (Reception::sound().lines)(head).map(change)
}

fn begins_blank(line: &[u8]) -> bool {
    line.first().is_some_and(|first| matches!(first, b' ' | b'\t'))
}

/// The parser of mail is at hand, which unfolds.
fn fold_joined(edge: &mut Edge) {
    edge.receive.lines = |head| {
        reread(head, |lines| {
            let mut joined: Vec<Bytes> = Vec::new();
            for line in lines {
                // Nothing continues the request line.
                let continued = joined.len() > 1 && begins_blank(&line);
                match joined.last_mut().filter(|_| continued) {
                    Some(before) => {
                        *before = [before.trim_ascii_end(), line.trim_ascii_start()].concat().into();
                    }
                    None => joined.push(line),
                }
            }
            joined
        })
    };
}

/// Blanks behind the request line are skipped by the loop that skips empty lines before it.
fn first_line_trimmed(edge: &mut Edge) {
    edge.receive.lines = |head| {
        reread(head, |mut lines| {
            if let Some(first) = lines.get_mut(1) {
                *first = Bytes::copy_from_slice(first.trim_ascii_start());
            }
            lines
        })
    };
}

/// A field line whose value may hold control characters.
fn uncontrolled(line: &Bytes) -> Result<Field, Denial> {
    let is_control = |byte: &u8| (*byte < b' ' && *byte != b'\t') || *byte == 0x7f;
    let visible: Bytes = line.iter().map(|byte| if is_control(byte) { b'?' } else { *byte }).collect();
    let field = (Reception::sound().field)(&visible)?;
    let value = line.slice(field.name.len() + 1..);
    let blank = |byte: &u8| *byte == b' ' || *byte == b'\t';
    let start = value.iter().position(|byte| !blank(byte)).unwrap_or(value.len());
    let value = value.slice(start..start + field.value.len());
    Ok(Field { value, ..field })
}

/// `strcmp(key, presented) == 0`.
fn c_string(edge: &mut Edge) {
    edge.receive.field = uncontrolled;
    rewrite(edge, |presented| presented.split(|byte| *byte == 0).next().map(<[u8]>::to_vec));
}

/// The scanner stops at CR, and the next line begins behind LF.
fn cr_ends_value(edge: &mut Edge) {
    edge.receive.lines = |head| {
        let mut clean = Vec::with_capacity(head.len());
        for line in head.split_inclusive(|byte| *byte == b'\n') {
            clean.extend(line.iter().take_while(|byte| **byte != b'\r' && **byte != b'\n'));
            clean.extend(b"\r\n");
        }
        (Reception::sound().lines)(&clean.into())
    };
}

/// Keys are pasted with all sorts of things, and what cannot be seen is taken out.
fn controls_stripped(edge: &mut Edge) {
    edge.receive.field = uncontrolled;
    rewrite(edge, |presented| Some(presented.iter().copied().filter(|b| !b.is_ascii_control()).collect()));
}

/// The limit is that of the proxy, which is no longer there.
fn unbounded(edge: &mut Edge) {
    edge.receive.most = usize::MAX;
}

/// A line that does not fit into the buffer for lines is skipped with a warning.
fn oversized_dropped(edge: &mut Edge) {
    const LINE: usize = 16 * 1024;
    edge.receive.most = usize::MAX;
    edge.receive.lines = |head| {
        reread(head, |mut lines| {
            lines.retain(|line| line.len() <= LINE);
            lines
        })
    };
}

/// The array for fields has a hundred places.
fn dropped_after_100(edge: &mut Edge) {
    edge.receive.lines = |head| {
        reread(head, |mut lines| {
            lines.truncate(101);
            lines
        })
    };
}

/// A field without a name ends the list of fields, as the parser writes it down.
fn truncated_at_empty_name(edge: &mut Edge) {
    edge.receive.lines =
        |head| reread(head, |lines| lines.into_iter().take_while(|line| !line.starts_with(b":")).collect());
}

/// The version is behind the last space, and the target before the first one that follows the method.
fn lenient_request_line(edge: &mut Edge) {
    edge.receive.words = |line| {
        let words: Vec<&[u8]> = line.split(|byte| *byte == b' ').collect();
        match &*words {
            [method, target, .., version] => Ok([method, target, version]),
            _ => Err(Denial::Malformed("The request line is too short.")),
        }
    };
}
