//! Which node of an environment a request goes to.

use schemars::JsonSchema;
use serde::Deserialize;

/// Which node of an environment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhichNode {
    /// That of the environment's `base_url`.
    #[default]
    First,
    /// The first of the environment's `nodes`.
    Other,
}
