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

/// The streams of one run, all with the same lines.
#[derive(Debug)]
pub(super) struct Streams {
    sinks: Vec<Sink>,
    stream: Option<Stream>,
    /// The first thing that went wrong: a run does not end for it, and says so at its end.
    problem: Option<Failure>,
}

impl Streams {
    /// Streams that nothing was written to yet.
    pub(super) fn to(sinks: Vec<Sink>) -> Self {
        Self { sinks, stream: None, problem: None }
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
        self.problem.map_or(Ok(()), Err)
    }

    fn write(&mut self, lines: Result<Vec<u8>, ReportError>) {
        let written =
            lines.map_err(|error| Failure::Report(format!("could not {error}"))).and_then(|lines| {
                self.sinks.iter_mut().try_for_each(|sink| match sink {
                    Sink::Stdout => output::print(&lines),
                    Sink::File(path, file) => {
                        file.write_all(&lines).map_err(|error| not_written(path, &error))
                    }
                })
            });
        self.problem = self.problem.take().or(written.err());
    }
}
