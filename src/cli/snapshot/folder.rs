//! The folder of the snapshots: nothing in it leads out of it, and nothing is written half.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::redact::Redactor;
use crate::snapshot::{Book, Pending, Snap, SnapError, SnapName};

use super::super::error::Failure;
use super::super::reports::replace_atomically;

/// The end of an approved snapshot's name.
const APPROVED: &str = ".snap";
/// The end of the name of one that waits for a review.
const PENDING: &str = ".snap.new";
/// The longest snapshot, in bytes.
const LONGEST: u64 = 512 * 1024;
/// The most snapshots.
const MOST: usize = 10_000;

/// A folder of snapshots, and what is in it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// What was approved.
    pub(super) book: Book,
    /// What waits for a review.
    pub(super) pending: Vec<Pending>,
}

impl Folder {
    /// Reads a folder; one that is not there yet is empty.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        // What ends with a slash is asked for as what a link leads to, not as the link.
        let path = &*path.components().collect::<PathBuf>();
        no_link(path)?;
        let mut approved = BTreeMap::new();
        let mut pending = Vec::new();
        for file in listed(path)? {
            let Some(name) = file.file_name().and_then(|name| name.to_str()) else { continue };
            let (stem, waits) = match (name.strip_suffix(PENDING), name.strip_suffix(APPROVED)) {
                (Some(stem), _) => (stem, true),
                (None, Some(stem)) => (stem, false),
                (None, None) => continue,
            };
            let problem = |problem: String| Failure::usage(format!("{}: {problem}", file.display()));
            let name = SnapName::parse(stem).map_err(|why| problem(format!("{why}; rename it")))?;
            let snap = read(&file)?;
            if waits {
                pending.push(Pending { name, snap });
            } else {
                approved.insert(name, snap);
            }
        }
        Ok(Self { path: path.to_owned(), book: Book::new(approved), pending })
    }

    /// Writes a snapshot that waits for a review.
    pub(super) fn propose(&self, pending: &Pending, redactor: &Redactor) -> Result<(), Failure> {
        self.write(&pending.name, PENDING, (&pending.snap, redactor))
    }

    /// Writes an approved snapshot; what waited in its place does no longer.
    pub(super) fn approve(&self, name: &SnapName, snap: &Snap, redactor: &Redactor) -> Result<(), Failure> {
        self.write(name, APPROVED, (snap, redactor))?;
        self.reject(name)
    }

    /// Makes what waits what is approved.
    pub(super) fn accept(&self, name: &SnapName) -> Result<(), Failure> {
        let (from, to) = (self.file(name, PENDING), self.file(name, APPROVED));
        fs::rename(&from, &to).map_err(|error| not_written(&to, &error))
    }

    /// Removes what waits.
    pub(super) fn reject(&self, name: &SnapName) -> Result<(), Failure> {
        remove(&self.file(name, PENDING))
    }

    /// Removes what was approved.
    pub(super) fn delete(&self, name: &SnapName) -> Result<(), Failure> {
        remove(&self.file(name, APPROVED))
    }

    /// A key that came this far stays here, whatever it costs.
    fn write(&self, name: &SnapName, end: &str, (snap, redactor): (&Snap, &Redactor)) -> Result<(), Failure> {
        let file = self.file(name, end);
        let text = snap.write().map_err(|error| Failure::Report(format!("could not {error}")))?;
        if let Some(trace) = redactor.find(text.as_bytes()).first() {
            let (file, key) = (file.display(), &trace.credential);
            return Err(Failure::Report(format!("{file} is not written: it would hold the key of `{key}`")));
        }
        replace_atomically(&file, text.as_bytes()).map_err(|error| not_written(&file, &error))
    }

    fn file(&self, name: &SnapName, end: &str) -> PathBuf {
        self.path.join(format!("{name}{end}"))
    }
}

/// A folder behind a link is somebody else's: what we write there would not stay in this one.
fn no_link(path: &Path) -> Result<(), Failure> {
    // Where an absolute path leads is the operator's choice; its end, and a path within a checkout, may not be.
    let ways = if path.is_absolute() { vec![path] } else { path.ancestors().collect() };
    match ways.into_iter().find(|way| way.is_symlink()) {
        Some(link) => {
            let link = link.display();
            Err(Failure::usage(format!("{link} is a symbolic link; name the folder that it leads to")))
        }
        None => Ok(()),
    }
}

/// The files of a folder, in the order of their names.
fn listed(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let problem =
        |error: std::io::Error| Failure::usage(format!("could not read {}: {error}", path.display()));
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(problem(error)),
    };
    let files: Result<Vec<_>, _> = entries.take(MOST).map(|entry| entry.map(|entry| entry.path())).collect();
    let mut files = files.map_err(problem)?;
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Result<Snap, Failure> {
    let problem = |problem: String| Failure::usage(format!("{}: {problem}", file.display()));
    let there = file.symlink_metadata().map_err(|error| problem(error.to_string()))?;
    if !there.is_file() {
        return Err(problem("a snapshot is a plain file, not a link or a folder; remove it".to_owned()));
    }
    if there.len() > LONGEST {
        return Err(problem(format!("it is longer than {LONGEST} bytes, as no snapshot is; remove it")));
    }
    let text = fs::read_to_string(file).map_err(|error| problem(error.to_string()))?;
    Snap::read(&file.display().to_string(), &text).map_err(|error| match error {
        SnapError::Head(diagnostics) => Failure::Documents(vec![*diagnostics]),
        SnapError::NoHead | SnapError::Cases(_) => problem(error.to_string()),
    })
}

fn remove(file: &Path) -> Result<(), Failure> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(not_written(file, &error)),
        _ => Ok(()),
    }
}

fn not_written(file: &Path, error: &std::io::Error) -> Failure {
    Failure::Report(format!("could not write {}: {error}", file.display()))
}
