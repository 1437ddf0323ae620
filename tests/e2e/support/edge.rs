//! A sound target for the small contract, to be bent by a test.

use super::{Keys, Request, answer};

/// Serves the small contract as it should be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    keys: Keys,
}

impl Edge {
    pub(crate) fn new(keys: &Keys) -> Self {
        Self { keys: keys.clone() }
    }

    /// The whole answer to a request; to HEAD, its head alone.
    pub(crate) fn answer(&self, request: &Request) -> Vec<u8> {
        let mut answer = self.decide(request);
        if request.method == "HEAD" {
            let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
            answer.truncate(end);
        }
        answer
    }

    fn decide(&self, request: &Request) -> Vec<u8> {
        let keys = &self.keys;
        let Some(key) = request.header("x-api-key").filter(|key| !key.is_empty()) else {
            return problem(401, "missing_api_key");
        };
        let several =
            request.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-api-key")).count() > 1;
        if several || key != keys.full && key != keys.narrow {
            return problem(401, "invalid_api_key");
        }
        match (request.method.as_str(), request.path()) {
            ("POST", "/v1/items/search") if key == keys.narrow => problem(403, "insufficient_permissions"),
            ("POST", "/v1/items/search")
                if serde_json::from_slice::<serde_json::Value>(&request.body).is_err() =>
            {
                problem(400, "malformed_body")
            }
            ("GET", "/v1/items") | ("POST", "/v1/items/search") => json(200, r#"{"items":[]}"#),
            (_, "/v1/items") => wrong_method("GET"),
            (_, "/v1/items/search") => wrong_method("POST"),
            _ => problem(404, "not_found"),
        }
    }
}

/// The refusal of a method, with the one that there is (RFC 9110 section 15.5.6).
fn wrong_method(right: &str) -> Vec<u8> {
    let head =
        format!("Content-Type: application/problem+json\r\nCache-Control: no-store\r\nAllow: {right}\r\n");
    answer(405, &head, br#"{"status":405,"code":"method_not_allowed"}"#)
}

/// A JSON answer.
pub(crate) fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, "Content-Type: application/json\r\nCache-Control: no-store\r\n", body.as_bytes())
}

/// A refusal as problem details, with a challenge where it is a 401.
pub(crate) fn problem(status: u16, code: &str) -> Vec<u8> {
    let challenge = if status == 401 { "WWW-Authenticate: ApiKey realm=\"items\"\r\n" } else { "" };
    let head = format!("Content-Type: application/problem+json\r\nCache-Control: no-store\r\n{challenge}");
    answer(status, &head, format!(r#"{{"status":{status},"code":"{code}"}}"#).as_bytes())
}
