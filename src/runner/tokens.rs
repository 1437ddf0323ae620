//! Tokens that a target mints during a run: what stands in reports holds none of them, like no key.

use crate::contract::{OperationId, SHORTEST_KEY, Secret};
use crate::judge::decoded;
use crate::plan::Draft;
use crate::wire::{Answer, Exchange};

use super::Job;

/// What a token is called where it stood.
const NAME: &str = "token";

/// Takes the tokens of an exchange into custody, where it was one that mints them.
pub(super) fn minted(job: &Job, exchange: &Exchange) -> Vec<Secret> {
    let Some(tokens) = &job.contract.tokens else { return Vec::new() };
    let mint = tokens.mint.operation.0.split_once('.');
    let mint = mint.and_then(|(service, name)| job.contract.operation(&OperationId::new(service, name)));
    let target = exchange.request.target.split('?').next().unwrap_or_default();
    // A path with parameters could be any.
    if mint.is_none_or(|mint| !mint.path.contains('{') && !target.ends_with(&*mint.path)) {
        return Vec::new();
    }
    let heard = exchange.transcript.iter().flat_map(|transcript| &transcript.answers);
    let answers = exchange.answer.iter().chain(heard.map(|heard| &heard.answer));
    let texts = answers.flat_map(|answer| texts(answer, &|json| tokens.mint.capture.select(json)));
    texts.filter(|text| text.len() >= SHORTEST_KEY).map(Secret::new).collect()
}

/// The token that a request carried, forged or not.
pub(super) fn carried(draft: &Draft, exchange: &Exchange) -> Option<Secret> {
    draft.token.as_ref()?;
    let text = exchange.request.key.as_ref().filter(|text| text.len() >= SHORTEST_KEY)?;
    Some(Secret::new(text.clone()))
}

fn texts(answer: &Answer, select: &dyn Fn(&serde_json::Value) -> Vec<&serde_json::Value>) -> Vec<String> {
    let json: Option<serde_json::Value> =
        decoded(answer).ok().and_then(|body| serde_json::from_slice(&body).ok());
    let values = json.as_ref().map(select).unwrap_or_default();
    values.into_iter().filter_map(serde_json::Value::as_str).map(str::to_owned).collect()
}

/// Keeps tokens out of everything that is reported from now on.
pub(super) fn keep(job: &Job, tokens: &[Secret]) {
    for token in tokens {
        job.redactor.add(NAME, token);
    }
}
