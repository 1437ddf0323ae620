//! A small contract: one environment, one service, three operations, four keys from the environment.

use super::Lockproof;

/// The keys of the small contract.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// May do everything.
    pub(crate) full: String,
    /// May only read.
    pub(crate) narrow: String,
    /// Has expired.
    pub(crate) expired: String,
}

impl Default for Keys {
    fn default() -> Self {
        Self {
            full: "tst_Fg7hK2mNp4QrSt6UvWx8Yz3AbCd5EeJ1".to_owned(),
            narrow: "tst_Nb9vC3xZa5SdFg7HjKl1Qw4ErTy6Uu8I".to_owned(),
            expired: "tst_Xp2oI4uYt6ReWq8AsDf1Gh3JkLz5Cc7V".to_owned(),
        }
    }
}

/// The small contract, for one target.
#[derive(Clone, Debug)]
pub(crate) struct Small {
    url: String,
    environment: String,
    accepted: String,
}

impl Small {
    pub(crate) fn at(url: &str) -> Self {
        let accepted = "{ status: 200, body: { $.items: exists } }".to_owned();
        Self { url: url.to_owned(), environment: String::new(), accepted }
    }

    /// An acceptance is recognised by its status alone.
    pub(crate) fn by_status(mut self) -> Self {
        "{ status: 200 }".clone_into(&mut self.accepted);
        self
    }

    /// More lines of the environment.
    pub(crate) fn environment(mut self, lines: &str) -> Self {
        self.environment = format!(", {lines}");
        self
    }

    /// The text of the contract.
    pub(crate) fn text(&self) -> String {
        let Self { url, environment, accepted } = self;
        format!(
            r#"lockproof: 1
api: A small API
environments: {{ test: {{ base_url: "{url}"{environment} }} }}
authentication: {{ carrier: {{ header: X-API-Key }} }}
services:
  items:
    operations:
      list: {{ method: GET, path: /v1/items, accepted: {accepted} }}
      search: {{ method: POST, path: /v1/items/search, body: {{ json: search.json }}, accepted: {accepted} }}
credentials:
  full: {{ key: {{ env: KEY_FULL }}, allows: [items] }}
  narrow: {{ key: {{ env: KEY_NARROW }}, allows: [items.list] }}
  expired: {{ key: {{ env: KEY_EXPIRED }}, state: expired, allows: [items] }}
refusals:
  missing: {{ status: 401, challenge: ApiKey, body: {{ $.code: missing_api_key }} }}
  invalid: {{ status: 401, challenge: ApiKey, body: {{ $.code: invalid_api_key }} }}
  expired: {{ like: invalid }}
  insufficient: {{ status: 403, body: {{ $.code: insufficient_permissions }} }}
"#
        )
    }

    /// The program with this contract and these keys, not yet told what to do.
    pub(crate) fn program(&self, keys: &Keys) -> Lockproof {
        Lockproof::new(&[])
            .file("lockproof.yaml", self.text())
            .file("search.json", r#"{"words":["one","two"]}"#)
            .env("KEY_FULL", &keys.full)
            .env("KEY_NARROW", &keys.narrow)
            .env("KEY_EXPIRED", &keys.expired)
    }

    /// `lockproof run` with this contract and the usual keys.
    pub(crate) fn run(&self) -> Lockproof {
        self.program(&Keys::default()).args(&[
            "run",
            "--contract",
            "lockproof.yaml",
            "--seed",
            "7",
            // The stand-ins of these tests read whole requests: they are no match for bytes that are none.
            "--skip-tag",
            "exact-bytes",
        ])
    }
}
