//! Every check with what its cases came to, by family; and what was skipped, and why.

use indexmap::IndexMap;

use super::data::{Entry, index};
use super::element::{Element, el};
use super::summary::bar;
use super::{field, section};
use crate::outcome::{RunResult, Summary, Verdict};
use crate::report::words::{cases, count};
use crate::report::{families, group};

/// How many reasons are given.
const REASONS: usize = 100;

/// The gravest first.
const BY_GRAVITY: [Verdict; 6] =
    [Verdict::Fail, Verdict::Error, Verdict::Inconclusive, Verdict::Warn, Verdict::Pass, Verdict::Skip];

/// The sections.
pub(super) fn checks(result: &RunResult) -> Vec<Element> {
    let (families, index) = (families::of(result), index(result));
    let lists = families.keys().map(|family| list(&index, family));
    let number = count(result.checks.len(), "check", "checks");
    let title = format!("{number} of {}", count(families.len(), "family", "families"));
    let checks = section("checks", &title)
        .add(coverage(result))
        .add(filter(result))
        .add(el("noscript").add(
            el("p").class("intro").text("The single cases are listed by a script, which is not run here."),
        ))
        .all(lists);
    std::iter::once(checks).chain(skipped(result)).collect()
}

/// How much was tested, by family.
fn coverage(result: &RunResult) -> Element {
    let columns = ["Family", "Checks", "Cases", "", "Pass", "Fail", "Warn", "Skip", "?"];
    let head = columns.into_iter().map(|name| match name {
        "" => el("td"),
        name => el("th").with("scope", "col").text(name),
    });
    let rows =
        families::of(result).into_iter().map(|(name, family)| {
            let sum = family.summary;
            let left = [family.checks.len(), sum.total()];
            let right = [sum.pass, sum.fail, sum.warn, sum.skip, sum.inconclusive + sum.error];
            el("tr")
                .add(el("th").with("scope", "row").text(name))
                .all(left.map(|number| el("td").text(number)))
                .add(el("td").class("share").add(bar(sum)))
                .all(right.map(|number| {
                    el("td").with("class", if number == 0 { "none" } else { "some" }).text(number)
                }))
        });
    let table = el("table")
        .class("coverage")
        .add(el("caption").class("hidden").text("What came of each family"))
        .add(el("thead").add(el("tr").all(head)))
        .add(el("tbody").all(rows));
    el("div")
        .class("scroll")
        .with("tabindex", 0)
        .with("role", "group")
        .with("aria-label", "Coverage")
        .add(table)
}

/// What finds cases; the script shows it.
fn filter(result: &RunResult) -> Element {
    let verdicts =
        Verdict::ALL.into_iter().filter(|verdict| result.summary.count(*verdict) > 0).map(|verdict| {
            el("button")
                .with("type", "button")
                .with("aria-pressed", "false")
                .with("data-verdict", verdict)
                .text(verdict)
                .add(el("span").class("number").text(result.summary.count(verdict)))
        });
    let families = families::of(result).into_keys().map(|name| el("option").with("value", name).text(name));
    let search = el("input")
        .with("type", "search")
        .with("id", "search")
        .with("placeholder", "Search cases")
        .with("aria-label", "Search cases")
        .with("autocomplete", "off");
    let select = el("select")
        .with("id", "family")
        .with("aria-label", "Family")
        .add(el("option").with("value", "").text("All families"))
        .all(families);
    el("search")
        .with("id", "filter")
        .with("hidden", "hidden")
        .add(search)
        .add(el("div").class("verdicts").with("role", "group").with("aria-label", "Verdicts").all(verdicts))
        .add(select)
        .add(el("button").with("type", "button").with("id", "clear").text("Clear"))
        .add(el("output").with("id", "found"))
}

/// The checks of one family.
fn list(checks: &IndexMap<&str, Entry<'_>>, family: &str) -> Element {
    let own = checks.iter().enumerate().filter(|(_, (_, entry))| entry.family == family);
    let shown = own.map(|(at, (id, entry))| check(at, id, entry));
    el("div").class("family").with("data-family", family).add(el("h3").text(family)).all(shown)
}

fn check(at: usize, id: &str, entry: &Entry<'_>) -> Element {
    let worst = worst(entry.summary);
    let title = entry.info.map_or(id, |info| info.title.as_str());
    let summary = el("summary")
        .add(el("span").with("class", format!("tag {worst}")).text(worst))
        .add(el("span").class("title").text(title))
        .add(el("code").text(id))
        .add(el("span").class("count").text(cases(entry.summary.total())));
    let about = entry.info.map(|info| {
        let sources = info.sources.join("; ");
        let fields = [("Why", &info.why), ("Advice", &info.advice), ("Sources", &sources)];
        el("dl").class("reasons").all(fields.into_iter().flat_map(|(name, text)| field(name, text)))
    });
    el("details").class("check").with("data-check", at).add(summary).all(about).add(el("div").class("cases"))
}

fn worst(summary: Summary) -> Verdict {
    BY_GRAVITY.into_iter().find(|verdict| summary.count(*verdict) > 0).unwrap_or(Verdict::Skip)
}

/// What does not apply, by reason: what is missing, or what to say so that it does.
fn skipped(result: &RunResult) -> Option<Element> {
    let groups = group::by_reason(result, Verdict::Skip);
    let title = format!("{} skipped", cases(result.summary.skip));
    let rows = groups
        .iter()
        .take(REASONS)
        .map(|(reason, skipped)| el("tr").add(el("td").text(skipped.len())).add(el("td").text(reason)));
    let head =
        ["Cases", "Why, and what would change it"].map(|name| el("th").with("scope", "col").text(name));
    let table = el("table")
        .class("skips")
        .add(el("caption").class("hidden").text("Why cases were skipped"))
        .add(el("thead").add(el("tr").all(head)))
        .add(el("tbody").all(rows));
    (!groups.is_empty()).then(|| section("skipped", &title).add(table))
}
