//! How a test may steer the target.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::document::Method;

/// How a test may steer the target. Every entry is optional: the checks that need a missing one are skipped.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// Issues a key.
    #[serde(default)]
    pub create: Option<ControlAction>,
    /// Revokes a key.
    #[serde(default)]
    pub revoke: Option<ControlAction>,
    /// Switches an application off.
    #[serde(default)]
    pub disable: Option<ControlAction>,
    /// Sets the instant at which a key expires.
    #[serde(default)]
    pub expire: Option<ControlAction>,
    /// Moves the target's clock.
    #[serde(default)]
    pub clock: Option<ControlAction>,
    /// Tells how many requests were processed behind the edge.
    #[serde(default)]
    pub processed: Option<ControlAction>,
}

impl Control {
    /// The action behind a name, or nothing where the name is not one of an action.
    pub fn action(&self, name: &str) -> Option<&ControlAction> {
        match name {
            "create" => self.create.as_ref(),
            "revoke" => self.revoke.as_ref(),
            "disable" => self.disable.as_ref(),
            "expire" => self.expire.as_ref(),
            "clock" => self.clock.as_ref(),
            "processed" => self.processed.as_ref(),
            _ => None,
        }
    }
}

/// One thing that steers the target. `{credential}` and the like stand for its arguments.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ControlAction {
    /// A program and its arguments; no shell is involved.
    Command(#[schemars(length(min = 1))] Vec<String>),
    /// A request to the target's own control listener.
    Http {
        /// The request method.
        method: Method,
        /// Where it goes, in full.
        url: String,
        /// Its JSON body.
        #[serde(default)]
        body: Option<serde_json::Value>,
    },
}
