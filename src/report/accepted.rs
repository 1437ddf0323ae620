//! Every format is read by a reader that is not ours, whatever a target wrote.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::sample::{clean, empty, evil, mixed, run_of, warned};
use super::tests::{HOSTILE, WIDE, render};
use super::{Format, escape_terminal};
use crate::outcome::{CaseResult, RunResult, RunVerdict, Verdict};

static SARIF: LazyLock<Validator> = LazyLock::new(|| {
    let schema = include_str!("../../tests/third-party/sarif-schema-2.1.0.json");
    // A pattern of the published schema has a bracket too many; it is about a field that we do not write.
    let schema = schema.replace("{2}]?$", "{2}$");
    let schema = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is sound")
});

/// A run in which one text stands wherever a target can put one, at the beginning of a line and elsewhere.
fn hostile(text: &str) -> RunResult {
    evil(&format!("::{text}\n::error::{text}\r{HOSTILE}"))
}

#[test]
fn every_verdict_in_markdown() {
    insta::assert_snapshot!(render(Format::Markdown, &mixed(), WIDE));
}

#[test]
fn hostile_text_in_markdown() {
    insta::assert_snapshot!(render(Format::Markdown, &evil(HOSTILE), WIDE));
}

#[test]
fn every_verdict_as_annotations() {
    insta::assert_snapshot!(render(Format::Github, &mixed(), WIDE));
}

#[test]
fn hostile_text_as_annotations() {
    insta::assert_snapshot!(render(Format::Github, &evil(HOSTILE), WIDE));
}

#[test]
fn every_verdict_in_tap() {
    insta::assert_snapshot!(render(Format::Tap, &short(), WIDE));
}

#[test]
fn a_finding_in_sarif() {
    insta::assert_snapshot!(render(Format::Sarif, &short(), WIDE));
}

/// One case of every verdict.
fn short() -> RunResult {
    let mut result = mixed();
    let mut seen = std::collections::BTreeSet::new();
    result.cases.retain(|case| {
        (case.verdict != Verdict::Fail || case.exchange.is_some()) && seen.insert(case.verdict)
    });
    result
}

/// The file as JSON; it must fit the schema of OASIS.
fn sarif(result: &RunResult) -> Value {
    let log = serde_json::from_str(&render(Format::Sarif, result, WIDE)).expect("the file is JSON");
    let errors: Vec<_> =
        SARIF.iter_errors(&log).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert_eq!(errors, [""; 0]);
    log
}

fn is_finding(case: &CaseResult) -> bool {
    matches!(case.verdict, Verdict::Fail | Verdict::Warn)
}

#[test]
fn sarif_fits_the_schema_and_has_each_finding_at_the_place_of_its_rule() {
    for result in [empty(), clean(), mixed(), evil(HOSTILE)] {
        let log = sarif(&result);
        let run = &log["runs"][0];
        let findings = run["results"].as_array().expect("a run has results");
        assert_eq!(findings.len(), result.cases.iter().filter(|case| is_finding(case)).count());
        for (finding, case) in findings.iter().zip(result.cases.iter().filter(|case| is_finding(case))) {
            let at = usize::try_from(finding["ruleIndex"].as_u64().expect("it names its rule")).unwrap();
            assert_eq!(run["tool"]["driver"]["rules"][at]["id"], finding["ruleId"]);
            let place = &finding["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], result.checks[at].file);
            assert_eq!(place["region"]["startLine"], 3);
            assert_eq!(finding["partialFingerprints"]["caseId/v1"], case.id);
        }
    }
}

#[test]
fn a_finding_keeps_its_fingerprint_whatever_else_is_found() {
    let of = |result: &RunResult| sarif(result)["runs"][0]["results"][0]["partialFingerprints"].clone();
    let alone = run_of(vec![warned()]);
    let later = RunResult { seed: 7, started: "2027-01-01T00:00:00Z".to_owned(), ..run_of(vec![warned()]) };
    assert_eq!(of(&alone), of(&later));
}

/// A test point, as TAP 14 says that it is read.
#[derive(Debug, PartialEq)]
struct Point {
    ok: bool,
    name: String,
    skip: Option<String>,
    diagnostics: Option<BTreeMap<String, Value>>,
}

/// Reads TAP 14, by its own rules alone: version, plan, test points, YAML blocks.
fn tap(text: &str) -> Vec<Point> {
    let mut lines = text.lines().peekable();
    assert_eq!(lines.next(), Some("TAP version 14"));
    let plan = lines.next().and_then(|line| line.strip_prefix("1..")).expect("the second line is the plan");
    let mut points: Vec<Point> = Vec::new();
    while let Some(line) = lines.next() {
        if line == "  ---" {
            let block: Vec<_> =
                lines.by_ref().take_while(|line| *line != "  ...").map(|line| &line[2..]).collect();
            let fields = serde_yaml::from_str(&block.join("\n")).expect("the block is YAML");
            points.last_mut().expect("a block stands behind a test point").diagnostics = Some(fields);
            continue;
        }
        let (ok, rest) = line.strip_prefix("not ").map_or((true, line), |rest| (false, rest));
        let number = format!("ok {} - ", points.len() + 1);
        let rest = rest.strip_prefix(&number).unwrap_or_else(|| panic!("no test point: {line}"));
        points.push(Point { ok, ..point(rest) });
    }
    assert_eq!(plan, points.len().to_string());
    points
}

/// The name of a test point, and its directive behind the first `#` that is not escaped.
fn point(rest: &str) -> Point {
    let (mut name, mut chars) = (String::new(), rest.chars());
    let mut directive = None;
    while let Some(c) = chars.next() {
        match c {
            '\\' => name.extend(chars.next()),
            '#' => {
                directive = Some(chars.as_str().trim().to_owned());
                break;
            }
            c => name.push(c),
        }
    }
    let skip =
        directive.map(|text| text.strip_prefix("SKIP ").expect("the one directive is SKIP").to_owned());
    Point { ok: true, name: name.trim().to_owned(), skip, diagnostics: None }
}

fn is_green(case: &CaseResult) -> bool {
    matches!(case.verdict, Verdict::Pass | Verdict::Warn | Verdict::Skip)
}

fn tap_says_what_the_result_says(result: &RunResult) {
    let points = tap(&render(Format::Tap, result, WIDE));
    let before = 1 + result.controls.len();
    assert_eq!(points.len(), before + result.cases.len());
    for (point, case) in points[before..].iter().zip(&result.cases) {
        assert_eq!(point.name, escape_terminal(&case.id));
        assert_eq!(point.ok, is_green(case), "{point:?}");
        assert_eq!(point.skip.is_some(), case.verdict == Verdict::Skip);
        let told = !matches!(case.verdict, Verdict::Pass | Verdict::Skip);
        let actual = point.diagnostics.as_ref().and_then(|fields| fields["actual"].as_str());
        assert_eq!(actual, Some(escape_terminal(case.actual.as_str())).filter(|_| told).as_deref());
    }
}

#[test]
fn tap_has_a_test_point_for_everything_and_is_never_green_for_what_is_not_conformant() {
    for result in [empty(), clean(), mixed(), evil(HOSTILE)] {
        tap_says_what_the_result_says(&result);
    }
    let nothing = RunResult { verdict: RunVerdict::Inconclusive, exit_code: 3, ..empty() };
    assert!(!tap(&render(Format::Tap, &nothing, WIDE))[0].ok);
    assert!(tap(&render(Format::Tap, &clean(), WIDE))[0].ok);
}

/// A command of a workflow, as the runner reads one: its name, its properties, its message.
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).expect("a command");
    let (name, properties) = head.split_once(' ').expect("a command with properties");
    let unescaped = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r");
        text.replace("%0A", "\n").replace("%25", "%")
    };
    let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (key.to_owned(), unescaped(value)));
    let properties = properties.split(',').map(|one| pair(one).expect("a property has a value")).collect();
    (name.to_owned(), properties, unescaped(message))
}

fn annotations_are_few_and_ours(result: &RunResult) {
    let file = render(Format::Github, result, WIDE);
    let commands: Vec<_> = file.lines().map(command).collect();
    assert!(commands.len() <= 10, "{file}");
    for (name, properties, _) in &commands {
        assert!(["error", "warning", "notice"].contains(&name.as_str()), "{name}");
        assert!(properties.keys().eq(["file", "line", "title"]), "{properties:?}");
        assert_eq!(properties["file"], escape_terminal(&result.contract.file));
    }
    let (last, _, message) = commands.last().expect("there is a line that sums up");
    let is_green = result.verdict == RunVerdict::Conformant && result.exit_code == 0;
    assert_eq!(last == "notice", is_green);
    assert!(message.contains(&format!("{} fail", result.summary.fail)), "{message}");
}

#[test]
fn there_are_ten_annotations_at_most_and_the_last_sums_up() {
    let mut many = mixed();
    let failed = many.cases.iter().find(|case| case.verdict == Verdict::Fail).cloned().unwrap();
    many.cases.extend((0..30).map(|n| CaseResult { check: format!("check-{n}"), ..failed.clone() }));
    assert_eq!(render(Format::Github, &many, WIDE).lines().count(), 10);
    assert!(render(Format::Github, &many, WIDE).contains("more findings are not annotated here"));
    for result in [empty(), clean(), mixed(), many, evil(HOSTILE)] {
        annotations_are_few_and_ours(&result);
    }
}

#[test]
fn the_stream_has_a_line_for_everything_and_ends_with_its_end() {
    for result in [empty(), mixed(), evil(HOSTILE)] {
        the_stream_is_whole(&result);
    }
}

fn the_stream_is_whole(result: &RunResult) {
    let stream = render(Format::Ndjson, result, WIDE);
    let events: Vec<Value> = stream.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| events.iter().filter(|event| event["event"] == kind).cloned().collect::<Vec<_>>();
    assert_eq!((&events[0]["event"], &events[0]["cases"]), (&"begin".into(), &result.cases.len().into()));
    assert_eq!(events.last().unwrap()["event"], "end");
    assert_eq!(of("control").len(), result.controls.len());
    let cases: Result<Vec<CaseResult>, _> = of("case").into_iter().map(serde_json::from_value).collect();
    assert_eq!(cases.unwrap().len(), result.cases.len());
}

/// Tags of our own in a Markdown page.
const TAGS: [&str; 8] =
    ["<details>", "<summary>", "</summary>", "</details>", "<sub>", "</sub>", "<code>", "</code>"];

/// That nothing in a page is a link, an image, emphasis or a tag but what we wrote, and every table is whole.
fn markdown_holds_only_our_marks(result: &RunResult) {
    let page = render(Format::Markdown, result, WIDE);
    let (mut cells, mut columns) = (0, None);
    for event in Parser::new_ext(&page, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        let foreign = |tag: &Tag<'_>| {
            matches!(tag, Tag::Link { .. } | Tag::Image { .. } | Tag::Emphasis | Tag::Strikethrough)
        };
        if let Event::Start(tag) = &event {
            assert!(!foreign(tag), "{tag:?} in {page}");
            if matches!(tag, Tag::TableHead | Tag::TableRow) {
                cells = 0;
            }
            cells += usize::from(*tag == Tag::TableCell);
        }
        if let Event::Html(html) | Event::InlineHtml(html) = &event {
            let rest = TAGS.iter().fold(html.to_string(), |rest, tag| rest.replace(tag, ""));
            assert!(!rest.contains('<'), "{html}");
        }
        if event == Event::End(TagEnd::TableHead) {
            columns = Some(cells);
        }
        if event == Event::End(TagEnd::TableRow) {
            assert_eq!(columns, Some(cells), "{page}");
        }
    }
    let starts_a_command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    assert!(!page.lines().any(starts_a_command), "{page}");
}

#[test]
fn markdown_holds_no_mark_but_ours() {
    for result in [empty(), clean(), mixed(), evil(HOSTILE)] {
        markdown_holds_only_our_marks(&result);
    }
}

#[test]
fn a_long_line_makes_no_report_long() {
    let result = evil(&"x".repeat(1024 * 1024));
    for format in [Format::Markdown, Format::Github] {
        assert!(render(format, &result, WIDE).len() < 256 * 1024, "{}", format.name());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_a_target_wrote_every_format_is_read_by_others(text in any::<String>()) {
        let result = hostile(&text);
        sarif(&result);
        tap_says_what_the_result_says(&result);
        annotations_are_few_and_ours(&result);
        the_stream_is_whole(&result);
        markdown_holds_only_our_marks(&result);
    }

    #[test]
    fn whatever_marks_a_target_wrote_markdown_holds_none(text in "[-*_`|<>\\[\\]()!#&;:/@~\\\\a-c .\n]{0,60}") {
        markdown_holds_only_our_marks(&hostile(&text));
    }
}
