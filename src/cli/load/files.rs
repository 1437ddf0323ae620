//! What a load writes: the result, its histograms, and a line for each second as it goes by.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::error::Failure;
use crate::cli::reports::write_atomically;
use crate::load::{SecondSum, line};
use crate::outcome::LoadResult;
use crate::report::load_json;

/// The files of a load.
#[derive(Debug)]
pub(super) struct Files {
    folder: PathBuf,
    seconds: File,
    problem: Option<Failure>,
}

impl Files {
    /// Opens what is written while it goes on: better to fail now than when all is over.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("load.ndjson");
        let made = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let seconds = made.map_err(|error| not_written(&path, &error))?;
        Ok(Self { folder: folder.to_owned(), seconds, problem: None })
    }

    /// Writes a line about a second: whatever happens later, it is known.
    pub(super) fn second(&mut self, number: u64, sum: &SecondSum) {
        let written = self.seconds.write_all(line(number, sum).as_bytes());
        if let Err(error) = written {
            self.problem = Some(not_written(&self.folder.join("load.ndjson"), &error));
        }
    }

    /// Writes everything else.
    pub(super) fn finish(self, result: &LoadResult, log: Result<Vec<u8>, String>) -> Result<(), Failure> {
        let json = load_json(result).map_err(|error| Failure::Report(format!("could not {error}")))?;
        let log = log.map_err(|why| Failure::Report(format!("could not write the histograms: {why}")))?;
        for (name, bytes) in [("load.json", json), ("load.hlog", log)] {
            let path = self.folder.join(name);
            write_atomically(&path, &bytes).map_err(|error| not_written(&path, &error))?;
        }
        self.problem.map_or(Ok(()), Err)
    }
}

fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Report(format!("could not write {}: {error}", path.display()))
}
