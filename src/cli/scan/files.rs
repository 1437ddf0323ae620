//! The files under some paths. Symbolic links in a folder are not followed: what they lead to may lie anywhere.

use std::fs::{self, FileType, ReadDir};
use std::io;
use std::path::{Path, PathBuf};

/// How deep folders may lie in each other: each that is open takes a place in the system's tables.
const DEEPEST: usize = 200;

/// What a walk comes upon.
pub(super) enum Found {
    /// A file to be looked into.
    File(PathBuf),
    /// What cannot be looked into, and why.
    Unread(PathBuf, String),
}

/// What a walk passed over.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// How many symbolic links.
    pub(super) links: usize,
    /// How many devices, pipes and sockets.
    pub(super) special: usize,
    /// The folders of git that were seen.
    pub(super) histories: Vec<PathBuf>,
}

/// Tells of every file under a path; a path that was named may be a link. Ends where nobody listens any more.
pub(super) fn walk(path: &Path, passed: &mut Passed, tell: &mut dyn FnMut(Found) -> bool) {
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => folder(path, passed, tell),
        Ok(there) if there.is_file() => _ = tell(Found::File(path.to_owned())),
        Ok(_) => _ = tell(Found::Unread(path.to_owned(), "it is neither a file nor a folder".to_owned())),
        Err(error) => _ = tell(unread(path, &error)),
    }
}

fn folder(path: &Path, passed: &mut Passed, tell: &mut dyn FnMut(Found) -> bool) {
    let mut open = Vec::new();
    let mut going = enter(path, &mut open, tell);
    while going {
        let Some((folder, listed)) = open.last_mut() else { return };
        let folder = folder.clone();
        going = match listed.next() {
            None => open.pop().is_some(),
            Some(Err(error)) => tell(unread(&folder, &error)),
            Some(Ok(entry)) => match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    passed.histories.extend((entry.file_name() == ".git").then_some(folder));
                    enter(&entry.path(), &mut open, tell)
                }
                Ok(kind) => take(entry.path(), kind, passed, tell),
                Err(error) => tell(unread(&entry.path(), &error)),
            },
        };
    }
}

/// Opens a folder; whether to go on.
fn enter(path: &Path, open: &mut Vec<(PathBuf, ReadDir)>, tell: &mut dyn FnMut(Found) -> bool) -> bool {
    if open.len() >= DEEPEST {
        let why = format!("folders lie in each other deeper than {DEEPEST} levels");
        return tell(Found::Unread(path.to_owned(), why));
    }
    match fs::read_dir(path) {
        Ok(listed) => {
            open.push((path.to_owned(), listed));
            true
        }
        Err(error) => tell(unread(path, &error)),
    }
}

/// Takes what is no folder; whether to go on.
fn take(path: PathBuf, kind: FileType, passed: &mut Passed, tell: &mut dyn FnMut(Found) -> bool) -> bool {
    if kind.is_file() {
        return tell(Found::File(path));
    }
    if kind.is_symlink() {
        passed.links += 1;
    } else {
        passed.special += 1;
    }
    true
}

fn unread(path: &Path, error: &io::Error) -> Found {
    Found::Unread(path.to_owned(), format!("it cannot be read: {error}"))
}
