//! `lockproof snapshot review`: what waits is looked at, and accepted, rejected or skipped.

use std::path::{Path, PathBuf};

use clap::Args;
use globset::{Glob, GlobSet, GlobSetBuilder};

use crate::outcome::ExitCode;
use crate::report::Page;
use crate::snapshot::{Pending, SnapName, pending_page};

use super::super::Done;
use super::super::error::Failure;
use super::super::output::{self, Output};
use super::folder::Folder;
use super::keyboard::Keyboard;
use super::{FOLDER, in_ci};

const EXAMPLES: &str = "\
Examples:
  lockproof snapshot review                                    look at each; one key decides
  lockproof snapshot review --accept '401-*' --reject '500-*'  decide by name, without a terminal
  cargo insta review                                           the same with the tool of the insta crate

Keys: a accept, r reject, s skip, A accept all that is left, q quit.
Exit codes: 0 nothing waits any more, 1 something still waits.";

/// What is asked about each.
const QUESTION: &str = "accept (a), reject (r), skip (s), all (A), quit (q)? ";
/// What a terminal sends for Ctrl-C and Ctrl-D, where it sends no signal.
const CONTROL_C: u8 = 3;
const CONTROL_D: u8 = 4;

/// Look at what is new or changed, and accept or reject it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ReviewArgs {
    /// Where the snapshots are.
    #[arg(long, value_name = "FOLDER", default_value = FOLDER)]
    snapshots: PathBuf,
    /// Accept those whose name matches; repeatable.
    #[arg(long, value_name = "GLOB")]
    accept: Vec<String>,
    /// Reject those whose name matches, whatever --accept says; repeatable.
    #[arg(long, value_name = "GLOB")]
    reject: Vec<String>,
}

/// What becomes of one that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Accept,
    Reject,
    Skip,
    AcceptAll,
    Quit,
    Interrupt,
}

pub(super) fn run(args: &ReviewArgs, output: &Output) -> Done {
    let folder = Folder::read(&args.snapshots)?;
    if folder.pending.is_empty() {
        output::print(format!("nothing waits in {}\n", shown(&args.snapshots)).as_bytes())?;
        return Ok(ExitCode::Conformant);
    }
    if in_ci() {
        let number = folder.pending.len();
        output::say(&format!("CI is set: nothing is written; snapshots that wait for a review: {number}\n"));
        return Ok(ExitCode::NonConformant);
    }
    if args.accept.is_empty() && args.reject.is_empty() {
        return by_hand(&folder, output);
    }
    by_name(args, &folder)
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

/// Decides by names.
fn by_name(args: &ReviewArgs, folder: &Folder) -> Done {
    let (accept, reject) = (globs("--accept", &args.accept)?, globs("--reject", &args.reject)?);
    let (mut accepted, mut rejected) = (0, 0);
    for pending in &folder.pending {
        if reject.is_match(pending.name.as_str()) {
            folder.reject(&pending.name)?;
            rejected += 1;
        } else if accept.is_match(pending.name.as_str()) {
            folder.accept(&pending.name)?;
            accepted += 1;
        }
    }
    told(accepted, rejected, folder.pending.len() - accepted - rejected)
}

fn globs(flag: &str, texts: &[String]) -> Result<GlobSet, Failure> {
    let problem = |error: globset::Error| Failure::usage(format!("{flag}: {error}"));
    let mut set = GlobSetBuilder::new();
    for text in texts {
        set.add(Glob::new(text).map_err(problem)?);
    }
    set.build().map_err(problem)
}

/// Shows each, and asks.
fn by_hand(folder: &Folder, output: &Output) -> Done {
    let mut keyboard = Keyboard::take();
    let (mut accepted, mut rejected) = (0, 0);
    let mut all = false;
    for (at, pending) in folder.pending.iter().enumerate() {
        if !all {
            show(folder, (at, pending), output)?;
        }
        let choice = match &mut keyboard {
            _ if all => Choice::Accept,
            None => Choice::Skip,
            Some(keyboard) => ask(keyboard)?,
        };
        all |= choice == Choice::AcceptAll;
        match choice {
            Choice::Accept | Choice::AcceptAll => {
                folder.accept(&pending.name)?;
                accepted += 1;
            }
            Choice::Reject => {
                folder.reject(&pending.name)?;
                rejected += 1;
            }
            Choice::Skip => {}
            Choice::Quit => break,
            Choice::Interrupt => return Ok(ExitCode::Interrupted),
        }
    }
    if keyboard.is_none() {
        output::say("there is no terminal to ask on; decide with --accept GLOB and --reject GLOB\n");
    }
    told(accepted, rejected, folder.pending.len() - accepted - rejected)
}

/// One of those that wait, against what its cases were held to.
fn show(folder: &Folder, (at, pending): (usize, &Pending), output: &Output) -> Result<(), Failure> {
    let mut page = Page::new(output.style());
    if at > 0 {
        page.line(0, &[]);
    }
    pending_page(&mut page, pending, approved(folder, pending));
    output::print(&page.into_bytes())
}

fn approved<'a>(folder: &'a Folder, pending: &'a Pending) -> Option<(&'a SnapName, &'a str)> {
    let own = folder.book.get(&pending.name).map(|snap| (&pending.name, snap));
    let other = || folder.book.speaking_for(&pending.snap.scopes);
    own.or_else(other).map(|(name, snap)| (name, snap.text.as_str()))
}

fn ask(keyboard: &mut Keyboard) -> Result<Choice, Failure> {
    output::print(QUESTION.as_bytes())?;
    let choice = loop {
        match keyboard.key() {
            Some(b'a') => break Choice::Accept,
            Some(b'r') => break Choice::Reject,
            Some(b's') => break Choice::Skip,
            Some(b'A') => break Choice::AcceptAll,
            Some(b'q' | CONTROL_D) | None => break Choice::Quit,
            Some(CONTROL_C) => break Choice::Interrupt,
            Some(_) => {}
        }
    };
    let word = match choice {
        Choice::Accept => "accepted\n",
        Choice::Reject => "rejected\n",
        Choice::Skip => "skipped\n",
        Choice::AcceptAll => "accepted, and all that is left\n",
        Choice::Quit => "quit\n",
        Choice::Interrupt => "interrupted\n",
    };
    output::print(word.as_bytes())?;
    Ok(choice)
}

fn told(accepted: usize, rejected: usize, left: usize) -> Done {
    output::print(format!("accepted {accepted}, rejected {rejected}, left {left}\n").as_bytes())?;
    Ok(if left == 0 { ExitCode::Conformant } else { ExitCode::NonConformant })
}
