//! Normal forms and comparisons, from answers to files.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::outcome::Received;
use crate::redact::Redactor;

/// An answer with some header lines and a body.
fn received(status: u16, fields: &[(&str, &str)], body: &str) -> Received {
    let redact = |text: &str| Redactor::default().redact(text);
    Received {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: fields.iter().map(|(name, value)| (redact(name), redact(value))).collect(),
        body: redact(body),
        body_bytes: body.len(),
        truncated: false,
        cut: None,
    }
}

fn form(status: u16, fields: &[(&str, &str)], body: &str) -> Form {
    Form::of(&received(status, fields, body), &Rules::default())
}

/// What samples of one body have in common.
fn common(bodies: &[&str]) -> Result<String, String> {
    let mut forms = bodies.iter().map(|body| form(401, &[], body));
    let first = forms.next().expect("a sample");
    let merged = forms.try_fold(first, |seen, next| seen.merge(&next))?;
    Ok(merged.to_string().replacen("HTTP 401\n\n", "", 1))
}

#[test]
fn a_refusal_is_written_with_its_fields_in_order_and_its_members_as_the_server_has_them() {
    let fields = [
        ("X-Request-Id", "0f3a"),
        ("WWW-Authenticate", r#"ApiKey realm="x""#),
        ("Content-Length", "17"),
        ("Date", "Wed, 25 Nov 2026 18:26:36 GMT"),
        ("WWW-Authenticate", "Bearer"),
    ];
    let body = r#"{"z":1,"a":{"at":"2026-11-25T18:26:36Z"},"list":[],"a":[null,1.50]}"#;
    insta::assert_snapshot!(form(401, &fields, body), @r#"
    HTTP 401
    date: <timestamp>
    www-authenticate: ApiKey realm="x"
    www-authenticate: Bearer
    x-request-id: <opaque>

    {
      "z": 1,
      "a": {
        "at": "<timestamp>"
      },
      "list": [],
      "a": [
        null,
        1.5
      ]
    }
    "#);
}

#[test]
fn what_differs_between_samples_becomes_a_placeholder_of_its_kind() {
    let samples = [
        r#"{"n":1,"t":"Key 17 of acme","x":"a1B2","y":7}"#,
        r#"{"n":2,"t":"Key 9 of acme","x":"zz","y":"7"}"#,
    ];
    insta::assert_snapshot!(common(&samples).expect("samples of one refusal"), @r#"
    {
      "n": <number>,
      "t": "Key <number> of acme",
      "x": "<opaque>",
      "y": <opaque>
    }
    "#);
}

#[test]
fn a_page_keeps_all_but_the_words_that_differ() {
    let samples =
        ["<p>No key.</p><i>id 0f-3a</i>", "<p>No key.</p><i>id 9</i>", "<p>No key.</p><i>id two words</i>"];
    assert_eq!(common(&samples), Ok("<p>No key.</p><i>id <opaque></i>".to_owned()));
}

#[test]
fn answers_of_another_build_are_not_samples_of_one_refusal() {
    assert!(common(&[r#"{"a":1}"#, r#"{"b":1}"#]).is_err());
    assert!(common(&[r#"{"a":1}"#, "text"]).is_err());
    let other = form(403, &[], "x").merge(&form(401, &[], "x"));
    assert_eq!(other, Err("status 403 once, 401 another time".to_owned()));
    let (with, without) = (form(401, &[("Set-Cookie", "a=b")], "x"), form(401, &[], "x"));
    for (one, other) in [(&with, &without), (&without, &with)] {
        assert!(one.merge(other).is_err_and(|why| why.contains("`set-cookie` is not always there")));
    }
}

#[test]
fn the_contract_adds_placeholders_forbids_them_and_leaves_fields_out() {
    let text = include_str!("../../fixtures/reference/lockproof.yaml").replace(
        "\nvolatile:\n  headers: [X-Request-Id]\n  body: [$.request_id]\n",
        "\nsnapshots:\n  redact: { headers: [X-Node], body: [$.node] }\n  keep: { headers: [Date], body: [$.trace_id] }\n  \
         omit: [X-Cache-Node]\n",
    );
    let source = crate::document::Source { name: "lockproof.yaml".to_owned(), text };
    let contract = crate::contract::load(source, &|_| None).expect("a contract without a mistake");
    let fields = [("X-Node", "n7"), ("Date", "today"), ("X-Cache-Node", "c")];
    let answer = received(401, &fields, r#"{"node":"n7","trace_id":"t"}"#);
    insta::assert_snapshot!(Form::of(&answer, &Rules::of(&contract)), @r#"
    HTTP 401
    date: today
    x-node: <opaque>

    {
      "node": "<opaque>",
      "trace_id": "t"
    }
    "#);
}

#[test]
fn text_that_only_looks_like_a_placeholder_or_would_move_a_cursor_is_written_harmlessly() {
    let text = form(401, &[("x", "<opaque>")], "a <uuid> \u{1b}[2J\u{202e}").to_string();
    assert_eq!(text, "HTTP 401\nx: \\<opaque>\n\na \\<uuid> \\u{1b}[2J\\u{202e}");
}

pub(super) fn snap(scopes: &[&str], text: &str) -> Snap {
    let scopes = scopes.iter().map(|scope| Scope::parse(scope).expect("a pattern"));
    Snap { source: "lockproof.yaml".to_owned(), scopes: scopes.collect(), text: text.to_owned() }
}

pub(super) fn book(snaps: &[(&str, Snap)]) -> Book {
    let named = snaps.iter().map(|(name, snap)| (SnapName::parse(name).expect("a name"), snap.clone()));
    Book::new(named.collect())
}

pub(super) fn observed(cases: &[(&str, &str)]) -> Vec<Observed> {
    let one =
        |(case, body): &(&str, &str)| Observed { case: (*case).to_owned(), form: Ok(form(401, &[], body)) };
    cases.iter().map(one).collect()
}

pub(super) const CASES: [&str; 4] = ["a/s/x.y/one", "a/s/x.y/two", "b/s/x.y/one", "b/p/x.y/one"];

pub(super) fn known() -> Known {
    only(&CASES)
}

/// No other cases than these.
pub(super) fn only(cases: &[&str]) -> Known {
    Known { cases: cases.iter().map(|case| (*case).to_owned()).collect(), checks: None }
}

/// What would be written, and what would be approved if it were.
type Proposed = (Comparison, Vec<Pending>, Book);

pub(super) fn proposed(book: &Book, seen: &[(&str, &str)], sent: &[&str]) -> Proposed {
    proposed_beside(&[], book, seen, sent)
}

/// The same where something waits already.
fn proposed_beside(waiting: &[Pending], book: &Book, seen: &[(&str, &str)], sent: &[&str]) -> Proposed {
    let comparison = compare(book, &observed(seen), &known());
    let sent = sent.iter().copied().collect();
    let files = pending((book, waiting), &comparison, (&known().cases, &sent), "lockproof.yaml");
    let mut snaps: BTreeMap<_, _> = book.iter().map(|(name, snap)| (name.clone(), snap.clone())).collect();
    snaps.extend(files.iter().map(|file| (file.name.clone(), file.snap.clone())));
    (comparison, files, Book::new(snaps))
}

pub(super) fn texts(files: &[Pending]) -> Vec<(String, Vec<String>)> {
    let scopes = |file: &Pending| file.snap.scopes.iter().map(ToString::to_string).collect();
    files.iter().map(|file| (file.name.to_string(), scopes(file))).collect()
}

#[test]
fn refusals_that_are_the_same_share_a_file_and_a_new_operation_adds_none() {
    let seen = CASES.map(|case| (case, "no"));
    let (_, files, after) = proposed(&Book::default(), &seen, &CASES);
    assert_eq!(texts(&files), [("401-a".to_owned(), vec!["a/*".to_owned(), "b/*".to_owned()])]);
    let new = observed(&[("a/s/x.new/one", "no")]);
    assert!(compare(&after, &new, &only(&["a/s/x.new/one", CASES[2]])).is_clean());
}

#[test]
fn a_change_of_all_changes_the_snapshot_and_one_of_some_takes_them_out_of_it() {
    let book = book(&[("401-a", snap(&["a/*", "b/*"], "HTTP 401\n\nno"))]);
    let (comparison, files, _) = proposed(&book, &CASES.map(|case| (case, "never")), &CASES);
    assert_eq!((comparison.changed.len(), comparison.unseen.len()), (1, 0));
    assert_eq!(texts(&files), [("401-a".to_owned(), vec!["a/*".to_owned(), "b/*".to_owned()])]);
    let some = [(CASES[0], "no"), (CASES[1], "never"), (CASES[2], "no"), (CASES[3], "no")];
    let (_, files, after) = proposed(&book, &some, &CASES);
    assert_eq!(texts(&files), [("401-a-a".to_owned(), vec!["a/*/*/two".to_owned()])]);
    assert!(compare(&after, &observed(&some), &known()).is_clean());
    // Of a part of the cases nobody knows whether the others have changed too.
    let (_, files, _) = proposed(&book, &[(CASES[2], "never")], &[CASES[2]]);
    assert_eq!(texts(&files), [("401-b".to_owned(), vec!["b/s/*".to_owned()])]);
}

#[test]
fn what_nothing_belongs_to_is_stale_and_can_be_removed() {
    let old = snap(&["gone/*"], "HTTP 401\n\nold");
    let half = snap(&["a/*", "gone/s/*", "b/*"], "HTTP 401\n\nno");
    let book = book(&[("half", half), ("old", old)]);
    let comparison = compare(&book, &observed(&CASES.map(|case| (case, "no"))), &known());
    let stale: Vec<_> = comparison.stale.iter().map(|stale| (stale.name.as_str(), stale.whole)).collect();
    assert_eq!(stale, [("half", false), ("old", true)]);
    assert!(!comparison.is_clean());
    let left: Vec<_> =
        pruned(&book, &comparison).into_iter().map(|(_, left)| left.map(|left| left.scopes.len())).collect();
    assert_eq!(left, [Some(2), None]);
    // What was not sent may still belong where it belongs.
    assert_eq!(compare(&book, &[], &known()).stale.len(), 2);
}

#[test]
fn of_a_check_that_is_not_in_a_suite_of_ones_own_nothing_is_stale() {
    let half = snap(&["a/gone/*", "other/*"], "HTTP 401\n\nno");
    let book = book(&[("half", half), ("other", snap(&["other/*"], "x")), ("own", snap(&["a/gone/*"], "x"))]);
    let own = Known { checks: Some(["a".to_owned()].into()), ..known() };
    let stale = compare(&book, &[], &own).stale;
    let stale: Vec<_> =
        stale.iter().map(|stale| (stale.name.as_str(), stale.whole, stale.scopes.len())).collect();
    assert_eq!(stale, [("half", false, 1), ("own", true, 1)]);
}

#[test]
fn what_waits_from_another_part_is_not_replaced() {
    let name = |code: &str| format!(r#"{{"code":"{code}","text":"{code} of a"}}"#);
    let (one, other) = (name("x"), name("x").replace("of a", "of b"));
    let (_, first, _) = proposed(&Book::default(), &[(CASES[0], &one)], &CASES[..1]);
    assert_eq!(texts(&first), [("401-x".to_owned(), vec!["a/*/*/one".to_owned()])]);
    // Another text takes a name of its own, the same text the same file.
    let (_, files, _) = proposed_beside(&first, &Book::default(), &[(CASES[2], &other)], &CASES[2..3]);
    assert_eq!(texts(&files), [("401-x-b".to_owned(), vec!["b/s/*".to_owned()])]);
    let (_, files, _) = proposed_beside(&first, &Book::default(), &[(CASES[2], &one)], &CASES[2..3]);
    let both = vec!["a/*/*/one".to_owned(), "b/s/*".to_owned()];
    assert_eq!(texts(&files), [("401-x".to_owned(), both)]);
    // What waits of the very cases that were sent is outdated.
    let (_, files, _) = proposed_beside(&first, &Book::default(), &[(CASES[0], &other)], &CASES[..1]);
    assert_eq!(texts(&files), [("401-x".to_owned(), vec!["a/*/*/one".to_owned()])]);
}

#[test]
fn changes_of_one_snapshot_are_cases_of_their_own_and_called_the_same_each_time() {
    let book = book(&[("401-a", snap(&["a/*", "b/*"], "HTTP 401\n\nno"))]);
    let seen = [(CASES[0], "never"), (CASES[1], "neither"), (CASES[2], "nobody"), (CASES[3], "no")];
    let ids = || {
        let comparison = compare(&book, &observed(&seen), &known());
        let found = findings(&comparison, &book, &[], &Redactor::default());
        found.into_iter().map(|case| case.id).collect::<Vec<_>>()
    };
    let begin = "snapshot-changed/-/-/401-a";
    assert_eq!(ids(), [begin.to_owned(), format!("{begin}-a"), format!("{begin}-b")]);
    assert_eq!(ids(), ids());
}

#[test]
fn a_placeholder_stands_for_one_word_and_for_nothing_that_was_added() {
    let book =
        book(&[("401-a", snap(&["a/*"], "HTTP 401\n\n{\n  \"left\": <number>,\n  \"id\": \"<opaque>\"\n}"))]);
    let is_as_approved =
        |body: &str| compare(&book, &observed(&[("a/s/x.y/one", body)]), &only(&["a/s/x.y/one"])).is_clean();
    assert!(is_as_approved(r#"{"left":17,"id":"k_9"}"#));
    for other in [
        r#"{"left":"17","id":"k_9"}"#,
        r#"{"left":17,"id":"two words"}"#,
        r#"{"left":17,"id":""}"#,
        r#"{"left":17,"id":"k_9","more":1}"#,
        r#"{"left":17,"id":null}"#,
    ] {
        assert!(!is_as_approved(other), "{other}");
    }
}

#[test]
fn a_file_is_read_back_as_it_was_written_and_its_mistakes_are_told() {
    let snap = snap(&["a/*", "b/*/*/one: x"], "HTTP 401\n\n---\nx");
    let text = snap.write().expect("it can be written");
    insta::assert_snapshot!(text, @r"
    ---
    source: lockproof.yaml
    info:
      cases:
      - a/*
      - 'b/*/*/one: x'
    ---
    HTTP 401

    ---
    x
    ");
    assert_eq!(Snap::read("a.snap", &text).expect("it can be read"), snap);
    assert!(matches!(Snap::read("a.snap", "HTTP 401"), Err(SnapError::NoHead)));
    assert!(matches!(Snap::read("a.snap", "---\nsource: x\n---\nHTTP 401"), Err(SnapError::Cases(_))));
    assert!(matches!(Snap::read("a.snap", "---\nsauce: x\n---\nHTTP 401"), Err(SnapError::Head(_))));
}

#[test]
fn a_difference_is_small_and_shows_what_differs_within_a_line() {
    let before = form(
        401,
        &[("a", "b")],
        r#"{"status":401,"title":"No key","detail":"Send a key.","code":"x","more":1}"#,
    );
    let after = form(
        401,
        &[("a", "b")],
        r#"{"status":401,"title":"No key","detail":"Send a token.","code":"x","more":1}"#,
    );
    let file =
        Pending { name: SnapName::parse("401-x").expect("a name"), snap: snap(&["a/*"], &after.to_string()) };
    let page = |colour| {
        let mut page = crate::report::Page::new(crate::report::Style { width: 80, colour });
        let old = before.to_string();
        pending_page(&mut page, &file, Some((&file.name, &old)));
        String::from_utf8(page.into_bytes()).expect("a page is text").replace('\u{1b}', "<ESC>")
    };
    insta::assert_snapshot!(page(crate::report::Colour::Off));
    insta::assert_snapshot!(page(crate::report::Colour::On));
}

#[test]
fn what_was_recorded_is_told_with_what_is_to_be_reviewed() {
    let other = snap(&["b/*"], "HTTP 401\n\nother");
    let book = book(&[
        ("401-a", snap(&["a/*"], "HTTP 401\n\nno")),
        ("401-b", other),
        ("401-old", snap(&["z/*"], "x")),
    ]);
    let seen = [(CASES[0], "no"), (CASES[1], "never"), (CASES[2], "never"), (CASES[3], "never")];
    let (mut comparison, files, _) = proposed(&book, &seen, &CASES);
    comparison
        .unsteady
        .push(("status 401 once, 503 another time".to_owned(), vec!["c/s/x.y/one".to_owned()]));
    let mut page =
        crate::report::Page::new(crate::report::Style { width: 80, colour: crate::report::Colour::Off });
    recorded(&mut page, &comparison, &files);
    insta::assert_snapshot!(String::from_utf8(page.into_bytes()).expect("a page is text"));
}

/// A JSON value of any shape.
fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        "\\PC{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map("[a-z]{1,3}", inner, 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_form_has_everything_in_common_with_itself(body in value()) {
        let form = form(401, &[], &body.to_string());
        prop_assert_eq!(form.merge(&form), Ok(form.clone()));
    }

    #[test]
    fn whatever_is_recorded_is_found_to_be_the_same_afterwards(
        bodies in prop::collection::vec(value(), 4),
        again in any::<bool>(),
    ) {
        let texts: Vec<_> = bodies.iter().map(ToString::to_string).collect();
        let seen: Vec<_> = CASES.iter().zip(&texts).map(|(case, text)| (*case, &**text)).collect();
        let (_, files, mut after) = proposed(&Book::default(), &seen, &CASES);
        prop_assert!(!files.is_empty());
        for file in &files {
            prop_assert_eq!(&Snap::read("x", &file.snap.write().expect("written")).expect("read"), &file.snap);
        }
        if again {
            after = proposed(&after, &seen, &CASES).2;
        }
        let comparison = compare(&after, &observed(&seen), &known());
        prop_assert!(comparison.is_clean(), "{:?}", comparison);
    }

    #[test]
    fn no_answer_makes_a_file_that_says_more_than_text(name in "[a-z-]{1,9}", value in ".{0,40}", body in ".{0,200}") {
        let text = form(401, &[(&name, &value)], &body).to_string();
        prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
    }
}
