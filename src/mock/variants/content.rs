//! Variants of what an answer says.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Map, Value, json};

use super::{Change, Variant, retouch, variant};
use crate::mock::edge::Edge;
use crate::mock::http1;
use crate::mock::message::{Answer, Content};

/// The family.
pub(super) const FAMILY: &[Variant] = &[
    variant("body-wording", "Says in other words, and other letters, what went wrong.", body_wording),
    variant("member-order", "Writes the members of its JSON in another order.", member_order),
    variant("unknown-members", "Has members in its JSON that nobody declared.", unknown_members),
    variant("pretty-json", "Writes its JSON over several lines.", pretty_json),
    variant("numbers-with-fraction", "Writes 1.0 for 1.", numbers_with_fraction),
    variant("gzip", "Compresses every answer, though nobody asked for it.", gzip),
    Variant {
        id: "own-error-shape",
        what: "Has errors of its own shape, and declares no problem details.",
        change: Change::Contract(|contract| contract.policy.problem_details = None),
    },
];

/// Changes the document of every answer that has one.
fn rewrite(edge: &mut Edge, touch: fn(&mut Value)) {
    retouch(edge, move |_, answer| {
        if let Content::Json { value, .. } = &mut answer.content {
            touch(value);
        }
    });
}

/// Members that are meant for people are not for programs to go by (RFC 9457 section 3.1.4).
fn body_wording(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        let failed = answer.status >= 400;
        for (name, value) in answer.members().filter(|_| failed).into_iter().flatten() {
            if ["title", "detail", "message"].contains(&name.as_str()) {
                *value = json!("Ça ne va pas: \u{bb}API\u{ab} \u{2013} \u{30ad}\u{30fc}\u{2026}");
            }
        }
    });
}

/// The members of an object have no order (RFC 8259 section 1).
fn member_order(edge: &mut Edge) {
    rewrite(edge, reverse);
}

fn reverse(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let mut reversed: Map<String, Value> = std::mem::take(members).into_iter().rev().collect();
            reversed.values_mut().for_each(reverse);
            *members = reversed;
        }
        Value::Array(elements) => elements.iter_mut().for_each(reverse),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is not known is to be ignored (RFC 9457 section 3.2).
fn unknown_members(edge: &mut Edge) {
    rewrite(edge, |value| {
        if let Value::Object(members) = value {
            members.insert("meta".to_owned(), json!({ "version": 3, "beta": false, "notes": [null, ""] }));
        }
    });
}

/// White space between tokens means nothing (RFC 8259 section 2).
fn pretty_json(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        if let Content::Json { media_type, value } = &answer.content {
            let bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
            answer.content = Content::Written { media_type: media_type.clone(), bytes };
        }
    });
}

/// A number with nothing behind its point is the whole number (RFC 8259 section 6).
fn numbers_with_fraction(edge: &mut Edge) {
    rewrite(edge, fractions);
}

fn fractions(value: &mut Value) {
    match value {
        Value::Number(number) if !number.is_f64() => *value = json!(number.as_f64()),
        Value::Object(members) => members.values_mut().for_each(fractions),
        Value::Array(elements) => elements.iter_mut().for_each(fractions),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Without an `Accept-Encoding` field any coding is acceptable (RFC 9110 section 12.5.3).
fn gzip(edge: &mut Edge) {
    retouch(edge, |_, answer| {
        let Some((media_type, plain)) = http1::content(answer) else { return };
        let Ok(bytes) = compressed(&plain) else { return };
        let media_type = media_type.to_owned().into();
        answer.content = Content::Written { media_type, bytes };
        encoded(answer);
    });
}

fn compressed(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn encoded(answer: &mut Answer) {
    answer.set("Content-Encoding", "gzip");
    answer.set("Vary", "Accept-Encoding");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_turned_round_at_every_depth() {
        let mut value = json!({"a": 1, "b": [{"c": 2, "d": 3}]});
        reverse(&mut value);
        assert_eq!(value.to_string(), r#"{"b":[{"d":3,"c":2}],"a":1}"#);
    }

    #[test]
    fn whole_numbers_get_a_fraction_and_others_keep_theirs() {
        let mut value = json!({"a": 401, "b": [0.5, "1"]});
        fractions(&mut value);
        assert_eq!(value.to_string(), r#"{"a":401.0,"b":[0.5,"1"]}"#);
    }
}
