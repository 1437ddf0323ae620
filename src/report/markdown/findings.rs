//! What the target does wrong: by check, with one example each.

use super::text::{Markdown, Span};
use crate::outcome::{CaseResult, CheckInfo, RunResult, Verdict};
use crate::report::evidence::{self, Limits};
use crate::report::group::{self, Group};
use crate::report::words::{cases, count};

/// How much is shown of the exchange of an example.
const LIMITS: Limits = Limits { headers: 20, lines: 20, width: 400 };

/// How many other cases of a check are named.
const NAMED: usize = 20;

/// The most bytes of a command that sends a request again.
const LONGEST_COMMAND: usize = 4 * 1024;

/// The bytes behind which no more checks are described: a summary page takes 1 MiB.
const ROOM: usize = 512 * 1024;

/// Every broken MUST, each with an example in full.
pub(super) fn failures(result: &RunResult, page: &mut Markdown) {
    findings(result, page, ("failed", Verdict::Fail));
}

/// Every broken SHOULD.
pub(super) fn warnings(result: &RunResult, page: &mut Markdown) {
    findings(result, page, ("warned", Verdict::Warn));
}

fn findings(result: &RunResult, page: &mut Markdown, (word, verdict): (&'static str, Verdict)) {
    let groups = group::by_check(result, verdict);
    if groups.is_empty() {
        return;
    }
    let checks = count(groups.len(), "check", "checks");
    let of = cases(result.summary.count(verdict));
    page.heading(
        3,
        &[Span::Text(&checks), Span::Own(" "), Span::Own(word), Span::Own(", in "), Span::Text(&of)],
    );
    for (at, group) in groups.iter().enumerate() {
        if page.len() > ROOM {
            let more = count(groups.len() - at, "more check", "more checks");
            page.paragraph(&[Span::Own("And "), Span::Text(&more), Span::Own(".")]);
            return;
        }
        finding(group, page);
    }
}

fn finding(group: &Group<'_>, page: &mut Markdown) {
    let title = group.info.map_or(group.check, |info| info.title.as_str());
    page.heading(4, &[Span::Text(title)]);
    let found = format!("{} of {}", group.others.len() + 1, cases(group.total));
    page.paragraph(&[
        Span::Code(group.check),
        Span::Own(" ("),
        Span::Text(group.first.severity.as_str()),
        Span::Own("), "),
        Span::Text(&found),
    ]);
    judgement(group.first, page);
    if let Some(info) = group.info {
        reasons(info, page);
    }
    exchange(group.first, page);
    others(group, page);
}

fn judgement(case: &CaseResult, page: &mut Markdown) {
    page.field("Case", Span::Code(&case.id));
    page.field("Requirement", Span::Text(case.requirement.as_str()));
    page.field("Expected", Span::Text(case.expected.as_str()));
    page.field("Actual", Span::Text(case.actual.as_str()));
}

fn reasons(info: &CheckInfo, page: &mut Markdown) {
    page.field("Why", Span::Text(&info.why));
    page.field("Advice", Span::Text(&info.advice));
    page.field("Sources", Span::Text(&info.sources.join("; ")));
}

/// What was sent and received, and the line that sends it again.
fn exchange(case: &CaseResult, page: &mut Markdown) {
    if let Some(exchange) = &case.exchange {
        page.folded(&[Span::Own("What was sent, and what came back")], |page| parts(exchange, page));
    }
    if let Some(command) = &case.reproduce {
        let lines = command_lines(command.as_str());
        page.folded(&[Span::Own("Send it again")], |page| page.block("sh", &lines));
    }
}

/// The command, as it is to be copied: whole or not at all.
fn command_lines(command: &str) -> Vec<String> {
    if command.len() > LONGEST_COMMAND {
        return vec![format!("# it has {} bytes; results.json has it", command.len())];
    }
    command.split('\n').map(str::to_owned).collect()
}

/// An exchange, part by part.
pub(super) fn parts(exchange: &crate::outcome::Exchange, page: &mut Markdown) {
    for (label, lines) in evidence::of(exchange, LIMITS) {
        page.paragraph(&[Span::Text(&label)]);
        page.block("", &lines);
    }
}

fn others(group: &Group<'_>, page: &mut Markdown) {
    if group.others.is_empty() {
        return;
    }
    let title = format!("Also in {}", count(group.others.len(), "other case", "other cases"));
    page.folded(&[Span::Text(&title)], |page| {
        for case in group.others.iter().take(NAMED) {
            page.line(&[Span::Own("- "), Span::Code(&case.id)]);
        }
        if let Some(more) = group.others.len().checked_sub(NAMED).filter(|&more| more > 0) {
            page.line(&[Span::Own("- and "), Span::Number(more), Span::Own(" more")]);
        }
    });
}
