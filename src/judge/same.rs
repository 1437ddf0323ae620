//! Whether two answers can be told apart, volatile parts left out.

use serde_json::Value;

use super::{Evidence, Finding, Judgement, Reading};
use crate::contract::Contract;
use crate::document::{HeaderName, JsonPath};
use crate::wire::Answer;

/// Which parts of two answers are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compare {
    /// Status, header fields and body.
    Everything,
    /// The same, and the length of the body without its volatile members.
    EverythingAndLength,
    /// Status and body.
    StatusAndBody,
    /// These members of the JSON body alone.
    Members(Vec<JsonPath>),
}

/// What differs between two equal answers, by contract.
#[derive(Clone, Copy, Debug)]
pub struct Volatile<'a> {
    headers: &'a [HeaderName],
    body: &'a [JsonPath],
}

impl<'a> Volatile<'a> {
    /// What a contract declares.
    pub fn of(contract: &'a Contract) -> Self {
        Self { headers: &contract.volatile.headers, body: &contract.volatile.body }
    }
}

/// An answer must not be told from an earlier one.
pub(super) fn judge(
    (step, compare): (usize, &Compare),
    reading: &Reading<'_>,
    evidence: &Evidence<'_>,
) -> Judgement {
    let earlier = step.checked_sub(1).and_then(|at| evidence.earlier.get(at));
    let Some(other) = earlier.and_then(|exchange| exchange.answer.as_ref()) else {
        return Judgement::new(Finding::Holds, "the first answer of its kind");
    };
    let difference = difference(&Reading::of(other), reading, compare, evidence.volatile);
    match difference {
        None => Judgement::new(Finding::Holds, format!("cannot be told from the answer to step {step}")),
        Some(difference) => Judgement::new(Finding::Broken, difference),
    }
}

pub(super) fn difference(
    a: &Reading<'_>,
    b: &Reading<'_>,
    compare: &Compare,
    volatile: &Volatile<'_>,
) -> Option<String> {
    if let Compare::Members(paths) = compare {
        return paths.iter().find_map(|path| member_difference(path, a, b));
    }
    if a.answer.status != b.answer.status {
        return Some(format!("status {} here, {} there", b.answer.status, a.answer.status));
    }
    let (before, after) = (steady_headers(a.answer, volatile), steady_headers(b.answer, volatile));
    let whole = matches!(compare, Compare::Everything | Compare::EverythingAndLength);
    if whole && before != after {
        let odd =
            after.iter().find(|line| !before.contains(line)).or(before.iter().find(|l| !after.contains(l)));
        return Some(odd.map_or_else(
            || "the same header fields in another order".to_owned(),
            |(name, value)| format!("header `{name}: {value}` in one answer only"),
        ));
    }
    let body = match (&a.json, &b.json) {
        (Some(a), Some(b)) => body_difference(a.clone(), b.clone(), volatile),
        (None, None) if a.body == b.body => None,
        _ => Some("another body".to_owned()),
    };
    let (there, here) = (steady_length(a, volatile), steady_length(b, volatile));
    let length = || (here != there).then(|| format!("the same body in {here} bytes here, {there} there"));
    body.or_else(|| length().filter(|_| *compare == Compare::EverythingAndLength))
}

/// How long a body is without its volatile members.
fn steady_length(reading: &Reading<'_>, volatile: &Volatile<'_>) -> usize {
    let values = reading.json.iter().flat_map(|json| volatile.body.iter().flat_map(|path| path.select(json)));
    let volatile = values.map(|value| value.to_string().len()).fold(0, usize::saturating_add);
    reading.body.len().saturating_sub(volatile)
}

fn member_difference(path: &JsonPath, a: &Reading<'_>, b: &Reading<'_>) -> Option<String> {
    let values = |reading: &Reading<'_>| {
        let selected = reading.json.iter().flat_map(|json| path.select(json));
        selected.map(Value::to_string).collect::<Vec<_>>().join(", ")
    };
    let (a, b) = (values(a), values(b));
    (a != b).then(|| format!("{path} is {b} here, {a} there"))
}

/// Bodies are compared as text, so that the order of members counts.
fn body_difference(mut a: Value, mut b: Value, volatile: &Volatile<'_>) -> Option<String> {
    for path in volatile.body {
        blank(&mut a, path);
        blank(&mut b, path);
    }
    let (a, b) = (a.to_string(), b.to_string());
    (a != b).then(|| format!("body {b} here, {a} there"))
}

/// Replaces every value that a path selects, so that only its being there is compared.
fn blank(body: &mut Value, path: &JsonPath) {
    for pointer in path.locations(body) {
        if let Some(value) = body.pointer_mut(&pointer) {
            *value = Value::Null;
        }
    }
}

/// The header lines that two equal answers share. `Content-Length` may follow a volatile member's length, and whether the
/// connection goes on behind an answer is not said of what it answers.
fn steady_headers(answer: &Answer, volatile: &Volatile<'_>) -> Vec<(String, String)> {
    let is_volatile = |name: &str| {
        ["date", "content-length", "connection", "keep-alive"].contains(&name)
            || volatile.headers.iter().any(|other| other.as_str().eq_ignore_ascii_case(name))
    };
    let lines = answer.headers.iter().filter(|(name, _)| !is_volatile(name));
    lines.map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(fields: &[(&str, &str)]) -> Answer {
        let headers =
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        Answer { version: "HTTP/1.1", status: 401, headers, ..Answer::default() }
    }

    #[test]
    fn what_is_said_of_the_connection_tells_no_answer_from_another() {
        let volatile = Volatile { headers: &[], body: &[] };
        let first = answer(&[("content-type", "application/json"), ("keep-alive", "timeout=5, max=100")]);
        let differs = |other: &Answer| {
            difference(&Reading::of(&first), &Reading::of(other), &Compare::Everything, &volatile)
        };
        let last = answer(&[("connection", "close"), ("content-type", "application/json")]);
        assert_eq!(differs(&last), None);
        let other = answer(&[("content-type", "application/json"), ("x-step", "2")]);
        assert_eq!(differs(&other).as_deref(), Some("header `x-step: 2` in one answer only"));
    }
}
