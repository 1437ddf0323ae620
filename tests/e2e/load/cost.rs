//! What a request costs the system, and what a load costs in memory.

use std::collections::BTreeMap;
use std::process::Command;

use rustix::process::{Resource, getrlimit};

use super::{PLAN, count, ends_with, load, no_privilege, not_tested, result};
use crate::program;
use crate::support::{Edge, Keys, Reply, Server, Small};

/// The system calls of a program by their names, in the two parts of its time: until a mark, and behind it.
type Calls = BTreeMap<String, u64>;

/// Reads the log of `strace -f`: what each thread of the engine called before and after its first request.
fn calls(log: &str) -> (Calls, Calls) {
    let mut engine: BTreeMap<&str, bool> = BTreeMap::new();
    let (mut before, mut after) = (Calls::new(), Calls::new());
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(char::is_whitespace) else { continue };
        let rest = rest.trim_start();
        // The half of a call that was begun on another line is counted there.
        let Some(name) = rest.split('(').next().filter(|_| !rest.starts_with('<') && !rest.starts_with('+'))
        else {
            continue;
        };
        if rest.starts_with("prctl(PR_SET_NAME, \"load-") {
            engine.insert(thread, false);
        }
        let Some(sending) = engine.get_mut(thread) else { continue };
        *sending |= matches!(name, "sendto" | "send");
        *if *sending { &mut after } else { &mut before }.entry(name.to_owned()).or_default() += 1;
    }
    (before, after)
}

#[test]
fn a_request_costs_two_system_calls_and_a_little() {
    if Command::new("strace").arg("-V").output().is_err() {
        return not_tested("the system calls of a request, for there is no strace here");
    }
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    let folder = tempfile::TempDir::with_prefix("lockproof-e2e-").unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("lockproof.yaml", &Small::at(&server.url()).text());
    write("search.json", r#"{"words":["one","two"]}"#);
    write("plan.yaml", PLAN);
    let keys = Keys::default();
    let flags = "--connections 64 --threads 1 --requests 20000 --duration 60s --timeout 60s --max-cpu 100";
    let output = Command::new("strace")
        .args(["-f", "-qq", "-s", "16", "-o", "calls.txt"])
        .arg(program::path())
        .args(["load", "plan.yaml", "--contract", "lockproof.yaml"])
        .args(flags.split(' '))
        .current_dir(folder.path())
        .envs([("KEY_FULL", keys.full), ("KEY_NARROW", keys.narrow), ("KEY_EXPIRED", keys.expired)])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("ptrace") || said.contains("Operation not permitted") {
        return no_privilege(&format!(
            "the system calls of a request, for nothing may be traced here: {said}"
        ));
    }
    assert!(matches!(output.status.code(), Some(0 | 5)), "{said}");
    let (before, after) = calls(&std::fs::read_to_string(folder.path().join("calls.txt")).unwrap());
    assert_eq!(
        before.get("epoll_ctl").copied(),
        Some(65),
        "one for each connection and one for the clock: {before:?}"
    );
    assert_eq!(after.get("epoll_ctl"), None, "{after:?}");
    let all: u64 = after.values().sum();
    let each = f64::from(u32::try_from(all).unwrap()) / 20_000.0;
    println!("{each:.3} system calls a request: {after:?}");
    assert!(each <= 2.15, "{each:.3} system calls a request: {after:?}");
}

#[test]
fn ten_thousand_open_connections_fit_into_256_mib() {
    // A socket at either end, both ends on this machine, and this test process has one of them.
    let own = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let connections = (own.saturating_sub(512) / 2).min(10_000);
    let edge = Edge::default();
    let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
    println!("{connections} connections");
    let flags = ["--duration", "3s", "--rate", "500/s", "--connections", &connections.to_string()];
    let outcome = load(&server.url(), PLAN).args(&flags).run();
    ends_with(&outcome, 0, "exit 0");
    assert_eq!(result(&outcome)["connections"]["opened"].as_u64(), Some(connections), "{outcome}");
    println!("{} KiB", outcome.peak_kib);
    assert!(outcome.peak_kib < 256 * 1024, "{} KiB for {connections} connections", outcome.peak_kib);
}

#[test]
fn a_longer_load_takes_no_more_memory() {
    let peak = |duration: &str| {
        let edge = Edge::default();
        let server = Server::http(move |request| Reply::Whole(edge.answer(request)));
        let outcome = load(&server.url(), PLAN).args(&["--duration", duration, "--rate", "1000/s"]).run();
        ends_with(&outcome, 0, "exit 0");
        assert_eq!(count(&outcome, "dropped"), 0, "{outcome}");
        outcome.peak_kib
    };
    let (short, long) = (peak("12s"), peak("31s"));
    println!("{short} KiB after 12 s, {long} KiB after 31 s");
    // Both have written a checkpoint. Nineteen seconds that keep their histograms would be 7 MiB.
    assert!(long < short + 5120, "{short} KiB after 12 s, {long} KiB after 31 s");
    assert!(long < 64 * 1024, "{long} KiB");
}
