//! The refusals among the responses of an operation.

use serde_json::Value;

use super::Judgement;
use super::lookup::{Described, escaped, resolved};

/// Every refusal is described: by its status, by a range of statuses or by `default`; with its challenge, and with a
/// schema.
pub(super) fn described(document: &Value, found: &Described<'_>, refusals: &[(u16, bool)]) -> Judgement {
    let wrong = refusals.iter().find_map(|refusal| missing(document, found, *refusal));
    let seen = || format!("{}/responses describes the refusals", found.pointer);
    Judgement::new(wrong.is_none(), wrong.unwrap_or_else(seen))
}

fn missing(document: &Value, found: &Described<'_>, (status, challenge): (u16, bool)) -> Option<String> {
    let Some((response, place)) = response(document, found, status) else {
        return Some(format!("{}/responses has no {status}", found.pointer));
    };
    if challenge && field(response, "WWW-Authenticate").is_none() {
        return Some(format!("{place} has no header WWW-Authenticate"));
    }
    let contents = response.get("content").and_then(Value::as_object);
    let has_schema = contents.is_some_and(|all| all.values().any(|one| one.get("schema").is_some()));
    (!has_schema).then(|| format!("{place} has no content with a schema"))
}

/// The description of a status.
pub(super) fn response<'a>(
    document: &'a Value,
    found: &Described<'a>,
    status: u16,
) -> Option<(&'a Value, String)> {
    let responses = found.operation.get("responses")?;
    let keys = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
    let key = keys.iter().find(|key| responses.get(key.as_str()).is_some())?;
    let place = format!("{}/responses/{}", found.pointer, escaped(key));
    resolved(document, responses.get(key)?, place)
}

/// The description of a header field, whose name has no case.
pub(super) fn field<'a>(response: &'a Value, name: &str) -> Option<&'a Value> {
    let fields = response.get("headers")?.as_object()?;
    fields.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, field)| field)
}
