//! Keys that a plan makes and ends while it is sent: what outlives its end is measured, and everything is taken back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::Value;

use super::{count, ends_with, result};
use crate::support::{Edge, Keys, Lockproof, Outcome, Reply, Request, Server, Small, json, pause};

/// A target that issues keys and goes on accepting a revoked one for a while.
#[derive(Clone, Default)]
struct Target {
    edge: Edge,
    issued: Arc<Mutex<Issued>>,
    done: Arc<Mutex<Vec<String>>>,
}

/// Keys by name, and when they were revoked.
type Issued = BTreeMap<String, (String, Option<Instant>)>;

impl Target {
    fn done(&self) -> Vec<String> {
        self.done.lock().unwrap().clone()
    }

    fn serve(&self, lag: Duration) -> Server {
        let target = self.clone();
        Server::http(move |request| Reply::Whole(target.answer(request, lag)))
    }

    fn answer(&self, request: &Request, lag: Duration) -> Vec<u8> {
        if let Some(what) = request.path().strip_prefix("/control/keys") {
            return self.steered(request, what);
        }
        let key = request.header("x-api-key").unwrap_or_default();
        let issued = self.issued.lock().unwrap();
        let known = issued.values().find(|(issued, _)| issued == key);
        if known.is_some_and(|(_, revoked)| revoked.is_none_or(|at| at.elapsed() < lag)) {
            return json(200, r#"{"items":[]}"#);
        }
        self.edge.answer(request)
    }

    fn steered(&self, request: &Request, what: &str) -> Vec<u8> {
        let mut issued = self.issued.lock().unwrap();
        if what.is_empty() {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let text = |name: &str| body[name].as_str().unwrap().to_owned();
            issued.insert(text("name"), (text("key"), None));
        } else if let Some(name) = what.strip_suffix("/revoke") {
            issued.get_mut(&name[1..]).unwrap().1 = Some(Instant::now());
        }
        self.done.lock().unwrap().push(format!("{} {}", request.method, what.rsplit('/').next().unwrap()));
        json(200, r#"{"made":{"key":"tst_Made7hK2mNp4QrSt6UvWx8Yz3AbCd5Ee"}}"#)
    }
}

/// The small contract with a way to make and to end keys.
fn contract(url: &str) -> String {
    let call = |method: &str, path: &str, body: &str| {
        format!("{{ http: {{ method: {method}, url: \"{url}/control/keys{path}\"{body} }} }}")
    };
    format!(
        "{}  revoked: {{ like: invalid }}\npolicy: {{ max_revocation_lag: 400ms }}\ncontrol:\n  create: {}\n  delete: {}\n  \
         revoke: {}\n",
        Small::at(url).text(),
        call("POST", "", ", body: { key: \"{key}\", name: \"{credential}\" }"),
        call("DELETE", "/{credential}", ""),
        call("POST", "/{credential}/revoke", ""),
    )
}

const REVOKED: &str = r"load: 1
title: A key is revoked
rate: 300/s
duration: 1500ms
connections: 8
timeout: 20s
timeline:
  - control: { create: { name: leased, like: full } }
  - { at: 500ms, control: { revoke: leased } }
mix:
  - { name: good, operations: [items.list], request: { credential: full } }
  - { name: leased, weight: 3, operations: [items.list], request: { credential: { created: leased } } }
thresholds:
  - max(leased, outlived) <= policy.max_revocation_lag
";

const ROTATED: &str = r"load: 1
title: A key is exchanged
rate: 300/s
duration: 1500ms
connections: 8
timeout: 20s
timeline:
  - control: { create: { name: old, like: full, application: own } }
  - { at: 300ms, control: { create: { name: new, like: full, application: { with: old } } } }
  - { at: 900ms, control: { revoke: old } }
mix:
  - { name: old, operations: [items.list], request: { credential: { created: old } } }
  - { name: new, from: 600ms, operations: [items.list], request: { credential: { created: new } } }
thresholds:
  - rate(false_refusal) == 0
";

fn load(contract: String, plan: &str) -> Lockproof {
    let program = Small::at("http://127.0.0.1:1").program(&Keys::default()).file("lockproof.yaml", contract);
    program.file("plan.yaml", plan).args(&["load", "plan.yaml", "--contract", "lockproof.yaml"]).args(&[
        "--max-lag",
        "60s",
        "--max-cpu",
        "100",
    ])
}

fn class(outcome: &Outcome, name: &str) -> Value {
    let all = result(outcome)["classes"].as_array().unwrap().clone();
    all.into_iter().find(|class| class["name"].as_str() == Some(name)).unwrap()
}

#[test]
fn what_outlives_a_revocation_within_the_policy_is_measured_and_right() {
    let target = Target::default();
    let server = target.serve(Duration::from_millis(150));
    let outcome = load(contract(&server.url()), REVOKED).run();
    ends_with(&outcome, 0, "met max(leased, outlived) <= 400ms");
    let leased = class(&outcome, "leased");
    let outlived = &leased["outlived_us"];
    assert!(outlived["count"].as_u64().unwrap() >= 5, "{outcome}");
    // The target counts from when it is told, we from when it has told; an answer takes its time here.
    let longest = outlived["max"].as_u64().unwrap();
    assert!((20_000..=150_000).contains(&longest), "{longest}: {outcome}");
    assert!(
        leased["right_accept"].as_u64() > Some(0) && leased["right_refusal"].as_u64() > Some(0),
        "{leased}"
    );
    let verbs: Vec<_> = target.done().iter().map(|what| what.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(verbs, ["POST", "POST", "DELETE"], "{outcome}");
    assert!(outcome.says("Accepted behind the end of its key, in ms"), "{outcome}");
}

#[test]
fn what_outlives_the_policy_is_a_false_accept_and_misses_the_threshold() {
    let server = Target::default().serve(Duration::from_hours(1));
    let outcome = load(contract(&server.url()), REVOKED).run();
    ends_with(&outcome, 1, "WRONG false accept in `leased`");
    assert!(outcome.says("MISSED max(leased, outlived) <= 400ms"), "{outcome}");
    assert!(outcome.says("[KEY:created/leased]"), "{outcome}");
    assert!(count(&outcome, "false_accept") > 0, "{outcome}");
}

#[test]
fn a_key_that_is_exchanged_for_another_is_refused_nowhere() {
    let target = Target::default();
    let server = target.serve(Duration::ZERO);
    let outcome = load(contract(&server.url()), ROTATED).run();
    ends_with(&outcome, 0, "old: never, and refused");
    let new = class(&outcome, "new");
    assert!(new["sent"].as_u64() > Some(50), "{new}");
    assert_eq!(new["sent"], new["right_accept"], "{new}");
    assert_eq!(target.done().len(), 5, "two are made, one is revoked, both are deleted");
}

#[test]
fn a_new_key_that_ends_the_old_one_at_once_is_found() {
    let target = Target::default();
    let steered = target.clone();
    let server = Server::http(move |request| {
        let answer = steered.answer(request, Duration::ZERO);
        let mut issued = steered.issued.lock().unwrap();
        if issued.len() == 2 {
            issued
                .values_mut()
                .filter(|(_, end)| end.is_none())
                .take(1)
                .for_each(|(_, end)| *end = Some(Instant::now()));
        }
        Reply::Whole(answer)
    });
    let outcome = load(contract(&server.url()), ROTATED).run();
    ends_with(&outcome, 1, "WRONG false refusal in");
}

#[test]
fn a_target_that_makes_its_keys_itself_tells_them_in_time() {
    let target = Target::default();
    let steered = target.clone();
    let server = Server::http(move |request| {
        let made = request.header("x-api-key").is_some_and(|key| key.starts_with("tst_Made"));
        Reply::Whole(if made {
            json(200, r#"{"items":[]}"#)
        } else {
            steered.answer(request, Duration::ZERO)
        })
    });
    let contract = contract(&server.url())
        .replace("  delete:", "    answers: { key: $.made.key }\n  delete:")
        .replace("create: { http:", "create:\n    http:")
        .replace("\"{credential}\" } } }\n    answers", "\"{credential}\" } }\n    answers");
    let plan = REVOKED.replace("  - { at: 500ms, control: { revoke: leased } }\n", "").replace(
        "  - max(leased, outlived) <= policy.max_revocation_lag\n",
        "  - throughput(leased) > 1/s\n",
    );
    let outcome = load(contract, &plan).run();
    ends_with(&outcome, 0, "exit 0");
    assert!(class(&outcome, "leased")["right_accept"].as_u64() > Some(100), "{outcome}");
    for file in outcome.files() {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains("tst_Made7hK2mNp4QrSt6UvWx8Yz3AbCd5Ee"), "{} holds a key", file.display());
    }
}

#[test]
fn users_whose_key_is_late_go_on_when_it_is_there() {
    let target = Target::default();
    let steered = target.clone();
    let server = Server::http(move |request| {
        if request.method == "POST" && request.path() == "/control/keys" {
            pause(Duration::from_millis(500));
        }
        Reply::Whole(steered.answer(request, Duration::ZERO))
    });
    // It is used from the moment on in which it is asked for: every user soon draws it, and has nothing to send.
    let plan = "load: 1\ntitle: A late key\nmodel: closed\nduration: 2s\nconnections: 4\ntimeout: 20s\ntimeline:\n  \
                - { at: 200ms, control: { create: { name: new, like: full } } }\nmix:\n  \
                - { name: good, operations: [items.list], request: { credential: full } }\n  \
                - { name: new, from: 200ms, operations: [items.list], request: { credential: { created: new } } }\n";
    let outcome = load(contract(&server.url()), plan).run();
    let new = class(&outcome, "new");
    assert!(new["dropped"].as_u64() > Some(0), "{new}");
    assert!(new["right_accept"].as_u64() > Some(10), "{outcome}");
}

#[test]
fn a_contract_that_cannot_be_steered_is_told_the_line_that_it_lacks() {
    let target = Target::default();
    let server = target.serve(Duration::ZERO);
    let whole = contract(&server.url());
    for (text, line) in [
        (Small::at(&server.url()).text(), "the contract lacks a line `control.create`"),
        (
            whole.replace("policy: { max_revocation_lag: 400ms }\n", ""),
            "the contract lacks a line `policy.max_revocation_lag`",
        ),
        (whole.replace("  revoked: { like: invalid }\n", ""), "revoked"),
    ] {
        ends_with(&load(text, REVOKED).run(), 2, line);
    }
    for plan in ["revocation-lag", "rotation"] {
        let program = Small::at(&server.url()).program(&Keys::default());
        let outcome = program.args(&["load", plan, "--contract", "lockproof.yaml"]).run();
        ends_with(&outcome, 2, "the contract lacks a line `control.create`");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn what_a_plan_made_is_deleted_where_it_is_broken_off() {
    for times in [1, 2] {
        let target = Target::default();
        let server = target.serve(Duration::ZERO);
        let plan = REVOKED.replace("duration: 1500ms", "duration: 60s").replace("500ms", "50s");
        let running = load(contract(&server.url()), &plan).stdout(std::process::Stdio::piped()).start();
        server.await_requests(100);
        running.signal(Signal::INT);
        if times == 2 {
            running.signal(Signal::INT);
        }
        let outcome = running.wait();
        assert_eq!(outcome.code, Some(130), "{outcome}");
        assert_eq!(target.done().len(), 2, "made and deleted: {outcome}");
        assert!(outcome.took < Duration::from_secs(15), "{outcome}");
    }
}

#[test]
fn a_key_that_cannot_be_made_means_that_nothing_is_sent() {
    let (edge, asked) = (Edge::default(), Arc::new(Mutex::new(0)));
    let counted = Arc::clone(&asked);
    let server = Server::http(move |request| {
        if request.path().starts_with("/control") {
            return Reply::Whole(json(500, "{}"));
        }
        *counted.lock().unwrap() += 1;
        Reply::Whole(edge.answer(request))
    });
    let outcome = load(contract(&server.url()), REVOKED).run();
    ends_with(&outcome, 3, "control.create of created/leased: status 500");
    assert_eq!(*asked.lock().unwrap(), 0, "{outcome}");
    assert!(
        outcome.says("not taken back: control.create of created/leased by control.delete: status 500"),
        "{outcome}"
    );
}

#[test]
fn a_connection_is_used_as_long_as_the_plan_says() {
    let server = super::sound();
    let plan = super::PLAN.replace("connections: 8\n", "connections: 8\nconnection_life: { requests: 5 }\n");
    let outcome = super::load(&server.url(), &plan).run();
    ends_with(&outcome, 0, "connect");
    let wires = &result(&outcome)["connections"];
    // 200 requests by 5, and the last one of each may have been opened for nothing.
    assert!((40..=56).contains(&wires["opened"].as_u64().unwrap()), "{outcome}");
    assert_eq!(wires["connect_time_us"]["count"], wires["opened"], "{outcome}");
    let plan = super::PLAN.replace("connections: 8\n", "connections: 8\nconnection_life: { time: 100ms }\n");
    let outcome = super::load(&server.url(), &plan).run();
    ends_with(&outcome, 0, "exit 0");
    let opened = result(&outcome)["connections"]["opened"].as_u64().unwrap();
    assert!((16..=48).contains(&opened), "{outcome}");
}

#[test]
fn a_revocation_that_reaches_only_the_database_is_found_at_the_reference_server() {
    let with = |defects: &[&str]| {
        let plan = REVOKED
            .replace("[items.list]", "[ekyc.ocr]")
            .replace("credential: full", "credential: { allowing: operation }");
        let plan = plan.replace(", like: full", "");
        let program = Lockproof::new(&["load", "plan.yaml", "--max-lag", "60s", "--max-cpu", "100"]);
        program.args(defects).file("plan.yaml", &plan).run()
    };
    ends_with(&with(&[]), 0, "exit 0");
    ends_with(&with(&["--defect", "ignore-revocation"]), 1, "WRONG false accept in `leased`");
}

#[test]
fn keys_that_nobody_makes_and_times_that_cannot_be_are_mistakes_of_the_plan() {
    let server = super::sound();
    let revoke = "  - { at: 500ms, control: { revoke: leased } }\n";
    for (old, new, says) in [
        ("created: leased", "created: leasd", "nothing in `timeline` makes a key `leasd` before"),
        ("revoke: leased", "revoke: lease", "nothing in `timeline` makes a key `lease` before"),
        (
            "  - control: { create",
            "  - at: 1s\n    control: { create",
            "`leased` is sent before there is such a key",
        ),
        ("weight: 3,", "weight: 3, from: 2s, until: 1s,", "this is not later than when it begins"),
        (
            revoke,
            &*format!("{revoke}  - control: {{ delete: leased }}\n"),
            "this comes before what stands above it",
        ),
        ("at: 500ms", "at: 2s", "the plan is over before `control.revoke of created/leased`"),
    ] {
        ends_with(&load(contract(&server.url()), &REVOKED.replace(old, new)).run(), 2, says);
    }
    let gap = super::PLAN.replace("{ name: ", "{ from: 100ms, name: ");
    ends_with(&super::load(&server.url(), &gap).run(), 2, "nothing in the mix is sent at the beginning");
    assert!(server.requests().is_empty());
}
