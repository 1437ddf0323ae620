//! Matchers on header fields and JSON bodies, and searches through a whole answer.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::{Finding, Judgement, Reading};
use crate::contract::{JsonType, Matcher, Rule};
use crate::document::{HeaderName, JsonPath, Pattern};
use crate::redact::Redactor;
use crate::wire::{Answer, Exchange};

/// A shorter text could stand in an answer by chance.
const SHORTEST_ECHO: usize = 8;

/// A header field against a matcher; a field on several lines is one value, joined as RFC 9110 section 5.3 does.
pub(super) fn header(name: &HeaderName, matcher: &Matcher, reading: &Reading<'_>) -> Judgement {
    let lines: Vec<_> = reading.answer.header(name.as_str()).collect();
    let value = (!lines.is_empty()).then(|| Value::String(lines.join(", ")));
    let seen = value.as_ref().map_or_else(|| format!("no {name}"), |value| format!("{name}: {value}"));
    Judgement::new(matches(matcher, value.as_ref(), reading.answer.status), seen)
}

/// A JSON body against a matcher; every value that the path selects must fit.
pub(super) fn body(path: &JsonPath, matcher: &Matcher, reading: &Reading<'_>) -> Judgement {
    let status = reading.answer.status;
    let Some(json) = &reading.json else {
        let absent = matches(matcher, None, status);
        return Judgement::new(absent, format!("no JSON body, so no {path}"));
    };
    let values = path.select(json);
    if values.is_empty() {
        return Judgement::new(matches(matcher, None, status), format!("no {path}"));
    }
    let wrong = values.iter().find(|value| !matches(matcher, Some(value), status));
    let shown = wrong.or(values.first()).map_or_else(String::new, ToString::to_string);
    Judgement::new(wrong.is_none(), format!("{path} is {shown}"))
}

/// Whether a value, or its absence, fits every rule.
pub(crate) fn matches(matcher: &Matcher, value: Option<&Value>, status: u16) -> bool {
    let Some(value) = value else {
        let may_be_absent = |rule: &Rule| matches!(rule, Rule::Absent | Rule::Optional);
        return matcher.rules.iter().any(may_be_absent);
    };
    matcher.rules.iter().all(|rule| match rule {
        Rule::Exists | Rule::Optional => true,
        Rule::Absent => false,
        Rule::Equals(wanted) => equal(wanted, value),
        Rule::OneOf(wanted) => wanted.iter().any(|wanted| equal(wanted, value)),
        Rule::Matches(pattern) => value.as_str().is_some_and(|text| pattern.regex().is_match(text)),
        Rule::Type(kind) => is_of(*kind, value),
        Rule::EqualsStatus => equal(&Value::from(status), value),
    })
}

/// Equal as JSON, where `1` and `1.0` are the same number.
fn equal(wanted: &Value, value: &Value) -> bool {
    let whole = |number: &Value| number.is_i64() || number.is_u64();
    if whole(wanted) && whole(value) {
        // As floating point numbers, long ones would be the same that are not.
        return wanted == value;
    }
    match (wanted.as_f64(), value.as_f64()) {
        (Some(wanted), Some(value)) => wanted.partial_cmp(&value) == Some(Ordering::Equal),
        _ => wanted == value,
    }
}

fn is_of(kind: JsonType, value: &Value) -> bool {
    match kind {
        JsonType::Null => value.is_null(),
        JsonType::Boolean => value.is_boolean(),
        // A number with nothing behind its point is a whole number (RFC 8259 section 6).
        JsonType::Integer => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        JsonType::Number => value.is_number(),
        JsonType::String => value.is_string(),
        JsonType::Array => value.is_array(),
        JsonType::Object => value.is_object(),
    }
}

/// No trace of a key stands in the answer; where one does, the place and the form are told, never the key.
///
/// What was sent in the place of a key is looked for too, even where it was never anybody's key: a server that gives
/// that back gives back any.
pub(super) fn no_echo(reading: &Reading<'_>, exchange: &Exchange, redactor: &Redactor) -> Judgement {
    let sent = exchange.request.key.as_deref().filter(|key| key.len() >= SHORTEST_ECHO);
    let forged = sent.filter(|key| redactor.find(key.as_bytes()).is_empty());
    let forged = forged.map(|key| Redactor::of_text("nobody, as it was sent", key));
    let said = said(reading, exchange);
    let found = std::iter::once(redactor).chain(&forged).find_map(|keys| echo(&said, keys));
    found.unwrap_or_else(|| Judgement::new(Finding::Holds, "no trace of a key"))
}

/// Everything that a target said, with its place: the head, the body, and what was heard around them.
fn said<'a>(reading: &'a Reading<'_>, exchange: &'a Exchange) -> Vec<(String, &'a [u8])> {
    let mut said = Vec::new();
    head(reading.answer, &mut said);
    // What a coding leaves beside the text, such as a comment of gzip, only stands on the wire.
    let wire = Some(&*reading.answer.body).filter(|wire| *wire != &*reading.body);
    said.extend(std::iter::once(&*reading.body).chain(wire).map(|text| ("the body".to_owned(), text)));
    if let Some(transcript) = &exchange.transcript {
        for heard in &transcript.answers {
            heard.interim.iter().for_each(|interim| head(interim, &mut said));
            fields("trailer", &heard.trailers, &mut said);
        }
        said.push(("what belongs to no answer".to_owned(), &transcript.surplus));
    }
    said
}

fn head<'a>(answer: &'a Answer, said: &mut Vec<(String, &'a [u8])>) {
    said.push(("the reason phrase".to_owned(), answer.reason.as_bytes()));
    fields("header", &answer.headers, said);
}

fn fields<'a>(sort: &str, lines: &'a [(String, Vec<u8>)], said: &mut Vec<(String, &'a [u8])>) {
    said.extend(lines.iter().map(|(name, value)| (format!("{sort} {name}"), &**value)));
}

/// The first trace of a key in what a target said.
fn echo(said: &[(String, &[u8])], redactor: &Redactor) -> Option<Judgement> {
    said.iter().find_map(|(place, text)| {
        let traces = redactor.find(text);
        let trace = traces.first()?;
        let (credential, form) = (&trace.credential, trace.form);
        let seen = format!("{place} holds the key of `{credential}` {form}, at byte {}", trace.at.start);
        Some(Judgement::new(Finding::Broken, seen))
    })
}

/// None of the patterns is found in the head or the body.
pub(super) fn nowhere(patterns: &[Pattern], reading: &Reading<'_>) -> Judgement {
    let headers = reading.answer.headers.iter();
    let mut lines: Vec<Cow<'_, str>> =
        headers.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)).into()).collect();
    lines.push(String::from_utf8_lossy(&reading.body));
    for pattern in patterns {
        if let Some(found) = lines.iter().find_map(|line| pattern.regex().find(line)) {
            let seen = format!("/{pattern}/ is found: {}", found.as_str());
            return Judgement::new(Finding::Broken, seen);
        }
    }
    Judgement::new(Finding::Holds, "none of the patterns is found")
}

/// A redirection, if there is one, stays at the origin that was asked.
pub(super) fn no_foreign_redirect(reading: &Reading<'_>, exchange: &Exchange) -> Judgement {
    let url = &exchange.request.url;
    for location in reading.answer.header("location") {
        let same = url.join(location).is_ok_and(|target| target.origin() == url.origin());
        if !same {
            return Judgement::new(Finding::Broken, format!("sends the client to {location}"));
        }
    }
    Judgement::new(Finding::Holds, "sends the client nowhere else")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(rules: Value, value: &Value) -> bool {
        matches(&serde_json::from_value(rules).unwrap(), Some(value), 401)
    }

    #[test]
    fn a_whole_number_is_one_however_it_is_written() {
        for rules in [json!({"type": "integer"}), json!({"equals_status": true}), json!({"equals": 401})] {
            assert!(fits(rules.clone(), &json!(401)), "{rules}");
            assert!(fits(rules.clone(), &json!(401.0)), "{rules}");
            assert!(!fits(rules.clone(), &json!(401.5)), "{rules}");
            assert!(!fits(rules, &json!("401")));
        }
    }
}
