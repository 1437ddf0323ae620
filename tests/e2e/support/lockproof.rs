//! The program under test, run in a folder of its own with a hard bound on its time.

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::program;

/// The longest that the program may run; a test fails where it does not end by itself.
const BOUND: Duration = Duration::from_secs(40);
/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// A command line that is being put together. The environment holds what a test puts there, and nothing else.
#[derive(Debug)]
pub(crate) struct Lockproof {
    command: Command,
    folder: TempDir,
    stdin: String,
}

impl Lockproof {
    /// The program with some arguments, in an empty folder.
    pub(crate) fn new(arguments: &[&str]) -> Self {
        let folder = TempDir::with_prefix("lockproof-e2e-").unwrap();
        let mut command = program::command();
        command.args(arguments).env_clear().current_dir(folder.path());
        Self { command, folder, stdin: String::new() }
    }

    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdin);
        self
    }

    /// A file in the folder; folders on the way are made.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// Anything else that the folder needs.
    pub(crate) fn prepare(self, prepare: impl FnOnce(&Path)) -> Self {
        prepare(self.folder.path());
        self
    }

    /// Standard output goes here instead of to the test.
    pub(crate) fn stdout(mut self, to: impl Into<Stdio>) -> Self {
        self.command.stdout(to);
        self
    }

    pub(crate) fn run(mut self) -> Outcome {
        self.command.stdout(Stdio::piped());
        self.start().wait()
    }

    /// Starts the program; standard output is where [`Self::stdout`] put it.
    pub(crate) fn start(mut self) -> Running {
        let started = Instant::now();
        let mut child = self.command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let cmdline = fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        // The program may end without having read anything.
        child.stdin.take().unwrap().write_all(self.stdin.as_bytes()).ok();
        let stdout = child.stdout.take().map(Captured::of);
        let stderr = Captured::of(child.stderr.take().unwrap());
        Running { child, folder: self.folder, started, stdout, stderr, cmdline }
    }
}

/// What comes out of a pipe, while it comes.
#[derive(Debug)]
struct Captured {
    text: Arc<(Mutex<Vec<u8>>, Condvar)>,
    reading: JoinHandle<()>,
}

impl Captured {
    fn of(mut from: impl Read + Send + 'static) -> Self {
        let text = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let shared = Arc::clone(&text);
        let reading = thread::spawn(move || {
            let mut chunk = [0; 8192];
            while let Ok(length @ 1..) = from.read(&mut chunk) {
                shared.0.lock().unwrap().extend_from_slice(&chunk[..length]);
                shared.1.notify_all();
            }
        });
        Self { text, reading }
    }

    /// Waits until some words have come.
    fn await_words(&self, words: &str) {
        let lacks = |text: &mut Vec<u8>| !String::from_utf8_lossy(text).contains(words);
        let text = self.text.0.lock().unwrap();
        let (text, waited) = self.text.1.wait_timeout_while(text, Duration::from_secs(30), lacks).unwrap();
        assert!(!waited.timed_out(), "`{words}` never came: {}", String::from_utf8_lossy(&text));
    }

    /// All of it, when the other end is closed.
    fn finish(self) -> String {
        self.reading.join().unwrap();
        let text = std::mem::take(&mut *self.text.0.lock().unwrap());
        String::from_utf8(text).unwrap()
    }
}

/// The program while it runs.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    folder: TempDir,
    started: Instant,
    stdout: Option<Captured>,
    stderr: Captured,
    cmdline: Vec<u8>,
}

impl Running {
    /// Sends a signal to this very process.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until the program has told the operator something.
    pub(crate) fn await_stderr(&self, words: &str) {
        self.stderr.await_words(words);
    }

    /// Waits until there is a file in the folder.
    pub(crate) fn await_file(&self, name: &str) {
        let ends = Instant::now() + Duration::from_secs(30);
        while !self.folder.path().join(name).exists() {
            assert!(Instant::now() < ends, "there was never a file `{name}`");
            thread::park_timeout(LOOK);
        }
    }

    /// Waits until the program has printed something, and what it printed until then.
    pub(crate) fn await_stdout(&self, words: &str) -> String {
        let stdout = self.stdout.as_ref().unwrap();
        stdout.await_words(words);
        String::from_utf8(stdout.text.0.lock().unwrap().clone()).unwrap()
    }

    /// Waits for the end; kills the program and fails where it does not come within the bound.
    pub(crate) fn wait(mut self) -> Outcome {
        let mut peak_kib = 0;
        let status = loop {
            peak_kib = peak_kib.max(peak_of(self.child.id()));
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if self.started.elapsed() > BOUND {
                self.child.kill().unwrap();
                panic!("still running after {:?}; it said: {}", BOUND, self.stderr.finish());
            }
            thread::sleep(LOOK);
        };
        Outcome {
            code: status.code(),
            stdout: self.stdout.map(Captured::finish).unwrap_or_default(),
            stderr: self.stderr.finish(),
            folder: self.folder,
            took: self.started.elapsed(),
            peak_kib,
            cmdline: self.cmdline,
        }
    }
}

/// So much of a release build is in memory while it runs, in KiB: 23,296 was the most that was seen.
const RELEASE_PAGES: u64 = 24 * 1024;

/// The most memory that a process has held so far, in KiB, were it a release build; 0 where it is gone already. What is
/// promised is promised of that: the pages of a debug build's own file take half as much again, and no target makes them more.
fn peak_of(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let field = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse().ok()
    };
    let (peak, mapped) = (field("VmHWM:").unwrap_or(0), field("RssFile:").unwrap_or(0));
    peak - mapped.saturating_sub(RELEASE_PAGES).min(peak)
}

/// The program after its end.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The exit code; nothing where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    /// The most memory that it held, in KiB, were it a release build.
    pub(crate) peak_kib: u64,
    /// What everybody on the machine could see of its arguments.
    pub(crate) cmdline: Vec<u8>,
    folder: TempDir,
}

impl Outcome {
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// `results.json`, where it goes without being asked for.
    pub(crate) fn results(&self) -> Value {
        self.json("reports/latest/results.json")
    }

    /// A file of the folder, as JSON.
    pub(crate) fn json(&self, name: &str) -> Value {
        let path = self.folder().join(name);
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}\n{self}"));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{name}: {error}\n{self}"))
    }

    /// Every file below the folder.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }

    /// Whether the operator was told this; how lines were broken does not matter.
    pub(crate) fn says(&self, phrase: &str) -> bool {
        let said = format!("{} {}", self.stdout, self.stderr);
        said.split_whitespace().collect::<Vec<_>>().join(" ").contains(phrase)
    }

    /// What the run came to.
    pub(crate) fn verdict(&self) -> String {
        self.results()["verdict"].as_str().unwrap().to_owned()
    }

    /// How many cases came to a verdict.
    pub(crate) fn count(&self, verdict: &str) -> u64 {
        self.results()["summary"][verdict].as_u64().unwrap()
    }

    /// The checks with a case of a verdict.
    pub(crate) fn checks(&self, verdict: &str) -> BTreeSet<String> {
        let results = self.results();
        let cases = results["cases"].as_array().unwrap();
        let those = cases.iter().filter(|case| case["verdict"] == verdict);
        those.map(|case| case["check"].as_str().unwrap().to_owned()).collect()
    }

    /// The same as [`Self::checks`], with everything that went wrong in the order of the plan, for a message.
    pub(crate) fn complaints(&self) -> String {
        let results = self.results();
        let cases = results["cases"].as_array().unwrap();
        let quiet = |case: &&Value| !["pass", "skip"].contains(&case["verdict"].as_str().unwrap());
        let lines = cases.iter().filter(quiet).map(|case| {
            format!("{} {}: expected {}, {}", case["verdict"], case["id"], case["expected"], case["actual"])
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr, took, peak_kib, .. } = self;
        write!(f, "exit {code:?} after {took:?}, {peak_kib} KiB\n{stdout}\n--- stderr\n{stderr}")
    }
}
