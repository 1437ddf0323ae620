//! Lines of a contract that a check stands on, and what it says where they are not there or say otherwise.

use super::bind::Cell;
use crate::contract::{Carrier, RefusalKind};
use crate::scenario::Need;

impl Cell<'_> {
    /// Whether the contract says of an operation, of keys or of refusals what a check needs.
    pub(super) fn says(&self, need: &Need) -> Result<(), String> {
        let (contract, operation) = (self.inputs.contract, &self.operation.operation);
        let (there, line) = match need {
            Need::Idempotency => (operation.idempotency.is_some(), self.line("idempotency")),
            Need::Validator => {
                let mut declared = operation.accepted.headers.keys();
                let tag = declared.any(|name| *name.http() == http::header::ETAG);
                (tag, self.line("accepted.headers.ETag"))
            }
            Need::Limits(name) => {
                (operation.limits.named(name).is_some(), self.line(&format!("limits.{name}")))
            }
            Need::KeyId => (contract.authentication.key_id.is_some(), "authentication.key_id".to_owned()),
            Need::UnknownField => return unknown_field(&contract.authentication.carrier),
            Need::Alike(what) => return self.alike(what),
            Need::Tls
            | Need::Http2
            | Need::Tokens(_)
            | Need::Plaintext
            | Need::Nodes
            | Need::Elsewhere
            | Need::Unrouted
            | Need::PlatformField
            | Need::Scheme(_)
            | Need::Operation(_)
            | Need::Policy(_)
            | Need::Refusal(_)
            | Need::Document(_)
            | Need::Control(_) => return Ok(()),
        };
        if there { Ok(()) } else { Err(lacks(&line)) }
    }

    /// A line of the case's operation, in full.
    pub(super) fn line(&self, line: &str) -> String {
        let id = &self.operation.id;
        format!("services.{}.operations.{}.{line}", id.service(), id.name())
    }

    /// Where the contract declares a difference, that is no fault.
    fn alike(&self, what: &str) -> Result<(), String> {
        let contract = self.inputs.contract;
        let refusal = |kind| contract.refusal(kind);
        let (declared, line, other) = if let Ok(kind) = serde_json::from_value::<RefusalKind>(what.into()) {
            let pair = refusal(kind).zip(refusal(RefusalKind::Invalid));
            (pair.map(|(one, other)| one == other), format!("refusals.{kind}"), "refusals.invalid")
        } else {
            let status = contract.policy.unknown_path_without_key;
            let missing = refusal(RefusalKind::Missing).and_then(|refusal| refusal.status);
            let line = "policy.unknown_path_without_key".to_owned();
            (status.map(|status| Some(status) == missing), line, "refusals.missing")
        };
        match declared {
            Some(true) => Ok(()),
            Some(false) => Err(format!("the contract declares `{line}` to differ from `{other}`")),
            None => Err(lacks(&line)),
        }
    }
}

/// What skips a case says of a line that is not there.
pub(super) fn lacks(line: &str) -> String {
    format!("the contract lacks a line `{line}`")
}

/// Whether the key travels in a field that HTTP caching knows nothing of (RFC 9111 section 3.5 knows one).
fn unknown_field(carrier: &Carrier) -> Result<(), String> {
    let known = match carrier {
        Carrier::Header { name, .. } if *name.http() == http::header::AUTHORIZATION => {
            "in Authorization, and caches know that field"
        }
        Carrier::Query(_) => "in the address, which every cache tells apart",
        Carrier::Header { .. } | Carrier::Cookie(_) => return Ok(()),
    };
    Err(format!("the key travels {known}"))
}
