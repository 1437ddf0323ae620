//! What a snapshot keeps of a refusal, where that is not for Lockproof to find out.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::{HeaderName, JsonPath};

/// What a snapshot keeps of a refusal. What differs between two samples of one refusal, what is volatile by its look or
/// its name, and what `volatile` declares becomes a placeholder without any of this.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Snapshots {
    /// Values that become placeholders whatever they look like.
    #[serde(default)]
    pub redact: SnapshotParts,
    /// Values that are kept as they are, whatever they look like: where one of them differs, the refusal has changed.
    #[serde(default)]
    pub keep: SnapshotParts,
    /// Header fields that are left out altogether, because they are not in every answer.
    #[serde(default)]
    pub omit: Vec<HeaderName>,
}

/// Parts of an answer.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotParts {
    /// Header fields.
    #[serde(default)]
    pub headers: Vec<HeaderName>,
    /// Members of a JSON body.
    #[serde(default)]
    pub body: Vec<JsonPath>,
}
