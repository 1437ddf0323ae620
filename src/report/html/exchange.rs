//! A case with its evidence: what was sent, what had to come, what came.

use super::element::{Element, el};
use super::field;
use crate::outcome::{CaseResult, Exchange};
use crate::report::evidence::{self, Limits};

/// How much is shown of an exchange.
const LIMITS: Limits = Limits { headers: 40, lines: 40, width: 600 };

/// The most bytes of a command that sends a request again.
const LONGEST_COMMAND: usize = 8 * 1024;

/// What was required, and beneath it the exchange, side by side.
pub(super) fn case(case: &CaseResult) -> Element {
    let sides = match &case.exchange {
        Some(exchange) => sides(exchange, (case.expected.as_str(), case.actual.as_str())),
        None => el("dl").class("judgement").all(judgement((case.expected.as_str(), case.actual.as_str()))),
    };
    el("div").class("evidence").add(sides).all(again(case))
}

/// What was expected, and what came.
fn judgement((expected, actual): (&str, &str)) -> Vec<Element> {
    let fields = [("Expected", expected), ("Actual", actual)];
    fields
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .flat_map(|(name, text)| field(name, text))
        .collect()
}

/// Sent, expected and got, side by side.
pub(super) fn sides(exchange: &Exchange, words: (&str, &str)) -> Element {
    let mut parts = evidence::of(exchange, LIMITS).into_iter();
    let sent = parts.next().into_iter().flat_map(|(_, lines)| [heading("Sent"), block(&lines)]);
    let got = parts.flat_map(|(label, lines)| [heading(&capital(&label)), block(&lines)]);
    el("div")
        .class("sides")
        .add(el("div").class("side").all(sent))
        .add(el("div").class("side words").add(el("dl").all(judgement(words))))
        .add(el("div").class("side").all(got))
}

/// A label with a capital letter.
fn capital(label: &str) -> String {
    let mut chars = label.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn heading(text: &str) -> Element {
    el("p").class("label").text(text)
}

/// Lines that are read as they stand; they can be scrolled by keyboard too.
fn block(lines: &[String]) -> Element {
    el("pre").with("tabindex", 0).lines(lines.iter().map(String::as_str))
}

/// The command that sends the same again.
fn again(case: &CaseResult) -> Option<Element> {
    let command = case.reproduce.as_ref()?.as_str();
    let text = if command.len() > LONGEST_COMMAND {
        format!("# the command has {} bytes; results.json has it", command.len())
    } else {
        command.to_owned()
    };
    let block = el("pre").with("tabindex", 0).lines(text.split('\n'));
    Some(el("details").class("again").add(el("summary").text("Send it again")).add(block))
}
