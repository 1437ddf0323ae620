//! What a contract says of the volatile parts of its refusals.

use std::collections::BTreeSet;

use crate::contract::Contract;
use crate::document::{HeaderName, JsonPath};

/// What becomes a placeholder in any case, what never does, and what is left out.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub(super) redact_fields: BTreeSet<String>,
    pub(super) keep_fields: BTreeSet<String>,
    pub(super) omit: BTreeSet<String>,
    pub(super) redact: Vec<JsonPath>,
    pub(super) keep: Vec<JsonPath>,
}

impl Rules {
    /// What a contract declares under `volatile` and `snapshots`.
    pub fn of(contract: &Contract) -> Self {
        let (volatile, snapshots) = (&contract.volatile, &contract.snapshots);
        let names =
            |list: &[HeaderName]| list.iter().map(|name| name.as_str().to_ascii_lowercase()).collect();
        Self {
            redact_fields: names(&[&*volatile.headers, &*snapshots.redact.headers].concat()),
            keep_fields: names(&snapshots.keep.headers),
            omit: names(&snapshots.omit),
            redact: [&*volatile.body, &*snapshots.redact.body].concat(),
            keep: snapshots.keep.body.clone(),
        }
    }
}
