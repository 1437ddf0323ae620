//! The ledger of what was sent agrees with the target's own, whatever happens to the connections and whenever it ends.
//!
//! The target resets, closes, cuts and keeps silent at random, and in most runs the operator interrupts at a random
//! moment. `LEDGER_RUNS=200` makes as many runs as are wanted, and `LEDGER_SEED` others than the usual.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::{PLAN, count, load};
use crate::support::{Edge, Outcome, Reply, Server};

/// Runs where nobody asks for more.
const RUNS: u64 = 12;
/// The seed where nobody asks for another.
const SEED: u64 = 20_270_131;

fn asked(name: &str, usual: u64) -> u64 {
    std::env::var_os(name).and_then(|text| text.to_str()?.parse().ok()).unwrap_or(usual)
}

/// A well-mixed number (the finaliser of `SplitMix64`).
fn mixed(seed: u64, place: u64) -> u64 {
    let mut mixed = seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// A target on which one request in four meets with an accident.
fn unsteady(seed: u64) -> Server {
    let edge = Edge::default();
    Server::http(move |request| {
        let chance = mixed(seed, request.number as u64);
        let answer = edge.answer(request);
        let half = answer.len() / 2;
        match chance % 24 {
            0 => Reply::Last(Vec::new()),
            1 => Reply::Farewell(answer),
            2 => Reply::Last(answer[..half].to_vec()),
            3 => Reply::Reset,
            4 => Reply::silence(Duration::from_secs(3)),
            5 => {
                thread::sleep(Duration::from_millis(chance >> 32 & 0x1f));
                Reply::Whole(answer)
            }
            _ => Reply::Whole(answer),
        }
    })
}

/// One run; what does not agree.
fn run(seed: u64, number: u64) -> Result<(), String> {
    let own = mixed(seed, number);
    let server = unsteady(own);
    let limits = ["--timeout", "300ms", "--grace", "2s", "--rate", "600/s", "--duration", "600ms"];
    let running = load(&server.url(), PLAN).args(&limits).stdout(Stdio::piped()).start();
    let interrupts = own >> 8 & 3;
    if interrupts > 0 {
        server.await_requests(usize::try_from(1 + (own >> 16) % 200).unwrap());
    }
    for _ in 1..interrupts.max(1) {
        running.signal(Signal::INT);
        thread::sleep(Duration::from_millis(own >> 40 & 0x3f));
    }
    if interrupts == 1 {
        running.signal(Signal::TERM);
    }
    let outcome = running.wait();
    compare(&server, &outcome, interrupts)
        .map_err(|why| format!("run {number} of seed {seed}: {why}\n{outcome}"))
}

fn compare(server: &Server, outcome: &Outcome, interrupts: u64) -> Result<(), String> {
    let codes: &[i32] = match interrupts {
        0 => &[0, 1],
        1 => &[143, 0, 1],
        _ => &[130, 0, 1],
    };
    if !outcome.code.is_some_and(|code| codes.contains(&code)) {
        return Err(format!("exit {:?} after {interrupts} interrupts", outcome.code));
    }
    let sent = count(outcome, "sent");
    let came = [
        "right_accept",
        "right_refusal",
        "false_accept",
        "false_refusal",
        "shed",
        "broken",
        "timed_out",
        "in_flight",
    ];
    let came: u64 = came.iter().map(|name| count(outcome, name)).sum();
    if came != sent {
        return Err(format!("{sent} were sent, {came} came to something"));
    }
    let planned = ["sent", "dropped", "not_started"].iter().map(|name| count(outcome, name)).sum::<u64>();
    if planned != count(outcome, "planned") {
        return Err(format!("{} were planned, {planned} are told of", count(outcome, "planned")));
    }
    // What was written before the end may be read a moment later.
    let mut seen = 0;
    for _ in 0..100 {
        seen = server.requests().len() as u64;
        if seen == sent {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(10));
    }
    Err(format!("{sent} were sent, the target saw {seen}"))
}

#[test]
fn what_was_sent_is_what_the_target_saw_whatever_happens() {
    let (runs, seed) = (asked("LEDGER_RUNS", RUNS), asked("LEDGER_SEED", SEED));
    println!("{runs} runs of seed {seed}");
    let wrong: Vec<_> = (0..runs).filter_map(|number| run(seed, number).err()).collect();
    assert!(wrong.is_empty(), "{} of {runs} runs do not agree:\n{}", wrong.len(), wrong.join("\n"));
}
