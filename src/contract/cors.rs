//! Pages in browsers that may call the API from another origin (Fetch, "CORS protocol").

use schemars::JsonSchema;
use serde::Deserialize;

/// Which pages may call the API from a browser. Without this, none may: browsers are not supported.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cors {
    /// The origins of these pages; `"*"` alone stands for every origin.
    #[schemars(length(min = 1))]
    pub origins: Vec<PageOrigin>,
}

/// The origin of a page as browsers write it: scheme, host, and a port where it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend(
    "errorMessage" = "an origin is written as browsers write it: `https://host` or `https://host:port`, in lower case and without a path; `\"*\"` stands for every origin"
))]
pub struct PageOrigin(
    #[schemars(regex(
        pattern = r"^(\*|[a-z][a-z0-9+.-]*://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[0-9]{1,5})?)$"
    ))]
    pub String,
);

impl PageOrigin {
    /// Whether it stands for every origin.
    pub fn is_any(&self) -> bool {
        self.0 == "*"
    }
}
