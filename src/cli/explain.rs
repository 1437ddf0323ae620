//! `lockproof explain`: what a check asks and why, or what a defect does and what finds it.

use std::path::PathBuf;

use clap::Args;

use crate::document::{Source, suggest};
use crate::load::format;
use crate::mock::defects::{self, Defect};
use crate::outcome::{CheckInfo, ExitCode};
use crate::prove::Keeps;
use crate::report::{Ink, Page};
use crate::scan;
use crate::scenario::{Line, Need, Scenario, Severity};
use crate::snapshot;

use super::error::Failure;
use super::output::{self, Output};
use super::{Done, suite};

const EXAMPLES: &str = "\
Examples:
  lockproof explain key-expired     a check: what it sends, what is right, why it matters, what to change
  lockproof explain ignore-expiry   a defect of the reference server or backend: what it does, what finds it";

/// What the words about a request take for known.
pub(super) const SOUND_REQUEST: &str = "A sound request is the operation's own method, path and body, with a \
     key that may use it in the declared place. Each combination of what `over` says is a case of its own.";

/// What a twin is for.
pub(super) const MUST_BE_ACCEPTED: &str = "it goes first and must be accepted, or the case says nothing";

/// Where the contract is that a defect is found with, where the built-in one does not do.
const IN_CHECKOUT: &str = "in a checkout of Lockproof, which has this contract; `lockproof prove` has it built in, and \
     plants this defect among all others";

/// What is said of a slow check.
pub(super) const SLOW: &str = "waits for --slow; nothing else is sent meanwhile";

/// Explain a check or a defect.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExplainArgs {
    /// The id of a check, of a case, or of a defect.
    id: String,
    /// Scenarios to look in instead of the built-in ones: files or folders; repeatable.
    #[arg(long, short, value_name = "PATH")]
    scenarios: Vec<PathBuf>,
}

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Done {
    let suite = suite::read(&args.scenarios)?.scenarios;
    // A case's id begins with its check's.
    let id = args.id.split('/').next().unwrap_or_default();
    let mut page = Page::new(output.style());
    if let Some(check) = suite.iter().find(|check| check.id.as_str() == id) {
        of_check(&mut page, check);
    } else if let Some(check) = scan::find_check(id) {
        of_info(&mut page, &check, "lockproof scan PATH");
    } else if let Some(check) = snapshot::checks().iter().find(|check| check.id == id) {
        of_info(&mut page, check, "lockproof run --snapshots FOLDER");
    } else if defects::find(id).is_none() {
        return Err(unknown(id, &suite));
    }
    // A check may be called like the defect that it is there to find.
    if let Some(defect) = defects::find(id) {
        page.gap();
        of_defect(&mut page, defect, &suite);
    }
    output::print(&page.into_bytes())?;
    Ok(ExitCode::Conformant)
}

fn unknown(id: &str, suite: &[Scenario]) -> Failure {
    let checks = suite.iter().map(|check| check.id.as_str());
    let known = checks.chain(defects::all().chain(defects::under_load()).map(|defect| defect.id));
    let known: Vec<_> = known.collect();
    let near = suggest(id, &known).filter(|hint| hint.starts_with("did you mean"));
    let hint = near.unwrap_or_else(|| {
        "`lockproof scenarios list` has the checks, `lockproof mock --list-defects` the defects, and \
         `lockproof between --list-defects` those of a backend"
            .to_owned()
    });
    Failure::usage(format!("there is no check and no defect `{id}`; {hint}"))
}

fn of_check(page: &mut Page, check: &Scenario) {
    page.paragraph(0, 2, (Ink::Strong, &format!("{}: {}", check.id, check.title)));
    page.gap();
    page.field("severity", (Ink::Plain, severity(check.severity)));
    page.field("family", (Ink::Plain, &check.family));
    page.field("why", (Ink::Plain, &check.why));
    page.field("advice", (Ink::Plain, &check.advice));
    page.field("sources", (Ink::Plain, &check.sources.join("; ")));
    page.gap();
    requests(page, check);
    page.gap();
    page.field("slow", (Ink::Plain, if check.slow { SLOW } else { "" }));
    page.field("needs", (Ink::Plain, &names(check.needs.iter().map(Need::to_string))));
    page.field("depends on", (Ink::Plain, &names(check.depends_on.iter().map(ToString::to_string))));
    page.field("tags", (Ink::Plain, &names(check.tags.iter().map(ToString::to_string))));
    if !check.catches.is_empty() {
        page.heading("Defects that it must find");
    }
    for id in &check.catches {
        let what = defects::find(id.as_str()).map_or("not a defect of the reference server", |it| it.what);
        page.paragraph(2, 4, (Ink::Plain, &format!("{id}: {what}")));
    }
    page.gap();
    page.paragraph(0, 0, (Ink::Faint, SOUND_REQUEST));
}

/// What is sent, over which part of the matrix, and what is right.
fn requests(page: &mut Page, check: &Scenario) {
    let words = check.words();
    page.field("over", (Ink::Plain, &words.over));
    page.field("sends", (Ink::Plain, &words.sends));
    if let Some(twin) = &words.twin {
        page.field("its twin", (Ink::Plain, &format!("{twin}; {MUST_BE_ACCEPTED}")));
    }
    page.field("right is", (Ink::Plain, words.right.as_deref().unwrap_or_default()));
    lines(page, "Variants, each a case of its own", &words.variants);
    lines(page, "Steps, one request after the other", &words.steps);
    page.field("procedure", (Ink::Plain, words.procedure.as_deref().unwrap_or_default()));
    lines(page, "What the procedure sends", &words.kinds);
}

fn lines(page: &mut Page, title: &str, lines: &[Line]) {
    if !lines.is_empty() {
        page.heading(title);
    }
    for line in lines {
        page.paragraph(2, 4, (Ink::Plain, &format!("{}: {}", line.name, line.text())));
    }
}

/// A check that sends nothing of its own: of what ships, and of what was approved.
fn of_info(page: &mut Page, check: &CheckInfo, command: &str) {
    page.paragraph(0, 2, (Ink::Strong, &format!("{}: {}", check.id, check.title)));
    page.gap();
    page.field("severity", (Ink::Plain, severity(check.severity)));
    page.field("family", (Ink::Plain, &check.family));
    page.field("why", (Ink::Plain, &check.why));
    page.field("advice", (Ink::Plain, &check.advice));
    page.field("sources", (Ink::Plain, &check.sources.join("; ")));
    page.field("try it", (Ink::Plain, command));
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Must => "must: where it does not hold, the run fails",
        Severity::Should => "should: where it does not hold, the run warns, and fails with --strict",
        Severity::Info => "info: worth knowing; it never fails",
    }
}

fn names(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

fn of_defect(page: &mut Page, defect: &Defect, suite: &[Scenario]) {
    let of = if defect.is_of_backend() { "backend" } else { "server" };
    page.line(0, &[(Ink::Strong, &format!("{}: a defect of the reference {of}", defect.id))]);
    page.gap();
    page.field("what", (Ink::Plain, defect.what));
    let names = |check: &&Scenario| check.catches.iter().any(|id| id.as_str() == defect.id);
    let finders: Vec<_> = suite.iter().filter(names).collect();
    let plans = plans(defect);
    if defects::all().any(|known| known.id == defect.id) {
        page.field("try it", (Ink::Plain, &trial(defect, &finders)));
        page.field("where", (Ink::Plain, contract(&finders).map_or("", |_| IN_CHECKOUT)));
        page.heading("Checks that must find it");
    } else {
        for (name, _) in &plans {
            page.field("try it", (Ink::Plain, &under_load(name, defect)));
        }
        page.heading("No check can find it; what must");
    }
    for check in finders {
        let text = format!("{} ({}): {}", check.id, check.severity.as_str(), check.title);
        page.paragraph(2, 4, (Ink::Plain, &text));
    }
    for (name, title) in plans {
        let text = format!("the load plan {name}: {title}; `{}`", under_load(&name, defect));
        page.paragraph(2, 4, (Ink::Plain, &text));
    }
}

/// The command that plants a defect where the checks apply that are there to find it.
fn trial(defect: &Defect, finders: &[&Scenario]) -> String {
    let id = defect.id;
    if defect.is_of_backend() {
        return format!("lockproof between --defect {id}");
    }
    let contract = contract(finders).map_or_else(String::new, |file| format!(" --contract {file}"));
    let transport = if any_needs(finders, |need| *need == Need::Http2) {
        " --http 2"
    } else if any_needs(finders, |need| *need == Need::Tls) {
        " --tls"
    } else {
        ""
    };
    // All slow checks together take long; these are enough.
    let slow = !finders.is_empty() && finders.iter().all(|check| check.slow);
    let only = |text: String, check: &&Scenario| text + " --only " + check.id.as_str();
    let slowly = if slow { finders.iter().fold(" --slow".to_owned(), only) } else { String::new() };
    format!("lockproof run{contract} --defect {id}{transport}{slowly}")
}

/// The contract that checks need where the built-in one does not do.
fn contract(finders: &[&Scenario]) -> Option<&'static str> {
    match Keeps::for_checks(finders) {
        Keeps::Bearer => Some("fixtures/bearer/lockproof.yaml"),
        Keeps::Jwt => Some("fixtures/jwt/lockproof.yaml"),
        Keeps::Reference | Keeps::Between => None,
    }
}

fn any_needs(checks: &[&Scenario], is: fn(&Need) -> bool) -> bool {
    checks.iter().any(|check| check.needs.iter().any(is))
}

/// The load plans that are there to find a defect, each with what it finds out.
fn plans(defect: &Defect) -> Vec<(String, String)> {
    let title = |source: Source| {
        let name = source.name.clone();
        let plan = format::read(source).ok()?;
        plan.catches.iter().any(|id| id.as_str() == defect.id).then_some((name, plan.title))
    };
    format::builtin().into_iter().filter_map(title).collect()
}

fn under_load(plan: &str, defect: &Defect) -> String {
    format!("lockproof load {plan} --defect {}", defect.id)
}
