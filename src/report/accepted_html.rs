//! The page is read by a parser of HTML that is not ours: whatever a target wrote, nothing in it is an element, an
//! attribute or a script but what is our own.

use std::collections::BTreeSet;

use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use proptest::prelude::*;
use serde_json::Value;

use super::Format;
use super::sample::{clean, empty, evil, mixed, redacted, run_of};
use super::tests::{HOSTILE, WIDE, render};
use crate::outcome::load::Surprise;
use crate::outcome::{CaseResult, LoadResult, Received, RunResult, Verdict, WrongKind};

/// An element as the parser found it.
#[derive(Debug)]
struct Found {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Found {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Every element of a page; a page with a mistake in it is none.
fn elements(page: &str) -> Vec<Found> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let mistakes = dom.errors.borrow();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let mut found = Vec::new();
    walk(&dom.document, &mut found);
    found
}

fn walk(node: &Handle, found: &mut Vec<Found>) {
    if let NodeData::Element { name, attrs, .. } = &node.data {
        let attributes =
            attrs.borrow().iter().map(|one| (one.name.local.to_string(), one.value.to_string())).collect();
        let texts = node.children.borrow();
        let text = texts.iter().filter_map(|child| {
            let NodeData::Text { contents } = &child.data else { return None };
            Some(contents.borrow().to_string())
        });
        found.push(Found { name: name.local.to_string(), attributes, text: text.collect() });
    }
    node.children.borrow().iter().for_each(|child| walk(child, found));
}

/// The elements that a page is made of.
const OURS: &str = "html head meta title style body header main footer nav section search article div p h1 h2 h3 dl dt dd \
    ul li a span b code pre details summary table caption thead tbody tr th td button input select option output noscript \
    script svg rect";

fn holds_nothing_but_ours(result: &RunResult) -> Vec<Found> {
    let page = render(Format::Html, result, WIDE);
    let found = elements(&page);
    let ours: BTreeSet<_> = OURS.split_whitespace().collect();
    let ids: Vec<_> = found.iter().filter_map(|one| one.get("id")).collect();
    let known: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "no id is there twice");
    for one in &found {
        assert!(ours.contains(one.name.as_str()), "{one:?}");
        let acts =
            |name: &str| name.starts_with("on") || ["src", "srcdoc", "action", "style"].contains(&name);
        assert!(!one.attributes.iter().any(|(name, _)| acts(name)), "{one:?}");
        assert!(one.get("href").is_none_or(|link| link.starts_with('#')), "{one:?}");
    }
    let scripts: Vec<_> = found.iter().filter(|one| one.name == "script").collect();
    let [data, code] = scripts.as_slice() else { panic!("{} scripts", scripts.len()) };
    assert_eq!((data.get("type"), code.get("type")), (Some("application/json"), None));
    assert_eq!(code.text, include_str!("html/script.js"));
    let data: Value = serde_json::from_str(&data.text).expect("the data is JSON");
    assert_eq!(data["cases"].as_array().map(Vec::len), Some(result.cases.len()));
    found
}

#[test]
fn the_page_holds_nothing_but_ours() {
    for result in [empty(), clean(), mixed(), evil(HOSTILE)] {
        holds_nothing_but_ours(&result);
    }
}

#[test]
fn the_policy_of_the_page_lets_nothing_in_and_only_our_style_and_script_work() {
    let page = render(Format::Html, &mixed(), WIDE);
    let found = elements(&page);
    let policy = found.iter().find(|one| one.get("http-equiv") == Some("Content-Security-Policy"));
    let policy = policy.and_then(|one| one.get("content")).expect("the page has a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{policy}");
    assert!(!page.contains("https://") || !found.iter().any(|one| one.name == "link" || one.name == "img"));
}

#[test]
fn every_failing_case_stands_in_the_page_and_every_cell_leads_to_its_case() {
    let result = mixed();
    let found = holds_nothing_but_ours(&result);
    let ids: BTreeSet<_> = found.iter().filter_map(|one| one.get("id")).collect();
    for case in result.cases.iter().filter(|case| matches!(case.verdict, Verdict::Fail | Verdict::Warn)) {
        assert!(ids.contains(case.id.as_str()), "{}", case.id);
    }
    let cells: Vec<_> =
        found.iter().filter(|one| one.name == "a" && one.get("aria-label").is_some()).collect();
    assert_eq!(cells.len(), result.cases.iter().filter(|case| case.expects.is_some()).count());
    for cell in cells {
        let link = cell.get("href").and_then(|link| link.strip_prefix('#')).expect("a cell is a link");
        let id = percent_encoding::percent_decode_str(link).decode_utf8().expect("it is text");
        assert!(result.cases.iter().any(|case| case.id == id), "{id}");
    }
}

/// The committed load, in which one text stands wherever a target or a plan can put one.
fn evil_load(text: &str) -> LoadResult {
    let committed = include_str!("../../reports/reference/load/load.json");
    let mut result: LoadResult = serde_json::from_str(committed).expect("it is a load");
    let surprise = Surprise {
        kind: WrongKind::FalseAccept,
        class: text.to_owned(),
        at_ms: 5,
        expected: redacted(text),
        actual: redacted(text),
        exchange: mixed().cases.into_iter().find_map(|case| case.exchange),
    };
    result.surprises = vec![surprise];
    result.notices = vec![redacted(text)];
    result.title = text.to_owned();
    result.generator.causes = vec![text.to_owned()];
    for class in &mut result.classes {
        class.name = text.to_owned();
        class.expected = redacted(text);
    }
    result
}

fn a_load_holds_nothing_but_ours(result: &LoadResult) {
    let bytes = Format::Html.render_load(result, WIDE).expect("it has a view of a load");
    let ours: BTreeSet<_> = OURS.split_whitespace().chain(["path", "line", "circle", "text"]).collect();
    for one in elements(&String::from_utf8(bytes).expect("a page is text")) {
        // A picture has a title for each of its parts.
        assert!(ours.contains(one.name.as_str()), "{one:?}");
        assert!(!one.attributes.iter().any(|(name, _)| name.starts_with("on") || name == "src"), "{one:?}");
    }
    let markdown = Format::Markdown.render_load(result, WIDE).expect("it has a view of a load");
    let markdown = String::from_utf8(markdown).expect("a page is text");
    assert!(!markdown.contains("<script") && !markdown.contains("<img"), "{markdown}");
}

#[test]
fn what_a_load_has_more_of_than_is_shown_is_counted() {
    let mut result = evil_load("x");
    let first = result.surprises.first().cloned().expect("there is one");
    let of = |n: u64| Surprise { actual: redacted(&format!("actual {n}")), at_ms: n, ..first.clone() };
    result.surprises = (0..45).map(of).collect();
    for (format, more) in [(Format::Html, "and 5 more"), (Format::Markdown, "And 35 more.")] {
        let bytes = format.render_load(&result, WIDE).expect("it has a view of a load");
        let text = String::from_utf8(bytes).expect("a page is text");
        assert!(text.contains(more), "{text}");
    }
}

/// Very many cases, one in ten of which failed with its whole exchange.
fn huge(cases: usize) -> RunResult {
    let failed = mixed().cases.into_iter().find(|case| case.exchange.is_some()).expect("one has an exchange");
    let of = |n: usize| CaseResult {
        id: format!("key-missing/sandbox/records.create/variant-{n}"),
        verdict: if n.is_multiple_of(10) { Verdict::Fail } else { Verdict::Pass },
        ..failed.clone()
    };
    run_of((0..cases).map(of).collect())
}

#[test]
fn the_page_of_ten_thousand_cases_has_less_than_five_mebibytes() {
    let length = render(Format::Html, &huge(10_000), WIDE).len();
    assert!(length < 5 * 1024 * 1024, "{length}");
}

#[test]
fn the_page_of_ten_thousand_hostile_cases_has_less_than_five_mebibytes_too() {
    let hostile = |n: usize| format!("{n}: {}", "<\"'&>".repeat(100));
    let mut result = huge(10_000);
    for (n, case) in result.cases.iter_mut().enumerate() {
        case.verdict = Verdict::Fail;
        case.actual = redacted(&hostile(n));
        case.expected = redacted(&hostile(n));
        case.check = format!("check-{}", n % 100);
        // The exchanges of one in fifty are more than there is room for.
        case.exchange = case.exchange.take().filter(|_| n.is_multiple_of(50));
        if let Some(Received { body, .. }) =
            case.exchange.as_mut().and_then(|exchange| exchange.received.as_mut())
        {
            *body = redacted(&vec![hostile(n); 60].join("\n"));
        }
    }
    let length = render(Format::Html, &result, WIDE).len();
    assert!(length < 5 * 1024 * 1024, "{length}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_a_target_wrote_the_page_holds_nothing_but_ours(text in any::<String>()) {
        holds_nothing_but_ours(&evil(&format!("{text}\n{text}")));
    }

    #[test]
    fn whatever_a_target_wrote_the_page_of_a_load_holds_nothing_but_ours(text in any::<String>()) {
        a_load_holds_nothing_but_ours(&evil_load(&format!("<img src=x onerror=x><script>{text}\n::{text}")));
    }

    #[test]
    fn whatever_marks_a_target_wrote_the_page_holds_nothing_but_ours(text in "[<>&\"'=/a-c! \\-\n]{0,40}(</script>|<!--|-->|<img src=x onerror=x>)?") {
        holds_nothing_but_ours(&evil(&text));
    }
}
