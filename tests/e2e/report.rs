//! `lockproof report`: a result that was written earlier, in any format; and the same formats from a run.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::process::Stdio;
use std::time::Duration;

use lockproof::report::Format;
use rustix::process::Signal;

use crate::support::{Keys, Lockproof, Outcome, Reply, Server, Small, json};

/// A run on a target that accepts everything, with every format in a file.
fn everything_open() -> Outcome {
    let server = Server::http(|_| Reply::Whole(json(200, r#"{"items":[]}"#)));
    let mut program = Small::at(&server.url()).run();
    for format in Format::ALL {
        program = program.args(&["--report", &format!("{0}=out/{0}", format.name())]);
    }
    let outcome = program.run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    outcome
}

/// `lockproof report` in a folder with a file.
fn report(content: impl AsRef<[u8]>, arguments: &[&str]) -> Lockproof {
    Lockproof::new(&["report"]).args(arguments).file("results.json", content)
}

fn refused(outcome: &Outcome, says: &str) {
    assert_eq!(outcome.code, Some(2), "{outcome}");
    assert!(outcome.says(says), "it does not say `{says}`: {outcome}");
    assert_eq!(outcome.stdout, "", "{outcome}");
}

#[test]
fn every_format_is_the_same_from_the_run_and_later() {
    let ran = everything_open();
    let saved = fs::read(ran.folder().join("out/json")).unwrap();
    for format in Format::ALL {
        let name = format.name();
        let from_run = fs::read_to_string(ran.folder().join("out").join(name)).unwrap();
        let later = report(&saved, &["results.json", "--format", name]).run();
        assert_eq!(later.code, Some(0), "{name}: {later}");
        if *format == Format::Ndjson {
            // A stream has its lines in the order of what happened, and says again what came to something else.
            assert_eq!(told(&from_run), told(&later.stdout));
        } else {
            assert!(later.stdout == from_run, "{name} differs");
        }
        assert_eq!(later.stderr, "", "{name}: {later}");
    }
}

/// The lines of a stream, the last of each case, the first and the last in their place.
fn told(stream: &str) -> (&str, BTreeMap<String, &str>, &str) {
    let lines: Vec<&str> = stream.lines().collect();
    let [first, all @ .., last] = &*lines else { panic!("{stream}") };
    let named = all.iter().map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        // Controls have no id; each is told once.
        let id = value["id"].as_str().unwrap_or(line);
        (format!("{} {id}", value["event"]), *line)
    });
    (first, named.collect(), last)
}

#[test]
fn a_stream_tells_each_case_when_it_ends() {
    let server = Server::http(|request| {
        if request.number <= 20 {
            return Reply::Whole(json(200, r#"{"items":[]}"#));
        }
        Reply::silence(Duration::from_secs(30))
    });
    let formats = ["--report", "ndjson=-", "--report", "ndjson=all.ndjson", "--report", "json=all.json"];
    let running = Small::at(&server.url()).run().args(&formats).stdout(Stdio::piped()).start();
    let begun = running.await_stdout(r#"{"event":"case""#);
    assert!(begun.starts_with(r#"{"event":"begin""#) && !begun.contains(r#"{"event":"end""#), "{begun}");
    running.signal(Signal::INT);
    running.await_stderr("interrupt again");
    running.signal(Signal::INT);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(130), "{outcome}");
    assert_eq!(fs::read_to_string(outcome.folder().join("all.ndjson")).unwrap(), outcome.stdout);
    // What a reader of the stream knows at its end is what is concluded.
    let result = outcome.json("all.json");
    let (_, told, last) = told(&outcome.stdout);
    for case in result["cases"].as_array().unwrap() {
        let line: serde_json::Value =
            serde_json::from_str(told[&format!("\"case\" {}", case["id"].as_str().unwrap())]).unwrap();
        assert_eq!((&line["verdict"], &line["actual"]), (&case["verdict"], &case["actual"]), "{line}");
    }
    assert!(last.starts_with(r#"{"event":"end""#), "{last}");
}

#[test]
fn a_report_comes_from_standard_input_and_goes_to_a_file() {
    let ran = everything_open();
    let saved = fs::read_to_string(ran.folder().join("out/json")).unwrap();
    let program = Lockproof::new(&["report", "-", "--format", "html", "--output", "a/page.html"]);
    let outcome = program.stdin(&saved).run();
    assert_eq!((outcome.code, &*outcome.stdout), (Some(0), ""), "{outcome}");
    let page = fs::read_to_string(outcome.folder().join("a/page.html")).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("non-conformant"), "{page}");
}

#[test]
fn a_run_leaves_a_page_to_be_looked_at_beside_what_machines_read() {
    let server = Server::http(|_| Reply::Whole(json(200, r#"{"items":[]}"#)));
    let outcome = Small::at(&server.url()).run().run();
    let mut names: Vec<_> =
        outcome.files().into_iter().filter(|path| path.parent().unwrap().ends_with("latest")).collect();
    names.sort();
    let names: Vec<_> = names.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["junit.xml", "report.html", "results.json"]);
}

#[test]
fn what_is_no_result_is_2_and_says_what_it_is() {
    let cut = &fs::read_to_string(everything_open().folder().join("out/json")).unwrap()[..1_000];
    let cases = [
        ("", "could not read results.json: it is empty"),
        (cut, "it ends in the middle, at line"),
        ("<html></html>", "it is not JSON"),
        ("{}", "it is no result of Lockproof"),
        ("[]", "it is no result of Lockproof"),
        (
            r#"{"format":"lockproof-results/0"}"#,
            "it is of the format `lockproof-results/0`, and this version reads",
        ),
        (
            r#"{"format":"lockproof-results/1"}"#,
            "says to be lockproof-results/1, and does not fit it: missing field",
        ),
    ];
    for (content, says) in cases {
        refused(&report(content, &["results.json"]).run(), says);
    }
    refused(&report("{}", &["missing.json"]).run(), "could not read missing.json: No such file");
    refused(&report("{}", &["results.json", "--format", "htlm"]).run(), "did you mean `html`?");
    refused(&Lockproof::new(&["report"]).run(), "<FILE>");
}

#[test]
fn a_file_without_end_is_refused_within_bounds() {
    let program = report("{}", &["huge.json"]);
    let huge = |folder: &std::path::Path| {
        // A hole: it takes no room.
        File::create(folder.join("huge.json")).unwrap().set_len(8 * 1024 * 1024 * 1024).unwrap();
    };
    let outcome = program.prepare(huge).run();
    refused(&outcome, "it is larger than 256 MiB");
    assert!(outcome.peak_kib < 700 * 1024, "{outcome}");
    assert!(outcome.took < Duration::from_secs(20), "{outcome}");
}

/// Gives a result the summary of its cases.
fn count(result: &mut serde_json::Value) {
    let verdicts: Vec<_> =
        result["cases"].as_array().unwrap().iter().map(|case| case["verdict"].clone()).collect();
    for (name, count) in result["summary"].as_object_mut().unwrap() {
        *count = verdicts.iter().filter(|verdict| **verdict == **name).count().into();
    }
}

#[test]
fn a_summary_that_is_not_that_of_the_cases_is_refused() {
    let mut result = everything_open().json("out/json");
    assert_eq!(report(result.to_string(), &["results.json"]).run().code, Some(0));
    for count in [0_u64, u64::MAX] {
        result["summary"]["fail"] = count.into();
        refused(
            &report(result.to_string(), &["results.json"]).run(),
            "does not fit it: its summary is not that of its cases",
        );
    }
}

#[test]
fn a_report_behind_a_link_is_written_where_it_leads() {
    let saved = fs::read(everything_open().folder().join("out/json")).unwrap();
    let link = |folder: &std::path::Path| std::os::unix::fs::symlink("page", folder.join("link")).unwrap();
    let outcome =
        report(&saved, &["results.json", "--format", "tap", "--output", "link"]).prepare(link).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    assert!(outcome.folder().join("link").is_symlink());
    assert!(
        fs::read_to_string(outcome.folder().join("page")).unwrap().starts_with("TAP version"),
        "{outcome}"
    );
}

#[test]
fn a_report_to_what_is_open_is_written_into_it() {
    let saved = fs::read(everything_open().folder().join("out/json")).unwrap();
    for place in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let file = tempfile::NamedTempFile::new().unwrap();
        let program = report(&saved, &["results.json", "--format", "tap", "--output", place]);
        let outcome = program.stdout(file.reopen().unwrap()).start().wait();
        assert_eq!(outcome.code, Some(0), "{place}: {outcome}");
        let mut written = String::new();
        // The file that was open all the time, whatever its name is by now.
        file.as_file().read_to_string(&mut written).unwrap();
        assert!(written.starts_with("TAP version"), "{place}: {outcome}");
    }
}

#[test]
fn the_page_of_ten_thousand_cases_is_small_and_takes_little_memory() {
    let ran = everything_open();
    let mut result = ran.json("out/json");
    let cases = result["cases"].as_array().unwrap().clone();
    let many = (0..10_000).map(|at| {
        let mut case = cases[at % cases.len()].clone();
        case["id"] = format!("{}-{at}", case["id"].as_str().unwrap()).into();
        case
    });
    result["cases"] = many.collect();
    count(&mut result);
    let outcome = report(result.to_string(), &["results.json", "--format", "html"]).run();
    assert_eq!(outcome.code, Some(0), "{}", outcome.stderr);
    assert!(outcome.stdout.len() < 5 * 1024 * 1024, "{} bytes", outcome.stdout.len());
    assert!(outcome.peak_kib < 150 * 1024, "{} KiB", outcome.peak_kib);
    assert!(outcome.took < Duration::from_secs(10), "{:?}", outcome.took);
}

#[test]
fn a_report_that_cannot_be_written_is_6() {
    let saved = fs::read(everything_open().folder().join("out/json")).unwrap();
    let outcome = report(&saved, &["results.json", "--output", "/proc/no/such"]).run();
    assert_eq!(outcome.code, Some(6), "{outcome}");
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let outcome = report(&saved, &["results.json"]).stdout(full).start().wait();
    assert_eq!(outcome.code, Some(6), "{outcome}");
}

#[test]
fn help_names_every_format() {
    for verb in ["run", "report"] {
        let help = Lockproof::new(&[verb, "--help"]).run();
        for format in Format::ALL {
            assert!(help.says(format.name()), "{verb} --help does not name {}: {help}", format.name());
        }
    }
}

#[test]
fn a_load_is_shown_in_the_formats_that_have_a_view_of_it() {
    let plan = "load: 1\ntitle: Some\nrate: 100/s\nduration: 300ms\nmix:\n  - { name: good, operations: [items.list], \
                request: { credential: full } }\n";
    let edge = crate::support::Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let program = Small::at(&server.url()).program(&Keys::default()).file("plan.yaml", plan);
    let loaded =
        program.args(&["load", "plan.yaml", "--contract", "lockproof.yaml", "--max-lag", "60s"]).run();
    let saved = fs::read(loaded.folder().join("reports/latest/load.json")).unwrap();
    for format in Format::ALL {
        let outcome = report(&saved, &["results.json", "--format", format.name()]).run();
        if format.shows_load() {
            assert_eq!(outcome.code, Some(0), "{outcome}");
            assert!(outcome.stdout.contains("good"), "{outcome}");
        } else {
            refused(&outcome, "shows no load; these do: terminal, html, json, markdown");
        }
    }
    let again = report(&saved, &["results.json", "--format", "json"]).run();
    assert_eq!(again.stdout.as_bytes(), saved);
}
