//! The reference server in a process of its own, started and ended by this one.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child as Process, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::error::Failure;
use super::reference::ReferenceFlags;

/// How long the server may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running server. It ends when this does, for its standard input ends with it.
#[derive(Debug)]
pub(super) struct Child {
    process: Process,
    lines: BufReader<ChildStdout>,
    urls: Vec<(String, String)>,
    /// Where it is steered.
    control: String,
    /// Where it writes what a client needs for TLS.
    certificates: TempDir,
}

impl Child {
    /// Starts a server for a contract, the reference contract where none is named.
    pub(super) fn start(contract: Option<&Path>, flags: &ReferenceFlags) -> Result<Self, Failure> {
        let failed = |what: &str| Failure::usage(format!("could not start the reference server: {what}"));
        let own = std::env::current_exe().map_err(|error| failed(&error.to_string()))?;
        let certificates = TempDir::with_prefix("lockproof-").map_err(|error| failed(&error.to_string()))?;
        let arguments = flags.arguments();
        let mut command = Command::new(own);
        command.args(["mock", "--quiet", "--control", "--until-input-ends"]).args(&arguments);
        if let Some(contract) = contract {
            command.arg("--contract").arg(contract);
        }
        if arguments.iter().any(|argument| argument == "--tls") {
            command.arg("--certificates").arg(certificates.path());
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| failed(&error.to_string()))?;
        let stdout = process.stdout.take().ok_or_else(|| failed("it has no standard output"))?;
        let mut child = Self {
            process,
            lines: BufReader::new(stdout),
            urls: Vec::new(),
            control: String::new(),
            certificates,
        };
        child.read_urls().ok_or_else(|| failed("it ended before it listened"))?;
        Ok(child)
    }

    /// Reads where everything is; the control listener comes last.
    fn read_urls(&mut self) -> Option<()> {
        loop {
            let line = self.line()?;
            let (name, url) = line.split_once(' ')?;
            if name == "control" {
                url.clone_into(&mut self.control);
                return Some(());
            }
            self.urls.push((name.to_owned(), url.to_owned()));
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.lines.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// Where an environment is.
    pub(super) fn url(&self, environment: &str) -> Option<&str> {
        self.urls.iter().find(|(name, _)| name == environment).map(|(_, url)| url.as_str())
    }

    /// Where it is steered.
    pub(super) fn control_url(&self) -> &str {
        &self.control
    }

    /// The authority that signed its certificate, in PEM.
    pub(super) fn authority(&self) -> Option<Vec<u8>> {
        std::fs::read(self.certificates.path().join("ca.pem")).ok()
    }

    /// Ends the server; how many requests it answered, where it says so.
    pub(super) fn stop(mut self) -> Option<u64> {
        drop(self.process.stdin.take());
        let answered = self.line().and_then(|line| line.strip_prefix("answered ")?.parse().ok());
        self.wait();
        answered
    }

    /// Waits for its end, and ends it where it does not come.
    fn wait(&mut self) {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if !matches!(self.process.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        self.wait();
    }
}
