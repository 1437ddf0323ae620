//! The permission matrix as a map: what each key may do, as the target showed it, every cell a way to its case.

use super::element::{Element, el};
use super::{anchor, section};
use crate::outcome::{Expects, RunResult};
use crate::report::permissions::{self, Cell, Cells, Shown};
use crate::report::words::shorten;

/// A table for each environment in which anything was asked.
pub(super) fn permissions(result: &RunResult) -> Option<Element> {
    let tables = permissions::of(result);
    let parts = tables.iter().map(|(environment, cells)| table(result, environment, cells));
    let intro = el("p")
        .class("intro")
        .text("What each key may do, as the target showed it. Each cell leads to its case.");
    (!tables.is_empty()).then(|| {
        section("permissions", "Permissions").add(intro).add(legend()).add(el("div").class("maps").all(parts))
    })
}

fn legend() -> Element {
    let entries = [
        ("accepted", "●", "accepted, as it should be"),
        ("refused", "○", "refused, as it should be"),
        ("wrong", "✕", "wrong"),
        ("unknown", "?", "could not be found out"),
        ("unasked", "", "not asked"),
    ];
    let items = entries.into_iter().map(|(class, glyph, words)| {
        let swatch =
            el("span").with("class", format!("swatch {class}")).with("aria-hidden", "true").text(glyph);
        el("li").add(swatch).text(words)
    });
    el("ul").class("legend").all(items)
}

fn table(result: &RunResult, environment: &str, cells: &Cells<'_>) -> Element {
    let operations = &result.contract.operations;
    let rows = result.contract.credentials.iter().map(|credential| {
        let entries = operations.iter().map(|operation| {
            entry((credential, operation), cells.get(&(credential.as_str(), operation.as_str())))
        });
        el("tr").add(el("th").with("scope", "row").text(credential)).all(entries)
    });
    let table = el("table")
        .class("map")
        .add(el("caption").text(environment))
        .add(el("thead").add(services(operations)).add(names(operations)))
        .add(el("tbody").all(rows));
    let label = format!("Permissions in {environment}");
    el("div").class("scroll").with("tabindex", 0).with("role", "group").with("aria-label", label).add(table)
}

/// The services above their operations.
fn services(operations: &[String]) -> Element {
    let mut spans: Vec<(&str, usize)> = Vec::new();
    for operation in operations {
        let service = parts(operation).0;
        match spans.last_mut() {
            Some((last, span)) if *last == service => *span += 1,
            _ => spans.push((service, 1)),
        }
    }
    let heads = spans.into_iter().map(|(service, span)| {
        el("th").with("scope", "colgroup").with("colspan", span).class("service").text(service)
    });
    el("tr").add(el("td")).all(heads)
}

fn names(operations: &[String]) -> Element {
    let heads = operations.iter().map(|operation| {
        el("th").with("scope", "col").class("operation").add(el("span").text(parts(operation).1))
    });
    el("tr").add(el("td")).all(heads)
}

/// A service and its operation.
fn parts(operation: &str) -> (&str, &str) {
    operation.split_once('.').unwrap_or(("", operation))
}

fn entry((credential, operation): (&str, &str), cell: Option<&Cell<'_>>) -> Element {
    let Some(Cell { shown, case }) = cell else {
        let label = format!("{credential} on {operation}: not asked");
        return el("td")
            .class("unasked")
            .with("title", &label)
            .add(el("span").class("hidden").text("not asked"));
    };
    let (class, glyph) = match shown {
        Shown::Accepted => ("accepted", "●"),
        Shown::Refused => ("refused", "○"),
        Shown::Unknown => ("unknown", "?"),
        Shown::Wrong => ("wrong", "✕"),
    };
    let must = match case.expects {
        Some(Expects::Acceptance) => "must be accepted",
        Some(Expects::Refusal) => "must be refused",
        None => "",
    };
    let saw = match shown {
        Shown::Accepted | Shown::Refused => "and is".to_owned(),
        Shown::Unknown | Shown::Wrong => format!("but: {}", shorten(case.actual.as_str(), 300)),
    };
    let label = format!("{credential} on {operation} {must}, {saw}");
    let link =
        el("a").with("href", anchor(&case.id)).with("aria-label", &label).with("title", &label).text(glyph);
    el("td").class(class).add(link)
}
