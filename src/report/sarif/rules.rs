//! Checks as rules.

use super::model::{Configuration, Rule, Tags, Text};
use crate::outcome::{CheckInfo, Severity};

/// A check as a rule: what it requires in short, why in full, what to change and what it stands on as help.
pub(super) fn rule(check: &CheckInfo) -> Rule<'_> {
    Rule {
        id: &check.id,
        short_description: Text::new(&check.title),
        full_description: Text::new(&check.why),
        help: Text::new(&format!("{} Sources: {}.", check.advice, check.sources.join("; "))),
        default_configuration: Configuration { level: level(check.severity) },
        properties: Tags { tags: ["security", &check.family] },
    }
}

/// What SARIF calls a severity (3.27.10).
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Must => "error",
        Severity::Should => "warning",
        Severity::Info => "note",
    }
}
