//! The files of the repository, and Rust code without its comments, texts and tests.

use std::fs;
use std::path::Path;

/// One file, by its path from the root of the repository.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Rust code with what a law does not look at blanked out; lines keep their numbers.
#[derive(Debug)]
pub(crate) struct Code {
    pub(crate) path: String,
    pub(crate) lines: Vec<String>,
}

/// What stays of the texts in code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Texts {
    Kept,
    Blanked,
}

/// A file of the repository.
pub(crate) fn read(path: &str) -> String {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&full).unwrap_or_else(|error| panic!("{}: {error}", full.display()))
}

/// The names in a folder of the repository, in order; nothing where there is no such folder.
pub(crate) fn names_in(folder: &str) -> Vec<String> {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = fs::read_dir(full).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}

/// The files under some folder whose names end like this.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<File> {
    let mut found = Vec::new();
    for name in names_in(folder) {
        let path = format!("{folder}/{name}");
        if Path::new(env!("CARGO_MANIFEST_DIR")).join(&path).is_dir() {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(File { text: read(&path), path });
        }
    }
    found
}

/// The code of the program: without comments and documentation, without tests.
pub(crate) fn program(texts: Texts) -> Vec<Code> {
    let all = files("src", ".rs");
    let of_tests: Vec<String> = all.iter().flat_map(test_modules).collect();
    let others = all.iter().filter(|file| !of_tests.contains(&file.path));
    others.map(|file| Code { path: file.path.clone(), lines: code(&file.text, texts) }).collect()
}

/// The files that are modules of tests: declared behind `#[cfg(test)]`.
fn test_modules(file: &File) -> Vec<String> {
    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let declared = file.text.split("#[cfg(test)]").skip(1).filter_map(|rest| {
        let (name, _) = rest.trim_start().strip_prefix("mod ")?.split_once(';')?;
        (!name.contains('{')).then(|| format!("{folder}/{name}.rs"))
    });
    declared.collect()
}

/// The lines of some code up to its tests, comments left out, and texts if they are not wanted.
fn code(text: &str, texts: Texts) -> Vec<String> {
    let text = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    Reader { rest: text, out: String::new(), texts }.read().lines().map(str::to_owned).collect()
}

/// Reads Rust just well enough to tell comments and texts from the rest.
struct Reader<'a> {
    rest: &'a str,
    out: String,
    texts: Texts,
}

impl Reader<'_> {
    fn read(mut self) -> String {
        while let Some(c) = self.rest.chars().next() {
            let raw = self.raw_string();
            if self.rest.starts_with("//") {
                self.drop(self.rest.find('\n').unwrap_or(self.rest.len()));
            } else if self.rest.starts_with("/*") {
                self.drop(self.rest.find("*/").map_or(self.rest.len(), |at| at + 2));
            } else if let Some(length) = raw {
                self.string(length);
            } else if c == '"' {
                self.string(string_length(self.rest));
            } else if let Some(length) = character(self.rest) {
                self.drop(length);
            } else {
                self.keep(c.len_utf8());
            }
        }
        self.out
    }

    /// The length of the raw string that begins here.
    fn raw_string(&self) -> Option<usize> {
        let in_a_word = self.out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let behind = self.rest.strip_prefix('r').filter(|_| !in_a_word)?;
        let marks = behind.len() - behind.trim_start_matches('#').len();
        let inside = behind[marks..].strip_prefix('"')?;
        let end = format!("\"{}", "#".repeat(marks));
        Some(2 + marks + inside.find(&end).map_or(inside.len(), |at| at + end.len()))
    }

    fn keep(&mut self, length: usize) {
        self.out.push_str(&self.rest[..length]);
        self.rest = &self.rest[length..];
    }

    /// Leaves something out, but not its line breaks.
    fn drop(&mut self, length: usize) {
        self.out.extend(self.rest[..length].matches('\n'));
        self.rest = &self.rest[length..];
    }

    fn string(&mut self, length: usize) {
        if self.texts == Texts::Kept { self.keep(length) } else { self.drop(length) }
    }
}

/// The length of the string that begins here, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

/// The length of the character that begins here; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let first = inside.chars().next()?;
    let length =
        if first == '\\' { 1 + inside.get(1..)?.chars().next()?.len_utf8() } else { first.len_utf8() };
    let end = inside.get(length..)?.find('\'')?;
    (first == '\\' || end == 0).then_some(1 + length + end + 1)
}

impl Code {
    /// The room that the file belongs to: its folder in `src`, or its own name.
    pub(crate) fn room(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split_once('/').map_or(inside.trim_end_matches(".rs"), |(room, _)| room)
    }

    /// Every place where one of some words stands by itself, as `file:line: word`.
    pub(crate) fn places(&self, words: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (number, line) in (1..).zip(&self.lines) {
            let here = words.iter().filter(|word| stands_in(line, word));
            found.extend(here.map(|word| format!("{}:{number}: {word}", self.path)));
        }
        found
    }
}

/// Whether a word stands in a line, and is not a part of a longer one.
fn stands_in(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].ends_with(is_part) && word.starts_with(is_part);
        let behind = line[at + word.len()..].starts_with(is_part) && word.ends_with(is_part);
        !before && !behind
    })
}

#[test]
fn comments_texts_characters_and_tests_are_not_code() {
    let text = "let a = \"x \\\" // y\"; // tokio\n/* tokio\n */ let b = '\"'; let c: &'a str = r#\"a\"b\"#;\n\
                #[cfg(test)]\nmod tests {\n tokio }";
    assert_eq!(code(text, Texts::Blanked), ["let a = ; ", "", " let b = ; let c: &'a str = ;"]);
    assert_eq!(code(text, Texts::Kept)[0], "let a = \"x \\\" // y\"; ");
}

#[test]
fn a_word_is_found_only_by_itself() {
    assert!(stands_in("x.await;", "await") && stands_in("use tokio::net", "tokio"));
    assert!(!stands_in("self.awaits_key()", "await") && !stands_in("my_tokio", "tokio"));
    assert!(stands_in("fn f() { println!(a) }", "println!") && !stands_in("eprintln!()", "println!"));
}
