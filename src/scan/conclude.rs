//! From what was come upon to what is concluded.

use crate::outcome::{
    CheckInfo, ContractInfo, ExitCode, Redacted, RunVerdict, SCAN_FORMAT, ScanFinding, ScanResult, Tool,
    Unread,
};
use crate::redact::Redactor;

use super::checks;
use super::event::{Event, Finding, Place, What};
use super::wanted::Wanted;

/// How many findings, and how many parts that could not be looked into, are listed.
const LISTED: usize = 5_000;

/// What was come upon so far: a bounded list, and what it counts to.
#[derive(Debug, Default)]
pub struct Tally {
    findings: Vec<Finding>,
    unread: Vec<(Place, String)>,
    files: u64,
    entries: u64,
    bytes: u64,
    found: u64,
    left: u64,
}

/// What a result says beside what was come upon.
#[derive(Clone, Debug)]
pub struct About {
    /// The contract.
    pub contract: ContractInfo,
    /// What was to be looked into.
    pub paths: Vec<String>,
    /// When it began, in UTC (RFC 3339).
    pub started: String,
    /// How long it took.
    pub duration_ms: u64,
    /// What a reader must know first.
    pub notices: Vec<String>,
    /// The exit code of whoever interrupted it, where somebody did.
    pub interrupted: Option<ExitCode>,
}

impl Tally {
    /// Takes notice of one more file.
    pub fn file(&mut self) {
        self.files += 1;
    }

    /// Takes notice of what was come upon.
    pub fn hear(&mut self, event: Event) {
        match event {
            Event::Found(finding) => {
                self.found += 1;
                keep(&mut self.findings, finding);
            }
            Event::Unread { place, why } => {
                self.left += 1;
                keep(&mut self.unread, (place, why));
            }
            Event::Entry => self.entries += 1,
            Event::Searched(bytes) => self.bytes += bytes,
        }
    }

    /// Adds what another has come upon.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.entries += other.entries;
        self.bytes += other.bytes;
        self.found += other.found;
        self.left += other.left;
        other.findings.into_iter().for_each(|one| keep(&mut self.findings, one));
        other.unread.into_iter().for_each(|one| keep(&mut self.unread, one));
    }

    /// Every place that was come upon.
    pub fn places(&mut self) -> impl Iterator<Item = &mut Place> {
        let found = self.findings.iter_mut().map(|finding| &mut finding.place);
        found.chain(self.unread.iter_mut().map(|(place, _)| place))
    }

    /// How many files and bytes, and how many findings.
    pub fn so_far(&self) -> (u64, u64, u64) {
        (self.files, self.bytes, self.found)
    }
}

fn keep<T>(list: &mut Vec<T>, one: T) {
    if list.len() < LISTED {
        list.push(one);
    }
}

/// Concludes a scan for what was wanted. A name shows neither a key nor what looks like one.
pub fn conclude(
    about: About,
    tally: Tally,
    (redactor, wanted): (&Redactor, &Wanted),
) -> (ScanResult, ExitCode) {
    let (verdict, exit) = weigh(&about, &tally);
    let mut notices = about.notices;
    if tally.files == 0 && verdict == RunVerdict::Inconclusive {
        notices.push("there is nothing to look into: no file was read".to_owned());
    }
    let veil = |text: &str| redactor.redact(&wanted.veiled(redactor.redact(text).as_str()));
    let mut findings: Vec<_> = tally.findings.into_iter().map(|finding| written(finding, &veil)).collect();
    let mut unread: Vec<_> = tally.unread.into_iter().map(|one| left(one, &veil)).collect();
    findings.sort();
    unread.sort();
    // What is asked of an artefact stands in the contract: there is no other file to point to.
    let file = about.contract.file.clone();
    let result = ScanResult {
        format: SCAN_FORMAT.to_owned(),
        tool: Tool { name: "lockproof".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        contract: about.contract,
        paths: about.paths.iter().map(|path| veil(path)).collect(),
        started: about.started,
        duration_ms: about.duration_ms,
        verdict,
        exit_code: exit.code(),
        notices: notices.iter().map(|notice| veil(notice)).collect(),
        files: tally.files,
        entries: tally.entries,
        bytes: tally.bytes,
        found: tally.found,
        left: tally.left,
        checks: checks::checks().into_iter().map(|check| CheckInfo { file: file.clone(), ..check }).collect(),
        findings,
        unread,
    };
    (result, exit)
}

/// Something that was found stays found; without it, only a look into everything says that there is nothing.
fn weigh(about: &About, tally: &Tally) -> (RunVerdict, ExitCode) {
    match about.interrupted {
        Some(exit) => (RunVerdict::Aborted, exit),
        None if tally.found > 0 => (RunVerdict::NonConformant, ExitCode::NonConformant),
        None if tally.left > 0 || tally.files == 0 => (RunVerdict::Inconclusive, ExitCode::Inconclusive),
        None => (RunVerdict::Conformant, ExitCode::Conformant),
    }
}

fn written(finding: Finding, veil: &dyn Fn(&str) -> Redacted) -> ScanFinding {
    let (file, entries) = place(&finding.place, veil);
    let check = finding.what.check();
    let (credential, form) = match finding.what {
        What::Key { credential, form } => (Some(credential), form),
        What::Pattern => (None, "as it is"),
    };
    ScanFinding {
        file,
        entries,
        offset: finding.offset,
        check: check.to_owned(),
        credential,
        form: form.to_owned(),
        read: finding.read.map(str::to_owned),
    }
}

fn left((at, why): (Place, String), veil: &dyn Fn(&str) -> Redacted) -> Unread {
    let (file, entries) = place(&at, veil);
    Unread { file, entries, why: veil(&why) }
}

fn place(place: &Place, veil: &dyn Fn(&str) -> Redacted) -> (Redacted, Vec<Redacted>) {
    (veil(&place.file), place.entries.iter().map(|name| veil(name)).collect())
}
