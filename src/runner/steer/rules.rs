//! What is right about what a target tells of itself.

use serde_json::Value;

use super::Grip;
use super::hands::{Hands, Objection};
use crate::contract::{Action, Answers};
use crate::document::HeaderName;
use crate::judge::{Finding, judge_field};
use crate::plan::{Deed, Rule};
use crate::scenario::{Reading, SeenRule};
use crate::wire::{Answer, Told};

/// Looks at what was told.
pub(super) fn look(hands: &mut Hands<'_>, deed: &Deed, told: &Told, grip: Grip<'_>) -> Result<(), Objection> {
    let Some(action) = deed.action else { return Ok(()) };
    let unclear = |why: &str| Objection::Unclear(format!("{deed}: {why}"));
    let answers = grip.steering.plane.call(action).map(|call| call.answers.clone()).unwrap_or_default();
    match &deed.rule {
        Rule::Done | Rule::Key { .. } | Rule::At(_) => Ok(()),
        Rule::Reading(reading) => {
            let value = value(told, &answers).ok_or_else(|| unclear("it does not tell what was asked"))?;
            compare(hands, (action, *reading), value, "")
        }
        Rule::Log => log(told, &answers, grip).unwrap_or_else(|why| Err(unclear(&why))),
        Rule::Seen { seen, field } => {
            let fields = value(told, &answers).and_then(|value| fields(&value));
            let fields = fields.ok_or_else(|| unclear("it tells no header fields"))?;
            arrived(hands, (seen, field.as_ref()), &fields, grip)
        }
    }
}

/// What was asked for: a part of the answer, or all of it.
fn value(told: &Told, answers: &Answers) -> Option<Value> {
    match &answers.value {
        Some(path) => path.select(&told.json()?).first().map(|value| (*value).clone()),
        None => Some(
            told.json().unwrap_or_else(|| Value::from(String::from_utf8_lossy(&told.text).trim().to_owned())),
        ),
    }
}

/// Remembers a value, or compares it with what is remembered.
fn compare(
    hands: &mut Hands<'_>,
    (action, reading): (Action, Reading),
    value: Value,
    what: &str,
) -> Result<(), Objection> {
    let before = match reading {
        Reading::Remember => {
            hands.readings.insert(action, value);
            return Ok(());
        }
        Reading::Unchanged | Reading::Changed => hands.readings.get(&action),
    };
    let before = before.ok_or_else(|| Objection::Unclear(format!("{action}: nothing is remembered")))?;
    let same = *before == value;
    let told = |expected: &str| Objection::Broken {
        expected: format!("{what}{action} {expected} {before}"),
        actual: format!("{what}{action} was {before} and is {value}"),
    };
    match reading {
        Reading::Unchanged if !same => Err(told("as before:")),
        Reading::Changed if same => {
            Err(Objection::Unclear(format!("{action} is {before} as before: it does not count")))
        }
        Reading::Unchanged | Reading::Changed | Reading::Remember => Ok(()),
    }
}

/// Looks for keys in a log; why nothing can be said of it, if so.
fn log(told: &Told, answers: &Answers, grip: Grip<'_>) -> Result<Result<(), Objection>, String> {
    // JSON writes some characters otherwise; a log is read as it is told, and as it was meant.
    let meant = value(told, answers).ok_or("it does not tell what was asked")?;
    let meant = meant.as_str().map_or_else(|| meant.to_string(), str::to_owned);
    if meant.trim().is_empty() {
        return Err("the log is empty".to_owned());
    }
    let found = grip.redactor.find(meant.as_bytes()).into_iter().next();
    match found {
        Some(trace) => {
            let line = grip.redactor.redact(line_at(&meant, trace.at.start)).truncated(300).to_string();
            let actual = format!("the log holds the key of `{}`, {}: {line}", trace.credential, trace.form);
            Ok(Err(Objection::Broken { expected: "a log without any trace of a key".to_owned(), actual }))
        }
        None if told.truncated => Err("the log is longer than is read".to_owned()),
        None => Ok(Ok(())),
    }
}

/// The line of a text that a place is in.
fn line_at(text: &str, at: usize) -> &str {
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        if at < from + line.len() {
            return line.trim_end();
        }
        from += line.len();
    }
    text
}

/// Header fields, from a mapping of names or a list of pairs.
fn fields(value: &Value) -> Option<Vec<(String, String)>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Object(members) => Some(members.iter().flat_map(|(name, value)| lines(name, value)).collect()),
        Value::Array(pairs) => pairs
            .iter()
            .map(|pair| match pair.as_array()?.as_slice() {
                [name, value] => Some((name.as_str()?.to_owned(), text(value))),
                _ => None,
            })
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

fn lines(name: &str, value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Value::Array(values) => values.iter().map(|value| (name.to_owned(), text(value))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            vec![(name.to_owned(), text(value))]
        }
    }
}

/// What is right about the fields that arrived behind the edge.
fn arrived(
    hands: &mut Hands<'_>,
    (seen, identity): (&SeenRule, Option<&HeaderName>),
    fields: &[(String, String)],
    grip: Grip<'_>,
) -> Result<(), Objection> {
    let broken = |expected: String, actual: String| Err(Objection::Broken { expected, actual });
    let behind = "behind the edge";
    let line = |(name, value): &(String, String)| format!("{name}: {value}");
    let whole = fields.iter().map(line).collect::<Vec<_>>().join("\n");
    if seen.no_key == Some(true)
        && let Some(trace) = grip.redactor.find(whole.as_bytes()).into_iter().next()
    {
        let line = line_at(&whole, trace.at.start);
        return broken(format!("no trace of a key {behind}"), format!("{line} arrived {behind}"));
    }
    let odd = seen.nowhere.iter().find(|pattern| pattern.regex().is_match(&whole));
    if let Some(pattern) = odd {
        let at = pattern.regex().find(&whole).map_or(0, |found| found.start());
        return broken(
            format!("nothing that matches /{pattern}/ {behind}"),
            format!("{} arrived {behind}", line_at(&whole, at)),
        );
    }
    let headers = fields.iter().map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect();
    let heard = Answer { headers, ..Answer::default() };
    for (name, matcher) in &seen.headers {
        let judgement = judge_field(name, matcher, &heard);
        if judgement.finding != Finding::Holds {
            return broken(format!("{name}: {matcher} {behind}"), format!("{} {behind}", judgement.actual));
        }
    }
    let (Some(reading), Some(field)) = (seen.identity, identity) else { return Ok(()) };
    let own = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(field.as_str()));
    let values: Vec<Value> = own.map(|(_, value)| Value::from(value.clone())).collect();
    if reading == Reading::Remember && values.is_empty() {
        return Err(Objection::Unclear(format!("no `{field}` arrived {behind}")));
    }
    compare(hands, (Action::Seen, reading), Value::from(values), &format!("{field}, as told by "))
}
