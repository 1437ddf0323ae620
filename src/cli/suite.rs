//! Which scenarios to use: the built-in ones, or files and folders of the operator's.

use std::path::{Path, PathBuf};

use crate::document::Source;
use crate::scenario::{Suite, SuiteFile, builtin_files};

use super::check::Kind;
use super::error::Failure;

/// The deepest folder that is looked into.
const DEEPEST: usize = 8;

/// The suite: the built-in one, or what the given files and folders hold.
pub(super) fn read(paths: &[PathBuf]) -> Result<Suite, Failure> {
    let files =
        if paths.is_empty() { builtin_files().into_iter().map(in_place).collect() } else { own(paths)? };
    if files.is_empty() {
        return Err(Failure::usage("there is no scenario (*.yaml, *.yml) under the given paths"));
    }
    let suite = Suite::read(files).map_err(Failure::Documents)?;
    unique(&suite)?;
    Ok(suite)
}

/// A built-in file by its path in the repository: so a report names it.
fn in_place(file: SuiteFile) -> SuiteFile {
    SuiteFile { path: format!("scenarios/{}", file.path), ..file }
}

/// The operator's own, each of which is a scenario.
fn own(paths: &[PathBuf]) -> Result<Vec<SuiteFile>, Failure> {
    let files = collect(paths)?;
    for file in &files {
        Kind::Scenario.admits(&Source { name: file.path.clone(), text: file.text.clone() })?;
    }
    Ok(files)
}

/// The scenario files under some paths, in the order of their names.
pub(super) fn collect(paths: &[PathBuf]) -> Result<Vec<SuiteFile>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        walk(path, 0, &mut found)
            .map_err(|error| Failure::usage(format!("read {}: {error}", path.display())))?;
    }
    Ok(found)
}

fn walk(path: &Path, depth: usize, found: &mut Vec<SuiteFile>) -> std::io::Result<()> {
    if !path.is_dir() {
        let text = std::fs::read_to_string(path)?;
        found.push(SuiteFile { path: path.display().to_string(), text });
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let is_scenario =
            entry.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        // A link could lead out of the folder that the operator named.
        let is_link = entry.is_symlink();
        if !is_link && ((entry.is_dir() && depth < DEEPEST) || is_scenario) {
            walk(&entry, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Two checks of one id could not be told apart in a report.
fn unique(suite: &Suite) -> Result<(), Failure> {
    let mut ids: Vec<_> = suite.scenarios.iter().map(|scenario| scenario.id.as_str()).collect();
    ids.sort_unstable();
    let twice = ids.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first()).flatten());
    twice.map_or(Ok(()), |id| Err(Failure::usage(format!("two scenarios have the id `{id}`; rename one"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_checks_is_read_whole_by_either_ending() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.yml", "a.yaml", "c.txt"] {
            std::fs::write(folder.path().join(name), "id: a\n").unwrap();
        }
        let found = collect(&[folder.path().to_owned()]).unwrap();
        let names = found.iter().map(|file| file.path.rsplit('/').next().unwrap());
        assert_eq!(names.collect::<Vec<_>>(), ["a.yaml", "b.yml"]);
    }
}
