//! Approved snapshots beside a run: what is unseen, stale or changed is a finding of the run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::outcome::CheckInfo;
use crate::plan::Plan;
use crate::redact::Redactor;
use crate::runner::Collected;
use crate::snapshot::{Known, Pending, Rules, checks, compare, findings, pending};

use super::super::error::Failure;
use super::super::output;
use super::super::sending::Sending;
use super::folder::Folder;
use super::{in_ci, record, sample};

/// The approved snapshots that a run is compared with.
#[derive(Debug)]
pub(in crate::cli) struct Frozen {
    path: PathBuf,
    folder: Folder,
}

/// What came of comparing a run with them.
#[derive(Debug, Default)]
pub(in crate::cli) struct Judged {
    /// The checks that the findings belong to.
    pub(in crate::cli) checks: Vec<CheckInfo>,
    /// What would make everything approved.
    pub(in crate::cli) files: Vec<Pending>,
}

impl Frozen {
    /// Reads them; without any, there is nothing to compare with.
    pub(in crate::cli) fn open(path: &Path) -> Result<Self, Failure> {
        let folder = Folder::read(path)?;
        if folder.book.is_empty() {
            let path = path.display();
            let how = format!("record some: lockproof snapshot --snapshots {path} --approve");
            return Err(Failure::usage(format!("there is no approved snapshot in {path}; {how}")));
        }
        Ok(Self { path: path.to_owned(), folder })
    }

    /// Compares the refusals of a run, which is sent once: only what is not as it was approved is asked for again, to see
    /// what of it is volatile. The findings become cases of the run.
    pub(in crate::cli) fn judge(
        &self,
        sending: &Sending<'_>,
        (plan, known): (&Plan, &Known),
        seed: u64,
        collected: &mut Collected,
    ) -> Result<Judged, Failure> {
        let book = &self.folder.book;
        let rules = Rules::of(&sending.aimed().bundle.contract);
        let mut observed = sample::observed(plan, collected, &rules);
        let first = compare(book, &observed, known);
        let open: BTreeSet<String> = first.open_cases().into_iter().map(str::to_owned).collect();
        let samples = (seed, sample::SAMPLES);
        if let Some(signal) = sample::refine(sending, plan, samples, (&mut observed, &open))? {
            // The run stands as far as it came, and says that it was interrupted.
            collected.signal = Some(signal);
            return Ok(Judged::default());
        }
        let comparison = if open.is_empty() { first } else { compare(book, &observed, known) };
        let sent: BTreeSet<&str> = plan.cases.iter().map(|case| case.id.as_str()).collect();
        let source = record::source(&sending.aimed().bundle.file);
        let waiting = &*self.folder.pending;
        let files = pending((book, waiting), &comparison, (&known.cases, &sent), &source);
        let found = findings(&comparison, book, &collected.cases, sending.redactor());
        let used: BTreeSet<&str> = found.iter().map(|case| case.check.as_str()).collect();
        let checks = checks().into_iter().filter(|check| used.contains(check.id.as_str())).collect();
        collected.cases.extend(found);
        Ok(Judged { checks, files })
    }

    /// What differs waits for a review, where there is somebody who reviews.
    pub(in crate::cli) fn propose(&self, files: &[Pending], redactor: &Redactor) -> Result<(), Failure> {
        if files.is_empty() {
            return Ok(());
        }
        if in_ci() {
            output::say(
                "CI is set: no snapshot is written; run the same on your machine, and review it there\n",
            );
            return Ok(());
        }
        files.iter().try_for_each(|file| self.folder.propose(file, redactor))?;
        output::say(&record::review_hint(&self.path));
        Ok(())
    }
}
