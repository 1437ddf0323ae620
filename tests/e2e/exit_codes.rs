//! How the program ends, and what the number means: a public interface, a test for each.

use std::fs::OpenOptions;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Server, Small, json, pause, problem};

fn sound() -> Server {
    let edge = Edge::default();
    Server::http(move |request| Reply::Whole(edge.answer(request)))
}

/// Refusals without `Cache-Control`: a SHOULD that is not kept, and nothing else.
fn careless() -> Server {
    let edge = Edge::default();
    Server::http(move |request| {
        let text = String::from_utf8(edge.answer(request)).unwrap();
        let accepted = text.starts_with("HTTP/1.1 2");
        let text = if accepted { text } else { text.replacen("Cache-Control: no-store\r\n", "", 1) };
        Reply::Whole(text.into_bytes())
    })
}

/// A target that serves so many requests and keeps all others waiting.
fn stalling(after: usize) -> Server {
    let edge = Edge::default();
    Server::http(move |request| {
        if request.number <= after {
            return Reply::Whole(edge.answer(request));
        }
        Reply::silence(Duration::from_secs(20))
    })
}

fn ends_with(outcome: &Outcome, code: i32, says: &str) {
    assert_eq!(outcome.code, Some(code), "{outcome}");
    assert!(outcome.says(says), "it does not say `{says}`: {outcome}");
}

#[test]
fn a_conformant_target_is_0() {
    let server = sound();
    let outcome = Small::at(&server.url()).run().run();
    ends_with(&outcome, 0, "exit 0: conformant");
    assert_eq!(
        (outcome.verdict(), outcome.results()["exit_code"].as_u64()),
        ("conformant".to_owned(), Some(0))
    );
}

#[test]
fn help_and_version_are_0_and_on_standard_output() {
    for arguments in [&["--help"][..], &["--version"], &["run", "--help"], &["scenarios", "--help"]] {
        let outcome = Lockproof::new(arguments).run();
        assert_eq!(outcome.code, Some(0), "{outcome}");
        assert!(outcome.stdout.contains("lockproof") && outcome.stderr.is_empty(), "{outcome}");
    }
}

#[test]
fn a_broken_must_is_1() {
    let server = Server::http(|_| Reply::Whole(json(200, r#"{"items":[]}"#)));
    ends_with(&Small::at(&server.url()).run().run(), 1, "exit 1: a check failed");
}

#[test]
fn a_broken_should_is_0_and_with_strict_1() {
    let server = careless();
    let lenient = Small::at(&server.url()).run().run();
    ends_with(&lenient, 0, "1 check warned");
    assert_eq!(lenient.verdict(), "conformant");
    let strict = Small::at(&server.url()).run().args(&["--strict"]).run();
    ends_with(&strict, 1, "1 check warned");
    assert_eq!(strict.verdict(), "non-conformant");
}

#[test]
fn wrong_usage_is_2_and_nothing_is_sent() {
    let server = sound();
    for arguments in [
        &["run", "--no-such-flag"][..],
        &["no-such-verb"],
        &[],
        &["run", "--contract", "lockproof.yaml", "--deadline", "0s"],
        &["run", "--contract", "lockproof.yaml", "--jobs", "0"],
        &["run", "--contract", "lockproof.yaml", "--report", "nonsense"],
        &["run", "--contract", "lockproof.yaml", "--report", "json="],
        &["run", "--contract", "lockproof.yaml", "--service", "nonsense"],
        &["run", "--contract", "lockproof.yaml", "--environment", "nonsense"],
        &["run", "--contract", "lockproof.yaml", "--target", "nonsense=http://127.0.0.1:1"],
        &["run", "--contract", "lockproof.yaml", "--target", "no address"],
        &["run", "--contract", "lockproof.yaml", "--proxy", "::"],
        &["run", "--contract", "lockproof.yaml", "--only", "[", "--list"],
        &["run", "--contract", "missing.yaml"],
        &["run", "--contract", "lockproof.yaml", "--scenarios", "missing"],
        &["check", "missing.yaml"],
    ] {
        let outcome = Small::at(&server.url()).program(&Keys::default()).args(arguments).run();
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {outcome}");
        assert!(!outcome.stderr.is_empty() && outcome.stdout.is_empty(), "{arguments:?}: {outcome}");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_a_contract_names_and_is_not_there_is_2_and_all_of_it_is_named() {
    let contract = Small::at("http://127.0.0.1:1").text();
    let outcome = Lockproof::new(&["run", "--contract", "api/lockproof.yaml"])
        .file("api/lockproof.yaml", contract)
        .env("KEY_NARROW", "tst_Nb9vC3xZa5SdFg7HjKl1Qw4ErTy6Uu8I")
        .run();
    ends_with(&outcome, 2, "body `search.json` of `items.search`");
    ends_with(
        &outcome,
        2,
        "credential `full`: the environment variable KEY_FULL is not set; set it to the key",
    );
    ends_with(&outcome, 2, "credential `expired`: the environment variable KEY_EXPIRED is not set");
}

#[test]
fn a_contract_with_mistakes_is_2_and_all_of_them_are_shown() {
    let contract =
        Small::at("http://127.0.0.1:1").text().replace("method: GET", "methd: GET").replace("401", "1");
    let program = Lockproof::new(&["run", "--contract", "lockproof.yaml"]).file("lockproof.yaml", contract);
    ends_with(&program.run(), 2, "mistakes; nothing was sent");
}

#[test]
fn a_folder_without_scenarios_is_2() {
    let program = Small::at("http://127.0.0.1:1").run().args(&["--scenarios", "empty"]);
    let outcome = program.prepare(|folder| std::fs::create_dir(folder.join("empty")).unwrap()).run();
    ends_with(&outcome, 2, "there is no scenario (*.yaml, *.yml) under the given paths");
}

#[test]
fn nothing_selected_is_3_and_nothing_is_sent() {
    let server = sound();
    let only = ["--only", "key-missing", "--severity", "info"];
    let outcome = Small::at(&server.url()).run().args(&only).run();
    ends_with(&outcome, 3, "nothing was selected");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_slip_in_a_selection_is_2_though_the_rest_fits_and_the_nearest_is_named() {
    let server = sound();
    for (flags, says) in [
        (
            &["--only", "key-missing", "--only", "key-mising"][..],
            "--only: no check of the suite fits `key-mising`; did you mean `key-missing`?",
        ),
        (&["--only", "key-*", "--only", "key-mising/test/items.list/none"], "did you mean `key-missing`?"),
        (
            &["--only", "key-missing", "--only", "key-missing/test/items.lst/none"],
            "--only: no case of `key-missing` fits `key-missing/test/items.lst/none`",
        ),
        (&["--only", "zzzz-nonsense-zzzz"], "`lockproof scenarios list` has the built-in checks"),
        (
            &["--tag", "core", "--tag", "shpe"],
            "--tag: no check has the tag or family `shpe`; did you mean `shape`?",
        ),
        (
            &["--tag", "core", "--skip-tag", "exact-byte"],
            "--skip-tag: no check has the tag or family `exact-byte`; did you mean `exact-bytes`?",
        ),
    ] {
        ends_with(&Small::at(&server.url()).run().args(flags).run(), 2, says);
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_selection_may_speak_of_checks_and_of_cases() {
    for glob in ["key-missing", "key-m*", "key-missing/*", "*/none", "*missing*none", "{key-missing/*,x}"] {
        let run = Small::at("http://127.0.0.1:1").run().args(&["--list", "--only", glob]);
        let outcome = run.run();
        assert_eq!(outcome.code, Some(0), "{glob}: {outcome}");
        assert!(outcome.says("key-missing/test/items.list/none"), "{glob}: {outcome}");
    }
}

#[test]
fn a_selection_of_which_nothing_applies_is_3() {
    let server = sound();
    let outcome = Small::at(&server.url()).run().args(&["--only", "key-revoked"]).run();
    ends_with(&outcome, 3, "exit 3: the target could not be judged, or nothing was selected");
    assert_eq!((outcome.verdict(), outcome.count("skip")), ("inconclusive".to_owned(), 1));
}

#[test]
fn a_report_that_could_not_be_written_is_6_before_anything_is_sent() {
    let server = sound();
    for report in ["json=folder", "json=file/below.json", "junit=/proc/no/such.xml"] {
        let program = Small::at(&server.url()).run().args(&["--report", report]).file("file", "");
        let outcome = program.prepare(|folder| std::fs::create_dir(folder.join("folder")).unwrap()).run();
        ends_with(&outcome, 6, "could not write");
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn two_reports_to_one_place_are_2_and_nothing_is_sent() {
    let server = sound();
    for (one, other, says) in [
        (
            "json=a.json",
            "html=a.json",
            "two reports go to a.json: json and html; give each a place of its own",
        ),
        ("json=a.json", "html=./a.json", "two reports go to ./a.json: json and html"),
        ("json=-", "junit=-", "two reports go to standard output (`-`): json and junit"),
        ("json=a.json", "json=a.json", "two reports go to a.json: json and json"),
        ("json", "html=reports/latest/results.json", "two reports go to reports/latest/results.json"),
    ] {
        let program = Small::at(&server.url()).run().args(&["--report", one, "--report", other]);
        let outcome = program.file("a.json", "the old one").run();
        ends_with(&outcome, 2, says);
        assert_eq!(std::fs::read(outcome.folder().join("a.json")).unwrap(), b"the old one");
    }
    assert_eq!(server.connections(), 0);
}

/// So many seeds take hours: what ends within the bound of these tests has tried nothing.
const PROVE: [&str; 3] = ["prove", "--seeds", "100000"];

#[test]
fn a_proof_that_could_not_be_written_is_6_before_a_server_is_tried() {
    for report in ["json=folder", "json=file/below.json", "markdown=/proc/no/such.md"] {
        let program = Lockproof::new(&PROVE).args(&["--report", report]).file("file", "");
        let outcome = program.prepare(|folder| std::fs::create_dir(folder.join("folder")).unwrap()).run();
        ends_with(&outcome, 6, "could not write");
    }
    let twice = Lockproof::new(&PROVE).args(&["--report", "json=a", "--report", "markdown=a"]).run();
    ends_with(&twice, 2, "two reports go to a: json and markdown");
}

#[test]
fn a_full_disk_is_6_and_the_device_is_still_there() {
    let server = sound();
    // A link, so that whatever replaced it would replace no device.
    let link =
        |folder: &std::path::Path| std::os::unix::fs::symlink("/dev/full", folder.join("full")).unwrap();
    let outcome = Small::at(&server.url()).run().args(&["--report", "json=full"]).prepare(link).run();
    ends_with(&outcome, 6, "could not write full: No space left on device");
    assert!(outcome.folder().join("full").is_symlink(), "the device was replaced by a file");
    assert!(outcome.stdout.contains("exit 0: conformant"), "the verdict is told all the same: {outcome}");
}

#[test]
fn a_standard_output_that_is_full_is_6_and_the_files_are_written_all_the_same() {
    let server = sound();
    let full = || OpenOptions::new().write(true).open("/dev/full").unwrap();
    let outcome = Small::at(&server.url()).run().stdout(full()).start().wait();
    ends_with(&outcome, 6, "could not write to standard output");
    assert_eq!(outcome.verdict(), "conformant");
    for arguments in [&["schema", "contract"][..], &["scenarios", "list"], &["check"]] {
        let outcome = Lockproof::new(arguments).stdout(full()).start().wait();
        ends_with(&outcome, 6, "could not write to standard output");
    }
}

#[test]
fn an_old_report_survives_where_the_new_one_cannot_be_written() {
    let server = sound();
    let program =
        Small::at(&server.url()).run().args(&["--report", "json=out/results.json", "--report", "junit=out"]);
    let outcome = program.file("out/results.json", "the old one").run();
    ends_with(&outcome, 6, "could not write out: it is a folder");
    assert_eq!(std::fs::read(outcome.folder().join("out/results.json")).unwrap(), b"the old one");
    assert_eq!(outcome.files().iter().filter(|path| path.parent().unwrap().ends_with("out")).count(), 1);
}

#[test]
fn a_reader_who_has_seen_enough_is_not_a_failure() {
    let server = careless();
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer
    };
    let outcome = Small::at(&server.url()).run().stdout(closed()).start().wait();
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{outcome}");
    for arguments in [&["schema", "contract"][..], &["scenarios", "list"], &["--help"]] {
        let outcome = Lockproof::new(arguments).stdout(closed()).start().wait();
        assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), ""), "{arguments:?}: {outcome}");
    }
}

/// Interrupts a run that has judged something, and waits for its end.
fn interrupted(signal: Signal) -> Outcome {
    let server = stalling(40);
    let program = Small::at(&server.url()).run().args(&["--jobs", "2", "--timeout", "3s"]);
    let running = program.stdout(Stdio::piped()).start();
    server.await_requests(42);
    running.signal(signal);
    running.wait()
}

/// A partial result: valid, complete in its cases, and marked.
fn is_partial(outcome: &Outcome, code: i32) {
    assert_eq!(outcome.code, Some(code), "{outcome}");
    let results = outcome.results();
    assert_eq!((&results["verdict"], &results["exit_code"]), (&"aborted".into(), &code.into()));
    assert!(outcome.says("the run was interrupted"), "{outcome}");
    assert!(outcome.says(&format!("exit {code}: interrupted")), "{outcome}");
    let summary = results["summary"].as_object().unwrap().values().map(|count| count.as_u64().unwrap());
    assert_eq!(summary.sum::<u64>(), u64::try_from(results["cases"].as_array().unwrap().len()).unwrap());
    let junit = std::fs::read_to_string(outcome.folder().join("reports/latest/junit.xml")).unwrap();
    assert!(junit.contains("aborted"), "{junit}");
}

#[test]
fn ctrl_c_is_130_and_writes_the_partial_report() {
    let outcome = interrupted(Signal::INT);
    is_partial(&outcome, 130);
    assert!(outcome.took < Duration::from_secs(12), "{outcome}");
}

#[test]
fn termination_is_143_and_writes_the_partial_report() {
    is_partial(&interrupted(Signal::TERM), 143);
    is_partial(&interrupted(Signal::HUP), 143);
}

#[test]
fn an_interrupted_run_keeps_what_was_judged_where_the_target_still_stands() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        // The thirtieth waits until the run was interrupted; then the target is as good as ever.
        if request.number == 30 {
            pause(Duration::from_millis(500));
        }
        Reply::Whole(edge.answer(request))
    });
    let running = Small::at(&server.url()).run().args(&["--jobs", "1"]).stdout(Stdio::piped()).start();
    server.await_requests(30);
    running.signal(Signal::INT);
    let outcome = running.wait();
    is_partial(&outcome, 130);
    assert!(outcome.count("pass") > 5 && outcome.count("inconclusive") > 5, "{outcome}");
}

#[test]
fn a_busy_run_can_be_told_twice_and_then_does_not_wait() {
    let server = stalling(40);
    let program = Small::at(&server.url()).run().args(&["--timeout", "30s"]);
    let running = program.stdout(Stdio::piped()).start();
    server.await_requests(42);
    running.signal(Signal::INT);
    running.await_stderr("interrupt again to stop at once");
    let heard = Instant::now();
    running.signal(Signal::INT);
    let outcome = running.wait();
    is_partial(&outcome, 130);
    assert!(heard.elapsed() < Duration::from_secs(4), "it waited for what was under way: {outcome}");
}

#[test]
fn a_target_that_cannot_be_judged_is_3() {
    let server = Server::http(|_| Reply::Whole(problem(503, "closed")));
    ends_with(&Small::at(&server.url()).run().run(), 3, "exit 3: the target could not be judged");
}

#[test]
fn a_second_fault_does_not_excuse_the_first() {
    let run = |defects: &[&str]| {
        let defects = defects.iter().flat_map(|defect| ["--defect", defect]);
        Lockproof::new(&["run", "--quiet"]).args(&defects.collect::<Vec<_>>()).run()
    };
    for defects in [&["validate-before-auth"][..], &["validate-before-auth", "text-plain-error"]] {
        let outcome = run(defects);
        assert_eq!(outcome.code, Some(1), "{defects:?}: {outcome}");
        assert!(outcome.says("order-malformed-json"), "{defects:?}: {outcome}");
    }
}

#[test]
fn whoever_interrupts_when_all_is_sent_does_not_wait_for_who_reads_the_report() {
    let server = sound();
    let (unread, full) = std::io::pipe().unwrap();
    let run = Small::at(&server.url()).run().args(&["--report", "json=first.json", "--report", "json=-"]);
    let running = run.stdout(full).start();
    // The second report is longer than a pipe holds, and nobody reads it.
    running.await_file("first.json");
    running.signal(Signal::INT);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(130), "{outcome}");
    drop(unread);
}
