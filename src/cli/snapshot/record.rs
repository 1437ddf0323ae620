//! Recording: what is refused now, beside what was approved.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::outcome::{Control, ControlKind, ExitCode};
use crate::report::Page;
use crate::runner::{Collected, Signal};
use crate::snapshot::{Comparison, Pending, Rules, compare, pending, pruned, recorded};

use super::super::error::Failure;
use super::super::output::{self, Output};
use super::super::sending::Sending;
use super::super::{Done, signals, target::Aimed};
use super::folder::Folder;
use super::{RecordArgs, in_ci, sample};

pub(super) fn run(args: &RecordArgs, output: &Output) -> Done {
    prunable(args)?;
    // A folder that cannot be read is found before anything is sent.
    let folder = Folder::read(&args.snapshots)?;
    let aimed = args.target.aim()?;
    let exit = on(args, &aimed, &folder, output);
    if let Some(reference) = aimed.reference {
        reference.stop();
    }
    exit
}

/// Scenarios of one's own say nothing of what belongs to the other checks.
fn prunable(args: &RecordArgs) -> Result<(), Failure> {
    if !args.prune || args.select.is_builtin() {
        return Ok(());
    }
    Err(Failure::usage(
        "--prune is for the built-in suite: with --scenarios, the snapshots of every other check would be removed; \
         leave out one of the two",
    ))
}

fn on(args: &RecordArgs, aimed: &Aimed, folder: &Folder, output: &Output) -> Done {
    let plan = Arc::new(args.select.plan(args.target.permits(), &aimed.bundle)?);
    if let Some(text) = args.select.shown(&plan) {
        output::print(text.as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    let known = args.select.every_case(args.target.permits(), &aimed.bundle)?;
    let sending = Sending::new((&args.target, &args.pace), aimed, output);
    let seed = args.pace.limits.seed();
    let collected = sending.send(&plan, seed)?;
    if let Some(signal) = collected.signal {
        return Ok(interrupted(signal));
    }
    judgeable(&collected)?;
    let mut observed = sample::observed(&plan, &collected, &Rules::of(&aimed.bundle.contract));
    if observed.is_empty() {
        return Err(Failure::Inconclusive("nothing was refused: there is nothing to record".to_owned()));
    }
    let every = observed.iter().map(|one| one.case.clone()).collect();
    if let Some(signal) = sample::refine(&sending, &plan, (seed, args.samples), (&mut observed, &every))? {
        return Ok(interrupted(signal));
    }
    let comparison = compare(&folder.book, &observed, &known);
    let sent: BTreeSet<&str> = plan.cases.iter().map(|case| case.id.as_str()).collect();
    let book = (&folder.book, &*folder.pending);
    let files = pending(book, &comparison, (&known.cases, &sent), &source(&aimed.bundle.file));
    let mut page = Page::new(output.style());
    recorded(&mut page, &comparison, if args.approve { &[] } else { &files });
    output::print(&page.into_bytes())?;
    if in_ci() {
        return Ok(in_vain(args, &comparison, &files));
    }
    write(args, folder, (&comparison, &files), &sending)?;
    if args.select.is_everything() {
        withdraw(folder, &files)?;
    }
    Ok(ExitCode::Conformant)
}

/// The contract, as a snapshot names it: an absolute path would be of this machine.
pub(super) fn source(file: &str) -> String {
    let path = std::path::Path::new(file);
    let name = path.file_name().filter(|_| path.is_absolute());
    name.map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned())
}

/// How it ends where somebody wants it to.
pub(in crate::cli) fn interrupted(signal: Signal) -> ExitCode {
    output::say("interrupted; nothing was written\n");
    signals::exit(signal)
}

/// What a target says of its lock while it accepts nobody is not what is to be frozen.
fn judgeable(collected: &Collected) -> Result<(), Failure> {
    let broken = |control: &&Control| control.kind == ControlKind::Positive && !control.held;
    collected.controls.iter().find(broken).map_or(Ok(()), |control| {
        let Control { operation, environment, actual, advice, .. } = control;
        let actual = crate::report::escape_terminal(actual.as_str());
        Err(Failure::Inconclusive(format!(
            "no snapshot is taken: `{operation}` ({environment}) is not accepted with a good key: {actual}; {advice}"
        )))
    })
}

/// Where nobody reviews, nothing is written.
fn in_vain(args: &RecordArgs, comparison: &Comparison, files: &[Pending]) -> ExitCode {
    let stale = if args.prune { comparison.stale.len() } else { 0 };
    if files.is_empty() && stale == 0 {
        return ExitCode::Conformant;
    }
    let number = files.len() + stale;
    let plural = if number == 1 { "" } else { "s" };
    output::say(&format!("CI is set: {number} file{plural} would have been written, and none was\n"));
    ExitCode::NonConformant
}

fn write(
    args: &RecordArgs,
    folder: &Folder,
    (comparison, files): (&Comparison, &[Pending]),
    sending: &Sending<'_>,
) -> Result<(), Failure> {
    let redactor = sending.redactor();
    if args.prune {
        for (name, left) in pruned(&folder.book, comparison) {
            match left {
                Some(snap) => folder.approve(&name, &snap, redactor)?,
                None => folder.delete(&name)?,
            }
        }
    }
    for file in files {
        if args.approve {
            folder.approve(&file.name, &file.snap, redactor)?;
        } else {
            folder.propose(file, redactor)?;
        }
    }
    if !files.is_empty() && !args.approve {
        output::say(&review_hint(&args.snapshots));
    }
    Ok(())
}

/// How to go on.
pub(super) fn review_hint(folder: &std::path::Path) -> String {
    let named = folder != std::path::Path::new(super::FOLDER);
    let named = if named { format!(" --snapshots {}", folder.display()) } else { String::new() };
    format!("look at them: lockproof snapshot review{named}\n")
}

/// Takes back what waited for a review and no longer has anything to say.
pub(super) fn withdraw(folder: &Folder, files: &[Pending]) -> Result<(), Failure> {
    let outdated = folder.pending.iter().filter(|old| !files.iter().any(|file| file.name == old.name));
    outdated.into_iter().try_for_each(|old| folder.reject(&old.name))
}
