//! What the target does wrong, and what could not be found out: by check, the gravest first.

use super::element::{Element, el};
use super::{exchange, field, section};
use crate::outcome::{CaseResult, CheckInfo, RunResult, Verdict};
use crate::report::group::{self, Group};
use crate::report::words::{cases, count};

/// How many cases of a check stand in the page itself; the list of all checks has the others.
const SHOWN: usize = 50;

/// The bytes that exchanges may take, over all checks: beyond that the page would be long and say no more.
const ROOM: usize = 3 * 512 * 1024;

/// How many reasons are given.
const REASONS: usize = 50;

/// The sections of everything that is not right.
pub(super) fn findings(result: &RunResult) -> Vec<Element> {
    let mut left = ROOM;
    let failed = of_verdict(result, (Verdict::Fail, "failures", "failed"), &mut left);
    let warned = of_verdict(result, (Verdict::Warn, "warnings", "warned"), &mut left);
    let open = [
        (Verdict::Inconclusive, "unjudged", "could not be judged"),
        (Verdict::Error, "errors", "met an error of Lockproof itself"),
    ];
    let open = open.into_iter().filter_map(|(verdict, id, words)| unjudged(result, verdict, (id, words)));
    failed.into_iter().chain(warned).chain(open).collect()
}

fn of_verdict(
    result: &RunResult,
    (verdict, id, word): (Verdict, &'static str, &str),
    left: &mut usize,
) -> Option<Element> {
    let groups = group::by_check(result, verdict);
    let checks = count(groups.len(), "check", "checks");
    let title = format!("{checks} {word}, in {}", cases(result.summary.count(verdict)));
    let all: Vec<_> = groups.iter().map(|group| finding(group, verdict, left)).collect();
    (!all.is_empty()).then(|| section(id, &title).all(all))
}

fn finding(group: &Group<'_>, verdict: Verdict, left: &mut usize) -> Element {
    let title = group.info.map_or(group.check, |info| info.title.as_str());
    let of = format!("{} of {}", group.others.len() + 1, cases(group.total));
    let line = el("p")
        .class("meta")
        .add(el("span").with("class", format!("tag {verdict}")).text(verdict))
        .add(el("code").text(group.check))
        .add(el("span").text(group.first.severity.as_str()))
        .add(el("span").text(of));
    el("article")
        .with("class", format!("finding {verdict}"))
        .add(el("h3").text(title))
        .add(line)
        .all(group.info.map(reasons))
        .add(example(group.first, left))
        .all(others(group, left))
}

/// Why it matters, and what to change.
fn reasons(info: &CheckInfo) -> Element {
    let sources = info.sources.join("; ");
    let fields = [("Why", &info.why), ("Advice", &info.advice), ("Sources", &sources)];
    el("dl").class("reasons").all(fields.into_iter().flat_map(|(name, text)| field(name, text)))
}

/// The first case, unfolded.
fn example(case: &CaseResult, left: &mut usize) -> Element {
    el("div")
        .class("example")
        .with("id", &case.id)
        .with("tabindex", -1)
        .add(el("p").class("case-id").add(el("code").text(&case.id)))
        .add(evidence(case, left))
}

/// What was sent and what came, where there is room for it.
fn evidence(case: &CaseResult, left: &mut usize) -> Element {
    let whole = exchange::case(case);
    match left.checked_sub(whole.weight()) {
        Some(rest) => {
            *left = rest;
            whole
        }
        None => el("p").class("more").text("its exchange stands in results.json"),
    }
}

/// All other cases of the check, folded.
fn others(group: &Group<'_>, left: &mut usize) -> Option<Element> {
    let number = group.others.len();
    let shown = group.others.iter().take(SHOWN).map(|case| other(case, left));
    let list = el("div").class("others").all(shown);
    let more = number.checked_sub(SHOWN).filter(|&more| more > 0).map(|more| {
        el("p")
            .class("more")
            .text(format!("and {}, in the list of checks", count(more, "more case", "more cases")))
    });
    (number > 0).then(|| {
        el("details")
            .class("also")
            .add(el("summary").text(format!("Also in {}", count(number, "other case", "other cases"))))
            .add(list.all(more))
    })
}

fn other(case: &CaseResult, left: &mut usize) -> Element {
    el("details")
        .class("other")
        .with("id", &case.id)
        .add(el("summary").add(el("code").text(&case.id)))
        .add(evidence(case, left))
}

/// What could not be judged, by reason.
fn unjudged(result: &RunResult, verdict: Verdict, (id, words): (&'static str, &str)) -> Option<Element> {
    let groups = group::by_reason(result, verdict);
    let title = format!("{} {words}", cases(result.summary.count(verdict)));
    let reasons = groups.iter().take(REASONS).map(|(reason, found)| {
        let names = found.iter().take(3).map(|case| el("li").add(el("code").text(&case.id)));
        let more = found.len().checked_sub(3).filter(|&more| more > 0);
        let more = more.map(|more| el("li").text(format!("and {more} more")));
        el("article")
            .with("class", format!("finding {verdict}"))
            .add(el("h3").text(format!("{}: {reason}", cases(found.len()))))
            .add(el("ul").class("names").all(names).all(more))
    });
    (!groups.is_empty()).then(|| section(id, &title).all(reasons))
}
