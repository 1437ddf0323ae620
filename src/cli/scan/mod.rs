//! `lockproof scan`: the keys of a contract, looked for in what is shipped.

mod files;
mod history;
mod work;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Instant;

use clap::Args;

use crate::outcome::{ExitCode, ScanResult};
use crate::redact::Redactor;
use crate::report::{Format, ReportError, Style, scan_json, scan_page};
use crate::scan::{About, KeyPattern, Wanted, as_run, conclude};

use super::bundle::Bundle;
use super::error::Failure;
use super::output::Output;
use super::reports::{Reports, Wanted as WantedReport};
use super::run::{contract_info, now};
use super::{Done, signals};
use work::Job;

const EXAMPLES: &str = "\
Examples:
  lockproof scan app-release.apk                          an app, everything in it included
  lockproof scan dist/ server.jar --contract api.yaml     a folder and a file, for the keys of another contract
  lockproof scan build/ --known examples.txt              texts that look like keys and are none, one on each line
  lockproof scan . --history                              a folder and everything that was ever committed
  lockproof scan app.ipa --report junit=scan.xml          a report for a build server

It looks for every key of the contract, as it is and in base64, hexadecimal, UTF-16 and other forms, and for whatever
fits `authentication.key_pattern` of the contract, in files and in the archives in them. It tells the file, the entry, the
place and the form, never the key. Nothing is sent, and nothing is unpacked to disk. Keys come from where the contract says.

Exit codes: 0 no key was found, 1 one was, 2 wrong usage or contract, 3 no key was found and not everything could be
looked into, 6 a report could not be written, 130 and 143 interrupted.";

/// Look for keys in what is shipped: apps, archives, pages, images, and everything in them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ScanArgs {
    /// Files and folders to look into.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The contract whose keys are looked for.
    #[arg(long, short, value_name = "FILE", default_value = "lockproof.yaml")]
    contract: PathBuf,
    /// Texts that look like keys and are none, such as examples in documents: one on each line; repeatable.
    #[arg(long, value_name = "FILE")]
    known: Vec<PathBuf>,
    /// Look into the git history of every PATH too: everything that was ever committed, and is still there.
    #[arg(long)]
    history: bool,
    /// A report to write, as FORMAT or FORMAT=FILE (`-` is standard output); repeatable.
    #[arg(long, value_name = "FORMAT[=FILE]")]
    report: Vec<WantedReport>,
}

pub(super) fn run(args: &ScanArgs, output: &Output) -> Done {
    let bundle = args.bundle()?;
    let reports = Reports::asked(&args.report)?;
    let redactor = Redactor::new(&bundle.keyring);
    let mut about = About {
        contract: contract_info(&bundle),
        paths: args.paths.iter().map(|path| path.display().to_string()).collect(),
        started: now(),
        duration_ms: 0,
        notices: Vec::new(),
        interrupted: None,
    };
    let wanted = args.wanted(&bundle, &redactor, &mut about.notices)?;
    let stop = Stop::listen();
    let started = Instant::now();
    let paths = args.existing()?;
    let histories = if args.history { paths.clone() } else { Vec::new() };
    let job = Job { wanted, stop: Arc::clone(&stop.asked), paths, histories };
    let done = job.run(output)?;
    about.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    about.notices.extend(done.notices);
    about.interrupted = stop.exit();
    let (result, exit) = conclude(about, done.tally, (&redactor, &job.wanted));
    reports.write_with(&|format, style| render(&result, &redactor, format, style), output)?;
    Ok(exit)
}

/// The page and the JSON of a scan are its own; every other format shows it as a run.
fn render(
    result: &ScanResult,
    redactor: &Redactor,
    format: Format,
    style: Style,
) -> Result<Vec<u8>, ReportError> {
    if format == Format::Terminal {
        Ok(scan_page(result, style))
    } else if format == Format::Json {
        scan_json(result)
    } else {
        format.render(&as_run(result, redactor), style)
    }
}

impl ScanArgs {
    fn bundle(&self) -> Result<Bundle, Failure> {
        if !self.contract.exists() {
            let shown = self.contract.display();
            return Err(Failure::usage(format!(
                "there is no {shown}: name the contract whose keys are looked for, with --contract FILE"
            )));
        }
        Bundle::from_file(&self.contract)
    }

    /// The paths, all of which must be there: a name that was mistyped is not a clean build.
    fn existing(&self) -> Result<Vec<PathBuf>, Failure> {
        let missing = |path: &&PathBuf| !path.exists();
        match self.paths.iter().find(missing) {
            Some(path) => Err(Failure::usage(format!("there is no {}", path.display()))),
            None => Ok(self.paths.clone()),
        }
    }

    fn wanted(
        &self,
        bundle: &Bundle,
        redactor: &Redactor,
        notices: &mut Vec<String>,
    ) -> Result<Wanted, Failure> {
        let declared = bundle.contract.authentication.key_pattern.as_ref();
        let pattern = declared.map(|pattern| KeyPattern::new(pattern.as_str())).transpose();
        let pattern = pattern.unwrap_or_else(|error| {
            notices.push(format!("only the contract's own keys were looked for: could not {error}"));
            None
        });
        let mut known = BTreeSet::new();
        for path in &self.known {
            known.extend(lines(path)?);
        }
        Ok(Wanted::new(redactor, pattern, known))
    }
}

fn lines(path: &Path) -> Result<Vec<String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("could not read {}: {error}", path.display())))?;
    Ok(text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

/// Whether somebody wants no more.
struct Stop {
    asked: Arc<AtomicBool>,
    code: Arc<AtomicU8>,
}

impl Stop {
    fn listen() -> Self {
        let stop = Self { asked: Arc::default(), code: Arc::default() };
        let (asked, code) = (Arc::clone(&stop.asked), Arc::clone(&stop.code));
        signals::tell(move |signal| {
            code.store(signals::exit(signal).code(), Ordering::Relaxed);
            // Whoever asks twice does not want to wait for the report either.
            !asked.swap(true, Ordering::Relaxed)
        });
        stop
    }

    /// How the program ends because of that.
    fn exit(&self) -> Option<ExitCode> {
        ExitCode::from_code(self.code.load(Ordering::Relaxed)).filter(|exit| *exit != ExitCode::Conformant)
    }
}
