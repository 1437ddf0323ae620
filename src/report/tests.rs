use proptest::prelude::*;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus};

use super::sample::{cell, clean, empty, evil, mixed, run_of, warned};
use super::*;
use crate::outcome::{Expects, RunVerdict, Verdict};

pub(super) const WIDE: Style = Style { width: 120, colour: Colour::Off };
const NARROW: Style = Style { width: 60, colour: Colour::Off };

/// Text that attacks terminals, build servers and XML parsers at once.
pub(super) const HOSTILE: &str = "::error file=x::y\n::set-env name=A::B\r##[command]rm ##vso[x]\u{1b}[2J\u{1b}]52;c;aGk=\u{7}\
    \u{202e}evil\u{200b} ]]> <script>&amp;</failure> \u{0}\u{ffff} | -- {} \"'`";

pub(super) fn render(format: Format, result: &RunResult, style: Style) -> String {
    String::from_utf8(format.render(result, style).expect("the result fits the format"))
        .expect("a report is text")
}

fn junit(result: &RunResult) -> Report {
    Report::deserialize_from_str(&render(Format::Junit, result, WIDE)).expect("the file is JUnit")
}

fn test_cases(report: &Report) -> impl Iterator<Item = &TestCase> {
    report.test_suites.iter().flat_map(|suite| &suite.test_cases)
}

fn is_red(case: &TestCase) -> bool {
    matches!(case.status, TestCaseStatus::NonSuccess { .. })
}

fn without_colour(page: &str) -> String {
    let codes = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("the pattern is sound");
    codes.replace_all(page, "").into_owned()
}

#[test]
fn every_format_is_found_by_its_name_and_writes_a_file_of_its_own() {
    let mut files = std::collections::BTreeSet::new();
    for format in Format::ALL.iter().copied() {
        assert_eq!(Format::parse(format.name()), Ok(format));
        assert!(files.insert(format.file_name()));
    }
    assert_eq!(files.len(), Format::ALL.len());
    let usual = Format::ALL.iter().filter(|format| format.is_usual()).map(|format| format.file_name());
    assert_eq!(usual.collect::<Vec<_>>(), ["report.html", "results.json", "junit.xml"]);
}

#[test]
fn an_unknown_format_is_answered_with_the_nearest_or_with_all() {
    let error = |name| Format::parse(name).map_err(|error| error.to_string());
    let near = "no report format is called `Jnuit`; did you mean `junit`?";
    assert_eq!(error("Jnuit"), Err(near.to_owned()));
    let names: Vec<_> = Format::ALL.iter().map(|format| format.name()).collect();
    let far = format!("no report format is called `postscript`; there are {}", names.join(", "));
    assert_eq!(error("postscript"), Err(far));
}

#[test]
fn a_clean_run_on_a_wide_terminal() {
    insta::assert_snapshot!(render(Format::Terminal, &clean(), WIDE));
}

#[test]
fn a_clean_run_on_a_narrow_terminal() {
    insta::assert_snapshot!(render(Format::Terminal, &clean(), NARROW));
}

#[test]
fn every_verdict_on_a_wide_terminal() {
    insta::assert_snapshot!(render(Format::Terminal, &mixed(), WIDE));
}

#[test]
fn every_verdict_on_a_narrow_terminal() {
    insta::assert_snapshot!(render(Format::Terminal, &mixed(), NARROW));
}

#[test]
fn every_verdict_in_colour() {
    let style = Style { colour: Colour::On, ..WIDE };
    insta::assert_snapshot!(render(Format::Terminal, &mixed(), style).replace('\u{1b}', "<ESC>"));
}

#[test]
fn hostile_text_on_a_terminal() {
    insta::assert_snapshot!(render(Format::Terminal, &evil(HOSTILE), WIDE));
}

#[test]
fn every_verdict_in_junit() {
    insta::assert_snapshot!(render(Format::Junit, &mixed(), WIDE));
}

#[test]
fn hostile_text_in_junit() {
    insta::assert_snapshot!(render(Format::Junit, &evil(HOSTILE), WIDE));
}

#[test]
fn a_case_and_a_control_in_json() {
    let mut result = mixed();
    result.cases.retain(|case| case.id == "key-missing/sandbox/records.create/none");
    insta::assert_snapshot!(render(Format::Json, &result, WIDE));
}

#[test]
fn colour_changes_nothing_but_colour() {
    let style = Style { colour: Colour::On, ..WIDE };
    let coloured = render(Format::Terminal, &mixed(), style);
    assert_eq!(without_colour(&coloured), render(Format::Terminal, &mixed(), WIDE));
}

#[test]
fn json_reads_back_as_the_same_result_and_ends_with_a_line_break() {
    let text = render(Format::Json, &mixed(), WIDE);
    let read: RunResult = serde_json::from_str(&text).expect("the file is a result");
    assert!(text.ends_with("}\n"));
    assert_eq!(render(Format::Json, &read, WIDE), text);
}

#[test]
fn json_fits_its_published_schema() {
    let validator = jsonschema::validator_for(&schema()).expect("the schema is sound");
    for result in [clean(), mixed(), evil(HOSTILE)] {
        let value = serde_json::from_str(&render(Format::Json, &result, WIDE)).expect("the file is JSON");
        assert_eq!(validator.iter_errors(&value).map(|error| error.to_string()).collect::<Vec<_>>(), [""; 0]);
    }
}

#[test]
fn a_clean_run_of_a_large_contract_is_short() {
    let mut result = clean();
    result.contract.credentials = (0..14).map(|n| format!("credential-{n}")).collect();
    result.contract.operations = (0..12).map(|n| format!("service.operation-{n}")).collect();
    for environment in ["sandbox", "production"] {
        for (credential, operation) in result.contract.credentials.iter().zip(&result.contract.operations) {
            let place = format!("{environment}/{operation}/{credential}");
            result.cases.push(cell(&place, Expects::Acceptance, Verdict::Pass));
        }
    }
    for style in [WIDE, NARROW] {
        let lines = render(Format::Terminal, &result, style).lines().count();
        assert!(lines <= 120, "{lines} lines");
    }
}

#[test]
fn the_last_line_of_a_terminal_report_is_the_verdict() {
    let last =
        |result: &RunResult| render(Format::Terminal, result, NARROW).lines().last().map(str::to_owned);
    assert_eq!(last(&clean()).as_deref(), Some("conformant: 33 pass, 0 fail, 0 warn, 1 skip in 1.2 s"));
    assert_eq!(
        last(&mixed()).as_deref(),
        Some("non-conformant: 9 pass, 10 fail, 1 warn, 2 skip, 3 inconclusive, 1 error in 1.2 s")
    );
}

#[test]
fn a_cell_of_the_matrix_shows_the_worst_of_its_cases() {
    let place = "sandbox/records.list/full";
    let verdicts = [Verdict::Pass, Verdict::Inconclusive, Verdict::Fail, Verdict::Pass];
    let shown = (1..=4).map(|number| {
        let cases =
            verdicts[..number].iter().map(|verdict| cell(place, Expects::Acceptance, *verdict)).collect();
        let page = render(Format::Terminal, &run_of(cases), WIDE);
        let row =
            page.lines().find(|line| line.starts_with("  full ")).expect("the matrix has a row for the key");
        row.split_whitespace().nth(1).map(str::to_owned).expect("the row has a cell")
    });
    assert_eq!(shown.collect::<Vec<_>>(), ["ok", "??", "!!", "!!"]);
}

#[test]
fn a_case_with_a_twist_is_not_in_the_matrix() {
    let mut twisted = cell("sandbox/records.list/full", Expects::Refusal, Verdict::Fail);
    twisted.expects = None;
    assert!(!render(Format::Terminal, &run_of(vec![twisted]), WIDE).contains("Permissions"));
}

#[test]
fn junit_counts_are_those_of_the_summary() {
    let (result, report) = (mixed(), junit(&mixed()));
    let summary = result.summary;
    assert_eq!(report.tests, summary.total() + result.controls.len() + 1);
    assert_eq!(report.failures, summary.fail);
    assert_eq!(report.errors, summary.inconclusive + summary.error + 1, "with the control that did not hold");
    assert_eq!(report.skipped, summary.skip);
}

#[test]
fn a_run_that_is_not_conformant_never_looks_green_in_junit() {
    let strict = RunResult { verdict: RunVerdict::NonConformant, exit_code: 1, ..run_of(vec![warned()]) };
    let nothing = RunResult { verdict: RunVerdict::Inconclusive, exit_code: 3, ..empty() };
    let interrupted = RunResult { verdict: RunVerdict::Aborted, exit_code: 130, ..clean() };
    let missed = RunResult { exit_code: 4, ..clean() };
    for result in [mixed(), strict, nothing, interrupted, missed] {
        assert!(test_cases(&junit(&result)).any(is_red), "{} {}", result.verdict, result.exit_code);
    }
    assert!(!test_cases(&junit(&clean())).any(is_red));
}

#[test]
fn an_interrupted_run_is_an_error_in_junit_and_names_its_exit_code() {
    let report = junit(&RunResult { verdict: RunVerdict::Aborted, exit_code: 143, ..clean() });
    let run =
        test_cases(&report).find(|case| case.name.as_str() == "verdict").expect("the run is a test case");
    let TestCaseStatus::NonSuccess { kind, message, .. } = &run.status else { panic!("{run:?}") };
    assert_eq!(*kind, NonSuccessKind::Error);
    let message = message.as_ref().map_or("", |message| message.as_str());
    assert_eq!(message, "the run is aborted (exit 143: interrupted; what was judged until then stands)");
}

/// Whether a page holds a character that it must not: any control character but the line break.
fn is_raw(c: char) -> bool {
    c.is_control() && c != '\n'
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_in_any_field_gives_a_junit_file_with_every_case(text in any::<String>()) {
        let result = evil(&format!("::{text}\n::{text}"));
        prop_assert_eq!(test_cases(&junit(&result)).count(), result.cases.len() + result.controls.len() + 1);
        let file = render(Format::Junit, &result, WIDE);
        prop_assert!(!file.chars().any(is_raw));
        prop_assert!(file.lines().all(|line| !line.trim_start().starts_with("::")));
    }

    #[test]
    fn no_text_in_any_field_reaches_a_terminal_raw(text in any::<String>(), width in 0usize..200) {
        let result = evil(&format!("::{text}\n::{text}"));
        let plain = render(Format::Terminal, &result, Style { width, colour: Colour::Off });
        let coloured = render(Format::Terminal, &result, Style { width, colour: Colour::On });
        for page in [plain, without_colour(&coloured)] {
            prop_assert!(!page.chars().any(is_raw));
            prop_assert!(page.lines().all(|line| !line.trim_start().starts_with("::")));
        }
    }
}
