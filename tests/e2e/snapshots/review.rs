//! `snapshot review`: on a terminal by single keys, by name without one.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tempfile::TempDir;

use super::{approved, copy, names, program, review, text, volatile};
use crate::program;
use crate::support::{Outcome, pause};

/// Something that waits for a review.
fn changed() -> Outcome {
    let before = approved(&volatile("Nobody knows this key."));
    program(&volatile("Nobody knows that key."), &["run", "--snapshots", "snapshots"], Some(&before)).run()
}

#[test]
fn without_a_terminal_it_is_shown_and_decided_by_name() {
    let waiting = changed();
    let shown = review(&waiting, &[]).run();
    assert_eq!(shown.code, Some(1), "{shown}");
    insta::assert_snapshot!(shown.stdout);
    assert!(shown.says("decide with --accept GLOB and --reject GLOB"), "{shown}");
    assert_eq!(names(&shown), names(&waiting));

    let other = review(&waiting, &["--accept", "403-*"]).run();
    assert_eq!((other.code, &*other.stdout), (Some(1), "accepted 0, rejected 0, left 1\n"));

    let accepted = review(&waiting, &["--accept", "401-*"]).run();
    assert_eq!((accepted.code, &*accepted.stdout), (Some(0), "accepted 1, rejected 0, left 0\n"));
    assert!(text(&accepted, "401-invalid-api-key.snap").contains("that key"));
    let again =
        program(&volatile("Nobody knows that key."), &["run", "--snapshots", "snapshots"], Some(&accepted))
            .run();
    assert_eq!(again.code, Some(0), "{again}");

    let rejected = review(&waiting, &["--accept", "*", "--reject", "401-*"]).run();
    assert_eq!((rejected.code, &*rejected.stdout), (Some(0), "accepted 0, rejected 1, left 0\n"));
    assert!(text(&rejected, "401-invalid-api-key.snap").contains("this key"));
    let nothing = review(&rejected, &[]).run();
    assert_eq!((nothing.code, &*nothing.stdout), (Some(0), "nothing waits in snapshots\n"));
}

#[test]
fn in_ci_nothing_is_accepted() {
    let waiting = changed();
    let outcome = review(&waiting, &["--accept", "*"]).env("CI", "1").run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    assert_eq!(names(&outcome), names(&waiting));
}

#[test]
fn a_glob_that_is_none_is_wrong_usage() {
    let outcome = review(&changed(), &["--accept", "[a"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
}

/// The review on a terminal, in a folder, when it has asked: the program, the other end, and what was seen so far.
fn asked(folder: &Path) -> (Child, File, Vec<u8>) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = File::options().read(true).write(true).open(name).unwrap();
    let mut master = File::from(master);
    let mut command = program::command();
    command.args(["snapshot", "review"]).env_clear().current_dir(folder);
    let child =
        command.stdin(slave.try_clone().unwrap()).stdout(slave).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    let mut seen = Vec::new();
    let mut chunk = [0; 4096];
    // The question comes before the answer; keys that come too early are kept by the terminal.
    while !String::from_utf8_lossy(&seen).contains("quit (q)? ") {
        let length = master.read(&mut chunk).unwrap();
        seen.extend_from_slice(&chunk[..length]);
    }
    (child, master, seen)
}

/// The review on a terminal, in a folder, and what these keys come to.
fn by_keys(folder: &Path, keys: &[u8]) -> (Option<i32>, String) {
    let (mut child, mut master, mut seen) = asked(folder);
    master.write_all(keys).unwrap();
    let mut chunk = [0; 4096];
    // The other end is closed when the program has ended: that is an error here.
    while let Ok(length @ 1..) = master.read(&mut chunk) {
        seen.extend_from_slice(&chunk[..length]);
    }
    (child.wait().unwrap().code(), String::from_utf8_lossy(&seen).replace('\r', ""))
}

#[test]
fn on_a_terminal_one_key_accepts() {
    let waiting = changed();
    let (code, seen) = by_keys(waiting.folder(), b"a");
    assert_eq!(code, Some(0), "{seen}");
    assert!(
        seen.contains("\u{1b}[") && seen.ends_with("accepted\naccepted 1, rejected 0, left 0\n"),
        "{seen}"
    );
    assert!(text(&waiting, "401-invalid-api-key.snap").contains("that key"));
    assert!(!names(&waiting).contains(&"401-invalid-api-key.snap.new".to_owned()));
}

#[test]
fn on_a_terminal_a_key_that_means_nothing_is_passed_over_and_others_reject_skip_and_quit() {
    let waiting = changed();
    for (keys, code, left) in
        [(&b"xr"[..], 0, 0), (b"s", 1, 1), (b"q", 1, 1), (b"\x03", 130, 1), (b"\x04", 1, 1), (b"A", 0, 0)]
    {
        let folder = TempDir::new().unwrap();
        copy(&waiting, folder.path());
        let (ended, seen) = by_keys(folder.path(), keys);
        assert_eq!(ended, Some(code), "{keys:?}: {seen}");
        let waits = folder.path().join("snapshots/401-invalid-api-key.snap.new");
        assert_eq!(usize::from(fs::exists(waits).unwrap()), left, "{seen}");
    }
}

#[test]
fn on_a_terminal_an_arrow_key_is_no_choice_though_it_ends_with_a_letter_that_is() {
    for arrow in [&b"\x1b[A"[..], b"\x1bOA"] {
        let waiting = changed();
        let (mut child, mut master, _) = asked(waiting.folder());
        master.write_all(arrow).unwrap();
        // What comes within a moment of an arrow is dropped with it: who is not heard says it again. The terminal may be
        // gone by then.
        for _ in 0..100 {
            if child.try_wait().unwrap().is_some() {
                break;
            }
            master.write_all(b"q").ok();
            pause(Duration::from_millis(250));
        }
        child.kill().ok();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{arrow:?}");
        assert!(names(&waiting).contains(&"401-invalid-api-key.snap.new".to_owned()), "{arrow:?}");
        assert!(text(&waiting, "401-invalid-api-key.snap").contains("this key"), "{arrow:?}");
    }
}
