//! The laws of putting results together.

use std::time::{Duration, SystemTime};

use proptest::prelude::*;

use super::*;
use crate::contract::Keyring;
use crate::load::collect::Collected;
use crate::load::conclude::{Header, concluded};
use crate::load::format::Model;
use crate::load::honesty::{Limits, Surroundings};
use crate::load::shard::Shard;
use crate::load::sheet::{ClassSheet, KeyLife, Sheet};
use crate::load::tally::{ClassTimes, Counts, Wires};
use crate::load::threshold;
use crate::load::verdict::Outcome;
use crate::load::written::Recorded;
use crate::outcome::ContractInfo;
use crate::outcome::load::{Identity, LoadVerdict, ShardInfo, Target};
use crate::redact::Redactor;

const NAMES: [&str; 3] = ["good", "bad/items.list", "bad/items.search"];

/// What happens to connections with each request.
const WIRES: Wires = Wires {
    opened: 1,
    handshakes: 2,
    closed: 3,
    refused: 4,
    no_port: 5,
    no_file: 6,
    no_tls: 7,
    surplus: 0,
    second_looks: 8,
    missed: 9,
};

/// One request: its class, what came of it, and how long that took in microseconds.
type Event = (usize, usize, u64);

fn sheet(shard: Shard, planned: u64) -> Sheet {
    let class = |name: &&str| ClassSheet {
        name: (*name).to_owned(),
        entry: name.split('/').next().unwrap().to_owned(),
        operation: Some("items.list".to_owned()),
        credential: None,
        accepts: *name == "good",
        turn: crate::outcome::load::Turn::InTheMix,
        expected: crate::redact::Redacted::fixed("what is right"),
        key: KeyLife::Lasts,
    };
    let text = |text: &str| text.to_owned();
    let info = ShardInfo { number: shard.number(), of: shard.of() };
    Sheet {
        name: text("plan"),
        title: text("A plan"),
        identity: Identity {
            run: text("run"),
            plan: text("plan"),
            contract: text("contract"),
            shard: (!shard.is_whole()).then_some(info),
        },
        model: Model::Open,
        target: Target::default(),
        authorized: None,
        seed: 1,
        planned: Some(planned),
        span: Duration::from_secs(10),
        acts: Vec::new(),
        warm_up: Duration::ZERO,
        alone: Duration::ZERO,
        classes: NAMES.iter().map(class).collect(),
        thresholds: ["p50(all) < 1s", "count(sent, bad) >= 0", "rate(shed) < 60%", "throughput(all) >= 0/s"]
            .iter()
            .filter_map(|text| threshold::parse(text).ok())
            .collect(),
        threads: 1,
        connections: 4,
        timeout: Duration::from_secs(5),
        redactor: Redactor::new(&Keyring::default()),
    }
}

fn header() -> Header {
    let none = Vec::new;
    Header {
        contract: ContractInfo {
            api: "api".to_owned(),
            file: "file".to_owned(),
            environments: none(),
            operations: none(),
            credentials: none(),
        },
        started: "2027-01-31T12:00:00Z".to_owned(),
        notices: vec!["said by all".to_owned()],
        limits: Limits::default(),
        surroundings: Surroundings::default(),
        ceiling: None,
        answered: None,
    }
}

/// What a process records of some requests.
fn recorded(events: &[Event]) -> Collected {
    let mut collected = Collected {
        measured: vec![Counts::default(); NAMES.len()],
        warm_up: vec![Counts::default()],
        times: vec![ClassTimes::default(); NAMES.len()],
        opened_first: 4,
        duration: Duration::from_secs(10),
        ..Collected::default()
    };
    for (class, outcome, micros) in events {
        let outcome = Outcome::ALL[*outcome];
        let counts = &mut collected.measured[*class];
        counts.sent += 1;
        counts.outcomes[outcome.place()] += 1;
        let times = &mut collected.times[*class];
        if outcome.is_right() || outcome == Outcome::TimedOut {
            times.response.record(micros * 1000);
            times.service.record(micros * 500);
        } else if outcome.is_complete() {
            times.other_response.record(micros * 1000);
            times.other_service.record(micros * 500);
        }
        collected.lag.record(micros * 10);
        collected.wires += &WIRES;
        // Which second it was in, the time itself says.
        let second = collected.seconds.entry(micros % 2).or_default();
        second.counts.sent += 1;
        second.counts.outcomes[outcome.place()] += 1;
        second.response.record(micros * 1000);
        second.lag.record(micros * 10);
    }
    collected
}

/// The two files that a process writes of its share of some requests.
fn files(events: &[Event], shard: Shard) -> (Vec<u8>, Vec<u8>) {
    let own = events.iter().zip(0..).filter(|(_, number)| number % shard.of() == shard.number() - 1);
    let own: Vec<_> = own.map(|(event, _)| *event).collect();
    let collected = recorded(&own);
    let sheet = sheet(shard, own.len() as u64);
    let result = concluded(header(), &sheet, &collected, Vec::new()).result;
    let times = Recorded {
        classes: collected.times,
        warm_up: collected.warm_up_times,
        lag: collected.lag,
        connecting: collected.connecting,
        seconds: collected.seconds.iter().map(|(number, sum)| (*number, sum.packed())).collect(),
    };
    let span = Duration::from_secs(10);
    let log = written::write(&times.tagged("", &NAMES), (SystemTime::UNIX_EPOCH, Duration::ZERO, span));
    let log = [log.unwrap(), written::lines("", &times.seconds).into_bytes()].concat();
    (serde_json::to_vec(&result).unwrap(), log)
}

fn shards(events: &[Event], of: u64) -> Vec<Merged> {
    let read = |number| {
        let (result, log) = files(events, Shard::new(number, of).unwrap());
        Merged::read(&format!("{number}.json"), &result, &log).unwrap()
    };
    (1..=of).map(read).collect()
}

fn all(parts: impl IntoIterator<Item = Merged>) -> Merged {
    let mut parts = parts.into_iter();
    let first = parts.next().unwrap();
    parts.try_fold(first, Merged::join).unwrap()
}

/// Everything about it that anybody can see; written down and read again on the way.
fn seen(merged: &Merged) -> (String, Vec<u8>) {
    let result = merged.conclude().result;
    (serde_json::to_string_pretty(&result).unwrap(), merged.log(SystemTime::UNIX_EPOCH).unwrap())
}

fn written_and_read(merged: &Merged) -> Merged {
    let (result, log) = seen(merged);
    Merged::read("merged.json", result.as_bytes(), &log).unwrap()
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((0..NAMES.len(), 0..Outcome::COUNT, 1..5_000_000_u64), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]

    #[test]
    fn shards_put_together_are_what_one_process_would_have_recorded(events in events(), of in 2..6_u64) {
        let whole = recorded(&events);
        let alone = concluded(header(), &sheet(Shard::WHOLE, events.len() as u64), &whole, Vec::new());
        let merged = all(shards(&events, of));
        let conclusion = merged.conclude();
        prop_assert_eq!(conclusion.exit, alone.exit);
        let mut together = conclusion.result;
        prop_assert_eq!(together.parts.len() as u64, of);
        together.parts.clear();
        // There are as many generators as shards, and each has threads and connections of its own.
        together.generator.threads = 1;
        together.generator.connections = 4;
        let text = |result: &LoadResult| serde_json::to_string_pretty(result).unwrap();
        prop_assert_eq!(text(&together), text(&alone.result));
        // Every bucket of every histogram, and not only the figures that are told of it.
        let times = whole::recorded(&merged.parts);
        for (own, other) in times.classes.iter().zip(&whole.times) {
            prop_assert_eq!(own.response.count(), other.response.count());
            if own.response.count() > 0 {
                prop_assert_eq!(own.response.histogram(), other.response.histogram());
            }
        }
        prop_assert_eq!(times.lag.histogram(), whole.lag.histogram());
        let (together, seconds) = (seconds::together(&merged.parts), &whole.seconds);
        prop_assert_eq!(together.len(), seconds.len());
        for (times, second) in together.values().zip(seconds.values()) {
            prop_assert_eq!(times, &second.packed());
        }
    }

    #[test]
    fn order_steps_and_repetition_make_no_difference(
        events in events(),
        picks in prop::collection::vec(prop::collection::vec(0..4_usize, 1..4), 3),
    ) {
        let shards = shards(&events, 4);
        let group = |picks: &Vec<usize>| all(picks.iter().map(|pick| shards[*pick].clone()));
        let [a, b, c] = [group(&picks[0]), group(&picks[1]), group(&picks[2])];
        let join = |one: &Merged, other: &Merged| one.clone().join(other.clone()).unwrap();
        prop_assert_eq!(seen(&join(&a, &b)), seen(&join(&b, &a)), "commutative");
        prop_assert_eq!(seen(&join(&join(&a, &b), &c)), seen(&join(&a, &join(&b, &c))), "associative");
        prop_assert_eq!(seen(&join(&a, &a)), seen(&a), "idempotent");
        prop_assert_eq!(seen(&written_and_read(&a)), seen(&a), "nothing is lost on the way through files");
        let steps = join(&written_and_read(&join(&a, &b)), &written_and_read(&c));
        prop_assert_eq!(seen(&steps), seen(&join(&join(&a, &b), &c)), "in steps through files");
    }
}

/// Some requests, each rightly refused.
fn sound() -> Vec<Event> {
    (0..40).map(|number| (1, Outcome::RightRefusal.place(), 100 + number)).collect()
}

#[test]
fn shards_that_are_missing_are_named_and_nothing_is_concluded() {
    let shards = shards(&sound(), 4);
    let some = all([shards[0].clone(), shards[2].clone()]).conclude();
    assert_eq!((some.exit.code(), some.result.whole), (3, false));
    let notices = format!("{:?}", some.result.notices);
    assert!(notices.contains("of 4 shards, these are missing: 2, 4"), "{notices}");
    let conclusion = all(shards).conclude();
    assert_eq!((conclusion.exit.code(), conclusion.result.whole), (0, true));
}

#[test]
fn a_wrong_answer_is_a_fact_even_where_shards_are_missing() {
    let mut events = sound();
    events[0] = (1, Outcome::FalseAccept.place(), 5);
    let conclusion = shards(&events, 4)[0].conclude();
    assert_eq!((conclusion.exit.code(), conclusion.result.verdict), (1, LoadVerdict::Wrong));
}

/// The first shard of two, with something about it changed.
fn first(change: impl Fn(&mut LoadResult)) -> Merged {
    let (result, log) = files(&sound(), Shard::new(1, 2).unwrap());
    let mut result: LoadResult = serde_json::from_slice(&result).unwrap();
    change(&mut result);
    Merged::read("first.json", &serde_json::to_vec(&result).unwrap(), &log).unwrap()
}

fn refused(one: Merged, other: Merged) -> String {
    one.join(other).unwrap_err().to_string()
}

#[test]
fn what_does_not_belong_together_is_not_put_together() {
    let second = || shards(&sound(), 2).remove(1);
    let other = |change: fn(&mut LoadResult)| refused(first(change), second());
    assert!(other(|one| one.identity.contract.push('x')).contains("different contracts"));
    assert!(other(|one| one.identity.plan.push('x')).contains("different plans"));
    assert!(other(|one| one.identity.run.push('x')).contains("different runs"));
    // Where a plan was sent is a part of its digest.
    let elsewhere = |one: &mut LoadResult| {
        one.identity.plan.push('x');
        one.target.environment.push_str("staging");
    };
    assert!(other(elsewhere).contains("they are loads of different targets: `staging` at"));
    let third = shards(&sound(), 3).remove(2);
    assert!(refused(third, second()).contains("into 3 parts, the other into 2"));
    let error = refused(first(|one| one.sent += 1), first(|_| {}));
    assert!(error.contains("merge first.json and first.json: both are shard 1/2"), "{error}");
}

#[test]
fn of_a_second_that_a_shard_wrote_no_times_of_no_percentile_is_told() {
    let of = |lines: fn(&str) -> bool| {
        let read = |number| {
            let (result, log) = files(&sound(), Shard::new(number, 2).unwrap());
            let log = std::str::from_utf8(&log).unwrap().split_inclusive('\n');
            let log: String = log.filter(|line| lines(line)).collect();
            Merged::read("one.json", &result, log.as_bytes()).unwrap()
        };
        let second = read(1).join(read(2)).unwrap().conclude().result.seconds.remove(0);
        (second.sent, second.max_us.is_some(), second.p50_us.is_some(), second.lag_p99_us.is_some())
    };
    assert_eq!(of(|_| true), (20, true, true, true));
    assert_eq!(of(|line| !line.contains("@second.response")), (20, true, false, true));
    assert_eq!(of(|line| !line.contains("@second.")), (20, true, false, false));
}

#[test]
fn a_checkpoint_gives_way_to_what_came_after_it() {
    let checkpoint = |millis| {
        first(move |one| {
            one.whole = false;
            one.duration_ms = millis;
        })
    };
    let last = first(|_| {});
    let kept = |one: Merged, other: Merged| one.join(other).unwrap().conclude().result.parts.remove(0);
    assert!(kept(checkpoint(9), last.clone()).whole && kept(last, checkpoint(9)).whole);
    assert_eq!(kept(checkpoint(9), checkpoint(19)).duration_ms, 19);
}

#[test]
fn histograms_of_another_result_are_not_taken() {
    let (result, _) = files(&sound(), Shard::WHOLE);
    let (_, log) = files(&sound()[..7], Shard::WHOLE);
    let error = Merged::read("one.json", &result, &log).unwrap_err().to_string();
    assert!(error.contains("they are of another result"), "{error}");
    let error = Merged::read("one.json", b"{}", b"").unwrap_err().to_string();
    assert!(error.contains("read one.json: it is no result of a load"), "{error}");
    assert_eq!(Merged::result("one.json", b"{}").unwrap_err().to_string(), error);
    assert!(Merged::result("one.json", &result).is_ok());
    assert!(Merged::read("one.json", &result, b"1,2\n").is_err());
}
