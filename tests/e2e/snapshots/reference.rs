//! The approved refusals of the reference server, which are committed.

use std::fs;
use std::path::Path;

use crate::support::Lockproof;

/// Where they are.
const APPROVED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/snapshots");

/// The program in a folder with the approved snapshots of the reference server.
fn with_approved(arguments: &[&str]) -> Lockproof {
    Lockproof::new(arguments).prepare(|folder| {
        fs::create_dir(folder.join("snapshots")).unwrap();
        for entry in fs::read_dir(Path::new(APPROVED)).unwrap() {
            let file = entry.unwrap();
            fs::copy(file.path(), folder.join("snapshots").join(file.file_name())).unwrap();
        }
    })
}

#[test]
fn the_reference_server_refuses_as_was_approved() {
    let outcome = with_approved(&["run", "--snapshots", "snapshots", "--seed", "3"]).run();
    let cure = "look at what differs, then: cargo run -- snapshot --prune --approve --snapshots fixtures/reference/snapshots";
    assert_eq!(outcome.code, Some(0), "{cure}\n{}", outcome.complaints());
    let results = outcome.results();
    let compared =
        results["cases"].as_array().unwrap().iter().filter(|case| case["family"] == "snapshot").count();
    assert!(compared > 20, "{outcome}");
}

#[test]
fn other_words_of_the_reference_server_are_found_and_nothing_else_is() {
    let only = ["--only", "key-missing", "--only", "key-unknown", "--only", "key-insufficient-scope"];
    let run = with_approved(&["run", "--snapshots", "snapshots", "--seed", "3", "--variant", "body-wording"]);
    let outcome = run.args(&only).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(outcome.count("fail"), 3, "{outcome}");
    let same = with_approved(&["run", "--snapshots", "snapshots", "--seed", "3", "--variant", "header-case"]);
    let outcome = same.args(&only).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
}
