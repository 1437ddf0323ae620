//! How a load ends: when it is asked to, when it is killed, and when something holds it up.

use std::io::Write as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{PLAN, count, ends_with, load, result};
use crate::support::{Edge, Reply, Server, pause};

/// A target that answers the first requests and then no more, for as long as anybody waits.
fn falling_silent() -> Server {
    let edge = Edge::default();
    Server::http(move |request| {
        if request.number <= 20 {
            return Reply::Whole(edge.answer(request));
        }
        Reply::silence(Duration::from_secs(40))
    })
}

#[test]
fn the_first_signal_waits_for_what_is_under_way_and_the_second_does_not() {
    for (first, second, code) in
        [(Signal::INT, Signal::INT, 130), (Signal::TERM, Signal::INT, 143), (Signal::HUP, Signal::HUP, 143)]
    {
        let server = falling_silent();
        let running = load(&server.url(), PLAN)
            .args(&["--duration", "60s", "--grace", "50s"])
            .stdout(Stdio::piped())
            .start();
        server.await_requests(28);
        running.signal(first);
        running.await_stderr("interrupt again to stop at once");
        let asked = Instant::now();
        running.signal(second);
        let outcome = running.wait();
        assert!(asked.elapsed() < Duration::from_secs(15), "{outcome}");
        ends_with(&outcome, code, "interrupted; what was judged until then stands");
        assert_eq!((count(&outcome, "sent"), count(&outcome, "in_flight")), (28, 8), "{outcome}");
        assert_eq!(server.requests().len(), 28);
    }
}

#[test]
fn a_third_signal_ends_the_program_even_where_its_output_is_stuck() {
    let server = falling_silent();
    let (stuck, full) = full_pipe();
    let running = load(&server.url(), PLAN).args(&["--duration", "60s"]).stdout(full).start();
    server.await_requests(28);
    running.signal(Signal::INT);
    running.await_stderr("interrupt again to stop at once");
    running.signal(Signal::INT);
    pause(Duration::from_millis(1500));
    running.signal(Signal::INT);
    let outcome = running.wait();
    assert_eq!(outcome.code, Some(130), "{outcome}");
    drop(stuck);
}

/// A pipe in which there is no room left: whoever writes into it waits.
fn full_pipe() -> (std::io::PipeReader, std::io::PipeWriter) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&vec![b'.'; 65_536]).unwrap();
    (reader, writer)
}

#[test]
fn whatever_holds_it_up_a_watchdog_ends_it() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let (stuck, full) = full_pipe();
    let outcome = load(&server.url(), PLAN).args(&["--duration", "100ms"]).stdout(full).start().wait();
    assert_eq!(outcome.code, Some(3), "{outcome}");
    assert!(outcome.says("the load did not end in time, and is ended"), "{outcome}");
    drop(stuck);
}

#[test]
fn the_watchdog_also_ends_a_search_and_a_calibration() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let running: Vec<_> = ["--find-capacity", "--calibrate"]
        .into_iter()
        .map(|flag| {
            let (stuck, full) = full_pipe();
            let load = load(&server.url(), PLAN).args(&["--duration", "100ms", flag]);
            (stuck, load.stdout(full).start())
        })
        .collect();
    for (stuck, running) in running {
        let outcome = running.wait();
        assert_eq!(outcome.code, Some(3), "{outcome}");
        assert!(outcome.says("the load did not end in time, and is ended"), "{outcome}");
        assert!(!outcome.says("checkpoint"), "none was written: {outcome}");
        drop(stuck);
    }
}

#[test]
fn a_load_that_is_killed_leaves_a_result_that_says_it_is_a_part() {
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let running = load(&server.url(), PLAN)
        .args(&["--rate", "100/s", "--duration", "60s"])
        .stdout(Stdio::piped())
        .start();
    server.await_requests(1150);
    running.signal(Signal::KILL);
    let outcome = running.wait();
    assert_eq!(outcome.code, None, "{outcome}");
    let result = result(&outcome);
    assert_eq!((result["whole"].as_bool(), result["exit_code"].as_u64()), (Some(false), Some(3)));
    assert!(result["notices"].to_string().contains("a checkpoint: the load was still going on"), "{result}");
    let sent = result["sent"].as_u64().unwrap();
    assert!((950..=1100).contains(&sent), "ten seconds of it: {sent}");
    assert_eq!(sent, result["completed"].as_u64().unwrap() + result["in_flight"].as_u64().unwrap());
    assert!(result["response_time_us"]["p90"].as_u64() > Some(0), "its times are there: {result}");
    // It is a whole file, and its histograms are those that it speaks of.
    let file = outcome.folder().join("reports/latest/load.json");
    let merged = crate::support::Lockproof::new(&["merge", file.to_str().unwrap()]).run();
    ends_with(&merged, 3, "a checkpoint");
}
