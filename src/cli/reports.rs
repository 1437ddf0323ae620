//! Which reports to write, and where: atomically, and never over a good one that could not be replaced.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::outcome::RunResult;
use crate::report::{Format, ReportError, Style};

use super::error::Failure;
use super::output::{self, Output};
use super::streams::{Sink, Streams};

/// Where reports go that nobody asked for by name.
const LATEST: &str = "reports/latest";

/// One report: its format, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    format: Format,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    Stdout,
    File(PathBuf),
}

impl Place {
    /// The file; nothing for standard output.
    fn path(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) => Some(path),
        }
    }
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').map_or((text, None), |(name, path)| (name, Some(path)));
        let format = Format::parse(name).map_err(|error| error.to_string())?;
        let place = match path {
            Some("") => return Err(format!("name a file behind `{name}=`, or `-` for standard output")),
            Some("-") => Place::Stdout,
            Some(path) => Place::File(path.into()),
            None => Place::File(Path::new(LATEST).join(format.file_name())),
        };
        Ok(Self { format, place })
    }
}

/// What makes a report of some format.
type Render<'a> = dyn Fn(Format, Style) -> Result<Vec<u8>, ReportError> + 'a;

/// The reports of one run.
#[derive(Debug)]
pub(super) struct Reports {
    wanted: Vec<Wanted>,
    /// Whether something that is written as the run goes by takes standard output.
    streamed: bool,
}

impl Reports {
    /// What was asked for; without anything, what is usual, in `reports/latest`.
    ///
    /// # Errors
    /// When two go to one place, or a place could not be written to: better now than after the run.
    pub(super) fn new(wanted: Vec<Wanted>) -> Result<Self, Failure> {
        let standard = || Format::ALL.iter().filter(|format| format.is_usual());
        let wanted = if wanted.is_empty() {
            let place = |format: &Format| Place::File(Path::new(LATEST).join(format.file_name()));
            standard().map(|format| Wanted { format: *format, place: place(format) }).collect()
        } else {
            wanted
        };
        let places: Vec<_> = wanted.iter().map(|one| (one.format.name(), one.place.path())).collect();
        can_be_written(&places)?;
        Ok(Self { wanted, streamed: false })
    }

    /// Takes those out that are written as the run goes by, and opens them: a stream is no file that is whole or not there.
    ///
    /// # Errors
    /// When one cannot be opened.
    pub(super) fn streams(&mut self) -> Result<Streams, Failure> {
        let (streams, wanted) =
            std::mem::take(&mut self.wanted).into_iter().partition(|one| one.format == Format::Ndjson);
        self.wanted = wanted;
        let streams: Vec<Wanted> = streams;
        self.streamed = streams.iter().any(|one| matches!(one.place, Place::Stdout));
        let opened = streams.into_iter().map(|one| match one.place {
            Place::Stdout => Ok(Sink::Stdout),
            Place::File(path) => match opened(&path) {
                Ok(file) => Ok(Sink::File(path, file)),
                Err(error) => Err(not_written(&path, &error)),
            },
        });
        opened.collect::<Result<_, _>>().map(Streams::to)
    }

    /// What was asked for, and nothing else.
    ///
    /// # Errors
    /// When two go to one place, or a place could not be written to.
    pub(super) fn asked(wanted: &[Wanted]) -> Result<Self, Failure> {
        if wanted.is_empty() {
            Ok(Self { wanted: Vec::new(), streamed: false })
        } else {
            Self::new(wanted.to_vec())
        }
    }

    /// Writes every report, and prints the one for people unless another takes standard output.
    pub(super) fn write(&self, result: &RunResult, output: &Output) -> Result<(), Failure> {
        self.write_with(&|format, style| format.render(result, style), output)
    }

    /// The same, of something that is rendered in its own way.
    pub(super) fn write_with(&self, rendered: &Render<'_>, output: &Output) -> Result<(), Failure> {
        let render = |format, style| {
            rendered(format, style).map_err(|error| Failure::Report(format!("could not {error}")))
        };
        let taken = self.streamed || self.wanted.iter().any(|one| matches!(one.place, Place::Stdout));
        let page = if taken { None } else { Some(render(Format::Terminal, output.style())?) };
        let mut problems: Vec<_> = page.and_then(|page| output::print(&page).err()).into_iter().collect();
        for one in &self.wanted {
            let written = match &one.place {
                Place::Stdout => output::print(&render(one.format, output.style())?),
                Place::File(path) => {
                    let plain = Style { colour: crate::report::Colour::Off, ..output.style() };
                    write_atomically(path, &render(one.format, plain)?)
                        .map_err(|error| not_written(path, &error))
                }
            };
            problems.extend(written.err());
        }
        problems.pop().map_or(Ok(()), Err)
    }
}

pub(super) fn not_written(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Report(format!("could not write {}: {error}", path.display()))
}

/// Whether reports can be written, each a format and its file, or standard output: asked before the work that they tell of.
///
/// # Errors
/// When two of them go to one place, where the later would destroy the other, or a place could not be written to.
pub(super) fn can_be_written(reports: &[(&str, Option<&Path>)]) -> Result<(), Failure> {
    let mut taken = BTreeMap::new();
    for (format, path) in reports {
        if let Some(other) = taken.insert(path.map(in_full), format) {
            let place =
                path.map_or_else(|| "standard output (`-`)".to_owned(), |path| path.display().to_string());
            return Err(Failure::usage(format!(
                "two reports go to {place}: {other} and {format}; give each a place of its own"
            )));
        }
    }
    let mut files = reports.iter().filter_map(|(_, path)| *path);
    files.try_for_each(|path| writable(path).map_err(|error| not_written(path, &error)))
}

/// A path as it is the same however it is written, as far as its folder is there.
fn in_full(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = absolute.parent().and_then(|folder| fs::canonicalize(folder).ok());
    folder.zip(absolute.file_name()).map(|(folder, name)| folder.join(name)).unwrap_or(absolute)
}

/// Whether a report could be written there; no folder is made for it yet. A device is not tried: to open a pipe twice
/// would end it.
fn writable(path: &Path) -> std::io::Result<()> {
    if is_device(path) {
        return Ok(());
    }
    let there = folder_of(path)?.ancestors().find(|folder| folder.as_os_str().is_empty() || folder.exists());
    let there = there.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    empty_in(there).map(drop)
}

/// Opens a file that is written bit by bit.
fn opened(path: &Path) -> std::io::Result<fs::File> {
    fs::create_dir_all(folder_of(path)?)?;
    fs::File::create(path)
}

/// Whether something stands there that is written to, and must never be replaced by a file: a device, a pipe.
fn is_device(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|there| !there.is_file() && !there.is_dir())
}

/// An empty file beside the one to be written, gone again unless it is kept.
fn temporary(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = folder_of(path)?;
    fs::create_dir_all(folder)?;
    empty_in(folder)
}

/// The folder that a file is in, or is to be in.
fn folder_of(path: &Path) -> std::io::Result<&Path> {
    if path.is_dir() {
        return Err(std::io::Error::other("it is a folder"));
    }
    Ok(path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn empty_in(folder: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(".lockproof-").tempfile_in(folder)
}

/// Writes a whole file or leaves the old one as it is.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if is_device(path) {
        return fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    filled(path, bytes)?.persist(path)?;
    Ok(())
}

/// Writes a whole file where there is none.
///
/// # Errors
/// Of the kind `AlreadyExists` where something is there, which stays as it is.
pub(super) fn create_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.symlink_metadata().is_ok() {
        return Err(std::io::ErrorKind::AlreadyExists.into());
    }
    filled(path, bytes)?.persist_noclobber(path)?;
    Ok(())
}

/// A temporary file beside the one to be written, with its content.
fn filled(path: &Path, bytes: &[u8]) -> std::io::Result<tempfile::NamedTempFile> {
    let mut file = temporary(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}
