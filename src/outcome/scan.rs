//! What a scan concluded: the values behind `scan.json` and its page. The field names are a published interface.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CheckInfo, ContractInfo, Redacted, RunVerdict, Tool};

/// The name and version of the `scan.json` format.
pub const SCAN_FORMAT: &str = "lockproof-scan/1";

/// Everything that a scan concluded: the content of `scan.json`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ScanResult {
    /// The name and version of this format.
    pub format: String,
    /// Who made it.
    pub tool: Tool,
    /// The contract whose keys were looked for.
    pub contract: ContractInfo,
    /// What was to be looked into.
    pub paths: Vec<Redacted>,
    /// When it began, in UTC (RFC 3339).
    pub started: String,
    /// How long it took.
    pub duration_ms: u64,
    /// What it came to.
    pub verdict: RunVerdict,
    /// The number that the process ended with.
    pub exit_code: u8,
    /// What a reader must know before trusting anything below.
    pub notices: Vec<Redacted>,
    /// How many files were looked into.
    pub files: u64,
    /// How many entries of archives were looked into.
    pub entries: u64,
    /// How many bytes were searched, those that were unfolded included.
    pub bytes: u64,
    /// How many findings there are, those that are not listed included.
    pub found: u64,
    /// How many files, entries and parts could not be looked into, those that are not listed included.
    pub left: u64,
    /// The checks that the findings belong to.
    pub checks: Vec<CheckInfo>,
    /// What was found, by file, entry and place.
    pub findings: Vec<ScanFinding>,
    /// What could not be looked into.
    pub unread: Vec<Unread>,
}

/// A key, or what looks like one, in something that ships.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ScanFinding {
    /// The file.
    pub file: Redacted,
    /// The entry in it, and the entry in that.
    pub entries: Vec<Redacted>,
    /// How many bytes of the unfolded entry, or of the file, stand before it.
    pub offset: u64,
    /// The check.
    pub check: String,
    /// The credential whose key it is; nothing where it only looks like a key.
    pub credential: Option<String>,
    /// The form in which it appears: `as it is`, `in base64`, ...
    pub form: String,
    /// How it has to be read to be seen, where that is not as it stands.
    pub read: Option<String>,
}

/// Something that could not be looked into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Unread {
    /// The file.
    pub file: Redacted,
    /// The entry in it, and the entry in that.
    pub entries: Vec<Redacted>,
    /// Why.
    pub why: Redacted,
}

/// A place, as people write it: `app.apk!/classes.dex`.
pub fn place(file: &Redacted, entries: &[Redacted]) -> String {
    entries.iter().fold(file.as_str().to_owned(), |place, entry| place + "!/" + entry.as_str())
}

impl ScanFinding {
    /// What was found, in words.
    pub fn words(&self) -> String {
        let read = self.read.as_ref().map_or(String::new(), |read| format!(", {read}"));
        match &self.credential {
            Some(credential) => format!("the key of `{credential}` {}{read}", self.form),
            None => format!("a text that looks like a key{read}"),
        }
    }
}
