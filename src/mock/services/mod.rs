//! What is behind the edge: the services, which never see a request that the edge refused.
//!
//! Any contract can be served: an operation is answered with the acceptance that its contract declares. The
//! operations of the reference API do real work instead; [`REFERENCE`] is the one place that knows them, and
//! an operation is one of them only if its name, method and path all are.

mod abis;
mod admin;
pub(crate) mod build;
mod ekyc;
mod gallery;
mod input;
mod once;
mod openapi;
mod pattern;
mod pgm;
mod sample;
mod validator;
mod vector;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::contract::{Operation, OperationId};
use crate::mock::edge::{Denial, Key, Request, Routed};
use crate::mock::message::Answer;

pub(crate) use gallery::Gallery;
pub(crate) use input::document;
pub(crate) use once::Done;
pub(crate) use openapi::{describe, open, serve as serve_description};
pub(crate) use sample::Sample;
pub(crate) use validator::tag as tag_of;

/// Does what an operation is there for.
pub(crate) type Handler = fn(&Call<'_>) -> Result<Value, Denial>;

/// A request that was let through.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a> {
    /// The request.
    pub(crate) request: Request<'a>,
    /// The operation.
    pub(crate) operation: &'a Routed,
    /// The parameters of its path.
    pub(crate) parameters: &'a [(String, String)],
    /// The key; public operations have none.
    pub(crate) key: Option<&'a Arc<Key>>,
}

impl Call<'_> {
    /// The body.
    fn body(&self) -> &[u8] {
        self.request.body.unwrap_or_default()
    }

    /// The name of the application that calls.
    fn application(&self) -> &str {
        self.key.map_or("", |key| key.application.name.as_str())
    }

    /// The value of a path's parameter.
    fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
    }

    /// How many requests of the calling application were accepted here.
    fn used(&self) -> u64 {
        let environment = &self.request.site.environment;
        let count = self.key.and_then(|key| key.application.usage.get(environment));
        count.map_or(0, |count| count.load(Ordering::Relaxed))
    }
}

/// The operations of the reference API: name, method, path, and what they do.
const REFERENCE: &[(&str, &str, &str, Handler)] = &[
    ("ekyc.ocr", "POST", "/v1/ekyc/ocr", ekyc::ocr),
    ("ekyc.face-compare", "POST", "/v1/ekyc/face-compare", ekyc::face_compare),
    ("ekyc.liveness", "POST", "/v1/ekyc/liveness", ekyc::liveness),
    ("ekyc.usage", "GET", "/v1/ekyc/usage", ekyc::usage),
    ("ekyc.ocr-batch", "POST", "/v1/ekyc/ocr-batch", ekyc::ocr_batch),
    ("abis.enroll", "POST", "/v1/abis/subjects", abis::enroll),
    ("abis.verify", "POST", "/v1/abis/verify", abis::verify),
    ("abis.identify", "POST", "/v1/abis/identify", abis::identify),
    ("abis.subject", "GET", "/v1/abis/subjects/{subject}", abis::subject),
    ("abis.delete", "DELETE", "/v1/abis/subjects/{subject}", abis::delete),
    ("admin.mint-token", "POST", "/v1/admin/tokens", admin::mint_token),
    ("admin.revoke-token", "DELETE", "/v1/admin/tokens", admin::revoke_token),
];

/// What an operation does.
pub(crate) fn handler(id: &OperationId, operation: &Operation) -> Handler {
    let same = |row: &&(&str, &str, &str, Handler)| {
        (row.0, row.1, row.2) == (id.as_str(), operation.method.as_str(), operation.path.as_str())
    };
    REFERENCE.iter().find(same).map_or(by_contract, |row| row.3)
}

/// The acceptance that the contract declares, to a body that is at least the kind of document declared.
fn by_contract(call: &Call<'_>) -> Result<Value, Denial> {
    let json = call.operation.media_type.as_deref().is_some_and(|media_type| media_type.contains("json"));
    if json {
        document(call.body())?;
    }
    Ok(published_keys(call).unwrap_or_else(|| call.operation.sample.body.clone()))
}

/// The keys that tokens are verified with, where the call is for them.
fn published_keys(call: &Call<'_>) -> Option<Value> {
    let signer = call.request.site.server.signer.as_ref()?;
    let asked = call.operation.is_public() && signer.jwks.as_ref() == Some(&call.operation.template);
    asked.then(|| signer.published())
}

/// The answer to a call.
pub(crate) fn answer(call: &Call<'_>) -> Result<Answer, Denial> {
    let answer = once::once(call, || work(call))?;
    validator::conditional(call.request.head, answer)
}

/// What an operation returns, with the status and fields that the contract declares.
fn work(call: &Call<'_>) -> Result<Answer, Denial> {
    let value = (call.operation.handler)(call)?;
    let sample = &call.operation.sample;
    let fields: Vec<_> = sample
        .fields
        .iter()
        .map(|(name, declared)| {
            let is_tag = name.eq_ignore_ascii_case("etag");
            (name.clone(), if is_tag { validator::tag(&value) } else { declared.clone() })
        })
        .collect();
    let answer = Answer { content: sample.content(value), ..Answer::bare(sample.status) };
    Ok(fields.into_iter().fold(answer, |answer, (name, value)| answer.with(name, value)))
}
