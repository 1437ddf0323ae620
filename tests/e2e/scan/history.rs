//! A git history: what was committed once is still there.

use std::path::Path;
use std::process::Command;

use super::build::{Method, zip};
use super::{key, place, result, scan, silent};
use crate::support::Lockproof;

/// Where git is.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";

/// Runs git in a folder, with nothing of the machine's own settings.
fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
        .args(arguments);
    let output = command.env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A repository in which a key was committed, replaced, and is gone.
fn with_history(program: Lockproof) -> Lockproof {
    let archive = zip(Method::Deflated, &[("inner.txt", key().as_bytes())]);
    program
        .env("PATH", PATH)
        .file("app/config.js", format!("k = '{}'", key()))
        .file("app/a.jar", archive)
        .prepare(|folder| {
            let app = folder.join("app");
            git(&app, &["init", "-q"]);
            git(&app, &["add", "-A"]);
            git(&app, &["commit", "-qm", "first"]);
            std::fs::write(app.join("config.js"), "k = env.KEY").unwrap();
            git(&app, &["rm", "-q", "a.jar"]);
            git(&app, &["commit", "-qam", "second"]);
            git(&app, &["gc", "-q"]);
        })
}

#[test]
fn a_key_that_was_committed_once_is_found_under_the_name_that_it_had() {
    let outcome = with_history(scan(&["app", "--history", "--report", "json=-"])).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    silent(&outcome);
    let result = result(&outcome);
    let mut places: Vec<String> = result["findings"].as_array().unwrap().iter().map(place).collect();
    // What git calls the objects depends on what is in them, and nothing else.
    for place in &mut places {
        *place = place.split(' ').skip(2).collect::<Vec<_>>().join(" ");
    }
    places.sort();
    assert_eq!(places, ["a.jar!/inner.txt", "config.js"], "{outcome}");
}

#[test]
fn without_being_asked_a_history_is_not_looked_into_and_that_is_said() {
    let outcome = with_history(scan(&["app"])).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.stdout.contains("app has a git history, which --history looks into"), "{outcome}");
}

#[test]
fn a_folder_without_a_history_and_a_machine_without_git_are_told() {
    let outcome = scan(&["app", "--history"]).env("PATH", PATH).file("app/a.txt", "x").run();
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.stderr.contains("app has no history that git can read"), "{outcome}");
    let outcome = scan(&["app", "--history"]).env("PATH", "/nowhere").file("app/a.txt", "x").run();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(outcome.stderr.contains("git is not installed, or not on the PATH"), "{outcome}");
}

#[test]
fn whoever_ends_the_scan_ends_the_look_into_a_history() {
    // A repository without an end.
    let git = "#!/bin/sh\ncase \"$*\" in\n*rev-parse*) echo false ;;\n*cat-file*) >begun\n  while :; do printf 'a1b2c3 blob \
               2\\nhi\\n'; done ;;\nesac\n";
    let program = scan(&["app", "--history"]).env("PATH", &format!("bin:{PATH}")).file("app/a.txt", "x");
    let program = program.file("bin/git", git).prepare(|folder| {
        let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder.join("bin/git"), runs).unwrap();
    });
    let running = program.stdout(std::process::Stdio::piped()).start();
    running.await_file("begun");
    running.signal(rustix::process::Signal::TERM);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(143), "{outcome}");
}
