//! Where the API runs.

use schemars::JsonSchema;
use serde::Deserialize;

/// One place where the API runs, with keys and data of its own.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Where its paths begin: scheme, host, port, and a path prefix if there is one.
    #[schemars(extend("format" = "base-url"))]
    pub base_url: String,
    /// The same API over plain HTTP, where it answers at all.
    #[serde(default)]
    #[schemars(extend("format" = "base-url"))]
    pub plaintext_url: Option<String>,
    /// Further nodes of the same environment, each with an address of its own: what one of them is told, all must know.
    #[serde(default)]
    #[schemars(extend("items" = { "type": "string", "format": "base-url" }))]
    pub nodes: Vec<String>,
    /// Real people's data: needs `--allow NAME`, and is asked gently.
    #[serde(default)]
    pub protected: bool,
    /// Certificates, where the public roots are not enough.
    #[serde(default)]
    pub tls: Tls,
}

/// Certificates for one environment; paths are relative to the contract.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// A PEM file of certificate authorities to trust in addition.
    #[serde(default)]
    pub ca: Option<String>,
    /// A PEM file with our client certificate and its private key.
    #[serde(default)]
    pub client_identity: Option<String>,
}
