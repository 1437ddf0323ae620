//! What is volatile by its look or by its name, even where a few samples of it are equal.
//!
//! By its look: UUIDs, moments as RFC 3339 and RFC 9110 write them. By its name: header fields and members that are
//! known to hold a moment, a remainder, a duration or the name of one request.

use std::sync::LazyLock;

use regex::Regex;

use super::gap::Gap;

/// Header fields whose value is of one answer, in lower case.
const FIELDS: [&str; 24] = [
    "cf-ray",
    "correlation-id",
    "date",
    "expires",
    "ratelimit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "request-id",
    "retry-after",
    "server-timing",
    "traceparent",
    "tracestate",
    "x-amz-apigw-id",
    "x-amz-cf-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-correlation-id",
    "x-envoy-upstream-service-time",
    "x-kong-request-id",
    "x-request-id",
    "x-response-time",
    "x-runtime",
];

/// Beginnings of such names.
const FIELD_BEGINNINGS: [&str; 3] = ["x-ratelimit-remaining", "x-ratelimit-reset", "x-rate-limit-re"];

/// Members of a body whose value is of one answer, without `_` and `-`, in lower case.
const MEMBERS: [&str; 17] = [
    "correlationid",
    "date",
    "datetime",
    "errorid",
    "incidentid",
    "logid",
    "now",
    "nonce",
    "reqid",
    "requestid",
    "retryafter",
    "servertime",
    "spanid",
    "time",
    "timestamp",
    "traceid",
    "transactionid",
];

/// Header fields that are of the connection or of how a body was sent, and say nothing of what was answered.
const LEFT_OUT: [&str; 10] = [
    "age",
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "x-cache",
];

/// Whether a header field is volatile by its name, in lower case.
pub(super) fn is_volatile_field(name: &str) -> bool {
    FIELDS.contains(&name) || FIELD_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

/// Whether a header field is no part of a refusal.
pub(super) fn is_left_out(name: &str) -> bool {
    LEFT_OUT.contains(&name)
}

/// Whether a member is volatile by its name.
pub(super) fn is_volatile_member(name: &str) -> bool {
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    MEMBERS.contains(&plain.to_ascii_lowercase().as_str())
}

/// The next value in a text that is volatile by its look: where, and what it is.
pub(super) fn find(text: &str) -> Option<(std::ops::Range<usize>, Gap)> {
    static LOOKS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let day = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
        let month = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";
        let uuid = r"\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\b";
        let rfc3339 = r"\b\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:?\d\d)?";
        let http = format!(r"\b{day}, \d\d {month} \d{{4}} \d\d:\d\d:\d\d GMT\b");
        Regex::new(&format!("(?P<uuid>{uuid})|{rfc3339}|{http}")).ok()
    });
    let found = LOOKS.as_ref()?.captures(text)?;
    let gap = if found.name("uuid").is_some() { Gap::Uuid } else { Gap::Timestamp };
    found.get(0).map(|whole| (whole.range(), gap))
}

/// The kind of a value that is volatile by its name.
pub(super) fn kind(value: &str) -> Gap {
    match find(value) {
        Some((at, gap)) if at.len() == value.len() => gap,
        _ => Gap::of(value),
    }
}
