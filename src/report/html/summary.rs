//! The head of the page: the verdict, what it stands on, what a reader must know first; and the last line.

use super::element::{Element, el};
use super::{exchange, field, section};
use crate::outcome::{Control, ControlKind, ExitCode, RunResult, RunVerdict, Summary, Verdict};
use crate::report::words::{count, counts, duration};

/// How many controls are shown.
const CONTROLS: usize = 10;

/// How wide a bar is, in units of its own.
const BAR: usize = 1_000;

/// The verdict, and what was tested.
pub(super) fn head(result: &RunResult) -> Element {
    let tone = match result.verdict {
        RunVerdict::Conformant if result.exit_code == 0 => "good",
        RunVerdict::Conformant | RunVerdict::NonConformant => "bad",
        RunVerdict::Inconclusive | RunVerdict::Aborted => "doubt",
    };
    let meaning = ExitCode::from_code(result.exit_code).map_or("unknown", ExitCode::meaning);
    let came_to = format!("{} in {}", counts(result), duration(result.duration_ms));
    let verdict = el("div")
        .with("class", format!("verdict {tone}"))
        .add(el("p").class("word").text(result.verdict))
        .add(el("p").text(came_to))
        .add(el("p").class("quiet").text(format!("exit {}: {meaning}", result.exit_code)));
    let made = format!("{} {}", result.tool.name, result.tool.version);
    el("header")
        .add(el("p").class("product").text(made))
        .add(el("h1").text(&result.contract.api))
        .add(verdict)
        .add(bar(result.summary))
        .add(key(result.summary))
        .all(result.notices.iter().map(|notice| el("p").class("notice").text(notice)))
        .add(facts(result))
        .add(contents(result))
}

/// How many cases came to each verdict, as parts of a bar.
pub(super) fn bar(summary: Summary) -> Element {
    let total = summary.total().max(1);
    let mut from = 0;
    let mut so_far = 0;
    let parts = Verdict::ALL.into_iter().filter(|verdict| summary.count(*verdict) > 0).map(|verdict| {
        so_far += summary.count(verdict);
        // What is there at all can be seen.
        let to = (so_far * BAR / total).max(from + 4);
        let part =
            el("rect").class(verdict.as_str()).with("x", from).with("width", to - from).with("height", 10);
        from = to;
        part
    });
    let parts: Vec<_> = parts.collect();
    el("svg")
        .class("bar")
        .with("viewBox", format!("0 0 {} 10", BAR.max(from)))
        .with("preserveAspectRatio", "none")
        .with("aria-hidden", "true")
        .all(parts)
}

/// What the parts of the bar are.
fn key(summary: Summary) -> Element {
    let entries = Verdict::ALL.into_iter().filter(|verdict| summary.count(*verdict) > 0).map(|verdict| {
        let swatch = el("span").with("class", format!("swatch {verdict}")).with("aria-hidden", "true");
        el("li").add(swatch).add(el("b").text(summary.count(verdict))).text(format!(" {verdict}"))
    });
    el("ul").class("key").all(entries)
}

fn facts(result: &RunResult) -> Element {
    let targets = result.target.iter().flat_map(|target| {
        [el("dt").text(format!("Target, {}", target.environment)), el("dd").add(el("code").text(&target.url))]
    });
    el("dl")
        .class("facts")
        .add(el("dt").text("Contract"))
        .add(el("dd").add(el("code").text(&result.contract.file)))
        .all(targets)
        .all(field("Started", &result.started))
        .all(field("Seed", &result.seed.to_string()))
}

/// The sections that there are.
fn contents(result: &RunResult) -> Element {
    let sum = result.summary;
    let broken = result.controls.iter().filter(|control| !control.held).count();
    let links = [
        ("controls", "Controls", broken),
        ("failures", "Failed", sum.fail),
        ("warnings", "Warned", sum.warn),
        ("unjudged", "Not judged", sum.inconclusive),
        ("errors", "Errors", sum.error),
        ("skipped", "Skipped", sum.skip),
    ];
    let links = links.into_iter().filter(|(_, _, number)| *number > 0).map(|(id, name, number)| {
        el("a").with("href", format!("#{id}")).text(name).add(el("span").class("number").text(number))
    });
    let asked = result.cases.iter().any(|case| case.expects.is_some());
    let map = asked.then(|| el("a").with("href", "#permissions").text("Permissions"));
    let checks = el("a").with("href", "#checks").text("Checks");
    el("nav").with("aria-label", "Sections").all(map).add(checks).all(links)
}

/// The controls that did not hold: without them nothing can be said of the target.
pub(super) fn controls(result: &RunResult) -> Option<Element> {
    let broken: Vec<_> = result.controls.iter().filter(|control| !control.held).collect();
    let number = count(broken.len(), "control", "controls");
    let title = format!("{number} did not hold: the target cannot be judged");
    let shown = broken.iter().take(CONTROLS).map(|control| one_control(control));
    (!broken.is_empty()).then(|| section("controls", &title).all(shown))
}

fn one_control(control: &Control) -> Element {
    let must = match control.kind {
        ControlKind::Positive => "an accepted key must be accepted",
        ControlKind::Negative => "a request without a key must be refused",
    };
    let place = format!("{} in {}, {} the run", control.operation, control.environment, control.when);
    let evidence = control.exchange.iter().map(|one| exchange::sides(one, (must, control.actual.as_str())));
    el("article")
        .class("finding inconclusive")
        .add(el("h3").text(must))
        .add(el("p").class("meta").add(el("span").text(place)))
        .add(
            el("dl")
                .class("reasons")
                .all(field("Actual", control.actual.as_str()))
                .all(field("Advice", &control.advice)),
        )
        .all(evidence)
}

/// The last line.
pub(super) fn foot(result: &RunResult) -> Element {
    let again = format!("lockproof run --seed {}", result.seed);
    let order = el("p").text("The same order of the same cases: ").add(el("code").text(again));
    // What was only looked at, and asked nothing, has no order.
    let order = Some(order).filter(|_| !result.target.is_empty());
    el("footer")
        .all(order)
        .add(el("p").text("What a check asks, and why: ").add(el("code").text("lockproof explain ID")))
}
