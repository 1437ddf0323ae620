//! Times that are true: what is measured is compared with what the schedule and the server's own log say.

use std::path::Path;
use std::process::Stdio;

use rustix::process::Signal;
use serde_json::Value;

use super::result;
use crate::support::{Lockproof, Outcome};

/// The contract that the server keeps and the generator holds it to.
const CONTRACT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/lockproof.yaml");

const PLAN: &str = r"load: 1
title: One operation with a good key and without one
rate: 100/s
connections: 64
mix:
  - { name: good, weight: 80, operations: [ekyc.usage] }
  - { name: missing, weight: 20, operations: [ekyc.usage], request: { credential: none } }
";

/// When each request was here and when its answer was gone, both in their order, in microseconds.
struct Log {
    arrived: Vec<f64>,
    answered: Vec<f64>,
}

impl Log {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let column = |number: usize| {
            let nanos = text.lines().map(|line| line.split(' ').nth(number).unwrap().parse::<f64>().unwrap());
            let mut micros: Vec<_> = nanos.map(|nanos| nanos / 1000.0).collect();
            micros.sort_by(f64::total_cmp);
            micros
        };
        Self { arrived: column(0), answered: column(1) }
    }

    /// The response times of requests that are due at a constant rate, in their order.
    ///
    /// The clocks of the two processes began at different moments. The request that was here soonest behind its time was
    /// on its way for next to nothing, so it tells when the schedule began. Whoever is due first is answered first, but
    /// for a few that change places on their way: their times are those of each other.
    fn truth(&self, rate: f64) -> Vec<f64> {
        let due = |number: u32| f64::from(number) * 1e6 / rate;
        let late = (0..).zip(&self.arrived).map(|(number, arrived)| arrived - due(number));
        let began = late.fold(f64::INFINITY, f64::min);
        let times = (0..).zip(&self.answered).map(|(number, answered)| answered - began - due(number));
        let mut times: Vec<_> = times.collect();
        times.sort_by(f64::total_cmp);
        times
    }
}

/// A percentile of times in their order.
fn percentile(times: &[f64], hundredth: usize) -> f64 {
    times[(times.len() * hundredth).div_ceil(100) - 1]
}

/// Loads a reference server that stalls for 300 ms each second; what was measured, and the server's own log.
fn measured(rate: u32, seconds: u32) -> (Outcome, Log) {
    let server = Lockproof::new(&["mock", "--quiet", "--stall", "300ms/1s", "--times", "times"])
        .stdout(Stdio::piped())
        .start();
    let text = server.await_stdout("\n");
    let (environment, url) = text.lines().next().unwrap().split_once(' ').unwrap();
    let (target, rate) = (format!("{environment}={url}"), format!("{rate}/s"));
    let outcome = Lockproof::new(&["load", "plan.yaml", "--contract", CONTRACT, "--target", &target])
        .args(&["--environment", environment, "--rate", &rate, "--duration", &format!("{seconds}s")])
        .args(&["--max-lag", "60s", "--max-cpu", "100"])
        .file("plan.yaml", PLAN)
        .run();
    server.signal(Signal::TERM);
    let ended = server.wait();
    assert_eq!((outcome.code, ended.code), (Some(0), Some(0)), "{outcome}\n{ended}");
    let log = Log::read(&ended.folder().join("times"));
    (outcome, log)
}

/// Where what was measured is not within 2 % and 1 ms of the truth.
fn deviations(result: &Value, truth: &[f64]) -> Vec<String> {
    let compare = |(name, hundredth): (&str, usize)| {
        let (truth, own) = (percentile(truth, hundredth), result["response_time_us"][name].as_f64().unwrap());
        let off = (own - truth).abs() > truth * 0.02 + 1000.0;
        off.then(|| format!("{name}: {own} us were measured, {truth} us it was"))
    };
    [("p50", 50), ("p75", 75), ("p90", 90), ("p99", 99)].into_iter().filter_map(compare).collect()
}

#[test]
fn response_times_are_those_of_the_schedule_and_the_servers_own_log() {
    // A machine that is busy with other tests may hold the generator up; the truth is the same each time.
    let mut found = Vec::new();
    for _ in 0..4 {
        let (outcome, log) = measured(2000, 3);
        let result = result(&outcome);
        assert_eq!(log.answered.len() as u64, result["sent"].as_u64().unwrap(), "{outcome}");
        let time = |kind: &str, name: &str| result[kind][name].as_u64().unwrap();
        // What a client sees that waits for its answer before it sends: the stall is as good as hidden.
        assert!(time("service_time_us", "p90") < time("response_time_us", "p90") / 2, "{outcome}");
        assert!(result["generator"]["lag_p99_us"].as_u64().is_some(), "{outcome}");
        found = deviations(&result, &log.truth(2000.0));
        if found.is_empty() {
            return;
        }
    }
    panic!("{found:?}");
}
