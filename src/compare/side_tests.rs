//! Comparisons of two implementations, answer by answer.

use std::sync::LazyLock;

use super::tests::{case, result};
use super::*;
use crate::outcome::{Answered, CaseResult, Exchange, Received, RunResult, Verdict};
use crate::redact::Redactor;
use crate::snapshot::{Form, Observed, Rules};

/// What a side answers: what it is taken for, its status, and whether it is looked at as a refusal in normal form.
type Answer = (Answered, u16, Shape);

#[derive(Clone, Copy)]
enum Shape {
    Formed,
    Formless,
}

use Answered::{Acceptance, Neither, Refusal};
use Shape::{Formed, Formless};

const ID: &str = "a/s/x.y/one";

/// Any exchange, of which only the answer is looked at.
static EXCHANGE: LazyLock<Exchange> = LazyLock::new(|| {
    let committed = include_str!("../../reports/reference/findings/results.json");
    let committed: RunResult = serde_json::from_str(committed).expect("it is a run");
    committed.cases.into_iter().find_map(|case| case.exchange).expect("one was sent")
});

fn received(status: u16) -> Received {
    Received {
        version: "HTTP/1.1".to_owned(),
        status,
        headers: Vec::new(),
        body: Redactor::default().redact("{\"hello\":1}"),
        body_bytes: 11,
        truncated: false,
        cut: None,
    }
}

fn answering(id: &str, verdict: Verdict, (answered, status, _): Answer) -> CaseResult {
    let exchange = Exchange { received: Some(received(status)), ..EXCHANGE.clone() };
    CaseResult { answered: Some(answered), exchange: Some(exchange), ..case(id, verdict) }
}

fn run(cases: Vec<CaseResult>) -> RunResult {
    RunResult { cases, ..result(&[]) }
}

fn observed((_, status, shape): Answer) -> Vec<Observed> {
    match shape {
        Formed => {
            let form = Ok(Form::of(&received(status), &Rules::default()));
            vec![Observed { case: ID.to_owned(), form }]
        }
        Formless => Vec::new(),
    }
}

/// The list that two answers to one case are found in.
fn list(one: (Verdict, Answer), other: (Verdict, Answer)) -> &'static str {
    let [a, b] = [one, other].map(|(verdict, answer)| run(vec![answering(ID, verdict, answer)]));
    let comparison = sides(("a", &a, &observed(one.1)), ("b", &b, &observed(other.1)));
    let lists = [
        (comparison.split.len(), "split"),
        (comparison.refusals.len(), "refusals"),
        (comparison.judged_apart.len(), "apart"),
        (comparison.unanswered.len(), "unanswered"),
        (comparison.alike, "alike"),
    ];
    let [(1, name)] = lists.into_iter().filter(|(count, _)| *count > 0).collect::<Vec<_>>()[..] else {
        return "not in one list";
    };
    name
}

#[test]
fn two_answers_are_alike_only_where_nothing_tells_them_apart() {
    let (refused, strange) = ((Refusal, 401, Formed), (Neither, 200, Formless));
    let fail = |answer| (Verdict::Fail, answer);
    for (one, other, wanted) in [
        (fail(refused), fail(strange), "apart"),
        (fail(refused), fail(refused), "alike"),
        (fail(refused), fail((Refusal, 403, Formed)), "refusals"),
        (fail(refused), fail((Acceptance, 200, Formless)), "split"),
        (fail(strange), fail((Acceptance, 200, Formless)), "split"),
        (fail((Acceptance, 200, Formless)), fail((Acceptance, 204, Formless)), "alike"),
        (fail(strange), fail(strange), "alike"),
        (fail(strange), fail((Neither, 204, Formless)), "apart"),
        (fail((Neither, 500, Formed)), fail(strange), "apart"),
        // Judged by many answers, of which none stands for all.
        (fail((Refusal, 401, Formless)), fail((Refusal, 429, Formless)), "alike"),
        (fail((Refusal, 401, Formless)), fail(strange), "apart"),
        (fail(refused), (Verdict::Pass, refused), "apart"),
        (fail(refused), (Verdict::Inconclusive, refused), "unanswered"),
    ] {
        assert_eq!(list(one, other), wanted, "{:?} {:?}", one.1.0, other.1.0);
        assert_eq!(list(other, one), wanted, "{:?} {:?}", other.1.0, one.1.0);
    }
}

#[test]
fn what_only_one_side_is_asked_is_told_and_no_answer_is_missing() {
    let refused = (Refusal, 401, Formed);
    let of = |ids: &[&str]| run(ids.iter().map(|id| answering(id, Verdict::Pass, refused)).collect());
    // The same cases of two environments, and in each what names the other one.
    let a = of(&["a/here/x.y/one", "between/here/x.y/there"]);
    let b = of(&["a/there/x.y/one", "between/there/x.y/here"]);
    let comparison = sides(("a", &a, &[]), ("b", &b, &[]));
    let told: Vec<_> =
        comparison.expected_apart.iter().map(|one| (one.case.as_str(), &*one.a, &*one.b)).collect();
    let (seen, none) = ("refused, status 401, pass", "not among its cases");
    assert_eq!(told, [("between/x.y/there", seen, none), ("between/x.y/here", none, seen)]);
    assert_eq!((comparison.alike, comparison.unanswered.len()), (1, 0));
    assert!(comparison.is_same() && comparison.is_whole());
    // Nor where it was not to be sent; but what was sent owes an answer.
    for (verdict, apart, unanswered) in [(Verdict::Skip, 1, 0), (Verdict::Inconclusive, 0, 1)] {
        let b = run(vec![case("a/there/x.y/one", verdict)]);
        let comparison = sides(("a", &of(&["a/here/x.y/one"]), &[]), ("b", &b, &[]));
        assert_eq!((comparison.expected_apart.len(), comparison.unanswered.len()), (apart, unanswered));
        assert!(!comparison.is_whole(), "nothing was answered by both");
    }
    let skipped = run(vec![case("b/there/x.y/one", Verdict::Skip)]);
    let comparison = sides(("a", &run(Vec::new()), &[]), ("b", &skipped, &[]));
    assert!(comparison.expected_apart.is_empty(), "nobody has an answer to what is skipped");
}

#[test]
fn what_the_contract_has_otherwise_of_two_environments_is_no_difference() {
    let side = |answer, verdict, expected: &str| {
        let expected = Redactor::default().redact(expected);
        run(vec![CaseResult { expected, ..answering(ID, verdict, answer) }])
    };
    let (accepts, refuses) = ((Acceptance, 200, Formless), (Refusal, 403, Formless));
    let a = side(accepts, Verdict::Pass, "an acceptance");
    for (verdict, expected, same) in [
        (Verdict::Pass, "the refusal `wrong_environment`", true),
        (Verdict::Pass, "an acceptance", false),
        (Verdict::Fail, "the refusal `wrong_environment`", false),
    ] {
        let b = side(refuses, verdict, expected);
        let comparison = sides(("a", &a, &[]), ("b", &b, &[]));
        assert_eq!((comparison.is_same(), comparison.expected_apart.len()), (same, usize::from(same)));
    }
}
