//! What the target does wrong: by check, with one example each.

use crate::outcome::{CaseResult, RunResult, Verdict};
use crate::report::evidence::{self, Limits};
use crate::report::group::{self, Group};
use crate::report::page::{Ink, Page};
use crate::report::words::{cases, count, listed};

/// How much is shown of the exchange of an example.
const LIMITS: Limits = Limits { headers: 12, lines: 12, width: 2_000 };

/// How many other cases of a check are named.
const NAMED: usize = 5;

/// Every broken MUST: the requirement, an example in full, why it matters, and what to change.
pub(super) fn failures(result: &RunResult, page: &mut Page) {
    let groups = group::by_check(result, Verdict::Fail);
    if groups.is_empty() {
        return;
    }
    page.heading(&format!(
        "{} failed, in {}",
        count(groups.len(), "check", "checks"),
        cases(result.summary.fail)
    ));
    for group in &groups {
        title(page, (Ink::Bad, "FAIL"), group);
        judgement(page, group.first);
        for (label, lines) in group.first.exchange.iter().flat_map(|exchange| evidence::of(exchange, LIMITS))
        {
            page.evidence(&label, &lines);
        }
        reproduce(page, group.first);
        if let Some(info) = group.info {
            page.field("why", (Ink::Plain, &info.why));
            page.field("advice", (Ink::Plain, &info.advice));
            page.field("sources", (Ink::Plain, &info.sources.join("; ")));
        }
        more(page, group);
        others(page, group);
    }
}

/// Every broken SHOULD, without its exchange.
pub(super) fn warnings(result: &RunResult, page: &mut Page) {
    let groups = group::by_check(result, Verdict::Warn);
    if groups.is_empty() {
        return;
    }
    page.heading(&format!(
        "{} warned, in {}",
        count(groups.len(), "check", "checks"),
        cases(result.summary.warn)
    ));
    for group in &groups {
        title(page, (Ink::Doubt, "WARN"), group);
        judgement(page, group.first);
        reproduce(page, group.first);
        if let Some(info) = group.info {
            page.field("advice", (Ink::Plain, &info.advice));
        }
        more(page, group);
        others(page, group);
    }
}

fn title(page: &mut Page, word: (Ink, &str), group: &Group<'_>) {
    let text = group.info.map_or(group.check, |info| info.title.as_str());
    let (ink, word) = word;
    page.gap();
    page.paragraph(0, 6, (ink, &format!("{word}  {text}")));
    let found = group.others.len() + 1;
    let of =
        format!("{} ({}), {found} of {}", group.check, group.first.severity.as_str(), cases(group.total));
    page.line(6, &[(Ink::Faint, &of)]);
}

fn judgement(page: &mut Page, case: &CaseResult) {
    page.field("requirement", (Ink::Plain, case.requirement.as_str()));
    page.field("case", (Ink::Plain, &case.id));
    page.field("expected", (Ink::Plain, case.expected.as_str()));
    page.field("actual", (Ink::Strong, case.actual.as_str()));
}

/// The command, as it is to be copied: neither wrapped nor cut.
fn reproduce(page: &mut Page, case: &CaseResult) {
    if let Some(command) = &case.reproduce {
        page.line(2, &[(Ink::Faint, "reproduce")]);
        for line in command.as_str().split('\n') {
            page.line(4, &[(Ink::Plain, line)]);
        }
    }
}

/// Where the check is explained.
fn more(page: &mut Page, group: &Group<'_>) {
    page.field("more", (Ink::Plain, &format!("lockproof explain {}", group.check)));
}

fn others(page: &mut Page, group: &Group<'_>) {
    let names = group.others.iter().map(|case| case.id.as_str());
    page.field("also", (Ink::Plain, &listed(names, NAMED)));
}
