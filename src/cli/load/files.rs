//! What a load writes: the result, its histograms, and a line for each second as it goes by.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::cli::error::Failure;
use crate::cli::reports::write_atomically;
use crate::load::{Calibration, SecondSum, line};
use crate::outcome::LoadResult;
use crate::report::load_json;

/// The file with what the generator was found to be able to do.
const CALIBRATION: &str = "calibration.json";

/// The file with a line for each second, written as it goes by: whatever happens later, it is known.
#[derive(Debug)]
pub(super) struct Seconds {
    path: PathBuf,
    file: File,
    problem: Option<Failure>,
}

impl Seconds {
    /// Opens the file: better to fail now than when all is over.
    pub(super) fn open(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join("load.ndjson");
        let made = fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let file = made.map_err(|error| not_written(&path, &error))?;
        Ok(Self { path, file, problem: None })
    }

    /// Writes a line about a second.
    pub(super) fn write(&mut self, number: u64, sum: &SecondSum) {
        if let Err(error) = self.file.write_all(line(number, sum).as_bytes()) {
            self.problem = Some(not_written(&self.path, &error));
        }
    }

    /// Notes what could not be written beside it.
    pub(super) fn note(&mut self, written: Result<(), Failure>) {
        if let Err(problem) = written {
            self.problem = Some(problem);
        }
    }

    /// Tells whether all was written.
    pub(super) fn finish(self) -> Result<(), Failure> {
        self.problem.map_or(Ok(()), Err)
    }
}

/// Writes the result and its histograms.
pub(super) fn finish(
    folder: &Path,
    result: &LoadResult,
    log: Result<Vec<u8>, String>,
) -> Result<(), Failure> {
    let json = load_json(result).map_err(|error| Failure::Report(format!("could not {error}")))?;
    let log = log.map_err(|why| Failure::Report(format!("could not write the histograms: {why}")))?;
    for (name, bytes) in [("load.json", json), ("load.hlog", log)] {
        let path = folder.join(name);
        write_atomically(&path, &bytes).map_err(|error| not_written(&path, &error))?;
    }
    Ok(())
}

/// What `--calibrate` leaves for the loads after it.
pub(super) fn write_calibration(folder: &Path, own: &Calibration) -> Result<(), Failure> {
    let path = folder.join(CALIBRATION);
    let text =
        serde_json::json!({ "requests_per_second": own.rate, "cpu_us_per_request": own.cpu_us }).to_string();
    let written = fs::create_dir_all(folder).and_then(|()| write_atomically(&path, text.as_bytes()));
    written.map_err(|error| not_written(&path, &error))
}

/// How many requests a second so many threads can send, as far as they were calibrated.
pub(super) fn ceiling(folder: &Path, threads: usize) -> Option<f64> {
    let text = fs::read_to_string(folder.join(CALIBRATION)).ok()?;
    let value: serde_json::Value = serde_json::from_str(&text).ok()?;
    let (rate, cpu_us) = (0.0, value.get("cpu_us_per_request")?.as_f64()?);
    Some(Calibration { rate, cpu_us, threads }.ceiling()).filter(|ceiling| ceiling.is_finite())
}

fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Report(format!("could not write {}: {error}", path.display()))
}
