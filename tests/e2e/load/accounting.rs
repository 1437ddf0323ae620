//! What was sent is what the target saw, and every request comes to something.

use std::sync::Arc;

use rustix::process::Signal;

use super::{PLAN, count, ends_with, load, result, sound};
use crate::support::{Edge, Lockproof, Reply, Server, problem};

#[test]
fn a_sound_target_is_0_and_saw_what_was_sent() {
    let server = sound();
    let outcome = load(&server.url(), PLAN).run();
    ends_with(&outcome, 0, "exit 0: no answer was wrong");
    let sent = count(&outcome, "sent");
    assert_eq!((count(&outcome, "planned"), sent), (200, 200));
    assert_eq!(server.requests().len() as u64, sent);
    assert_eq!(count(&outcome, "right_accept") + count(&outcome, "right_refusal"), sent);
    for name in ["false_accept", "false_refusal", "shed", "broken", "timed_out", "dropped", "in_flight"] {
        assert_eq!(count(&outcome, name), 0, "{name}: {outcome}");
    }
    let result = result(&outcome);
    let classes = result["classes"].as_array().unwrap();
    assert!(classes.iter().all(|class| class["sent"].as_u64() > Some(0)), "{outcome}");
    let of_classes: u64 = classes.iter().filter_map(|class| class["sent"].as_u64()).sum();
    let of_seconds: u64 =
        result["seconds"].as_array().unwrap().iter().filter_map(|second| second["sent"].as_u64()).sum();
    assert_eq!((of_classes, of_seconds), (sent, sent));
    assert_eq!(result["response_time_us"]["count"].as_u64(), Some(sent));
}

#[test]
fn what_is_written_is_a_result_its_histograms_and_its_seconds() {
    let server = sound();
    let outcome = load(&server.url(), PLAN).args(&["--out", "here"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome}");
    let read = |name: &str| std::fs::read_to_string(outcome.folder().join("here").join(name)).unwrap();
    assert!(read("load.hlog").contains("Tag=good.response"));
    let lines = read("load.ndjson");
    let sent: u64 = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["sent"].as_u64().unwrap())
        .sum();
    assert_eq!(sent, 200);
}

#[test]
fn a_closed_model_sends_when_an_answer_has_come() {
    let server = sound();
    let outcome = load(&server.url(), PLAN)
        .args(&["--connections", "4", "--requests", "1000", "--duration", "30s"])
        .run();
    ends_with(&outcome, 0, "closed: each request when an answer had come");
    assert_eq!(count(&outcome, "sent"), 1000);
    assert_eq!(server.requests().len(), 1000);
    assert_eq!(server.connections(), 4, "connections stay open");
}

#[test]
fn connections_that_end_with_each_refusal_are_normal_life() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        let answer = edge.answer(request);
        if answer.starts_with(b"HTTP/1.1 40") {
            let text = String::from_utf8(answer).unwrap();
            return Reply::Last(text.replacen("\r\n", "\r\nConnection: close\r\n", 1).into_bytes());
        }
        Reply::Whole(answer)
    });
    let outcome = load(&server.url(), PLAN).run();
    ends_with(&outcome, 0, "exit 0");
    assert_eq!(count(&outcome, "sent"), 200);
    assert_eq!(server.requests().len(), 200);
    assert!(result(&outcome)["connections"]["closed"].as_u64() > Some(50), "{outcome}");
}

#[test]
fn connections_that_are_cut_are_counted_and_nothing_is_sent_twice() {
    let edge = Edge::default();
    let server = Server::http(move |request| match request.number % 10 {
        3 => Reply::Last(Vec::new()),
        6 => Reply::Last(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{".to_vec()),
        _ => Reply::Whole(edge.answer(request)),
    });
    let outcome = load(&server.url(), PLAN).run();
    ends_with(&outcome, 0, "the connection ended without an answer");
    let seen = server.requests().len() as u64;
    assert_eq!(count(&outcome, "sent"), seen, "{outcome}");
    let (broken, right) =
        (count(&outcome, "broken"), count(&outcome, "right_accept") + count(&outcome, "right_refusal"));
    assert_eq!((broken + right, broken), (seen, seen / 10 * 2), "{outcome}");
}

#[test]
fn what_takes_too_long_is_timed_as_long_as_was_waited() {
    let edge = Edge::default();
    let server = Server::http(move |request| {
        if request.number.is_multiple_of(50) {
            return Reply::silence(std::time::Duration::from_secs(20));
        }
        Reply::Whole(edge.answer(request))
    });
    let outcome = load(&server.url(), PLAN).args(&["--timeout", "1s"]).run();
    ends_with(&outcome, 0, "no complete answer in time");
    assert_eq!(count(&outcome, "timed_out"), 4, "{outcome}");
    let result = result(&outcome);
    assert_eq!(result["response_time_us"]["count"].as_u64(), Some(200));
    assert!(result["response_time_us"]["max"].as_u64() >= Some(1_000_000), "{outcome}");
    assert!(outcome.says("≥1"), "{outcome}");
}

#[test]
fn an_interrupted_load_finishes_what_is_under_way_and_reports_a_part() {
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let server = sound();
        let running = load(&server.url(), PLAN)
            .args(&["--duration", "30s"])
            .stdout(std::process::Stdio::piped())
            .start();
        server.await_requests(40);
        running.signal(signal);
        let outcome = running.wait();
        ends_with(&outcome, code, "interrupted; what was judged until then stands");
        let sent = count(&outcome, "sent");
        assert_eq!(server.requests().len() as u64, sent, "{outcome}");
        assert_eq!(sent + count(&outcome, "not_started") + count(&outcome, "dropped"), 12_000);
        assert_eq!(count(&outcome, "in_flight"), 0, "{outcome}");
    }
}

#[test]
fn requests_that_are_under_way_at_the_end_are_said_to_be() {
    let server = Server::http(|_| Reply::silence(std::time::Duration::from_secs(20)));
    let outcome = load(&server.url(), PLAN).args(&["--grace", "100ms"]).run();
    ends_with(&outcome, 3, "nothing can be concluded");
    assert_eq!((count(&outcome, "in_flight"), count(&outcome, "sent")), (8, 8), "{outcome}");
    assert_eq!(count(&outcome, "dropped"), 192, "{outcome}");
}

#[test]
fn without_a_target_it_is_the_reference_server_whose_own_count_agrees() {
    let outcome = Lockproof::new(&["load", "--max-lag", "60s", "--max-cpu", "100"])
        .args(&["--rate", "300/s", "--duration", "1s", "--warm-up", "200ms"])
        .run();
    // A count that does not agree would be exit code 70.
    ends_with(&outcome, 0, "exit 0: no answer was wrong");
    assert_eq!(count(&outcome, "sent"), 300);
    assert_eq!(result(&outcome)["warm_up"]["sent"].as_u64(), Some(60));
}

#[test]
fn a_value_that_was_never_sent_before_is_another_in_every_request() {
    let (edge, seen) = (Edge::default(), Arc::new(std::sync::Mutex::new(Vec::new())));
    let kept = Arc::clone(&seen);
    let server = Server::http(move |request| {
        let mut kept = kept.lock().unwrap();
        kept.extend(request.header("x-id").map(str::to_owned));
        // One of them is wrong, to be shown as it was sent.
        let wrong = kept.len() == 50 && request.header("x-id").is_some();
        Reply::Whole(if wrong { problem(401, "invalid_api_key") } else { edge.answer(request) })
    });
    let plan = "load: 1\ntitle: Unique\nmodel: closed\nconnections: 4\nduration: 20s\nrequests: 200\nmix:\n  - name: \
                one\n    operations: [items.list]\n    request: { credential: full, headers: [{ X-Id: 'a-{unique}' }] }\n    \
                expect: acceptance\n";
    let outcome = load(&server.url(), plan).run();
    ends_with(&outcome, 1, "WRONG false refusal in `one`");
    let ids = seen.lock().unwrap().clone();
    let distinct: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!((ids.len(), distinct.len()), (200, 200), "{outcome}");
    assert!(ids.iter().all(|id| id.len() == 38), "{ids:?}");
    let shown = result(&outcome)["surprises"][0]["exchange"]["sent"].to_string();
    assert!(shown.contains(&*ids[49]), "{shown}");
}
