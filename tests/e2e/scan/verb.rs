//! How the verb speaks: its exit codes, its page, its reports, and what it says of a mistake.

use std::fs;
use std::os::unix::fs::symlink;

use super::build::{Method, zip};
use super::{key, result, scan, silent};

#[test]
fn what_holds_no_key_ends_with_0_and_says_how_much_was_looked_into() {
    let outcome = scan(&["shipped"]).file("shipped/a.txt", "nothing").file("shipped/b/c.txt", "").run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.contains("exit 0: everything was looked into, and no key is in it"), "{outcome}");
    assert!(
        outcome.stdout.contains("conformant: 0 found, 0 not looked into; 2 files, 0 entries"),
        "{outcome}"
    );
}

#[test]
fn a_finding_ends_with_1_and_is_told_with_its_place_its_form_and_what_to_do() {
    let archive =
        zip(Method::Deflated, &[("assets/config.json", format!("{{\"k\":\"{}\"}}", key()).as_bytes())]);
    let outcome = scan(&["app.apk"]).file("app.apk", archive).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    silent(&outcome);
    for words in [
        "FAIL  No key of the contract is in what is shipped",
        "  app.apk!/assets/config.json\n    the key of `full` as it is, at byte 6\n",
        "Revoke the key",
        "lockproof explain scan-key-in-artefact",
        "exit 1: a key is in what is shipped",
    ] {
        assert!(outcome.stdout.contains(words), "it does not say `{words}`: {outcome}");
    }
}

#[test]
fn a_path_that_is_not_there_and_a_contract_that_is_not_there_are_wrong_usage() {
    let outcome = scan(&["no-such.apk"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("there is no no-such.apk"), "{outcome}");
    let outcome = scan(&["a.txt", "--contract", "other.yaml"]).file("a.txt", "").run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("there is no other.yaml: name the contract"), "{outcome}");
}

#[test]
fn an_empty_folder_is_not_a_clean_one() {
    let outcome = scan(&["shipped"]).prepare(|folder| fs::create_dir(folder.join("shipped")).unwrap()).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(outcome.stdout.contains("there is nothing to look into"), "{outcome}");
}

#[test]
fn links_are_not_followed_and_loops_end() {
    let program =
        scan(&["shipped", "--report", "json=-"]).file("outside/key.txt", key()).file("shipped/a.txt", "x");
    let outcome = program
        .prepare(|folder| {
            symlink(folder.join("outside"), folder.join("shipped/out")).unwrap();
            symlink(folder.join("shipped"), folder.join("shipped/loop")).unwrap();
        })
        .run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let notices = result(&outcome)["notices"].to_string();
    assert!(notices.contains("2 symbolic link(s) were not followed"), "{outcome}");
}

#[test]
fn a_report_for_a_build_server_has_every_finding() {
    let reports = ["--report", "junit=scan.xml", "--report", "sarif=scan.sarif"];
    let program = scan(&[&["shipped"], &reports[..]].concat()).file("shipped/a.txt", key());
    let outcome = program.file("shipped/b.7z", b"7z\xbc\xaf\x27\x1c....").run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let report = fs::read_to_string(outcome.folder().join("scan.xml")).unwrap();
    assert!(report.contains("scan-key-in-artefact/shipped/a.txt@0"), "{report}");
    assert!(report.contains("shipped/b.7z could not be looked into: it is packed in a format"), "{report}");
    assert!(!report.contains(&key()), "{report}");
    let sarif = outcome.json("scan.sarif");
    let found = &sarif["runs"][0]["results"][0];
    assert_eq!(found["ruleId"], "scan-key-in-artefact", "{sarif}");
    let place = &found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "shipped/a.txt", "{sarif}");
}

#[test]
fn a_report_that_cannot_be_written_is_told_before_anything_is_read() {
    let outcome = scan(&["a.txt", "--report", "json=a.txt/b.json"]).file("a.txt", key()).run();
    assert_eq!(outcome.code, Some(6), "{outcome}");
}

#[test]
fn its_checks_are_explained() {
    for id in ["scan-key-in-artefact", "scan-key-pattern"] {
        let outcome = crate::support::Lockproof::new(&["explain", id]).run();
        assert_eq!(outcome.code, Some(0), "{outcome}");
        assert!(outcome.stdout.contains("must: where it does not hold"), "{outcome}");
    }
}

#[test]
fn a_pattern_that_fits_everything_is_not_looked_for_and_that_is_said() {
    let contract = super::Small::at("http://127.0.0.1:1").text();
    let contract = contract.replace("X-API-Key }", "X-API-Key }, key_pattern: '^[A-Za-z0-9]{32}$'");
    let outcome = scan(&["a.txt"])
        .file("lockproof.yaml", contract)
        .file("a.txt", "0123456789abcdef0123456789abcdef")
        .run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.contains("only the contract's own keys were looked for"), "{outcome}");
}
