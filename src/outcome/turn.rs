//! When a part of a load's mix is sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a part of the mix has its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Before everything else, to be compared with the same among everything else.
    Alone,
    /// With everything else.
    #[default]
    InTheMix,
}
