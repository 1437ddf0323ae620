//! How one action is carried out: a request, or a program.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::document::{HeaderName, JsonPath, Method};

/// How something is done to the target: `http` or `command`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [{ "required": ["http"] }, { "required": ["command"] }]))]
#[schemars(extend("dependentRequired" = { "stdin": ["command"], "env": ["command"] }))]
#[schemars(extend(
    "errorMessage" = "an action is `http` or `command`, one of the two; `stdin` and `env` go with `command`"
))]
pub struct Call {
    /// A request: done where it is answered with a status of 200 to 299.
    #[serde(default)]
    pub http: Option<HttpCall>,
    /// A program and its arguments; no shell is involved. It runs in the contract's folder, with our environment but
    /// for the variables that hold keys. Done where it ends with 0 in time; a key is never an argument of it.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub command: Option<Vec<String>>,
    /// What the program reads from its standard input.
    #[serde(default)]
    pub stdin: Option<String>,
    /// Variables that the program has in its environment besides.
    #[serde(default)]
    pub env: IndexMap<String, String>,
    /// Where the answer, or what the program writes to its standard output, holds what it tells.
    #[serde(default)]
    pub answers: Answers,
}

/// A request to whatever steers the target. A redirect is not followed, and no proxy is used.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpCall {
    /// The method.
    pub method: Method,
    /// Where it goes, in full. What is filled in stands behind the host.
    #[schemars(extend("format" = "call-url"))]
    pub url: String,
    /// Header fields.
    #[serde(default)]
    #[schemars(extend("propertyNames" = { "type": "string", "format": "header-name" }))]
    #[schemars(extend("additionalProperties" = { "type": "string", "format": "field-value" }))]
    pub headers: IndexMap<HeaderName, String>,
    /// Its JSON body.
    #[serde(default)]
    pub body: Option<Value>,
}

/// Where an answer, as JSON, holds something.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// `create`: the key, where the target makes its keys itself.
    #[serde(default)]
    pub key: Option<JsonPath>,
    /// `create`: the public identifier of the key, for `{id}` in later actions.
    #[serde(default)]
    pub id: Option<JsonPath>,
    /// `processed`, `stored`, `log`, `seen`: what was asked for; without this, it is the whole answer.
    #[serde(default)]
    pub value: Option<JsonPath>,
}

impl Call {
    /// Whether the target makes its keys itself.
    pub fn is_made_by_target(&self) -> bool {
        self.answers.key.is_some()
    }

    /// Moves a request to another address.
    pub(super) fn move_to(&mut self, base: &str) {
        if let Some(http) = &mut self.http {
            let path = path_of(&http.url).to_owned();
            http.url = format!("{}{path}", base.trim_end_matches('/'));
        }
    }
}

/// What stands behind the host of an address.
fn path_of(url: &str) -> &str {
    let behind = url.split_once("://").map_or(url, |(_, behind)| behind);
    behind.find('/').and_then(|at| behind.get(at..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_keeps_its_path_when_it_moves() {
        let call =
            serde_json::json!({ "http": { "method": "GET", "url": "http://h:1/keys/{credential}?x=1" } });
        let mut call: Call = serde_json::from_value(call).unwrap();
        call.move_to("http://127.0.0.1:9/");
        assert_eq!(call.http.unwrap().url, "http://127.0.0.1:9/keys/{credential}?x=1");
        assert_eq!(path_of("http://h"), "");
    }
}
