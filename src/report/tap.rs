//! TAP 14 (Test Anything Protocol): every case a test point, with what is to be known of it as a YAML block.
//!
//! As in the JUnit report the run and its controls are test points too, so that nothing that is not conformant looks
//! green. Every text is a JSON string, which YAML reads as it stands.

use super::evidence::{self, Limits};
use super::{FormatEntry, ReportError, Style, Usual, escape_terminal};
use crate::outcome::{
    CaseResult, CheckInfo, Control, ControlKind, Exchange, ExitCode, RunResult, RunVerdict, Verdict,
};

/// This format.
pub(super) const FORMAT: FormatEntry =
    FormatEntry { name: "tap", file_name: "results.tap", usual: Usual::OnRequest, render, load: None };

/// How much is shown of an exchange.
const LIMITS: Limits = Limits { headers: 50, lines: 50, width: 1_000 };

#[expect(clippy::unnecessary_wraps, reason = "every format has the same signature")]
fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let mut tap = Tap(String::new(), 0);
    let points = 1 + result.controls.len() + result.cases.len();
    tap.line(&format!("TAP version 14\n1..{points}"));
    run(result, &mut tap);
    result.controls.iter().for_each(|one| control(one, &mut tap));
    for one in &result.cases {
        case(result.checks.iter().find(|check| check.id == one.check), one, &mut tap);
    }
    Ok(tap.0.into_bytes())
}

/// How a test point went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point<'a> {
    Ok,
    NotOk,
    Skipped(&'a str),
}

/// The text, and the number of the last test point.
struct Tap(String, usize);

impl Tap {
    fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    fn point(&mut self, point: Point<'_>, name: &str) {
        self.1 += 1;
        let ok = if point == Point::NotOk { "not ok" } else { "ok" };
        let directive = match point {
            Point::Skipped(why) => format!(" # SKIP {}", description(why)),
            Point::Ok | Point::NotOk => String::new(),
        };
        self.line(&format!("{ok} {} - {}{directive}", self.1, description(name)));
    }

    /// A block of fields; one without a value is left out.
    fn diagnostics(&mut self, fields: Vec<(String, Vec<String>)>) {
        self.line("  ---");
        for (name, values) in fields {
            match values.as_slice() {
                [] => {}
                [value] => self.line(&format!("  {name}: {}", quoted(value))),
                values => {
                    self.line(&format!("  {name}:"));
                    for value in values {
                        self.line(&format!("    - {}", quoted(value)));
                    }
                }
            }
        }
        self.line("  ...");
    }
}

/// Text behind the number of a test point: `#` would begin a directive there.
fn description(text: &str) -> String {
    let text = escape_terminal(text).replace('\\', "\\\\").replace('#', "\\#");
    text.trim().to_owned()
}

/// Text as a string of JSON, and of YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(escape_terminal(text)).to_string()
}

/// A field with one value, unless that is empty.
fn field(name: &str, value: &str) -> (String, Vec<String>) {
    (name.to_owned(), Some(value.to_owned()).filter(|value| !value.is_empty()).into_iter().collect())
}

/// The run itself: not ok wherever it is not conformant.
fn run(result: &RunResult, tap: &mut Tap) {
    let sound = result.verdict == RunVerdict::Conformant && result.exit_code == 0;
    tap.point(if sound { Point::Ok } else { Point::NotOk }, "verdict");
    let meaning = ExitCode::from_code(result.exit_code).map_or("unknown", ExitCode::meaning);
    let notices = result.notices.iter().map(ToString::to_string).collect();
    let targets =
        result.target.iter().map(|target| format!("{} {}", target.environment, target.url)).collect();
    tap.diagnostics(vec![
        field("verdict", result.verdict.as_str()),
        field("exit", &format!("{}: {meaning}", result.exit_code)),
        field("api", &result.contract.api),
        field("contract", &result.contract.file),
        ("targets".to_owned(), targets),
        field("seed", &result.seed.to_string()),
        ("notices".to_owned(), notices),
    ]);
}

fn control(control: &Control, tap: &mut Tap) {
    let kind = match control.kind {
        ControlKind::Positive => "positive",
        ControlKind::Negative => "negative",
    };
    let name = format!("control/{kind}/{}/{}/{}", control.environment, control.operation, control.when);
    if control.held {
        return tap.point(Point::Ok, &name);
    }
    tap.point(Point::NotOk, &name);
    let mut fields = vec![field("actual", control.actual.as_str()), field("advice", &control.advice)];
    fields.extend(parts(control.exchange.as_ref()));
    tap.diagnostics(fields);
}

fn case(check: Option<&CheckInfo>, case: &CaseResult, tap: &mut Tap) {
    let point = match case.verdict {
        Verdict::Pass | Verdict::Warn => Point::Ok,
        Verdict::Fail | Verdict::Inconclusive | Verdict::Error => Point::NotOk,
        Verdict::Skip => Point::Skipped(case.actual.as_str()),
    };
    tap.point(point, &case.id);
    if matches!(case.verdict, Verdict::Pass | Verdict::Skip) {
        return;
    }
    let reproduce = case.reproduce.iter().flat_map(|command| command.as_str().split('\n'));
    let mut fields = vec![
        field("verdict", case.verdict.as_str()),
        field("severity", case.severity.as_str()),
        field("requirement", case.requirement.as_str()),
        field("expected", case.expected.as_str()),
        field("actual", case.actual.as_str()),
        ("reproduce".to_owned(), reproduce.map(str::to_owned).collect()),
    ];
    fields.extend(check.iter().flat_map(|check| [field("why", &check.why), field("advice", &check.advice)]));
    fields.extend(parts(case.exchange.as_ref()));
    tap.diagnostics(fields);
}

/// What was sent and received; the word that names a part is its first.
fn parts(exchange: Option<&Exchange>) -> Vec<(String, Vec<String>)> {
    let parts = exchange.into_iter().flat_map(|exchange| evidence::of(exchange, LIMITS));
    parts.map(|(label, lines)| (label.split(' ').next().unwrap_or_default().to_owned(), lines)).collect()
}
