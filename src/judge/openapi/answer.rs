//! Whether an answer is what its description says.

use serde_json::Value;

use super::lookup::{Described, escaped, resolved};
use super::refusals::response;
use super::{Finding, Judgement, Reading};
use crate::document;

pub(super) fn judge(description: &Value, found: &Described<'_>, reading: &Reading<'_>) -> Judgement {
    let answer = reading.answer;
    let status = answer.status;
    let Some((response, place)) = response(description, found, status) else {
        return Judgement::new(false, format!("status {status}, which {}/responses lacks", found.pointer));
    };
    let fields = response.get("headers").and_then(Value::as_object);
    let absent = fields.into_iter().flatten().find(|(name, field)| {
        let required = resolved(description, field, String::new())
            .is_some_and(|(field, _)| field.get("required") == Some(&Value::Bool(true)));
        required && answer.header(&name.to_ascii_lowercase()).next().is_none()
    });
    if let Some((name, _)) = absent {
        return Judgement::new(false, format!("status {status} without {name}, which {place} requires"));
    }
    let Some(contents) = response.get("content").and_then(Value::as_object).filter(|all| !all.is_empty())
    else {
        return Judgement::new(true, format!("status {status}, as {place} describes it"));
    };
    let media = answer.media_type();
    let Some(key) = contents.keys().find(|range| covers(range, &media)) else {
        return Judgement::new(false, format!("status {status} {media}, which {place}/content lacks"));
    };
    let schema = format!("{place}/content/{}/schema", escaped(key));
    match (description.pointer(&schema), &reading.json) {
        (Some(_), Some(body)) => fits(description, &schema, body),
        (Some(_), None) => Judgement::new(false, format!("status {status} without the document of {schema}")),
        (None, _) => Judgement::new(true, format!("status {status}, as {place} describes it")),
    }
}

fn fits(description: &Value, schema: &str, body: &Value) -> Judgement {
    match document::misfit(description, schema, body) {
        Ok(None) => Judgement::new(true, format!("a body as {schema} describes it")),
        Ok(Some(problem)) => {
            Judgement::new(false, format!("the body is not what {schema} describes: {problem}"))
        }
        Err(problem) => Judgement::new(Finding::Unclear, format!("{schema} cannot be used: {problem}")),
    }
}

/// Whether a media type is of a range.
fn covers(range: &str, media: &str) -> bool {
    let range = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let media = media.to_ascii_lowercase();
    let kind = range.strip_suffix("/*").map(|kind| kind == "*" || media.starts_with(&format!("{kind}/")));
    kind.unwrap_or(range == media)
}
