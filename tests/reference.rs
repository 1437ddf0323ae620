//! The committed evidence of the reference run, in every format, is what the program makes of it today.
//!
//! `reports/reference/regenerate.sh` brings it up to date. What differs from run to run has a placeholder there: ports,
//! times, ids that the reference server makes up. Of cases that passed the exchange is left out, which is most of it.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod program;

use std::fs;
use std::path::{Path, PathBuf};

use lockproof::outcome::{LoadResult, RunResult, Saved};
use lockproof::report::{Colour, Format, Style};
use regex::Regex;
use serde_json::Value;

/// How the reports are laid out.
const STYLE: Style = Style { width: 100, colour: Colour::Off };

/// The whole suite on the sound server. Its `results.json` would be as large as everything else together.
const CONFORMANT: [Format; 7] = [
    Format::Terminal,
    Format::Html,
    Format::Markdown,
    Format::Junit,
    Format::Sarif,
    Format::Tap,
    Format::Github,
];

/// The server with two defects, and the checks of two families.
const FINDINGS: [&str; 8] =
    ["--defect", "ignore-expiry", "--defect", "echo-key", "--tag", "core", "--tag", "leak"];

/// What a text is replaced by, wherever it differs from run to run.
const PLACEHOLDERS: [(&str, &str); 7] = [
    (r"127\.0\.0\.1:\d+", "127.0.0.1:8080"),
    (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", "Thu, 01 Jan 2026 00:00:00 GMT"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "2026-01-01T00:00:00Z"),
    (r"\b[0-9a-f]{32}\b", "00000000000000000000000000000000"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "00000000-0000-0000-0000-000000000000"),
    (r"\bsub_[0-9a-f]{16}\b", "sub_0000000000000000"),
    (r"\b\d+(\.\d+)? m?s after", "0 ms after"),
];

/// The fields that are times taken.
const TIMES: [&str; 5] = ["duration_ms", "duration_us", "first_byte_us", "last_byte_us", "head_us"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("reports/reference")
}

/// Whether the evidence is to be written, and not compared.
fn is_to_be_written() -> bool {
    std::env::var_os("REGENERATE").is_some()
}

/// Compares a file of the evidence with what it should be, or writes it.
fn keep(path: &Path, bytes: &[u8]) {
    let path = folder().join(path);
    if is_to_be_written() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        return;
    }
    let cure = "run reports/reference/regenerate.sh, and read what differs";
    let committed = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; {cure}", path.display()));
    let (committed, made) = (String::from_utf8_lossy(&committed), String::from_utf8_lossy(bytes));
    let mut lines = committed.lines().zip(made.lines());
    let first = lines.find(|(then, now)| then != now).map(|(then, now)| (shown(then), shown(now)));
    assert!(committed == made, "{} is out of date; {cure}; the first line: {first:?}", path.display());
}

/// The beginning of a line: a page may be a single one.
fn shown(line: &str) -> String {
    line.chars().take(300).collect()
}

/// The result of a run of the reference server.
fn run(arguments: &[&str]) -> RunResult {
    let output = program::command()
        .args(["run", "--seed", "42", "--quiet", "--report", "json=-"])
        .args(arguments)
        .env_clear()
        .output()
        .expect("the program starts");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    placeheld(&output.stdout)
}

fn placeheld<T: serde::de::DeserializeOwned>(json: &[u8]) -> T {
    let mut value: Value = serde_json::from_slice(json).expect("a result is JSON");
    for case in value.get_mut("cases").and_then(Value::as_array_mut).into_iter().flatten() {
        if ["pass", "skip"].contains(&case["verdict"].as_str().unwrap()) {
            case["exchange"] = Value::Null;
            case["reproduce"] = Value::Null;
        }
    }
    let patterns: Vec<_> =
        PLACEHOLDERS.iter().map(|(pattern, with)| (Regex::new(pattern).unwrap(), *with)).collect();
    place(&mut value, &patterns);
    serde_json::from_value(value).expect("it is a result still")
}

fn place(value: &mut Value, patterns: &[(Regex, &str)]) {
    match value {
        Value::String(text) => {
            for (pattern, with) in patterns {
                *text = pattern.replace_all(text, *with).into_owned();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| place(item, patterns)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if TIMES.contains(&name.as_str()) && field.is_number() {
                    *field = 0.into();
                }
                // Which exchanges find a connection that they can use again is up to chance.
                if name == "connect_us" {
                    *field = Value::Null;
                }
                place(field, patterns);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn the_suite_on_the_sound_server_is_committed_as_it_is() {
    let result = run(&[]);
    assert_eq!(result.exit_code, 0);
    for format in CONFORMANT {
        keep(&Path::new("conformant").join(format.file_name()), &format.render(&result, STYLE).unwrap());
    }
    show_in_readme(&String::from_utf8(Format::Terminal.render(&result, STYLE).unwrap()).unwrap());
}

/// Compares the README with the report that it shows, or writes it there: without the second permission matrix, and with the
/// time that one run took.
fn show_in_readme(report: &str) {
    let (before, rest) = report.split_once("\n  production  ").expect("there are two environments");
    let (_, coverage) = rest.split_once("\nCoverage").expect("there is a table of the families");
    let shown = format!("{before}\n  ... the same for production\n\nCoverage{coverage}");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let block = Regex::new(r"(?s)(<!-- output -->\n```text\n)(.*?)(```\n<!-- /output -->)").unwrap();
    let took = Regex::new(r" in [\d.]+ m?s\n$").unwrap();
    let known = block.captures(&readme).expect("the README shows a report")[2].to_owned();
    let time = took.find(&known).expect("it says how long it took").as_str();
    let wanted = took.replace(&shown, time).into_owned();
    if is_to_be_written() {
        let wanted = block
            .replace(&readme, |parts: &regex::Captures<'_>| format!("{}{wanted}{}", &parts[1], &parts[3]));
        fs::write(path, wanted.as_bytes()).unwrap();
    } else {
        assert_eq!(known, wanted, "run reports/reference/regenerate.sh");
    }
}

#[test]
fn the_findings_on_a_server_with_defects_are_committed_as_they_are_in_every_format() {
    let result = run(&FINDINGS);
    assert_eq!(result.exit_code, 1);
    for format in Format::ALL {
        keep(&Path::new("findings").join(format.file_name()), &format.render(&result, STYLE).unwrap());
    }
}

/// A load is measured, and not two are alike: what is committed is one result, and what is made of it.
#[test]
fn the_reports_of_the_committed_load_are_those_of_today() {
    if let Some(measured) = std::env::var_os("REGENERATE_LOAD") {
        let result: LoadResult = placeheld_ports(&fs::read(measured).unwrap());
        keep(Path::new("load/load.json"), &Format::Json.render_load(&result, STYLE).unwrap());
    }
    let committed = fs::read(folder().join("load/load.json")).unwrap();
    let Ok(Saved::Load(result)) = Saved::read(&committed) else { panic!("it is the result of a load") };
    for format in Format::ALL.iter().filter(|format| format.shows_load()) {
        let name = if *format == Format::Json { "load.json" } else { format.file_name() };
        keep(&Path::new("load").join(name), &format.render_load(&result, STYLE).unwrap());
    }
}

/// A measured result without the ports of the machine that it was measured on.
fn placeheld_ports(json: &[u8]) -> LoadResult {
    let (pattern, with) = PLACEHOLDERS[0];
    let text = String::from_utf8(json.to_vec()).unwrap();
    serde_json::from_str(&Regex::new(pattern).unwrap().replace_all(&text, with)).expect("it is a result")
}

#[test]
fn the_evidence_is_of_a_modest_size() {
    let mut folders = vec![folder()];
    let mut bytes = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let is_folder = entry.file_type().unwrap().is_dir();
            if is_folder { folders.push(entry.path()) } else { bytes += entry.metadata().unwrap().len() }
        }
    }
    assert!(bytes < 3_000_000, "{bytes} bytes");
}
