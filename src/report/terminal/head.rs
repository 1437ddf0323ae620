//! What was tested, where, and what a reader must know first.

use crate::outcome::{Control, ControlKind, RunResult};
use crate::report::evidence::{self, Limits};
use crate::report::page::{Ink, Page};
use crate::report::words::count;

/// How much is shown of the exchange of a control.
const LIMITS: Limits = Limits { headers: 8, lines: 6, width: 2_000 };

/// The API, the contract, the targets, and every notice as a banner.
pub(super) fn head(result: &RunResult, page: &mut Page) {
    let tool = format!("{} {}", result.tool.name, result.tool.version);
    page.line(0, &[(Ink::Faint, &tool), (Ink::Plain, "  "), (Ink::Strong, &result.contract.api)]);
    page.field("contract", (Ink::Plain, &result.contract.file));
    for target in &result.target {
        page.field("target", (Ink::Plain, &format!("{}  {}", target.environment, target.url)));
    }
    page.field("seed", (Ink::Plain, &result.seed.to_string()));
    page.field("started", (Ink::Plain, &result.started));
    if !result.notices.is_empty() {
        page.gap();
    }
    for notice in &result.notices {
        page.paragraph(0, 3, (Ink::Bad, &format!("!! {notice}")));
    }
}

/// The controls that did not hold: without them nothing can be said of the target.
pub(super) fn controls(result: &RunResult, page: &mut Page) {
    let broken: Vec<_> = result.controls.iter().filter(|control| !control.held).collect();
    if broken.is_empty() {
        return;
    }
    page.heading(&format!(
        "{} did not hold: the target cannot be judged",
        count(broken.len(), "control", "controls")
    ));
    for control in broken {
        one_control(control, page);
    }
}

fn one_control(control: &Control, page: &mut Page) {
    let must = match control.kind {
        ControlKind::Positive => "an accepted key must be accepted",
        ControlKind::Negative => "a request without a key must be refused",
    };
    page.gap();
    page.paragraph(0, 5, (Ink::Bad, &format!("??   {must}")));
    page.field(
        "where",
        (Ink::Plain, &format!("{} in {}, {} the run", control.operation, control.environment, control.when)),
    );
    page.field("actual", (Ink::Plain, control.actual.as_str()));
    for (label, lines) in control.exchange.iter().flat_map(|exchange| evidence::of(exchange, LIMITS)) {
        page.evidence(&label, &lines);
    }
    page.field("advice", (Ink::Plain, &control.advice));
}
