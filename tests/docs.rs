//! The document of the checks is what the program writes of its suite.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod program;

use std::collections::BTreeSet;
use std::path::Path;

use lockproof::scenario::{Suite, builtin_files};

fn committed() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/checks.md")).unwrap()
}

#[test]
fn the_document_of_the_checks_is_in_step_with_the_suite() {
    let mut command = program::command();
    let output = command.args(["scenarios", "docs"]).env_clear().output().unwrap();
    assert!(output.status.success());
    let written = String::from_utf8(output.stdout).unwrap();
    let differs = written
        .lines()
        .zip(committed().lines())
        .find(|(now, then)| now != then)
        .map(|(now, _)| now.to_owned());
    let cure = "run `cargo run -- scenarios docs > docs/checks.md`, and read what differs";
    assert!(written == committed(), "{cure}; the first line: {differs:?}");
}

#[test]
fn every_check_has_a_section_and_every_link_within_the_document_leads_to_one() {
    let text = committed();
    let sections: BTreeSet<_> = text.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let suite = Suite::read(builtin_files()).unwrap().scenarios;
    let checks: BTreeSet<_> = suite.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(sections, checks);
    let links = text.split("](#").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
    let dead: Vec<_> = links.filter(|link| !sections.contains(link)).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn every_link_to_a_file_leads_to_one() {
    let text = committed();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
    let files: Vec<_> = links.filter(|link| !link.starts_with('#')).collect();
    assert!(files.len() > 1, "{files:?}");
    let dead: Vec<_> = files.into_iter().filter(|link| !docs.join(link).exists()).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn no_text_of_a_check_breaks_the_document() {
    for line in committed().lines().filter(|line| line.starts_with("| [")) {
        assert_eq!(line.matches('|').count(), 4, "three columns: {line}");
    }
    for line in committed().lines() {
        assert!(line.matches('`').count().is_multiple_of(2), "every backtick has its other: {line}");
    }
}
