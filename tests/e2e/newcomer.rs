//! A newcomer adds a check with one YAML file and nothing else.

use std::fs;

use crate::support::{Edge, Keys, Lockproof, Reply, Server, Small};

/// The whole of a new check.
const CHECK: &str = r#"id: key-not-in-upper-case
title: A key in another letter case is not the key
severity: must
sources: ["contract: a key is compared as it is"]
why: >-
  A comparison that ignores letter case makes every key easier to guess.
advice: Compare keys byte by byte.
over: { operations: { first_of: service } }
request: { key: { transform: [{ swap_case: true }] } }
expect: { refusal: invalid }
"#;

fn sound() -> Server {
    let edge = Edge::default();
    Server::http(move |request| Reply::Whole(edge.answer(request)))
}

/// A target that does not care for letter case.
fn lax() -> Server {
    let edge = Edge::default();
    let key = Keys::default().full;
    Server::http(move |request| {
        let mut request = request.clone();
        for (name, value) in &mut request.headers {
            if name.eq_ignore_ascii_case("x-api-key") && value.eq_ignore_ascii_case(&key) {
                value.clone_from(&key);
            }
        }
        Reply::Whole(edge.answer(&request))
    })
}

#[test]
fn one_file_is_a_check() {
    let server = sound();
    let program = Small::at(&server.url()).run().file("mine/key-not-in-upper-case.yaml", CHECK);
    let outcome = program.args(&["--scenarios", "mine"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let results = outcome.results();
    assert_eq!(results["cases"].as_array().unwrap().len(), 1);
    let case = &results["cases"][0];
    assert_eq!(case["id"], "key-not-in-upper-case/test/items.list/forged");
    assert_eq!((&case["verdict"], &case["family"]), (&"pass".into(), &"mine".into()));
    assert_eq!(results["checks"][0]["title"], "A key in another letter case is not the key");
}

#[test]
fn a_new_check_that_fails_is_explained_in_its_own_words() {
    let server = lax();
    let program = Small::at(&server.url()).run().file("mine/key-not-in-upper-case.yaml", CHECK);
    let outcome = program.args(&["--scenarios", "mine/key-not-in-upper-case.yaml"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    for words in [
        "FAIL A key in another letter case is not the key",
        "key-not-in-upper-case (must), 1 of 1 case",
        "A comparison that ignores letter case makes every key easier to guess.",
        "Compare keys byte by byte.",
        "expected the refusal `invalid`",
        "accepted",
        "LOCKPROOF_FORGED=\"$(printf %s \"$KEY_FULL\" | tr a-zA-Z A-Za-z)\"",
    ] {
        assert!(outcome.says(words), "it does not say `{words}`: {outcome}");
    }
}

#[test]
fn a_case_can_be_run_alone_by_the_id_that_the_report_gives() {
    let server = lax();
    let program = Small::at(&server.url()).run().file("mine/key-not-in-upper-case.yaml", CHECK);
    let only = ["--scenarios", "mine", "--only", "key-not-in-upper-case/test/items.list/forged"];
    assert_eq!(program.args(&only).run().count("fail"), 1);
}

#[test]
fn a_slip_in_the_id_of_an_own_check_is_told_by_its_nearest_id() {
    let program = Small::at("http://127.0.0.1:1").run().file("mine/key-not-in-upper-case.yaml", CHECK);
    let outcome = program.args(&["--scenarios", "mine", "--only", "key-not-in-uper-case"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("did you mean `key-not-in-upper-case`?"), "{outcome}");
}

#[test]
fn a_new_check_can_be_checked_and_its_mistakes_have_cures() {
    let good = Lockproof::new(&["check", "mine"]).file("mine/key-not-in-upper-case.yaml", CHECK).run();
    assert_eq!((good.code, good.stdout.as_str()), (Some(0), "1 file without a mistake\n"), "{good}");
    let mistaken =
        CHECK.replace("refusal: invalid", "refusl: invalid").replace("severity: must", "severity: most");
    let wrong = Lockproof::new(&["check", "mine"]).file("mine/key-not-in-upper-case.yaml", &mistaken).run();
    assert_eq!(wrong.code, Some(2), "{wrong}");
    assert!(wrong.says("mine/key-not-in-upper-case.yaml:3:11"), "{wrong}");
    assert!(wrong.says("did you mean `refusal`"), "{wrong}");
    assert!(wrong.says("2 mistakes; nothing was sent"), "{wrong}");
}

#[test]
fn the_built_in_checks_can_be_copied_out_changed_and_run() {
    let exported = Lockproof::new(&["scenarios", "export", "suite"]).run();
    assert_eq!(exported.code, Some(0), "{exported}");
    let path = "core/key-missing.yaml";
    let text = fs::read_to_string(exported.folder().join("suite").join(path)).unwrap();
    let changed = text.replace("A request without a key is refused", "Nobody gets in without a key");
    assert_ne!(changed, text);
    let server = sound();
    let program = Small::at(&server.url()).run().file(&format!("suite/{path}"), &changed);
    let outcome = program.args(&["--scenarios", "suite"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert_eq!(outcome.results()["checks"][0]["title"], "Nobody gets in without a key");
    assert_eq!(outcome.results()["checks"][0]["id"], "key-missing");
}

#[test]
fn what_was_copied_out_is_what_is_built_in_and_is_left_alone_when_copied_again() {
    let server = sound();
    let builtin = Small::at(&server.url()).program(&Keys::default());
    let builtin = builtin.args(&["run", "--contract", "lockproof.yaml", "--list"]).run();
    let exported = Lockproof::new(&["scenarios", "export", "."]).file("core/key-missing.yaml", CHECK).run();
    assert!(exported.stdout.contains("1 left as they were"), "{exported}");
    assert_eq!(fs::read_to_string(exported.folder().join("core/key-missing.yaml")).unwrap(), CHECK);
    let forced = Lockproof::new(&["scenarios", "export", "suite", "--force"])
        .file("suite/core/key-missing.yaml", CHECK);
    let forced = forced.run();
    let suite = forced.folder().join("suite");
    let program = Small::at(&server.url()).program(&Keys::default());
    let arguments = ["run", "--contract", "lockproof.yaml", "--list", "--scenarios", suite.to_str().unwrap()];
    assert_eq!(program.args(&arguments).run().stdout, builtin.stdout);
    assert_eq!(server.connections(), 0, "to list the cases sends nothing");
}

#[test]
fn two_checks_of_one_id_are_refused() {
    let program = Small::at("http://127.0.0.1:1").run();
    let program =
        program.file("a/key-not-in-upper-case.yaml", CHECK).file("b/key-not-in-upper-case.yaml", CHECK);
    let outcome = program.args(&["--scenarios", "a", "--scenarios", "b"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("two scenarios have the id `key-not-in-upper-case`; rename one"), "{outcome}");
}
