//! Annotations of a GitHub workflow: one for each check that went wrong, and a line that sums up.
//!
//! A step shows ten annotations of a kind and no more, so no more are written, the line that sums up among them: what failed
//! first, then what warned, then what could not be judged. The file is meant for standard output of a step. Every line is a
//! command of ours, and whatever could end one or begin another is escaped.

use super::group::{self, Group};
use super::words::{cases, count, counts, duration, shorten};
use super::{FormatEntry, ReportError, Style, Usual, escape_terminal};
use crate::outcome::{CaseResult, RunResult, RunVerdict, Verdict};

/// This format.
pub(super) const FORMAT: FormatEntry =
    FormatEntry { name: "github", file_name: "annotations.txt", usual: Usual::OnRequest, render, load: None };

/// The most annotations beside the line that sums up, which is an error where they are.
const MOST: usize = 9;

/// The most characters of one text in an annotation.
const LONGEST: usize = 600;

#[expect(clippy::unnecessary_wraps, reason = "every format has the same signature")]
fn render(result: &RunResult, _style: Style) -> Result<Vec<u8>, ReportError> {
    let all = annotations(result);
    let mut lines: Vec<_> = all.iter().take(MOST).map(|one| one.line(&result.contract.file)).collect();
    lines.push(summary(result, all.len().saturating_sub(MOST)).line(&result.contract.file));
    Ok((lines.join("\n") + "\n").into_bytes())
}

/// One annotation: its command, its title, and the lines of its message.
struct Annotation {
    command: &'static str,
    title: String,
    message: Vec<String>,
}

impl Annotation {
    /// The command, at the first line of the contract: what fails is the API that it describes.
    fn line(&self, file: &str) -> String {
        let message: Vec<_> = self.message.iter().map(|line| data(line)).collect();
        let (file, title) = (property(file), property(&self.title));
        format!("::{} file={file},line=1,title={title}::{}", self.command, message.join("%0A"))
    }
}

/// What went wrong, the gravest first.
fn annotations(result: &RunResult) -> Vec<Annotation> {
    let of = |(verdict, command)| {
        group::by_check(result, verdict).into_iter().map(move |group| finding(command, &group))
    };
    let findings = [(Verdict::Fail, "error"), (Verdict::Warn, "warning")].into_iter().flat_map(of);
    let open = [(Verdict::Error, "error"), (Verdict::Inconclusive, "warning")];
    let open = open.into_iter().flat_map(|(verdict, command)| {
        let reasons = group::by_reason(result, verdict).into_iter();
        reasons.map(move |(reason, found)| unjudged((command, verdict), reason, &found))
    });
    findings.chain(open).collect()
}

fn finding(command: &'static str, group: &Group<'_>) -> Annotation {
    let title = group.info.map_or(group.check, |info| info.title.as_str());
    let found = format!("{} of {}", group.others.len() + 1, cases(group.total));
    let CaseResult { id, expected, actual, .. } = group.first;
    let mut message = vec![
        format!("{} ({}), {found}", group.check, group.first.severity.as_str()),
        format!("expected: {}", shorten(expected.as_str(), LONGEST)),
        format!("actual: {}", shorten(actual.as_str(), LONGEST)),
        format!("case: {id}"),
    ];
    message.extend(group.info.map(|info| format!("advice: {}", shorten(&info.advice, LONGEST))));
    Annotation { command, title: shorten(title, LONGEST), message }
}

fn unjudged((command, verdict): (&'static str, Verdict), reason: &str, found: &[&CaseResult]) -> Annotation {
    let example = found.iter().map(|case| format!("case: {}", case.id)).take(1);
    Annotation {
        command,
        title: format!("{} {verdict}", cases(found.len())),
        message: std::iter::once(shorten(reason, LONGEST)).chain(example).collect(),
    }
}

/// The line that sums up, and that is red wherever the run is not conformant.
fn summary(result: &RunResult, left_out: usize) -> Annotation {
    let command = match result.verdict {
        RunVerdict::Conformant if result.exit_code == 0 => "notice",
        RunVerdict::Conformant
        | RunVerdict::NonConformant
        | RunVerdict::Inconclusive
        | RunVerdict::Aborted => "error",
    };
    let mut message = vec![format!("{} in {}", counts(result), duration(result.duration_ms))];
    if left_out > 0 {
        let more = count(left_out, "more finding is", "more findings are");
        message.push(format!("{more} not annotated here; the other reports have them"));
    }
    let title = format!("Lockproof: {} is {}", shorten(&result.contract.api, LONGEST), result.verdict);
    Annotation { command, title, message }
}

/// Text as the message of a command.
fn data(text: &str) -> String {
    escape_terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text as a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_a_property_or_a_line() {
        assert_eq!(property("a:b,c%d\r\ne"), "a%3Ab%2Cc%25d\\r\\ne");
        assert_eq!(data("100 %: a, b"), "100 %25: a, b");
    }
}
