//! Which file a refusal goes to where several change at once.

use proptest::prelude::*;

use super::tests::{CASES, book, known, observed, only, proposed, snap, texts};
use super::*;

#[test]
fn a_snapshot_that_falls_apart_goes_on_as_what_most_of_its_cases_answer() {
    let book = book(&[("401-a", snap(&["a/*", "b/*"], "HTTP 401\n\nno"))]);
    let seen = [(CASES[0], "never"), (CASES[1], "neither"), (CASES[2], "neither"), (CASES[3], "neither")];
    let (comparison, files, after) = proposed(&book, &seen, &CASES);
    assert_eq!(comparison.changed.len(), 2);
    let kept = ("401-a".to_owned(), vec!["a/*/*/two".to_owned(), "b/*".to_owned()]);
    assert_eq!(texts(&files), [kept, ("401-a-a".to_owned(), vec!["a/*/*/one".to_owned()])]);
    assert!(compare(&after, &observed(&seen), &known()).is_clean());
    // Of a part of the cases nobody knows whether the others have changed too, nor of what answers once so and once so.
    let (_, files, _) = proposed(&book, &seen[..3], &CASES[..3]);
    assert!(texts(&files).iter().all(|(name, _)| name != "401-a"), "{files:?}");
    let mut unsteady = observed(&seen);
    unsteady[0].form = Err("not alike".to_owned());
    let sent = CASES.into_iter().collect();
    let comparison = compare(&book, &unsteady, &known());
    let files = pending((&book, &[]), &comparison, (&known().cases, &sent), "lockproof.yaml");
    let kept = files.iter().find(|file| file.name.as_str() == "401-a");
    assert!(kept.is_none_or(|file| file.snap.text.ends_with("no")), "{files:?}");
}

#[test]
fn of_several_that_change_at_once_each_keeps_its_name() {
    let book =
        book(&[("401-a", snap(&["a/*"], "HTTP 401\n\nno")), ("401-b", snap(&["b/*"], "HTTP 401\n\nnot"))]);
    let seen = [(CASES[0], "never"), (CASES[1], "neither"), (CASES[2], "never"), (CASES[3], "nobody")];
    let (_, files, after) = proposed(&book, &seen, &CASES);
    let names: Vec<_> = files.iter().map(|file| (file.name.as_str(), &*file.snap.text)).collect();
    let wanted =
        [("401-a", "HTTP 401\n\nnever"), ("401-a-a", "HTTP 401\n\nneither"), ("401-b", "HTTP 401\n\nnobody")];
    assert_eq!(names, wanted);
    assert!(compare(&after, &observed(&seen), &known()).is_clean());
    // What was approved elsewhere goes there; the rest is what the snapshot goes on as.
    let seen = [(CASES[0], "not"), (CASES[1], "neither"), (CASES[2], "not"), (CASES[3], "not")];
    let (_, files, _) = proposed(&book, &seen, &CASES);
    let joined = ("401-b".to_owned(), vec!["a/*/*/one".to_owned(), "b/*".to_owned()]);
    assert_eq!(texts(&files), [("401-a".to_owned(), vec!["a/*/*/two".to_owned()]), joined]);
}

#[test]
fn what_was_there_before_is_not_as_good_as_what_was_approved() {
    let book = book(&[("401-a", snap(&["a/*", "b/*"], "HTTP 401\n\nno"))]);
    let seen = [(CASES[0], "never"), (CASES[1], "never"), (CASES[2], "no"), (CASES[3], "no")];
    let (_, files, after) = proposed(&book, &seen, &CASES);
    let wanted =
        [("401-a-a".to_owned(), vec!["a/*".to_owned()]), ("401-a".to_owned(), vec!["b/*".to_owned()])];
    assert_eq!(texts(&files), wanted);
    assert!(compare(&after, &observed(&seen), &known()).is_clean());
    assert_eq!(compare(&after, &observed(&CASES.map(|case| (case, "no"))), &known()).changed.len(), 1);
}

#[test]
fn what_a_snapshot_says_of_another_suite_stays_in_it() {
    let book = book(&[("401-a", snap(&["a/*", "other/*"], "HTTP 401\n\nno"))]);
    let own = Known { checks: Some(["a".to_owned()].into()), ..only(&CASES[..2]) };
    let sent = CASES[..2].iter().copied().collect();
    let proposed = |text| {
        let comparison = compare(&book, &observed(&[(CASES[0], text), (CASES[1], text)]), &own);
        texts(&pending((&book, &[]), &comparison, (&own.cases, &sent), "lockproof.yaml"))
    };
    assert!(proposed("no").is_empty());
    let wanted =
        [("401-a-a".to_owned(), vec!["a/*".to_owned()]), ("401-a".to_owned(), vec!["other/*".to_owned()])];
    assert_eq!(proposed("never"), wanted);
}

proptest! {
    #[test]
    fn however_refusals_change_what_was_approved_last_is_found_to_be_the_same(
        rounds in prop::collection::vec(prop::array::uniform4(0_usize..3), 2..4),
    ) {
        const TEXTS: [&str; 3] = ["no", "never", "neither"];
        let mut book = Book::default();
        for round in rounds {
            let seen: Vec<_> = CASES.into_iter().zip(round.map(|text| TEXTS[text])).collect();
            book = proposed(&book, &seen, &CASES).2;
            prop_assert!(compare(&book, &observed(&seen), &known()).open_cases().is_empty(), "{book:?}");
        }
    }
}
