//! Findings as results.

use std::collections::BTreeMap;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use super::model::{
    ArtifactLocation, Finding, Fingerprints, Location, LogicalLocation, Message, PhysicalLocation, Region,
    Text, WebRequest, WebResponse,
};
use crate::outcome::{CaseResult, CheckInfo, Exchange, Received, Redacted, RunResult, Sent, Verdict};
use crate::report::escape_terminal;

/// What stands in a path as it is (RFC 3986, 3.3), without the colon, which would make a scheme of a first segment.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/')
    .remove(b'@')
    .remove(b'+');

/// A finding.
pub(super) fn result<'a>(run: &'a RunResult, case: &'a CaseResult) -> Finding<'a> {
    let index = run.checks.iter().position(|check| check.id == case.check);
    let exchange = case.exchange.as_ref();
    Finding {
        rule_id: &case.check,
        rule_index: index,
        kind: "fail",
        level: if case.verdict == Verdict::Warn { "warning" } else { "error" },
        message: message(case),
        locations: vec![location(index.and_then(|at| run.checks.get(at)), case)],
        partial_fingerprints: Fingerprints { case: &case.id, hash: hash(&case.id) },
        web_request: exchange.map(|exchange| request(&exchange.sent)),
        web_response: exchange.and_then(answer),
    }
}

fn message(case: &CaseResult) -> Message {
    let CaseResult { id, requirement, expected, actual, .. } = case;
    let expected =
        if expected.as_str().is_empty() { String::new() } else { format!(" Expected: {expected}.") };
    Message::plain(&format!("{requirement}.{expected} Actual: {actual}. Case: {id}"))
}

fn location(check: Option<&CheckInfo>, case: &CaseResult) -> Location {
    Location {
        physical_location: match &case.file {
            Some(file) => Some(PhysicalLocation {
                artifact_location: ArtifactLocation { uri: uri(file.as_str()) },
                region: None,
            }),
            None => check.map(of_check),
        },
        logical_locations: [LogicalLocation {
            fully_qualified_name: escape_terminal(&format!("{}/{}", case.environment, case.operation)),
        }],
    }
}

/// A check is the place of what is about no file: the line that says what holds.
fn of_check(check: &CheckInfo) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri: uri(&check.file) },
        region: check.site.map(|site| Region {
            start_line: site.line,
            start_column: site.column,
            end_line: site.end_line,
            end_column: site.end_column,
        }),
    }
}

/// A file as a reference: relative as it was given, or on this machine.
fn uri(file: &str) -> String {
    let file = file.replace('\\', "/");
    let scheme = if Path::new(&file).is_absolute() { "file://" } else { "" };
    format!("{scheme}{}", utf8_percent_encode(&file, KEPT))
}

/// The beginning of the digest of a case's id: the id is what stays the same from run to run.
fn hash(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let first = digest.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}:1")
}

fn request(sent: &Sent) -> WebRequest {
    WebRequest {
        protocol: "http",
        target: escape_terminal(sent.url.as_str()),
        method: escape_terminal(sent.method.as_str()),
        headers: headers(&sent.headers),
        body: sent.body.as_ref().map(|body| Text::new(body.as_str())),
    }
}

/// An answer that has a status; what has none is no answer to SARIF.
fn answer(exchange: &Exchange) -> Option<WebResponse> {
    let Received { version, status, headers: lines, body, .. } = exchange.received.as_ref()?;
    Some(WebResponse {
        protocol: "http",
        version: version.trim_start_matches("HTTP/").to_owned(),
        status_code: *status,
        headers: headers(lines),
        body: Text::new(body.as_str()),
    })
}

/// Header lines by name; those of one name are one list (RFC 9110, 5.3).
fn headers(lines: &[(Redacted, Redacted)]) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in lines {
        let value = escape_terminal(value.as_str());
        let known = headers.entry(escape_terminal(name.as_str())).or_default();
        *known = if known.is_empty() { value } else { format!("{known}, {value}") };
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_a_reference_that_is_read_back_as_that_file() {
        assert_eq!(uri("scenarios/core/key-missing.yaml"), "scenarios/core/key-missing.yaml");
        assert_eq!(uri("my checks/a:b#c?.yaml"), "my%20checks/a%3Ab%23c%3F.yaml");
        assert_eq!(uri("/srv/checks/é.yaml"), "file:///srv/checks/%C3%A9.yaml");
    }

    #[test]
    fn a_fingerprint_depends_on_the_case_alone() {
        assert_eq!(hash("a/b/c/d"), hash("a/b/c/d"));
        assert_ne!(hash("a/b/c/d"), hash("a/b/c/e"));
        assert!(hash("a").ends_with(":1") && hash("a").len() == 18);
    }
}
