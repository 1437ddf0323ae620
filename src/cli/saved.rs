//! Results that were written earlier, from a file or from standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::outcome::{FORMAT, Saved, SavedError, Summary};

use super::error::Failure;

/// The largest result that is read: many times that of ten thousand cases.
const LARGEST: u64 = 256 * 1024 * 1024;

/// Reads a result; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<Saved, Failure> {
    let saved = Saved::read(&text(path)?).and_then(counted);
    saved.map_err(|error| problem(path, &error))
}

/// Some formats show the cases, some the summary: where they differ, one of the two is wrong. A run that ended early counts
/// what it came to.
fn counted(saved: Saved) -> Result<Saved, SavedError> {
    match &saved {
        Saved::Run(result) if result.summary != Summary::of(result.cases.iter().map(|case| case.verdict)) => {
            let problem = "its summary is not that of its cases".to_owned();
            Err(SavedError::Misfit { format: FORMAT, problem })
        }
        Saved::Run(_) | Saved::Load(_) => Ok(saved),
    }
}

/// Reads the bytes of a result, or of what belongs to one.
pub(super) fn text(path: &Path) -> Result<Vec<u8>, Failure> {
    let text = if path == Path::new("-") { all(io::stdin().lock()) } else { File::open(path).and_then(all) };
    let text = text.map_err(|error| problem(path, &error))?;
    if u64::try_from(text.len()).is_ok_and(|length| length > LARGEST) {
        return Err(problem(
            path,
            &format!("it is larger than {} MiB, and no result is", LARGEST / 1024 / 1024),
        ));
    }
    Ok(text)
}

/// All that there is, as far as it could be a result.
fn all(from: impl Read) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut text)?;
    Ok(text)
}

fn problem(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    let name = if path == Path::new("-") { "standard input".into() } else { path.display().to_string() };
    Failure::usage(format!("could not read {name}: {why}"))
}
