//! One plan, sent by several processes, and put together again.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::{PLAN, ends_with, load, sound};
use crate::program;
use crate::support::{Lockproof, Outcome};

/// How long from now on shards start.
const SOON: Duration = Duration::from_secs(8);

/// A moment that is still to come, as `--start-at` takes it.
#[expect(clippy::disallowed_methods, reason = "several processes agree on a time of day")]
fn soon() -> String {
    humantime::format_rfc3339_seconds(SystemTime::now() + SOON).to_string()
}

/// The reference server, in a process of its own.
struct Reference {
    process: Child,
    lines: BufReader<ChildStdout>,
    urls: BTreeMap<String, String>,
}

impl Reference {
    fn start() -> Self {
        let mut process = program::command()
            .args(["mock", "--quiet", "--control", "--until-input-ends"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        let mut own = Self { process, lines, urls: BTreeMap::new() };
        while !own.urls.contains_key("control") {
            let line = own.line();
            let (name, url) = line.split_once(' ').unwrap();
            own.urls.insert(name.to_owned(), url.to_owned());
        }
        own
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.lines.read_line(&mut line).unwrap() > 0, "the reference server has ended");
        line.trim_end().to_owned()
    }

    /// How many requests it has answered; it ends with this.
    fn answered(mut self) -> u64 {
        drop(self.process.stdin.take());
        let line = self.line();
        self.process.wait().unwrap();
        line.strip_prefix("answered ").and_then(|count| count.parse().ok()).unwrap()
    }
}

fn steady(server: &Reference, more: &[&str]) -> Lockproof {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/reference/lockproof.yaml");
    let target = format!("sandbox={}", server.urls["sandbox"]);
    let flags = ["--target", &target, "--rate", "200/s", "--duration", "2s", "--warm-up", "500ms"];
    Lockproof::new(&["load", "steady", "--max-lag", "60s", "--max-cpu", "100"])
        .args(&["--contract", contract.to_str().unwrap()])
        .args(&flags)
        .args(more)
}

fn sums(result: &Value) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for class in result["classes"].as_array().unwrap() {
        for name in ["sent", "right_accept", "right_refusal", "false_accept", "dropped", "timed_out"] {
            let name_of_class = class["name"].as_str().unwrap();
            sums.insert(format!("{name_of_class} {name}"), class[name].as_u64().unwrap());
        }
    }
    sums
}

/// `lockproof merge` of the results of some folders.
fn merge(files: &[PathBuf]) -> Outcome {
    let files: Vec<_> = files.iter().map(|file| file.to_str().unwrap()).collect();
    Lockproof::new(&["merge", "--out", "whole"]).args(&files).run()
}

fn of_folder(outcome: &Outcome) -> PathBuf {
    outcome.folder().join("reports/latest/load.json")
}

#[test]
fn four_processes_send_what_one_would_and_their_results_are_its_result() {
    let server = Reference::start();
    let start = soon();
    let shards: Vec<_> = (1..=4)
        .map(|number| {
            let shard = format!("{number}/4");
            steady(&server, &["--shard", &shard, "--start-at", &start]).stdout(Stdio::piped()).start()
        })
        .collect();
    let mut ended = Vec::new();
    for running in shards {
        ended.push(running.wait());
    }
    let shards = ended;
    for outcome in &shards {
        ends_with(outcome, 0, "exit 0");
    }
    let files: Vec<_> = shards.iter().map(of_folder).collect();
    let merged = merge(&files);
    ends_with(&merged, 0, "exit 0: no answer was wrong");
    let whole = merged.json("whole/load.json");
    // Twice, in another order, and in steps: the same bytes.
    let again = merge(&[3, 1, 0, 2, 1].map(|number: usize| files[number].clone()));
    let half = merge(&files[..2]);
    ends_with(&half, 3, "of 4 shards, these are missing: 3, 4");
    let rest = [half.folder().join("whole/load.json"), files[2].clone(), files[3].clone()];
    let in_steps = merge(&rest);
    for name in ["whole/load.json", "whole/load.hlog"] {
        let read = |outcome: &Outcome| fs::read(outcome.folder().join(name)).unwrap();
        assert_eq!(read(&merged), read(&again), "{name}");
        assert_eq!(read(&merged), read(&in_steps), "{name}");
    }

    let sent = whole["sent"].as_u64().unwrap() + whole["warm_up"]["sent"].as_u64().unwrap();
    assert_eq!((whole["planned"].as_u64(), whole["sent"].as_u64()), (Some(400), Some(400)), "{merged}");
    assert_eq!((sent, server.answered()), (500, 500), "{merged}");
    assert_eq!(whole["response_time_us"]["count"].as_u64(), Some(400));
    // No shard sent so much that a second of it had a percentile; together they did.
    let seconds = whole["seconds"].as_array().unwrap();
    let busy: Vec<_> = seconds.iter().filter(|second| second["completed"].as_u64() > Some(100)).collect();
    assert!(!busy.is_empty() && busy.iter().all(|second| second["p50_us"].as_u64() > Some(0)), "{merged}");
    assert!(busy.iter().all(|second| second["lag_p99_us"].as_u64().is_some()), "{merged}");

    // One process with the same plan, seed and target: which request is which does not depend on who sends it.
    let server = Reference::start();
    let alone = steady(&server, &[]).run();
    ends_with(&alone, 0, "exit 0");
    assert_eq!(sums(&whole), sums(&alone.json("reports/latest/load.json")), "{merged}");
}

#[test]
fn results_of_other_plans_contracts_and_runs_are_not_mixed() {
    let server = sound();
    let sent = |more: &[&str]| load(&server.url(), PLAN).args(&["--duration", "100ms"]).args(more).run();
    let (one, other) = (sent(&[]), sent(&[]));
    let otherwise = sent(&["--seed", "2"]);
    let files = |second: &Outcome| merge(&[of_folder(&one), of_folder(second)]);
    ends_with(&files(&one), 0, "exit 0");
    ends_with(&files(&other), 2, "different runs of the plan");
    ends_with(&files(&otherwise), 2, "different plans, or of one plan with different flags");
    fs::remove_file(of_folder(&other).with_extension("hlog")).unwrap();
    ends_with(&files(&other), 2, "could not read");
    fs::write(of_folder(&other), "{}").unwrap();
    fs::write(of_folder(&other).with_extension("hlog"), "").unwrap();
    ends_with(&files(&other), 2, "it is no result of a load");
}

#[test]
fn a_shard_says_when_it_starts_and_that_moment_is_still_to_come() {
    let server = sound();
    let with = |more: &[&str]| load(&server.url(), PLAN).args(more).run();
    ends_with(&with(&["--shard", "1/2"]), 2, "--start-at");
    ends_with(&with(&["--shard", "3/2", "--start-at", &soon()]), 2, "`3/2` is no part of a plan");
    let past = ["--shard", "1/2", "--start-at", "2026-01-31T12:00:00Z"];
    ends_with(&with(&past), 2, "give one that is still to come");
    assert!(server.requests().is_empty());
}

#[test]
fn whoever_is_interrupted_before_the_start_has_sent_nothing() {
    let server = sound();
    let start = ["--start-at", &soon()];
    let running = load(&server.url(), PLAN).args(&start).stdout(Stdio::piped()).start();
    // The server sees its connections shortly before the start.
    while server.connections() < 8 {
        std::thread::sleep(Duration::from_millis(5));
    }
    running.signal(rustix::process::Signal::INT);
    let outcome = running.wait();
    ends_with(&outcome, 130, "interrupted");
    assert_eq!((server.requests().len(), super::count(&outcome, "sent")), (0, 0), "{outcome}");
    assert_eq!(super::count(&outcome, "not_started"), 200, "{outcome}");
}

#[test]
fn the_job_of_the_example_sends_every_shard_once() {
    let text =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/kubernetes/load.yaml"));
    let text = text.unwrap();
    let documents: Vec<Value> = serde_yaml::Deserializer::from_str(&text)
        .map(|document| serde::Deserialize::deserialize(document).unwrap())
        .collect();
    let job = |name: &str| {
        let of = |one: &&Value| one["kind"] == "Job" && one["metadata"]["name"] == name;
        &documents.iter().find(of).unwrap()["spec"]
    };
    let spec = job("lockproof-load");
    assert_eq!((&spec["completionMode"], &spec["backoffLimitPerIndex"]), (&"Indexed".into(), &0.into()));
    assert_eq!(spec["completions"], spec["parallelism"], "a shard that waits for another starts too late");
    let pod = &spec["template"]["spec"];
    assert_eq!(pod["restartPolicy"], "Never", "what was sent is not sent again");
    let command = pod["containers"][0]["args"][0].as_str().unwrap();
    let shard = format!("--shard \"$((JOB_COMPLETION_INDEX + 1))/{}\"", spec["completions"]);
    assert!(command.contains(&shard) && command.contains("--start-at \"$START_AT\""), "{command}");
    let merge = job("lockproof-merge")["template"]["spec"]["containers"][0]["args"][0].as_str().unwrap();
    assert!(merge.contains("lockproof merge /results/shard-*/load.json"), "{merge}");
    // Every flag that the example uses is one.
    for (verb, command) in [("load", command), ("merge", merge)] {
        let help = Lockproof::new(&[verb, "--help"]).run().stdout;
        let flags = command.split_whitespace().filter(|word| word.starts_with("--"));
        for flag in flags {
            assert!(help.contains(flag), "{verb} has no {flag}");
        }
    }
}

#[test]
fn all_parts_of_a_plan_go_to_one_target() {
    let apart = Lockproof::new(&["load", "--shard", "1/2", "--start-at", &soon()]).run();
    ends_with(&apart, 2, "name a target that all shards share, with --contract and its base_url or --target");
    let (here, there) = (sound(), sound());
    let sent = |url: &str| load(url, PLAN).args(&["--duration", "100ms"]).run();
    let (one, other) = (sent(&here.url()), sent(&there.url()));
    let merged = merge(&[of_folder(&one), of_folder(&other)]);
    ends_with(&merged, 2, "they are loads of different targets: `test` at http://127.0.0.1:");
}

#[test]
fn what_is_no_result_of_a_load_is_noticed_before_its_histograms_are_missed() {
    let outcome = Lockproof::new(&["merge", "results.json"]).file("results.json", "{}").run();
    ends_with(&outcome, 2, "could not read results.json: it is no result of a load");
    assert!(!outcome.says("hlog"), "{outcome}");
}
