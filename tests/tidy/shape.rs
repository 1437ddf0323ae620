//! What a file looks like.

use lockproof::contract::{self, Contract};
use lockproof::document::Source;

use crate::obeyed;
use crate::source::{Code, File, Texts, files, program, read};

/// The most lines of a file.
const LONGEST: usize = 400;

/// Whether a file may switch a lint off that is not always needed: a macro makes several types there, or several test
/// programs share it and none uses all of it.
fn may_allow(path: &str) -> bool {
    path == "src/document/value.rs" || path.ends_with("/support/mod.rs")
}

/// Every Rust file but these laws, which have to name what they forbid.
fn rust() -> Vec<File> {
    let mut all: Vec<File> =
        ["src", "tests", "benches"].iter().flat_map(|folder| files(folder, ".rs")).collect();
    all.retain(|file| !file.path.starts_with("tests/tidy/"));
    all
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let tidy = files("tests/tidy", ".rs");
    let all = rust();
    let sizes = all.iter().chain(&tidy).map(|file| (file.path.clone(), file.text.lines().count()));
    let broken: Vec<_> =
        sizes.filter(|(_, lines)| *lines > LONGEST).map(|(path, lines)| format!("{path}: {lines}")).collect();
    obeyed(&broken, "A file that long has found a second job: give it a file of its own.");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["TODO", "FIXME", "XXX", "todo!", "unimplemented!", "#[ignore", "#[should_panic"];
    let broken = lines_with(&rust(), &marks);
    obeyed(&broken, "Do it now, or write an issue; a test that is not run is no test.");
}

#[test]
fn no_lint_is_switched_off_in_silence() {
    let mut all = rust();
    all.retain(|file| !may_allow(&file.path));
    let broken = lines_with(&all, &["#[allow(", "#![allow("]);
    obeyed(&broken, "Write #[expect(lint, reason = \"...\")]: it complains as soon as it is not needed.");
}

fn lines_with(files: &[File], marks: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in (1..).zip(file.text.lines()) {
            let here = marks.iter().filter(|mark| line.contains(*mark));
            found.extend(here.map(|mark| format!("{}:{number}: {mark}", file.path)));
        }
    }
    found
}

#[test]
fn every_module_begins_with_what_it_is_for() {
    let first_line = |file: &File| file.text.lines().next().unwrap_or_default().to_owned();
    let program: Vec<_> = program(Texts::Blanked).into_iter().map(|code| code.path).collect();
    let silent = rust().into_iter().filter(|file| {
        let line = first_line(file);
        program.contains(&file.path) && !line.starts_with("//! ") && !line.starts_with("#![doc")
    });
    let broken: Vec<_> = silent.map(|file| file.path).collect();
    obeyed(&broken, "Begin the file with `//!`: its purpose, and what it must not do.");
}

#[test]
fn no_rust_names_an_operation_of_an_api() {
    let contract = reference();
    let mut names = Vec::new();
    for (id, operation) in contract.operations() {
        names.push(id.to_string());
        names.push(operation.path.split('{').next().unwrap_or_default().trim_end_matches('/').to_owned());
        // Short plain words are words of English too.
        names.extend(Some(id.name().to_owned()).filter(|name| name.contains('-')));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let code = program(Texts::Kept);
    let broken: Vec<_> = code
        .iter()
        .filter(|code| !code.path.starts_with("src/mock/services/"))
        .map(without_examples)
        .flat_map(|code| code.places(&names))
        .collect();
    obeyed(
        &broken,
        "What an API offers stands in its contract. Only src/mock/services knows the operations of the reference.",
    );
}

/// The contract of the reference server.
fn reference() -> Contract {
    let name = "fixtures/reference/lockproof.yaml";
    let source = Source { name: name.to_owned(), text: read(name) };
    contract::load(source, &|_| None).expect("the reference contract has no mistake")
}

/// Code without the example commands of help texts, which need some operation to show.
fn without_examples(code: &Code) -> Code {
    let is_example = |line: &str| line.trim_start().starts_with("lockproof ");
    let blank = |line: &String| if is_example(line) { String::new() } else { line.clone() };
    Code { path: code.path.clone(), lines: code.lines.iter().map(blank).collect() }
}
