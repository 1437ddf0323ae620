//! Documents that the API publishes about itself.

use schemars::JsonSchema;
use serde::Deserialize;

/// Documents that the API publishes about itself. The checks that need a missing one are skipped.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Documents {
    /// The description of the API by the rules of `OpenAPI` 3.1, in JSON.
    #[serde(default)]
    pub openapi: Option<Published>,
}

impl Documents {
    /// The document of a name.
    pub fn named(&self, name: &str) -> Option<&Published> {
        match name {
            "openapi" => self.openapi.as_ref(),
            _ => None,
        }
    }
}

/// Where a document is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Published {
    /// Anybody gets it, without a key, at this path behind the base URL.
    Path(#[schemars(extend("format" = "path-template"))] String),
}

impl Published {
    /// The path where it is served.
    pub fn path(&self) -> &str {
        match self {
            Self::Path(path) => path,
        }
    }
}
