//! Well-known kinds of edge, and how each refuses as it comes out of the box.
//!
//! Every entry is a starting point and says so: versions and settings differ. What could not be looked up in
//! an edge's source or documentation is left open with a comment, not guessed.

use super::refusal::{like, own};
use super::{Edge, Shape};
use crate::contract::RefusalKind::{Expired, Insufficient, Invalid, Missing, Revoked};

/// Every kind, the default first.
pub(super) const ALL: &[Edge] = &[PLAIN, PROBLEM_JSON, BEARER, KONG, APISIX, TYK, GRAVITEE, AWS_API_GATEWAY];

/// What to do about a refusal that nobody could look up.
const OPEN: &str =
    "Not known: 403 is a placeholder. Send a key that lacks the permission, and write what comes back.";

const PLAIN: Edge = Edge {
    name: "plain",
    about: "an API of your own, its key in X-API-Key",
    header: "X-API-Key",
    scheme: None,
    notes: &[],
    refusals: &[
        own(Missing, 401).challenge("ApiKey").says("$.code", &["missing_api_key"]),
        own(Invalid, 401).challenge("ApiKey").says("$.code", &["invalid_api_key"]),
        like(Expired, Invalid),
        like(Revoked, Invalid),
        own(Insufficient, 403).says("$.code", &["insufficient_permissions"]),
    ],
    shape: Shape::Own,
    unknown_path: Some(404),
};

const PROBLEM_JSON: Edge = Edge {
    name: "problem-json",
    about: "an API whose errors are problem details (RFC 9457)",
    header: "X-API-Key",
    scheme: None,
    notes: &["A problem type is an absolute URI that stays the same; put your own in the place of these."],
    refusals: &[
        own(Missing, 401)
            .challenge("ApiKey")
            .says("$.type", &["https://api.example.com/problems/missing-api-key"]),
        own(Invalid, 401)
            .challenge("ApiKey")
            .says("$.type", &["https://api.example.com/problems/invalid-api-key"]),
        like(Expired, Invalid),
        like(Revoked, Invalid),
        own(Insufficient, 403).says("$.type", &["https://api.example.com/problems/insufficient-permissions"]),
    ],
    shape: Shape::Problem,
    unknown_path: Some(404),
};

const BEARER: Edge = Edge {
    name: "bearer",
    about: "an API whose key is a bearer token (RFC 6750)",
    header: "Authorization",
    scheme: Some("Bearer"),
    notes: &[
        "RFC 6750 section 3.1 asks for an `error` in every challenge but that for a missing token, and so",
        "does the suite.",
    ],
    refusals: &[
        own(Missing, 401).challenge("Bearer"),
        own(Invalid, 401).challenge("Bearer"),
        like(Expired, Invalid),
        like(Revoked, Invalid),
        own(Insufficient, 403).challenge("Bearer"),
    ],
    shape: Shape::Own,
    unknown_path: Some(404),
};

const KONG: Edge = Edge {
    name: "kong",
    about: "Kong Gateway with its key-auth plugin",
    header: "apikey",
    scheme: None,
    notes: &[
        "Kong also takes the key from the query (`key_in_query`, on by default) and sends it on to the",
        "service behind it (`hide_credentials`, off by default).",
    ],
    refusals: &[
        own(Missing, 401).challenge("Key").says("$.message", &["No API key found in request"]),
        own(Invalid, 401)
            .challenge("Key")
            .says("$.message", &["Unauthorized", "Invalid authentication credentials"])
            .note("The words depend on the version, and older versions send no challenge with them."),
        like(Expired, Invalid),
        own(Insufficient, 403)
            .says("$.message", &["You cannot consume this service"])
            .note("With the acl plugin. Without it every consumer may call everything."),
    ],
    shape: Shape::Own,
    unknown_path: Some(404),
};

const APISIX: Edge = Edge {
    name: "apisix",
    about: "Apache APISIX with its key-auth plugin",
    header: "apikey",
    scheme: None,
    notes: &[
        "APISIX also takes the key from the query parameter `apikey`, and sends it on to the service behind",
        "it (`hide_credentials`, off by default). Older versions send no challenge.",
    ],
    refusals: &[
        own(Missing, 401)
            .challenge("apikey")
            .says("$.message", &["Missing API key in request", "Missing API key found in request"]),
        own(Invalid, 401).challenge("apikey").says("$.message", &["Invalid API key in request"]),
        own(Insufficient, 403)
            .note("With the consumer-restriction plugin, unless its `rejected_code` says otherwise. What it")
            .note("says depends on its settings: add it under `body`."),
    ],
    shape: Shape::Own,
    unknown_path: None,
};

const TYK: Edge = Edge {
    name: "tyk",
    about: "Tyk Gateway with authentication tokens",
    header: "Authorization",
    scheme: None,
    notes: &[
        "Tyk sends no challenge with its 401. RFC 9110 section 11.6.1 asks for one, and so does the suite.",
    ],
    refusals: &[
        own(Missing, 401).says("$.error", &["Authorization field missing"]),
        own(Invalid, 403)
            .says("$.error", &["Access to this API has been disallowed"])
            .note("403 and not 401, as the edge comes."),
        own(Expired, 401).says("$.error", &["Key has expired, please renew"]),
        own(Insufficient, 403).note(OPEN),
    ],
    shape: Shape::Own,
    unknown_path: None,
};

const GRAVITEE: Edge = Edge {
    name: "gravitee",
    about: "Gravitee API Management with an API key plan",
    header: "X-Gravitee-Api-Key",
    scheme: None,
    notes: &[
        "Gravitee also takes the key from the query parameter `api-key`. The bodies of its refusals are",
        "response templates (API_KEY_MISSING, API_KEY_INVALID_KEY): add what yours say under `body`.",
        "The oldest versions answer 403 to a key that is not valid, and repeat it.",
    ],
    refusals: &[
        own(Missing, 401),
        own(Invalid, 401),
        like(Expired, Invalid),
        like(Revoked, Invalid),
        own(Insufficient, 403).note(OPEN),
    ],
    shape: Shape::Own,
    unknown_path: None,
};

const AWS_API_GATEWAY: Edge = Edge {
    name: "aws-api-gateway",
    about: "Amazon API Gateway, a REST API with usage plans",
    header: "X-API-Key",
    scheme: None,
    notes: &[
        "API Gateway answers 403 Forbidden whenever the key is not one of the usage plan's: all refusals",
        "look the same. Other answers can be set as gateway responses; check these against yours.",
    ],
    refusals: &[
        own(Missing, 403).says("$.message", &["Forbidden"]),
        like(Invalid, Missing),
        like(Insufficient, Missing),
    ],
    shape: Shape::Own,
    unknown_path: Some(403),
};
