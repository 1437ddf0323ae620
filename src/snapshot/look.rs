//! What is volatile by its look or by its name, even where a few samples of it are equal.
//!
//! By its look: UUIDs, moments as RFC 3339 and RFC 9110 write them. By its name: header fields and members that are
//! known to hold a moment, a remainder, a duration or the name of one request.

use std::sync::LazyLock;

use regex::Regex;

use super::gap::Gap;

/// Header fields that name one request, or one part of what it went through; in lower case.
const FIELD_NAMES: [&str; 15] = [
    "cf-ray",
    "correlation-id",
    "request-id",
    "traceparent",
    "tracestate",
    "x-amz-apigw-id",
    "x-amz-cf-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-b3-spanid",
    "x-b3-traceid",
    "x-correlation-id",
    "x-kong-request-id",
    "x-request-id",
    "x-trace-id",
];

/// Header fields that hold a moment, a remainder or a duration.
const FIELD_VALUES: [&str; 10] = [
    "date",
    "expires",
    "ratelimit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "retry-after",
    "server-timing",
    "x-envoy-upstream-service-time",
    "x-response-time",
    "x-runtime",
];

/// Beginnings of such names.
const FIELD_BEGINNINGS: [&str; 3] = ["x-ratelimit-remaining", "x-ratelimit-reset", "x-rate-limit-re"];

/// Members of a body that name one request, without `_` and `-`, in lower case.
const MEMBER_NAMES: [&str; 10] = [
    "correlationid",
    "errorid",
    "incidentid",
    "logid",
    "nonce",
    "reqid",
    "requestid",
    "spanid",
    "traceid",
    "transactionid",
];

/// Members of a body that hold a moment, a remainder or a duration.
const MEMBER_VALUES: [&str; 7] = ["date", "datetime", "now", "retryafter", "servertime", "time", "timestamp"];

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

/// The kind of a header field that is volatile by its name, in lower case.
pub(super) fn field(name: &str, value: &str) -> Option<Gap> {
    let holds_a_value = || FIELD_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning));
    if FIELD_NAMES.contains(&name) {
        return Some(name_kind(value));
    }
    (FIELD_VALUES.contains(&name) || holds_a_value()).then(|| kind(value))
}

/// The kind of a member that is volatile by its name.
pub(super) fn member(name: &str, value: &str) -> Option<Gap> {
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-')).collect();
    let plain = plain.to_ascii_lowercase();
    if MEMBER_NAMES.contains(&plain.as_str()) {
        return Some(name_kind(value));
    }
    MEMBER_VALUES.contains(&plain.as_str()).then(|| kind(value))
}

/// Whether a header field is no part of a refusal.
pub(super) fn is_left_out(name: &str) -> bool {
    LEFT_OUT.contains(&name)
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

/// The kind of a value.
pub(super) fn kind(value: &str) -> Gap {
    match find(value) {
        Some((at, gap)) if at.len() == value.len() => gap,
        _ => Gap::of(value),
    }
}

/// The kind of a name: one that has digits alone has letters another time.
fn name_kind(value: &str) -> Gap {
    if kind(value) == Gap::Uuid { Gap::Uuid } else { Gap::Opaque }
}
