//! The negative control of the engine at full rate: one wrong answer of each kind in a hundred thousand is found, and
//! printed in full.

use std::io::{BufRead as _, BufReader, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{count, load, result};
use crate::support::{Keys, Server, Stream, answer, json, problem};

/// So many requests are sent.
const ALL: usize = 100_000;

/// A kind of request, told from the others by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Good,
    Expired,
    Missing,
}

/// One answer that is wrong: from which request on, of which kind, and what is said instead.
struct Fault {
    from: usize,
    of: Kind,
    answer: Vec<u8>,
    told: AtomicUsize,
}

impl Fault {
    fn new(nth: usize, of: Kind, answer: Vec<u8>) -> Self {
        Self { from: ALL / 10 * nth, of, answer, told: AtomicUsize::new(0) }
    }

    fn strikes(&self, number: usize, kind: Kind) -> bool {
        number >= self.from && kind == self.of && self.told.fetch_add(1, Ordering::SeqCst) == 0
    }
}

/// What is right for a kind of request.
fn right(kind: Kind) -> Vec<u8> {
    match kind {
        Kind::Good => json(200, r#"{"items":[]}"#),
        Kind::Expired => problem(401, "invalid_api_key"),
        Kind::Missing => problem(401, "missing_api_key"),
    }
}

/// One of each: the status of an acceptance and of a refusal, the body of both, and answers that were swapped.
fn faults() -> Vec<Fault> {
    let swapped = |nth, of, with| Fault::new(nth, of, right(with));
    vec![
        Fault::new(1, Kind::Good, answer(500, "", br#"{"items":[]}"#)),
        Fault::new(2, Kind::Missing, answer(404, "", b"status")),
        Fault::new(3, Kind::Good, json(200, r#"{"itemz":[]}"#)),
        Fault::new(4, Kind::Missing, problem(401, "mizzing_api_key")),
        swapped(5, Kind::Expired, Kind::Good),
        swapped(6, Kind::Good, Kind::Expired),
        swapped(7, Kind::Missing, Kind::Expired),
    ]
}

/// Answers as fast as it can, and now and then wrongly.
fn rarely_wrong(requests: Arc<AtomicUsize>) -> Server {
    let faults = faults();
    let answers = [Kind::Good, Kind::Expired, Kind::Missing].map(|kind| (kind, right(kind)));
    let (full, expired) = (Keys::default().full, Keys::default().expired);
    Server::tcp(move |stream: Box<dyn Stream>| {
        let mut stream = BufReader::new(stream);
        loop {
            let (mut kind, mut line) = (Kind::Missing, String::new());
            while stream.read_line(&mut line)? > 0 && line != "\r\n" {
                kind = match line.trim_end().split_once(": ").map(|(_, value)| value) {
                    Some(value) if value == full => Kind::Good,
                    Some(value) if value == expired => Kind::Expired,
                    _ => kind,
                };
                line.clear();
            }
            if line.is_empty() {
                return Ok(());
            }
            let number = requests.fetch_add(1, Ordering::Relaxed) + 1;
            let fault = faults.iter().find(|fault| fault.strikes(number, kind)).map(|fault| &fault.answer);
            let right = answers.iter().find(|(of, _)| *of == kind).map(|(_, answer)| answer);
            stream.get_mut().write_all(fault.or(right).unwrap())?;
        }
    })
}

#[test]
fn one_wrong_answer_of_each_kind_in_a_hundred_thousand_is_found_at_full_rate_and_printed_in_full() {
    let requests = Arc::new(AtomicUsize::new(0));
    let server = rarely_wrong(Arc::clone(&requests));
    let plan = "load: 1\ntitle: Rare\nmodel: closed\nconnections: 4\nduration: 35s\nrequests: 100000\nmix:\n  \
                - { name: good, operations: [items.list], request: { credential: full } }\n  \
                - { name: expired, operations: [items.list], request: { credential: expired } }\n  \
                - { name: missing, operations: [items.list], request: { credential: none } }\n";
    let outcome = load(&server.url(), plan).run();
    assert_eq!(outcome.code, Some(1), "{outcome}");
    let sent = count(&outcome, "sent");
    assert_eq!(requests.load(Ordering::SeqCst) as u64, sent, "{outcome}");
    assert!(sent > 75_000, "the machine was too slow to show anything: {outcome}");
    let result = result(&outcome);
    let wrong_answers = result["breakages"]["wrong_answer"].as_u64().unwrap();
    let counts = (count(&outcome, "false_accept"), count(&outcome, "false_refusal"), wrong_answers);
    assert_eq!(counts, (1, 1, 5), "{outcome}");
    let right = count(&outcome, "right_accept") + count(&outcome, "right_refusal");
    assert_eq!(right + 7, count(&outcome, "completed"), "{outcome}");
    // Each with its answer, to the last byte, and with what was sent.
    let surprises = result["surprises"].as_array().unwrap();
    assert_eq!(surprises.len(), 7, "{outcome}");
    let seen = |class: &str, status: u64, body: &str| {
        surprises.iter().any(|one| {
            let (sent, received) = (&one["exchange"]["sent"], &one["exchange"]["received"]);
            let whole = received["body"].as_str().is_some_and(|text| text.contains(body));
            one["class"] == class && received["status"] == status && whole && !sent.is_null()
        })
    };
    for (class, status, body) in [
        ("good", 500, r#"{"items":[]}"#),
        ("missing", 404, "status"),
        ("good", 200, r#"{"itemz":[]}"#),
        ("missing", 401, "mizzing_api_key"),
        ("expired", 200, r#"{"items":[]}"#),
        ("good", 401, "invalid_api_key"),
        ("missing", 401, "invalid_api_key"),
    ] {
        assert!(seen(class, status, body), "{class} {status} {body}: {outcome}");
        assert!(outcome.says(body), "it is printed: {body}");
    }
}
