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
            Some("-" | "/dev/stdout" | "/dev/fd/1" | "/proc/self/fd/1") => Place::Stdout,
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
        let taken = self.streamed || self.wanted.iter().any(|one| matches!(one.place, Place::Stdout));
        let page = (!taken).then_some(Wanted { format: Format::Terminal, place: Place::Stdout });
        // One that fails takes none of the others with it.
        let written = page.iter().chain(&self.wanted).map(|one| one.write(rendered, output));
        Failure::all(written.filter_map(Result::err))
    }
}

impl Wanted {
    fn write(&self, rendered: &Render<'_>, output: &Output) -> Result<(), Failure> {
        let plain = Style { colour: crate::report::Colour::Off, ..output.style() };
        let style = if matches!(self.place, Place::Stdout) { output.style() } else { plain };
        let bytes =
            rendered(self.format, style).map_err(|error| Failure::Report(format!("could not {error}")))?;
        match &self.place {
            Place::Stdout => output::print(&bytes),
            Place::File(path) => write_atomically(path, &bytes).map_err(|error| not_written(path, &error)),
        }
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
        if let Some(other) = taken.insert(path.map(behind_links), format) {
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

/// So many links are followed at most: as many as the system itself follows.
const LINKS: usize = 40;

/// What a path leads to: the file behind every link, or the first thing on the way that the system makes up.
fn behind_links(path: &Path) -> PathBuf {
    let mut at = in_full(path);
    for _ in 0..LINKS {
        let to = if is_made_up(&at) { None } else { fs::read_link(&at).ok() };
        let Some(to) = to else { break };
        // Where a link says nothing of the root, it counts from its own folder.
        at = in_full(&at.parent().unwrap_or(&at).join(to));
    }
    at
}

/// Whether the system makes up what stands there: what is open already, such as `/dev/stdout`, is a link to a file, and to
/// replace that file would leave it open and out of sight. What is in shared memory is a file like any other.
fn is_made_up(path: &Path) -> bool {
    (path.starts_with("/dev") && !path.starts_with("/dev/shm")) || path.starts_with("/proc")
}

/// Whether a report could be written there; no folder is made for it yet. A device is not tried: to open a pipe twice
/// would end it.
fn writable(path: &Path) -> std::io::Result<()> {
    let path = &*behind_links(path);
    if is_made_up(path) {
        return fs::metadata(path).map(drop);
    }
    if is_device(path) {
        return Ok(());
    }
    let there = folder_of(path)?.ancestors().find(|folder| folder.as_os_str().is_empty() || folder.exists());
    let there = there.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    empty_in(there).map(drop)
}

/// Opens a file that is written bit by bit; a new one is its owner's alone, as every report is.
fn opened(path: &Path) -> std::io::Result<fs::File> {
    let path = &*behind_links(path);
    if is_made_up(path) || is_device(path) {
        return straight(path);
    }
    fs::create_dir_all(folder_of(path)?)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens what is there already, to be written to behind what it holds.
fn straight(path: &Path) -> std::io::Result<fs::File> {
    fs::OpenOptions::new().append(true).open(path)
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

/// Writes a whole file or leaves the old one as it is; a link stays one.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let path = &*behind_links(path);
    if is_made_up(path) || is_device(path) {
        return straight(path)?.write_all(bytes);
    }
    replace_atomically(path, bytes)
}

/// The same in the place of whatever is there, a link as well: nothing is written to where one leads.
pub(super) fn replace_atomically(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_link_stays_one_and_what_it_leads_to_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let [link, inner, file] = ["link", "inner/link", "inner/file"].map(|name| folder.path().join(name));
        fs::create_dir(folder.path().join("inner")).unwrap();
        symlink("inner/link", &link).unwrap();
        symlink("file", &inner).unwrap();
        for text in ["what was not there", "what was"] {
            write_atomically(&link, text.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
            assert!(link.is_symlink() && inner.is_symlink());
        }
        assert_eq!(fs::read_dir(folder.path().join("inner")).unwrap().count(), 2);
        let two = can_be_written(&[("json", Some(&link)), ("html", Some(&file))]);
        assert!(matches!(two, Err(Failure::Usage(_))), "{two:?}");
        replace_atomically(&link, b"new").unwrap();
        assert!(!link.is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "what was");
    }

    #[test]
    fn what_is_open_is_written_to_and_not_replaced() {
        use std::os::fd::AsRawFd as _;
        let mut open = tempfile::NamedTempFile::new().unwrap();
        open.write_all(b"before ").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        let descriptor = format!("/proc/self/fd/{}", open.as_file().as_raw_fd());
        symlink(&descriptor, &link).unwrap();
        for path in [Path::new(&descriptor), &link] {
            writable(path).unwrap();
            write_atomically(path, b"one ").unwrap();
        }
        opened(Path::new(&descriptor)).unwrap().write_all(b"and all").unwrap();
        assert_eq!(fs::read_to_string(open.path()).unwrap(), "before one one and all");
        assert!(writable(Path::new("/proc/no/such")).is_err());
    }

    #[test]
    fn standard_output_by_another_name_is_standard_output() {
        for name in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            let wanted: Wanted = format!("json={name}").parse().unwrap();
            assert!(wanted.place.path().is_none(), "{name}");
        }
    }

    #[test]
    fn links_in_a_circle_come_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        symlink(&one, &other).unwrap();
        symlink(&other, &one).unwrap();
        write_atomically(&one, b"text").unwrap();
        assert_eq!(fs::read(&one).unwrap(), b"text");
    }

    #[test]
    fn a_stream_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = opened(&folder.path().join("a.ndjson")).unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn whatever_could_not_be_written_is_told_and_the_rest_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str| Place::File(folder.path().join(name));
        let want =
            |format: &str, name: &str| Wanted { format: Format::parse(format).unwrap(), place: place(name) };
        let wanted = vec![want("tap", "a"), want("json", "."), want("html", "b"), want("junit", "c")];
        let reports = Reports { wanted, streamed: true };
        let rendered = |format: Format, _| match format.name() {
            "tap" => Err(ReportError::Render { format: "tap", problem: "no".to_owned() }),
            name => Ok(name.as_bytes().to_vec()),
        };
        let output = Output::plain();
        let told = reports.write_with(&rendered, &output).unwrap_err().render(&output);
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(told.contains("tap") && told.contains("it is a folder"), "{told}");
        assert_eq!(fs::read(folder.path().join("b")).unwrap(), b"html");
        assert_eq!(fs::read(folder.path().join("c")).unwrap(), b"junit");
    }
}
