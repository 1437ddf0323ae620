//! Every command, and every way in which it can end.

use std::fs::OpenOptions;

use rustix::process::Signal;

use super::{is_clean, random_keys, run};
use crate::support::{Edge, Keys, Reply, Server, Small, json};

fn sound(keys: &Keys) -> Server {
    let edge = Edge::new(keys);
    Server::http(move |request| Reply::Whole(edge.answer(request)))
}

#[test]
fn a_run_without_a_finding_shows_no_key() {
    let keys = random_keys();
    let server = sound(&keys);
    let outcome = run(&server.url(), &keys).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    is_clean(&outcome, &keys);
}

#[test]
fn a_run_that_finds_everything_open_shows_no_key() {
    let keys = random_keys();
    let server = Server::http(|_| Reply::Whole(json(200, r#"{"items":[]}"#)));
    let outcome = run(&server.url(), &keys).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    is_clean(&outcome, &keys);
}

#[test]
fn commands_that_send_nothing_show_no_key() {
    let keys = random_keys();
    for arguments in [
        &["run", "--contract", "lockproof.yaml", "--list"][..],
        &["run", "--contract", "lockproof.yaml", "--dry-run"],
        &["check", "lockproof.yaml"],
        &["check"],
        &["scenarios", "list"],
        &["schema", "contract"],
        &["--help"],
        &["run", "--help"],
    ] {
        let outcome = Small::at("http://127.0.0.1:1").program(&keys).args(arguments).run();
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome}");
        assert!(!outcome.stdout.is_empty(), "{arguments:?}");
        is_clean(&outcome, &keys);
    }
}

#[test]
fn every_report_on_standard_output_shows_no_key() {
    for format in lockproof::report::Format::ALL {
        let format = &format!("{}=-", format.name());
        let keys = random_keys();
        let full = keys.full.clone();
        let server = Server::http(move |_| Reply::Whole(json(403, &format!(r#"{{"code":"{full}"}}"#))));
        let small = Small::at(&server.url()).program(&keys);
        let outcome = small.args(&["run", "--contract", "lockproof.yaml", "--report", format]).run();
        assert_eq!(outcome.code, Some(3), "{outcome}");
        is_clean(&outcome, &keys);
    }
}

#[test]
fn a_target_that_is_down_shows_no_key() {
    let keys = random_keys();
    let outcome = run("http://127.0.0.1:1", &keys).run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    is_clean(&outcome, &keys);
}

#[test]
fn a_report_that_cannot_be_written_shows_no_key() {
    let keys = random_keys();
    let server = sound(&keys);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let outcome = run(&server.url(), &keys).stdout(full).start().wait();
    assert_eq!(outcome.code, Some(6), "{outcome}");
    is_clean(&outcome, &keys);
}

#[test]
fn an_interrupted_run_shows_no_key() {
    let keys = random_keys();
    let edge = Edge::new(&keys);
    let server = Server::http(move |request| match request.number {
        ..=10 => Reply::Whole(edge.answer(request)),
        _ => Reply::Whole(json(401, &format!(r#"{{"detail":"{:?}"}}"#, request.headers))),
    });
    let running = run(&server.url(), &keys).stdout(std::process::Stdio::null()).start();
    server.await_requests(15);
    running.signal(Signal::INT);
    is_clean(&running.wait(), &keys);
}

#[test]
fn a_process_that_is_aborted_leaves_no_core_file() {
    let keys = random_keys();
    let server = Server::http(|_| Reply::silence(std::time::Duration::from_secs(5)));
    let running = run(&server.url(), &keys).stdout(std::process::Stdio::null()).start();
    server.await_requests(1);
    running.signal(Signal::ABORT);
    let outcome = running.wait();
    assert_eq!(outcome.code, None, "{outcome}");
    is_clean(&outcome, &keys);
}

/// A contract in which somebody has written a key, in one way or another.
#[test]
fn a_key_that_was_written_in_the_contract_is_not_repeated() {
    for written in [
        "KEY",
        "\"KEY\"",
        "{ KEY }",
        "{ value: KEY }",
        "{ env: KEY }",
        "{ file: KEY }",
        "{ file: keys/KEY }",
        "{ stdin: KEY }",
        "{ KEY: full }",
        "[KEY]",
        "{ env: KEY_FULL, literal: KEY }",
        "{ env: [KEY] }",
        "{ fixture: KEY",
        "'KEY",
        "&KEY",
        "*KEY",
        "!KEY x",
        "|\n      KEY",
        "{ fixture: KEYÄ }",
    ] {
        let keys = random_keys();
        let line = written.replace("KEY_FULL", "@").replace("KEY", &keys.full).replace('@', "KEY_FULL");
        let contract = Small::at("http://203.0.113.1").text().replace("{ env: KEY_FULL }", &line);
        assert!(contract.contains(&keys.full), "{written}");
        for arguments in [&["run", "--contract", "lockproof.yaml"][..], &["check", "lockproof.yaml"]] {
            let program = Small::at("http://203.0.113.1").program(&keys).args(arguments);
            let outcome = program.file("lockproof.yaml", &contract).run();
            is_clean(&outcome, &keys);
            // That a variable, a file or a line is missing is known only where the keys are fetched.
            let is_named =
                ["{ env: KEY }", "{ file: KEY }", "{ file: keys/KEY }", "{ stdin: KEY }"].contains(&written);
            let code = if arguments[0] == "check" && is_named { 0 } else { 2 };
            assert_eq!(outcome.code, Some(code), "{written}: {outcome}");
        }
    }
}

#[test]
fn a_key_with_something_wrong_is_not_repeated() {
    for wrong in [" ", "\n", "\u{e4}", "\t"] {
        let mut keys = random_keys();
        let key = keys.full.clone();
        keys.full = format!("{key}{wrong}");
        let outcome = run("http://127.0.0.1:1", &keys).run();
        assert_eq!(outcome.code, Some(2), "{wrong:?}: {outcome}");
        is_clean(&outcome, &Keys { full: key, ..keys });
    }
}

#[test]
fn a_key_in_an_address_is_not_repeated() {
    let keys = random_keys();
    for address in ["http://127.0.0.1:1/?api_key=KEY", "http://me:KEY@127.0.0.1:1", "ftp://127.0.0.1/#KEY"] {
        let address = address.replace("KEY", &keys.full);
        let mut outcome = run("http://127.0.0.1:1", &keys).args(&["--target", &address]).run();
        assert_eq!(outcome.code, Some(2), "{address}: {outcome}");
        // Here it stands on the command line, where the operator has put it.
        outcome.cmdline.clear();
        is_clean(&outcome, &keys);
    }
}

#[test]
fn a_key_from_a_file_or_from_standard_input_is_used_and_not_shown() {
    let keys = random_keys();
    let server = sound(&keys);
    let contract = Small::at(&server.url()).text();
    let contract = contract.replace("{ env: KEY_FULL }", "{ file: full.key }");
    let contract = contract.replace("{ env: KEY_NARROW }", "{ stdin: narrow }");
    let stdin = format!("other=x\nnarrow={}\n", keys.narrow);
    let program = run(&server.url(), &keys).file("lockproof.yaml", contract).stdin(&stdin);
    let outcome = program.file("full.key", format!("{}\n", keys.full)).prepare(|folder| {
        use std::os::unix::fs::PermissionsExt as _;
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.join("full.key"), owner_only).unwrap();
    });
    let outcome = outcome.run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    std::fs::remove_file(outcome.folder().join("full.key")).unwrap();
    is_clean(&outcome, &keys);
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let keys = random_keys();
    let contract = Small::at("http://127.0.0.1:1").text().replace("{ env: KEY_FULL }", "{ file: full.key }");
    let program =
        run("http://127.0.0.1:1", &keys).file("lockproof.yaml", contract).file("full.key", &keys.full);
    let outcome = program.run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says("chmod 600 full.key"), "{outcome}");
}
