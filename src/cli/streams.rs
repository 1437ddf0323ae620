//! Reports that are written as a run goes by, for whoever reads them as they come.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

use crate::outcome::RunResult;
use crate::plan::Plan;
use crate::redact::Redactor;
use crate::report::{ReportError, Stream};
use crate::runner::{Collected, Event, Header, conclude};

use super::error::Failure;
use super::output;
use super::reports::not_written;

/// Where a stream goes.
#[derive(Debug)]
pub(super) enum Sink {
    /// To standard output.
    Stdout,
    /// To a file, which is empty before.
    File(PathBuf, File),
}

impl Sink {
    fn write(&mut self, lines: &[u8]) -> Result<(), Failure> {
        match self {
            Self::Stdout => output::print(lines),
            Self::File(path, file) => file.write_all(lines).map_err(|error| not_written(path, &error)),
        }
    }
}

/// The streams of one run, all with the same lines.
#[derive(Debug)]
pub(super) struct Streams {
    sinks: Vec<Sink>,
    stream: Option<Stream>,
    /// What went wrong: a run does not end for it, and says so at its end.
    problems: Vec<Failure>,
}

impl Streams {
    /// Streams that nothing was written to yet.
    pub(super) fn to(sinks: Vec<Sink>) -> Self {
        Self { sinks, stream: None, problems: Vec::new() }
    }

    /// Writes what is known before anything is sent, where there is anybody to write for.
    pub(super) fn begin(&mut self, header: &Header, plan: &Plan, redactor: &Redactor) {
        if self.sinks.is_empty() {
            return;
        }
        let known = conclude(header.clone(), plan, Collected::default(), redactor).result;
        match Stream::begin(&known, plan.cases.len()) {
            Ok((stream, lines)) => {
                self.stream = Some(stream);
                self.write(Ok(lines));
            }
            Err(error) => self.write(Err(error)),
        }
    }

    /// Writes what happened.
    pub(super) fn notice(&mut self, event: &Event<'_>) {
        let Some(stream) = &mut self.stream else { return };
        let lines = match event {
            Event::Control(control) => stream.control(control),
            Event::Case(case) => stream.case(case),
            Event::Started { .. } | Event::Interrupted => return,
        };
        self.write(lines);
    }

    /// Writes what there is to say at the end.
    ///
    /// # Errors
    /// What could not be written, then or before.
    pub(super) fn end(mut self, result: &RunResult) -> Result<(), Failure> {
        if let Some(lines) = self.stream.as_mut().map(|stream| stream.end(result)) {
            self.write(lines);
        }
        Failure::all(self.problems.into_iter())
    }

    /// Writes to each; one that fails gets nothing more, and the others go on.
    fn write(&mut self, lines: Result<Vec<u8>, ReportError>) {
        match lines {
            Ok(lines) => self.sinks.retain_mut(|sink| match sink.write(&lines) {
                Ok(()) => true,
                Err(problem) => {
                    self.problems.push(problem);
                    false
                }
            }),
            Err(error) => self.problems.push(Failure::Report(format!("could not {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_fails_silences_no_other_and_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let [broken, sound] = ["broken", "sound"].map(|name| folder.path().join(name));
        std::fs::write(&broken, "").unwrap();
        // What is open to be read alone cannot be written to.
        let sinks = vec![
            Sink::File(broken.clone(), File::open(&broken).unwrap()),
            Sink::File(sound.clone(), File::create(&sound).unwrap()),
        ];
        let mut streams = Streams::to(sinks);
        streams.write(Ok(b"one\n".to_vec()));
        streams.write(Ok(b"two\n".to_vec()));
        assert_eq!(std::fs::read_to_string(&sound).unwrap(), "one\ntwo\n");
        assert_eq!((streams.sinks.len(), streams.problems.len()), (1, 1));
    }
}
