//! Whether a cache could give an answer to whoever sends another key, and whether an answer is an earlier one's copy.

use super::{Compare, Evidence, Finding, Judgement, Reading, same};
use crate::document::HeaderName;

/// An answer is not stored, or for one client alone, or varies with the field that carries the key.
pub(super) fn varies(name: &HeaderName, reading: &Reading<'_>) -> Judgement {
    let listed = |field: &str, wanted: &[&str]| {
        let words = reading.answer.header(field).flat_map(|line| line.split(','));
        words.map(str::trim).any(|word| wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted)))
    };
    if listed("cache-control", &["no-store", "private"]) {
        return Judgement::new(Finding::Holds, "no shared cache may store it");
    }
    if listed("vary", &["*", name.as_str()]) {
        return Judgement::new(Finding::Holds, format!("varies with {name}"));
    }
    let said = |field: &str| {
        let lines: Vec<_> = reading.answer.header(field).collect();
        if lines.is_empty() { format!("no {field}") } else { format!("{field}: {}", lines.join(", ")) }
    };
    Judgement::new(Finding::Broken, format!("{}, {}", said("Cache-Control"), said("Vary")))
}

/// An answer is not the one to an earlier step once more. Where even two answers that cannot be copies of each other are
/// the same, nothing can be told.
pub(super) fn differs(
    (step, like): (usize, usize),
    reading: &Reading<'_>,
    evidence: &Evidence<'_>,
) -> Judgement {
    let earlier = |step: usize| {
        let exchange = step.checked_sub(1).and_then(|at| evidence.earlier.get(at));
        exchange.and_then(|exchange| exchange.answer.as_ref()).map(Reading::of)
    };
    let (Some(first), Some(other)) = (earlier(step), earlier(like)) else {
        return Judgement::new(Finding::Unclear, "there is nothing to compare it with");
    };
    let is_told = |one: &Reading<'_>, other: &Reading<'_>| {
        same::difference(one, other, &Compare::StatusAndBody, evidence.volatile).is_some()
    };
    if is_told(&first, reading) {
        Judgement::new(Finding::Holds, format!("another answer than to step {step}"))
    } else if is_told(&first, &other) {
        Judgement::new(Finding::Broken, format!("the answer to step {step} once more"))
    } else {
        let why = "two acceptances of this operation are the same in any case, so a copy cannot be told";
        Judgement::new(Finding::Unclear, why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Acceptance, Contract};
    use crate::document::Source;
    use crate::judge::{Recogniser, Requirement, Volatile};
    use crate::redact::Redactor;
    use crate::wire::{Answer, Exchange, Request, Timing};

    fn answer(fields: &[(&str, &str)], body: &str) -> Answer {
        let line = |(name, value): &(&str, &str)| ((*name).to_owned(), value.as_bytes().to_vec());
        let headers = fields.iter().map(line).collect();
        Answer {
            version: "HTTP/1.1",
            status: 200,
            headers,
            body: body.as_bytes().to_vec(),
            ..Answer::default()
        }
    }

    fn exchange(answer: Answer) -> Exchange {
        let request = Request {
            method: http::Method::GET,
            url: "http://127.0.0.1/".parse().unwrap(),
            target: "/".to_owned(),
            headers: Vec::new(),
            body: None,
            key: None,
            script: None,
        };
        let (timing, answer) = (Timing::default(), Some(answer));
        Exchange { request, answer, failure: None, timing, transcript: None, behind: None }
    }

    /// What a requirement comes to for the last of some answers.
    fn judged(requirement: &Requirement, mut answers: Vec<Answer>) -> Finding {
        let last = exchange(answers.pop().unwrap());
        let earlier: Vec<_> = answers.into_iter().map(exchange).collect();
        let text = include_str!("../../fixtures/reference/lockproof.yaml").to_owned();
        let source = Source { name: "lockproof.yaml".to_owned(), text };
        let contract: Contract = crate::contract::load(source, &|_| None).unwrap();
        let accepted: Acceptance = serde_json::from_str(r#"{"status": 200}"#).unwrap();
        let evidence = Evidence {
            exchange: &last,
            recogniser: &Recogniser::new(&contract, &accepted),
            earlier: &earlier,
            redactor: &Redactor::default(),
            volatile: &Volatile::of(&contract),
        };
        crate::judge::judge(requirement, &evidence).finding
    }

    #[test]
    fn a_cache_is_kept_out_or_told_which_field_decides() {
        let varies = Requirement::VariesOn(HeaderName::parse("X-API-Key").unwrap());
        let judged = |fields: &[(&str, &str)]| judged(&varies, vec![answer(fields, "{}")]);
        for sound in [
            &[("cache-control", "no-store")][..],
            &[("cache-control", "max-age=60, Private")],
            &[("cache-control", "max-age=60"), ("vary", "Accept"), ("vary", "Origin, x-api-key")],
            &[("vary", "*")],
        ] {
            assert_eq!(judged(sound), Finding::Holds, "{sound:?}");
        }
        for unsound in [
            &[][..],
            &[("cache-control", "max-age=60"), ("vary", "Accept")],
            &[("cache-control", "private=\"set-cookie\"")],
            &[("cache-control", "no-store-please"), ("vary", "X-API-Key-2")],
        ] {
            assert_eq!(judged(unsound), Finding::Broken, "{unsound:?}");
        }
    }

    #[test]
    fn a_copy_is_told_from_another_answer_only_where_two_answers_differ() {
        let differs = Requirement::DiffersFrom { step: 1, like: 2 };
        let judged = |bodies: [&str; 3]| judged(&differs, bodies.map(|body| answer(&[], body)).to_vec());
        assert_eq!(judged([r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":3}"#]), Finding::Holds);
        assert_eq!(judged([r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":1}"#]), Finding::Broken);
        assert_eq!(judged(["{}", "{}", "{}"]), Finding::Unclear);
        let volatile = [r#"{"id":1,"request_id":7}"#, r#"{"id":2}"#, r#"{"id":1,"request_id":8}"#];
        assert_eq!(judged(volatile), Finding::Broken);
    }

    #[test]
    fn a_length_is_compared_without_what_varies() {
        let same = Requirement::SameAs { step: 1, compare: Compare::EverythingAndLength };
        let judged = |bodies: [&str; 2]| judged(&same, bodies.map(|body| answer(&[], body)).to_vec());
        assert_eq!(judged([r#"{"a":1,"request_id":"7"}"#, r#"{"a":1,"request_id":"18"}"#]), Finding::Holds);
        assert_eq!(judged([r#"{"a":1}"#, r#"{"a": 1}"#]), Finding::Broken);
        let whole = Requirement::SameAs { step: 1, compare: Compare::Everything };
        assert_eq!(self::judged(&whole, vec![answer(&[], "[1]"), answer(&[], "[ 1 ]")]), Finding::Holds);
    }
}
