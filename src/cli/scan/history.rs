//! A git history: every object that a repository holds, those included that nothing leads to any more.
//!
//! The objects come from git itself, which is asked to read and nothing else: it fetches nothing and writes nothing.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::cli::error::Failure;
use crate::scan::{Event, Place, Tally, Walker};

/// The longest line that git says.
const LONGEST_LINE: u64 = 4096;
/// So many digits of an object's name are shown.
const SHORT: usize = 12;

/// Looks into the history of a folder; what it comes upon is named after the file that it was.
pub(super) fn walk(path: &Path, walker: &mut Walker<'_>) -> Result<(), Failure> {
    let mut git = start(path, &["cat-file", "--batch-all-objects", "--batch", "--buffer", "--unordered"])?;
    let mut objects = BufReader::with_capacity(64 << 10, &mut git.output);
    let done = each(path, &mut objects, walker);
    drop(objects);
    match (done, git.end()) {
        (Ok(()), Ok(())) => Ok(()),
        (Err(why), _) | (Ok(()), Err(why)) => {
            walker.unread_file(place(path, ""), &why);
            Ok(())
        }
    }
}

/// Whether a path lies in a repository; with what a reader must know of it.
pub(super) fn check(path: &Path) -> Result<Option<Event>, Failure> {
    let asked = said(path, &["rev-parse", "--is-shallow-repository"])?;
    Ok((asked.trim() == "true").then(|| Event::Unread {
        place: place(path, ""),
        why: "the clone is shallow, and its older history is not here; `git fetch --unshallow` brings it"
            .to_owned(),
    }))
}

/// Looks into one object after the other.
fn each(path: &Path, objects: &mut dyn BufRead, walker: &mut Walker<'_>) -> Result<(), String> {
    let broken = |error: std::io::Error| format!("git broke off: {error}");
    loop {
        if walker.is_stopped() {
            return Err("it was interrupted before its end".to_owned());
        }
        let mut line = String::new();
        objects.take(LONGEST_LINE).read_line(&mut line).map_err(broken)?;
        let mut words = line.split_whitespace();
        let (Some(name), kind, size) = (words.next(), words.next(), words.next()) else { return Ok(()) };
        let Some(length) = size.and_then(|size| size.parse().ok()) else {
            let why = format!("the object is {}", kind.unwrap_or("not there"));
            walker.unread_file(place(path, name), &why);
            continue;
        };
        let mut content = objects.take(length);
        walker.walk(place(path, name), length, &mut content);
        std::io::copy(&mut content, &mut std::io::sink()).map_err(broken)?;
        objects.read_exact(&mut [0]).map_err(broken)?;
    }
}

/// The place of an object. What git calls it stands where the name of an entry does.
fn place(path: &Path, object: &str) -> Place {
    let entries = if object.is_empty() { Vec::new() } else { vec![format!("git:{object}")] };
    Place { file: path.display().to_string(), entries }
}

/// Names the objects that something was found in: after the file that they were.
pub(super) fn name_objects(path: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let of_git = |place: &Place| {
        let object = place.entries.first()?.strip_prefix("git:")?;
        (place.file == path.display().to_string()).then(|| object.to_owned())
    };
    let mut names: HashMap<String, String> =
        tally.places().filter_map(|place| of_git(place)).map(|object| (object, String::new())).collect();
    if !names.is_empty() {
        let mut git = start(path, &["rev-list", "--objects", "--all", "--reflog"])?;
        for line in BufReader::new(&mut git.output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            let (object, name) = line.split_once(' ').unwrap_or((&line, ""));
            if let Some(known) = names.get_mut(object).filter(|known| known.is_empty()) {
                name.clone_into(known);
            }
        }
        git.end().ok();
    }
    for place in tally.places() {
        let Some(object) = of_git(place) else { continue };
        let name = names.get(&object).map_or("", String::as_str);
        let short = object.get(..SHORT).unwrap_or(&object);
        if let Some(entry) = place.entries.first_mut() {
            *entry = if name.is_empty() { format!("git {short}") } else { format!("git {short} {name}") };
        }
    }
    Ok(())
}

/// git while it runs.
struct Git {
    child: Child,
    output: ChildStdout,
}

impl Git {
    /// Waits for its end.
    fn end(mut self) -> Result<(), String> {
        // Whoever reads no more is not waited for.
        drop(self.output);
        let status = self.child.wait().map_err(|error| format!("git cannot be waited for: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("git ended with {status}")) }
    }
}

fn git(path: &Path, arguments: &[&str]) -> Command {
    let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["--no-pager", "--no-replace-objects"]).args(arguments);
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

fn start(path: &Path, arguments: &[&str]) -> Result<Git, Failure> {
    let mut child = git(path, arguments).spawn().map_err(|error| absent(path, &error))?;
    match child.stdout.take() {
        Some(output) => Ok(Git { child, output }),
        None => Err(Failure::System("git has no output".to_owned())),
    }
}

/// What git says to a short question.
fn said(path: &Path, arguments: &[&str]) -> Result<String, Failure> {
    let output =
        git(path, arguments).stderr(Stdio::piped()).output().map_err(|error| absent(path, &error))?;
    if !output.status.success() {
        let shown = path.display();
        let why = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
        return Err(Failure::usage(format!("{shown} has no history that git can read: {why}")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn absent(path: &Path, error: &std::io::Error) -> Failure {
    let shown = path.display();
    let cure = if error.kind() == std::io::ErrorKind::NotFound {
        "git is not installed, or not on the PATH: install it, or leave --history out".to_owned()
    } else {
        format!("git cannot be started: {error}")
    };
    Failure::Inconclusive(format!("the history of {shown} cannot be looked into: {cure}"))
}
