//! What people see of snapshots: what was recorded, and what waits for a review.

use super::compare::Comparison;
use super::diff::{Line, Sign, difference};
use super::name::SnapName;
use super::pending::Pending;
use crate::report::{Ink, Page};

/// How many cases are named.
const NAMED: usize = 3;

/// What was recorded: how many refusals are as they were, and what is not.
pub fn recorded(page: &mut Page, comparison: &Comparison, files: &[Pending]) {
    let cases: usize = comparison.same.values().map(Vec::len).sum();
    let same = format!("{} in {}", plural(comparison.same.len(), "refusal"), plural(cases, "case"));
    page.field("unchanged", (Ink::Good, if comparison.same.is_empty() { "" } else { &same }));
    for change in &comparison.changed {
        let what = change.seen.as_ref().err().map_or_else(String::new, |why| format!(": {why}"));
        let text = format!("{} in {}{what}", change.name, listed(&change.cases));
        page.field("changed", (Ink::Bad, &text));
    }
    for unseen in &comparison.unseen {
        page.field("unseen", (Ink::Doubt, &format!("status {} in {}", unseen.status, listed(&unseen.cases))));
    }
    for stale in &comparison.stale {
        let scopes: Vec<_> = stale.scopes.iter().map(ToString::to_string).collect();
        let part = if stale.whole { String::new() } else { format!(": no case is {}", scopes.join(", ")) };
        page.field("stale", (Ink::Doubt, &format!("{}{part}", stale.name)));
    }
    for (why, cases) in &comparison.unsteady {
        page.field("unsteady", (Ink::Faint, &format!("not kept, {why}: {}", listed(cases))));
    }
    let names: Vec<_> = files.iter().map(|file| format!("{}.snap.new", file.name)).collect();
    page.field("to review", (Ink::Plain, &names.join(", ")));
}

/// One file that waits for a review: what differs from what was approved, or all of it where nothing was.
pub fn pending_page(page: &mut Page, pending: &Pending, approved: Option<(&SnapName, &str)>) {
    let scopes: Vec<_> = pending.snap.scopes.iter().map(ToString::to_string).collect();
    match approved {
        Some((name, _)) if *name == pending.name => {
            page.line(0, &[(Ink::Strong, pending.name.as_str()), (Ink::Bad, "  changed")]);
        }
        Some((name, _)) => {
            let was = format!("  new, instead of {name}");
            page.line(0, &[(Ink::Strong, pending.name.as_str()), (Ink::Doubt, &was)]);
        }
        None => page.line(0, &[(Ink::Strong, pending.name.as_str()), (Ink::Doubt, "  new")]),
    }
    page.paragraph(2, 4, (Ink::Faint, &format!("answered to {}", listed(&scopes))));
    let old = approved.map_or("", |(_, text)| text);
    let lines = difference(old, &pending.snap.text);
    if lines.is_empty() {
        page.line(2, &[(Ink::Plain, "the same text, for other cases")]);
    }
    for line in &lines {
        of_line(page, line);
    }
}

fn of_line(page: &mut Page, line: &Line) {
    let (sign, ink) = match line.sign {
        Sign::Both => ("  ", Ink::Faint),
        Sign::Old => ("- ", Ink::Bad),
        Sign::New => ("+ ", Ink::Good),
        Sign::Gap => ("  ...", Ink::Faint),
    };
    let is_in_part = line.pieces.iter().any(|(differs, _)| *differs);
    let mut words = vec![(ink, sign)];
    // Within a line that differs in part, what is the same is not coloured.
    let paint = |differs: bool| if is_in_part && !differs { Ink::Plain } else { ink };
    words.extend(line.pieces.iter().map(|(differs, piece)| (paint(*differs), piece.as_str())));
    page.line(2, &words);
}

fn listed(names: &[String]) -> String {
    let first = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

fn plural(number: usize, one: &str) -> String {
    format!("{number} {one}{}", if number == 1 { "" } else { "s" })
}
