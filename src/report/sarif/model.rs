//! As much of SARIF 2.1.0 as is written.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::report::escape_terminal;

/// The version of the format.
pub(super) const VERSION: &str = "2.1.0";

/// Where its schema is.
pub(super) const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A file.
#[derive(Debug, Serialize)]
pub(super) struct Log<'a> {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: &'static str,
    pub(super) runs: Vec<Run<'a>>,
}

/// A run of a tool (3.14).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Run<'a> {
    pub(super) tool: Tool<'a>,
    pub(super) invocations: Vec<Invocation<'a>>,
    pub(super) results: Vec<Finding<'a>>,
    pub(super) column_kind: &'static str,
}

/// The tool (3.18).
#[derive(Debug, Serialize)]
pub(super) struct Tool<'a> {
    pub(super) driver: Driver<'a>,
}

/// The program (3.19).
#[derive(Debug, Serialize)]
pub(super) struct Driver<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) rules: Vec<Rule<'a>>,
}

/// A check (3.49).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rule<'a> {
    pub(super) id: &'a str,
    pub(super) short_description: Text,
    pub(super) full_description: Text,
    pub(super) help: Text,
    pub(super) default_configuration: Configuration,
    pub(super) properties: Tags<'a>,
}

/// Text that is read as it stands: a description, a body.
#[derive(Debug, Serialize)]
pub(super) struct Text {
    text: String,
}

impl Text {
    /// What is invisible or moves the cursor is made visible.
    pub(super) fn new(text: &str) -> Self {
        Self { text: escape_terminal(text) }
    }
}

/// How much a check matters (3.50).
#[derive(Debug, Serialize)]
pub(super) struct Configuration {
    pub(super) level: &'static str,
}

/// Words to select by (3.8.2).
#[derive(Debug, Serialize)]
pub(super) struct Tags<'a> {
    pub(super) tags: [&'a str; 2],
}

/// How the program was run (3.20).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) start_time_utc: &'a str,
    pub(super) exit_code: u8,
    pub(super) exit_code_description: &'static str,
    pub(super) execution_successful: bool,
    pub(super) tool_execution_notifications: Vec<Notification>,
}

/// Something that a reader must know (3.58).
#[derive(Debug, Serialize)]
pub(super) struct Notification {
    pub(super) level: &'static str,
    pub(super) message: Message,
}

/// A message (3.11).
#[derive(Debug, Serialize)]
pub(super) struct Message {
    text: String,
}

impl Message {
    /// A message in which nothing is a link or a placeholder (3.11.5, 3.11.6).
    pub(super) fn plain(text: &str) -> Self {
        let mut escaped = String::with_capacity(text.len());
        for c in escape_terminal(text).chars() {
            match c {
                '\\' | '[' | ']' => escaped.extend(['\\', c]),
                '{' | '}' => escaped.extend([c, c]),
                c => escaped.push(c),
            }
        }
        Self { text: escaped }
    }
}

/// A finding (3.27).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding<'a> {
    pub(super) rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) rule_index: Option<usize>,
    pub(super) kind: &'static str,
    pub(super) level: &'static str,
    pub(super) message: Message,
    pub(super) locations: Vec<Location>,
    pub(super) partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) web_request: Option<WebRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) web_response: Option<WebResponse>,
}

/// What makes a finding the same in another run (3.27.17).
#[derive(Debug, Serialize)]
pub(super) struct Fingerprints<'a> {
    #[serde(rename = "caseId/v1")]
    pub(super) case: &'a str,
    /// What GitHub goes by.
    #[serde(rename = "primaryLocationLineHash")]
    pub(super) hash: String,
}

/// Where a finding is (3.28).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) physical_location: Option<PhysicalLocation>,
    pub(super) logical_locations: [LogicalLocation; 1],
}

/// A place in a file (3.29).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PhysicalLocation {
    pub(super) artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) region: Option<Region>,
}

/// A file (3.4).
#[derive(Debug, Serialize)]
pub(super) struct ArtifactLocation {
    pub(super) uri: String,
}

/// Lines and columns from 1, the end not included (3.30).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub(super) start_line: usize,
    pub(super) start_column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

/// A place in the API (3.33).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogicalLocation {
    pub(super) fully_qualified_name: String,
}

/// What was sent (3.46).
#[derive(Debug, Serialize)]
pub(super) struct WebRequest {
    pub(super) protocol: &'static str,
    pub(super) target: String,
    pub(super) method: String,
    pub(super) headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<Text>,
}

/// What came back (3.47).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebResponse {
    pub(super) protocol: &'static str,
    pub(super) version: String,
    pub(super) status_code: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_holds_no_link_and_no_placeholder() {
        let message = Message::plain("see [this](1) and {0} or \\");
        assert_eq!(message.text, "see \\[this\\](1) and {{0}} or \\\\");
    }
}
